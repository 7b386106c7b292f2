import { type Random, seededRandom, shuffledIndices } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
import { type CheckedTraining, checkTraining } from '../check.js'
import type { TrainControl, TrainingData } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { specsOf } from '../tree/bins.js'
import { BoostedTrees } from '../tree/boostTrees.js'
import { EnsembleBuilder } from '../tree/ensemble.js'
import { logLoss } from '../tree/gradients.js'
import { KernelTeam } from '../tree/kernelTeam.js'
import { type StoredColumns, storeColumns } from '../tree/storedColumns.js'
import { BoostingModel } from './model.js'
import { type BoostingOptions, boostingOptions, type CheckedBoostingOptions } from './options.js'

const operation = 'trainBoosting'

/**
 * Returns a churn-risk model of gradient-boosted trees: each small tree corrects what the ones before it got wrong.
 *
 * Use it where the risk depends on combinations of features or on thresholds; it reads missing values and categories
 * as they are. Where data are few or effects are simply additive, `trainLogistic` is as good and easier to explain:
 * compare the two fold by fold.
 *
 * Newton boosting of log loss on histograms. With p the probability so far, w the row weight, y the outcome:
 *
 *     g = w (p - y)      h = w p (1 - p)      start = log odds of the base rate
 *     leaf value = - learningRate · Σg / (Σh + l2)
 *
 * Missing values learn a side per split; a split that saw none sends them to its heavier side. A category that
 * training has not seen, or beyond the `maxBins` heaviest, is read as missing. The order of columns never matters;
 * the order of rows matters only with `rowShare` below 1. Same seed, same data: the same model.
 *
 * @param data at least one row of either class; see {@link TrainingData}
 * @param options see {@link BoostingOptions}
 * @param control progress once a tree, and a signal to stop
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-empty`, `column-duplicate`, `column-type`,
 *   `length-differs`, `value-not-finite`, `out-of-range`, `one-class`: all at once; `aborted`
 *
 * O(rounds × rows × columns × depth / 2) time, rows × columns bytes.
 *
 * @example
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
 * const data = { features: { rowCount: 8, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const model = trainBoosting(data, { minHessianPerLeaf: 0, rowShare: 1 })
 * model.probability(data.features)[7]! > 0.8
 * // => true
 *
 * @see Chen and Guestrin 2016 (XGBoost); Ke et al. 2017 (LightGBM)
 */
export function trainBoosting(
  data: TrainingData,
  options?: BoostingOptions,
  control?: TrainControl,
): BoostingModel {
  const training = checkTraining(operation, boostingOptions, options, data)
  refuseAborted(operation, control)
  return new Boosting(training).run(control)
}

class Boosting {
  readonly options: CheckedBoostingOptions
  readonly random: Random

  constructor(readonly training: CheckedTraining<CheckedBoostingOptions>) {
    this.options = training.options
    this.random = seededRandom(training.options.seed)
  }

  run(control: TrainControl | undefined): BoostingModel {
    const { outcome, weight, totalWeight, baseRate, features, options } = this.training
    const team = KernelTeam.start(operation, options.threads)
    try {
      team.ready()
      const stored = storeColumns(team, features, weight, options.maxBins)
      stepDone(operation, control, 'bins', 1, 1)
      const baseMargin = logit(baseRate)
      const data = { outcome, weight, totalWeight, margin: baseMargin }
      const limits = { ...options, growth: 'leaf' as const, l1: 0, directions: null }
      const trees = new BoostedTrees(team, stored, data, null, limits, logLoss, this.random)
      const builder = new EnsembleBuilder(stored.features)
      for (let round = 0; round < options.rounds; round++) {
        const columns = this.#sampleColumns(stored)
        builder.add(trees.grow((_asked, inUse) => inUse.set(columns)))
        stepDone(operation, control, 'tree', round + 1, options.rounds)
      }
      return new BoostingModel(specsOf(stored.features), baseRate, baseMargin, builder.build())
    } finally {
      team.stop()
    }
  }

  #sampleColumns(stored: StoredColumns): Uint8Array {
    const featureCount = stored.features.length
    const count = Math.max(1, Math.round(this.options.columnShare * featureCount))
    const chosen = new Uint8Array(featureCount)
    if (count === featureCount) return chosen.fill(1)
    for (const feature of shuffledIndices(featureCount, this.random).subarray(0, count)) chosen[feature] = 1
    return Uint8Array.from(stored.places, (feature) => chosen[feature]!)
  }
}
