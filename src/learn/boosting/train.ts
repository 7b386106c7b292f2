import { inNameOf, refuse } from '../../base/errors.js'
import { checkTraining } from '../check.js'
import type { TrainingData } from '../contract.js'
import { refuseAborted } from '../control.js'
import { pausing } from '../pauses.js'
import { loadKernels } from '../tree/loadKernels.js'
import { boostingSteps } from './boostingRun.js'
import { type BoostingControl, controlProblems } from './control.js'
import type { BoostingModel } from './model.js'
import { namesProblems } from './namedColumns.js'
import { type BoostingOptions, boostingOptions } from './options.js'

// Who trains or imports has time for the kernels
loadKernels()

/**
 * Returns a churn-risk model of gradient-boosted trees: each small tree corrects what the ones before it got wrong.
 *
 * Use it where the risk depends on combinations of features or on thresholds; it reads missing values and categories
 * as they are. Where data are few or effects are simply additive, `trainLogistic` is as good and easier to explain:
 * compare the two fold by fold. `trainBoostingAsync` is for servers.
 *
 * Newton boosting of log loss on histograms. With p the probability so far, w the row weight, y the outcome:
 *
 *     g = w (p - y)      h = w p (1 - p)      start = log odds of the base rate
 *     leaf value = - learningRate · shrink(Σg, l1) / (Σh + l2)
 *
 * With its defaults the model is the mean of a shallow part (depth 3) and a deep one (depth 6). From 2,048 rows on, larger
 * parts (depth 8, then 12, up to 256 leaves) are tried where the deep one is better than the shallow one, and the two parts
 * are taken whose mean is best; the first two unless others are better by more than a standard error. Sizes, and how many
 * trees each part gets, are found on inner folds, whose rows the trees that predict them have not seen; the mean is read by
 * the line `intercept + slope · margin` that fits those rows best; then both are trained on all rows. From 400,000
 * customers on, 20,000 of either outcome among them, an eighth or less is kept, and the trees of the others are the model:
 * about half the time, for a log loss that is higher by .0001 to .0003 (five simulated tables); `innerFolds: 1` trains on all.
 *
 * Missing values learn a side per split; a split that saw none sends them to its heavier side. A category that
 * training has not seen, or beyond the `maxBins` heaviest, is read as missing. The order of columns never matters;
 * the order of rows matters only to draws of rows and inner folds. Gradients are whole numbers in the sums: same seed,
 * same data, the same model to the bit, on any number of threads, with or without WebAssembly.
 *
 * @param data at least one row of either class; see {@link TrainingData}
 * @param options see {@link BoostingOptions}
 * @param control progress once a tree, a signal to stop, and more; see {@link BoostingControl}
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-empty`, `column-duplicate`, `column-type`,
 *   `length-differs`, `value-not-finite`, `out-of-range`, `one-class`: all at once; `aborted`, `thread-lost`,
 *   `memory-exceeded`
 *
 * O(trees × rows × columns × depth / 2) time. Memory beside the input: 2 bytes a row and column (columns with few values
 * share theirs), 29 bytes a row, 33 with weights; at most 4 GiB in all.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
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
  const steps = startTraining('trainBoosting', data, options, control)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/**
 * Does what `trainBoosting` does and lets the process do other work between trees: a server answers meanwhile, and an
 * `AbortSignal` of a timer or a request stops it. The same model.
 *
 * @throws {HoldfastError} as `trainBoosting`; the promise is rejected
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
 * const data = { features: { rowCount: 8, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const model = await trainBoostingAsync(data, { minHessianPerLeaf: 0 }, { signal: AbortSignal.timeout(60_000) })
 * model.learner
 * // => 'boosting'
 */
export async function trainBoostingAsync(
  data: TrainingData,
  options?: BoostingOptions,
  control: BoostingControl = {},
): Promise<BoostingModel> {
  const operation = 'trainBoostingAsync'
  return inNameOf(operation, () => pausing(startTraining(operation, data, options, control)))
}

function startTraining(
  operation: string,
  data: TrainingData,
  options: BoostingOptions | undefined,
  control: BoostingControl,
): Generator<void, BoostingModel, void> {
  const training = checkTraining(operation, boostingOptions, options, data)
  refuse(operation, [
    ...controlProblems(control),
    ...namesProblems(training.options, training.features, control.startFrom?.features),
  ])
  refuseAborted(operation, control)
  return boostingSteps(operation, training, control)
}
