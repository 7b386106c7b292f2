import { isMissing } from '../../base/bitmap.js'
import { customersOf } from '../../base/customersOf.js'
import type { FeatureColumn, FeatureMatrix } from '../../base/matrix.js'
import { type CheckedTraining, checkTraining } from '../check.js'
import type { TrainControl, TrainingData } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { rememberingRows } from '../trainedRows.js'
import { binsOf, type FeatureBins, specsOf } from '../tree/bins.js'
import { loadKernels } from '../tree/loadKernels.js'
import { processorCount } from '../tree/threads.js'
import { type ForestLayout, layForest } from './forestMemory.js'
import { type ForestKernels, forestKernels } from './kernels.js'
import { ForestModel } from './model.js'
import { type CheckedForestOptions, type ForestOptions, forestOptions } from './options.js'
import { type OutOfBag, outOfBagOf } from './outOfBag.js'
import { probabilityUnits } from './plainGrower.js'
import { TreeCollector } from './treeCollector.js'
import { growTogether } from './treeTeam.js'

// Who trains or imports has time for the kernels
loadKernels()

const operation = 'trainForest'

/**
 * Returns a random forest: the mean of many deep trees, each grown on rows and columns drawn at random.
 *
 * Use it where there is no time to choose options: it hardly has any that matter, does not overfit with more trees, and
 * tells how good it is without data kept aside (`outOfBag`). `trainBoosting` is mostly somewhat better and always much
 * smaller; where effects are simply additive, `trainLogistic` is as good and easier to explain.
 *
 * Each tree is grown on as many customers as there are, drawn with repetition. Each split looks at `columnsPerSplit` columns
 * drawn anew (at more, where all of those have one value only) and takes the cut that lowers the squared error most,
 * which is Gini's criterion. With n the weight of the drawn rows in a leaf and p that of the churned ones among them:
 *
 *     probability = mean over trees of (p + priorWeight · base rate) / (n + priorWeight)
 *
 * Customers are drawn, not rows: where `ids` say that customers have several rows, or rows are exact copies, all rows of one
 * are drawn together, and what `outOfBag` says of a row comes from trees that saw no row of its customer.
 *
 * Rows are drawn whatever their weight; weight then counts as often as the row was drawn: weight 2 is the row twice, the
 * two drawn together. Missing values learn a side per split; a split that saw none sends them to its heavier side. A
 * category that training has not seen, or beyond the `maxBins` heaviest, is read as missing. Columns of one value change
 * nothing. The order of columns never matters; the order of rows does, because rows are drawn by number. Same seed, same
 * data: the same model, on any number of threads, with WebAssembly and without.
 *
 * @param data at least one row of either class; see {@link TrainingData}
 * @param options see {@link ForestOptions}
 * @param control progress once a tree, and a signal to stop
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-empty`, `column-duplicate`, `column-type`,
 *   `length-differs`, `value-not-finite`, `out-of-range`, `one-class`: all at once; `aborted`, `thread-lost`, `memory-exceeded`
 *
 * O(trees × rows × columnsPerSplit × depth) time; rows × columns bytes, and 38 bytes a row and thread.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
 * const data = { features: { rowCount: 8, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const model = trainForest(data, { minRowsPerLeaf: 1 })
 * model.probability(data.features)[7]! > 0.8
 * // => true
 * model.outOfBag!.error // one of the eight on the wrong side
 * // => 0.125
 *
 * @see Breiman 2001 (random forests); Malley et al. 2012 (their probabilities)
 */
export function trainForest(
  data: TrainingData,
  options?: ForestOptions,
  control?: TrainControl,
): ForestModel {
  const training = checkTraining(operation, forestOptions, options, data)
  refuseAborted(operation, control)
  return growForest(training, data, forestKernels(operation), control)
}

/** Grows the forest of a checked training with these kernels; `data` is what the training was made of. */
export function growForest(
  training: CheckedTraining<CheckedForestOptions>,
  data: TrainingData,
  kernels: ForestKernels,
  control: TrainControl | undefined,
): ForestModel {
  const { options, features, weight, baseRate } = training
  const { customerOf, note } = customersOf(features, training.ids)
  const bins = binsOf(features, weight, options.maxBins)
  const varying = Int32Array.from(bins.keys()).filter((feature) =>
    varies(features.columns[feature]!, bins[feature]!),
  )
  const columns = { features: varying, bins: Array.from(varying, (feature) => bins[feature]!) }
  const matrix = { ...features, columns: Array.from(varying, (feature) => features.columns[feature]!) }
  const threads = kernels.module === null ? 1 : threadCount(options, matrix)
  const layout = layForest(kernels.memory, training, customerOf, matrix, columns.bins, threads)
  const collector = new TreeCollector(columns, options.trees, layout.weightUnits)
  const onTree = (done: number): void => stepDone(operation, control, 'tree', done, options.trees)
  growTogether({ operation, kernels, layout, collector, onTree })
  const outOfBag = outOfBagAt(kernels, layout, training, data)
  const notes = note === null ? [] : [note]
  return rememberingRows(
    new ForestModel(specsOf(bins), baseRate, collector.build(), outOfBag, notes),
    training,
  )
}

/** Trees × rows × columns of a split from which further threads pay for their start, some 40 ms each. */
const leastSharedWork = 10_000_000
const mostThreads = 8

function threadCount({ threads, trees }: CheckedForestOptions, { rowCount, columns }: FeatureMatrix): number {
  if (threads !== 'auto') return Math.min(threads, trees)
  if (trees * rowCount * Math.sqrt(columns.length) < leastSharedWork) return 1
  return Math.min(processorCount(), mostThreads, trees)
}

function outOfBagAt(
  { memory }: ForestKernels,
  { contexts }: ForestLayout,
  { outcome, weight }: CheckedTraining<unknown>,
  data: TrainingData,
): OutOfBag | null {
  const sums = new Float64Array(outcome.length)
  const counts = new Uint32Array(outcome.length)
  for (const { outOfBagSums, outOfBagCounts } of contexts) {
    const ownSums = new Float64Array(memory.buffer, outOfBagSums, outcome.length)
    const ownCounts = new Uint32Array(memory.buffer, outOfBagCounts, outcome.length)
    for (let row = 0; row < outcome.length; row++) {
      sums[row]! += ownSums[row]! / probabilityUnits
      counts[row]! += ownCounts[row]!
    }
  }
  const given = data.outcome.length
  const counted =
    outcome.length === given
      ? null
      : Int32Array.from(data.outcome.keys()).filter((row) => data.weight![row]! > 0)
  return outOfBagOf({ sums, counts }, counted, given, outcome, weight)
}

/** True where a column has at least two values, missing being one. Others would only dilute the drawing of columns. */
function varies(column: FeatureColumn, bins: FeatureBins): boolean {
  if (bins.binCount > 1) return true
  const rowCount = column.kind === 'number' ? column.values.length : column.codes.length
  let missing = 0
  for (let row = 0; row < rowCount; row++) if (isMissing(column.missing, row)) missing++
  return missing > 0 && missing < rowCount
}
