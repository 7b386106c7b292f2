import { type Random, seededRandom, shuffledIndices } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
import { type CheckedTraining, checkTraining } from '../check.js'
import type { TrainControl, TrainingData } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { type BinnedMatrix, binMatrix, specsOf } from '../tree/bins.js'
import { EnsembleBuilder } from '../tree/ensemble.js'
import { type GrownNode, type GrowWorkspace, growTree } from '../tree/grow.js'
import { HistogramPool, histogramLayout } from '../tree/histogram.js'
import { type RowStatistics, rowStatistics, setLogLossGradients, statisticCount } from '../tree/statistics.js'
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
  readonly binned: BinnedMatrix
  readonly statistics: RowStatistics
  readonly workspace: GrowWorkspace
  readonly margin: Float64Array
  readonly baseMargin: number
  readonly random: Random

  constructor(readonly training: CheckedTraining<CheckedBoostingOptions>) {
    const { options, features, weight, totalWeight, baseRate } = training
    const rowCount = features.rowCount
    this.options = options
    this.binned = binMatrix(features, weight, options.maxBins)
    this.statistics = rowStatistics(rowCount, weight, totalWeight)
    const allColumns = histogramLayout(this.binned, Int32Array.from(features.columns.keys()))
    this.workspace = {
      rows: new Int32Array(rowCount),
      scratch: new Int32Array(rowCount),
      pool: new HistogramPool(allColumns.cellCount),
    }
    this.baseMargin = logit(baseRate)
    this.margin = new Float64Array(rowCount).fill(this.baseMargin)
    this.random = seededRandom(options.seed)
  }

  run(control: TrainControl | undefined): BoostingModel {
    const { outcome, weight, baseRate } = this.training
    const { rounds } = this.options
    const builder = new EnsembleBuilder(this.binned.features)
    for (let round = 0; round < rounds; round++) {
      setLogLossGradients(this.statistics, this.margin, outcome, weight)
      const layout = histogramLayout(this.binned, this.#sampleColumns())
      const rowCount = this.#sampleRows()
      const root = growTree(this.binned, this.statistics, layout, this.workspace, rowCount, this.options)
      this.#apply(root, builder)
      stepDone(operation, control, 'tree', round + 1, rounds)
    }
    return new BoostingModel(specsOf(this.binned.features), baseRate, this.baseMargin, builder.build())
  }

  /** Puts the rows that the next tree is grown on first; returns how many they are. */
  #sampleRows(): number {
    const { rows } = this.workspace
    const { rowShare } = this.options
    if (rowShare === 1) {
      for (let row = 0; row < rows.length; row++) rows[row] = row
      return rows.length
    }
    const limit = rowShare * 4_294_967_296
    const { uint32 } = this.random
    let count = 0
    for (let row = 0; row < rows.length; row++) {
      rows[count] = row
      if (uint32() < limit) count++
    }
    return count
  }

  #sampleColumns(): Int32Array {
    const { featureCount } = this.binned
    const count = Math.max(1, Math.round(this.options.columnShare * featureCount))
    if (count === featureCount) return Int32Array.from({ length: featureCount }, (_, feature) => feature)
    return shuffledIndices(featureCount, this.random).subarray(0, count).sort()
  }

  /**
   * Moves the margins of all rows, sampled or not, and adds the tree with the covers of all rows: so that the mean
   * over the covers is the mean margin of the training rows.
   */
  #apply(root: GrownNode, builder: EnsembleBuilder): void {
    const nodes = preorder(root)
    const { learningRate, l2 } = this.options
    const values = Float64Array.from(nodes, ({ node }) =>
      node.split === null ? leafValue(node, learningRate, l2) : 0,
    )
    const covers = new Float64Array(nodes.length)
    const { codes, featureCount } = this.binned
    const statistics = this.statistics.values
    const right = Int32Array.from(nodes, (entry) => entry.right)
    const feature = Int32Array.from(nodes, ({ node }) => node.split?.feature ?? 0)
    const sides = sidesOf(nodes)
    for (let row = 0; row < this.margin.length; row++) {
      const first = row * featureCount
      let node = 0
      while (right[node] !== 0) {
        node = sides[node * 256 + codes[first + feature[node]!]!] === 1 ? node + 1 : right[node]!
      }
      this.margin[row]! += values[node]!
      covers[node]! += statistics[row * statisticCount + 2]!
    }
    for (let node = nodes.length - 1; node >= 0; node--) {
      covers[node] =
        right[node] === 0
          ? covers[node]! / this.statistics.weightUnits
          : covers[node + 1]! + covers[right[node]!]!
    }
    builder.add(root, values, covers)
  }
}

interface NumberedNode {
  readonly node: GrownNode
  /** Place of the right child in the list; 0 in a leaf. */
  right: number
}

function preorder(node: GrownNode, nodes: NumberedNode[] = []): NumberedNode[] {
  const entry: NumberedNode = { node, right: 0 }
  nodes.push(entry)
  if (node.left === null || node.right === null) return nodes
  preorder(node.left, nodes)
  entry.right = nodes.length
  return preorder(node.right, nodes)
}

/** The sides of all bins of all nodes in one array: 256 places a node. */
function sidesOf(nodes: readonly NumberedNode[]): Uint8Array {
  const sides = new Uint8Array(nodes.length * 256)
  nodes.forEach(({ node }, index) => {
    if (node.split !== null) sides.set(node.split.goesLeft, index * 256)
  })
  return sides
}

function leafValue(node: GrownNode, learningRate: number, l2: number): number {
  const { gradient, hessian } = node.sums
  const denominator = hessian + l2
  return denominator > 0 ? (-learningRate * gradient) / denominator : 0
}
