import { refuse } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import { seededRandom } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
import { type CheckedTraining, checkTraining } from '../check.js'
import type { TrainControl, TrainingData } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { specsOf } from '../tree/bins.js'
import { EnsembleBuilder } from '../tree/ensemble.js'
import type { GrownTree } from '../tree/grownTree.js'
import { KernelTeam } from '../tree/kernelTeam.js'
import { storeColumns } from '../tree/storedColumns.js'
import { processorCount } from '../tree/threads.js'
import { type MarginLine, sameMargin } from './calibration.js'
import { columnRules } from './columnChoice.js'
import { chooseRounds, manyRows, type Rounds } from './innerFolds.js'
import { BoostingModel } from './model.js'
import { namesProblems } from './namedColumns.js'
import { type BoostingOptions, boostingOptions, type CheckedBoostingOptions } from './options.js'
import { type Part, partsOf } from './parts.js'
import { growPart, type PartTraining } from './trainedPart.js'
import { growValidated, type ValidationMetric } from './validation.js'

const operation = 'trainBoosting'

/** Watching and stopping a training of boosted trees, and what it may lean on beside its rows. */
export interface BoostingControl extends TrainControl {
  /** Rows that say when to stop, instead of inner folds; the model is trained on the others only. */
  readonly validation?: TrainingData
  /** What is to be best on the validation rows. Default: log loss. */
  readonly metric?: ValidationMetric
  /** A model to go on from: its trees stay, new ones correct it. Trained on the same features. */
  readonly startFrom?: BoostingModel
  /** What an abort does: `throw` an error (default), or `keep` the trees so far as the model. */
  readonly onAbort?: 'throw' | 'keep'
}

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
  control: BoostingControl = {},
): BoostingModel {
  const training = checkTraining(operation, boostingOptions, options, data)
  refuse(operation, namesProblems(training.options, training.features, control.startFrom?.features))
  refuseAborted(operation, control)
  return new Boosting(training, control).run()
}

/** Rows × columns from which threads pay for their start. */
const leastSharedValues = 2_000_000
const mostThreads = 8
/** The draws of the inner folds, apart from those of the parts. */
const innerDraws = 1_000_000

/** The parts of a model as they were grown, and how their mean is read. */
interface Grown {
  readonly parts: readonly (readonly GrownTree[])[]
  readonly line: MarginLine
}

class Boosting {
  readonly options: CheckedBoostingOptions
  readonly parts: readonly Part[]

  constructor(
    readonly training: CheckedTraining<CheckedBoostingOptions>,
    readonly control: BoostingControl,
  ) {
    this.options = training.options
    this.parts = partsOf(training.options)
  }

  run(): BoostingModel {
    const team = KernelTeam.start(operation, this.#threadCount())
    try {
      return this.#train(team)
    } finally {
      team.stop()
    }
  }

  #train(team: KernelTeam): BoostingModel {
    const { outcome, weight, totalWeight, baseRate, features } = this.training
    const { startFrom } = this.control
    team.ready()
    const stored = storeColumns(team, features, weight, this.options.maxBins, categoriesOf(startFrom))
    stepDone(operation, this.control, 'bins', 1, 1)
    const names = features.columns.map(({ name }) => name)
    const baseMargin = startFrom === undefined ? logit(baseRate) : startFrom.baseMargin
    const margin = startFrom === undefined ? baseMargin : startFrom.margin(features)
    const grown = this.#grow({
      team,
      stored,
      data: { outcome, weight, totalWeight, margin },
      options: this.options,
      rules: columnRules(this.options, names, stored.places),
      directions: directionsOf(this.options, names),
    })
    const { intercept, slope } = grown.line
    const builder = new EnsembleBuilder(stored.features)
    if (startFrom !== undefined) builder.addEnsemble(startFrom.ensemble, slope)
    for (const part of grown.parts) for (const tree of part) builder.add(tree, slope / grown.parts.length)
    const { prior } = this.options
    const shift = prior === undefined ? 0 : logit(prior) - logit(baseRate)
    const start = intercept + slope * baseMargin + shift
    return new BoostingModel(specsOf(stored.features), baseRate, start, builder.build())
  }

  #grow(training: PartTraining): Grown {
    const { options, parts, control } = this
    const random = seededRandom(options.seed)
    if (control.validation !== undefined && options.earlyStopping) {
      const startOf = (features: FeatureMatrix): number | Float64Array =>
        control.startFrom?.margin(features) ?? logit(this.training.baseRate)
      const { validation, metric } = control
      return growValidated(training, parts, validation, metric, startOf, random, this.#counter('tree'))
    }
    const rounds: Rounds = options.earlyStopping
      ? chooseRounds(training, parts, random.fork(innerDraws), this.#counter('inner tree'))
      : { trees: parts.map((part) => part.rounds), line: sameMargin }
    const repeats = this.#repeats()
    const total = repeats * rounds.trees.reduce((sum, trees) => sum + trees, 0)
    let done = 0
    const grown = parts.flatMap((part, index) =>
      Array.from({ length: repeats }, (_, repeat) => {
        const own = { ...part, rounds: rounds.trees[index]! }
        const draws = random.fork(index + repeat * parts.length)
        return growPart(training, own, null, draws, () => this.#goOn(++done, total))
      }),
    )
    return { parts: grown, line: rounds.line }
  }

  /** Tells the watcher about a tree of the model; false where it is to end with the trees so far. */
  #goOn(done: number, total: number): boolean {
    if (this.control.onAbort !== 'keep') {
      stepDone(operation, this.control, 'tree', done, total)
      return true
    }
    this.control.onProgress?.({ step: 'tree', done, total })
    return this.control.signal?.aborted !== true
  }

  /** Tells the watcher about trees whose number is not known beforehand: at most so many. */
  #counter(step: string): () => void {
    const folds = step === 'tree' ? 1 : (this.options.innerFolds ?? 3)
    const total = folds * this.parts.reduce((sum, { rounds }) => sum + rounds, 0)
    let done = 0
    return () => stepDone(operation, this.control, step, ++done, total)
  }

  /** Times that each part is trained; without draws of rows or columns they would all be the same. */
  #repeats(): number {
    const { repeats, rowShare, columnShare, columnSharePerNode } = this.options
    if (rowShare === 1 && columnShare === 1 && columnSharePerNode === 1) return 1
    const { rowCount } = this.training.features
    return repeats ?? (this.options.earlyStopping && rowCount < manyRows ? 3 : 1)
  }

  #threadCount(): number {
    const { threads } = this.options
    if (threads !== 'auto') return threads
    const { rowCount, columns } = this.training.features
    return rowCount * columns.length < leastSharedValues ? 1 : Math.min(processorCount(), mostThreads)
  }
}

function directionsOf({ monotone }: CheckedBoostingOptions, names: readonly string[]): number[] | null {
  if (monotone === undefined) return null
  const sign = { increasing: 1, decreasing: -1 }
  return names.map((name) => (Object.hasOwn(monotone, name) ? sign[monotone[name]!] : 0))
}

/** The categories of a model to go on with: its trees know them by their place. */
function categoriesOf(model: BoostingModel | undefined): Map<string, readonly string[]> {
  return new Map(
    model?.features.flatMap((spec) => (spec.kind === 'text' ? [[spec.name, spec.categories] as const] : [])),
  )
}
