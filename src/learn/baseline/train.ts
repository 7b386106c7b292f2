import { checkTraining } from '../check.js'
import type { TrainControl, TrainingData } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { PriorModel } from './model.js'
import { type PriorOptions, priorOptions } from './options.js'

const operation = 'trainPrior'

/**
 * Returns the model that gives every customer the base rate: what any other model must beat.
 *
 * Its log loss is the entropy of the outcome and its AUC exactly one half. Never use it to choose customers.
 *
 *     probability = Σ weight · outcome / Σ weight
 *
 * @param data at least one row of either class; only outcome and weight matter, though all of it is checked
 * @throws {HoldfastError} as `trainBoosting`
 *
 * O(rows × columns) time, for the check.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 1) }
 * trainPrior(data).probability(data.features)[0]
 * // => 0.25
 *
 * @see `trainLogistic` for the next simplest model
 */
export function trainPrior(data: TrainingData, options?: PriorOptions, control?: TrainControl): PriorModel {
  const { baseRate } = checkTraining(operation, priorOptions, options, data)
  refuseAborted(operation, control)
  stepDone(operation, control, 'base rate', 1, 1)
  return new PriorModel(baseRate)
}
