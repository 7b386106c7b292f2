import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { type Problem, refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { checkTraining } from '../check.js'
import type { ChurnModel, TrainControl, TrainingData } from '../contract.js'
import type { CalibratedModel } from './model.js'
import { shiftedModel } from './shiftPrior.js'

const operation = 'trainWithClassWeight'
const classWeightOptions = z.strictObject({
  churnerWeight: z.union([z.literal('balanced'), z.number().gt(0).max(1e6)]),
})

/** How much more a churner counts in training than a stayer. */
export interface ClassWeightOptions {
  /** Times the weight of a churned row; or `balanced`: both classes weigh the same in all. Above 0, at most 1000000. */
  readonly churnerWeight: number | 'balanced'
}

/**
 * Returns a model that was trained with churners weighing more, its probabilities corrected back to the true churn rate.
 *
 * You rarely want it: weights do not make a model tell customers apart better. Balanced on the telco data, five folds,
 * a logistic model has AUC .8454 against .8452; without the correction its log loss goes from .417 to .491 and its ECE
 * from .026 to .149, with it they are .417 and .025 again. Boosting gains nothing and loses a little that the correction
 * cannot bring back (log loss .412, .490, .413; on mlc-churn .151, .271, .165). To contact more customers, lower the
 * threshold instead. It is here for those who must have weights, or compare. No row is repeated or left out.
 *
 * With w the weight and p the probability by the weighted training, odds are w times too high:
 *
 *     logit p' = logit p − ln w
 *
 * which is exact where the model has found the weighted odds; `calibrate` sees to the rest.
 *
 * @param train gives a model that honours row weights: `(rows, control) => trainBoosting(rows, {}, control)`
 * @throws {HoldfastError} as `trainBoosting`; as `train`; `option-invalid` where `train` does not honour the
 *   weights, or moves the model to another churn rate (`prior`)
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8, 3, 4])
 * const data = { features: { rowCount: 10, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 1, 0, 0) }
 * const model = trainWithClassWeight(data, (rows) => trainPrior(rows), { churnerWeight: 'balanced' })
 * model.model.probability(data.features)[0]      // weighted: 8 times 1 against 2 times 4
 * // => 0.5
 * model.probability(data.features)[0].toFixed(12)
 * // => '0.200000000000'
 *
 * @see Elkan (2001); {@link shiftPrior}
 */
export function trainWithClassWeight(
  data: TrainingData,
  train: (data: TrainingData, control: TrainControl) => ChurnModel,
  options: ClassWeightOptions,
  control: TrainControl = {},
): CalibratedModel<null> {
  checkArguments('trainWithClassWeight', ['data', data, 'dataset'], ['train', train, 'function'])
  const { churnerWeight } = checkOptions(operation, classWeightOptions, options)
  const { baseRate } = checkTraining(operation, z.strictObject({}), {}, data)
  const times = churnerWeight === 'balanced' ? (1 - baseRate) / baseRate : churnerWeight
  const weight = Float64Array.from(
    data.outcome,
    (churned, row) => (data.weight?.[row] ?? 1) * (churned === 1 ? times : 1),
  )
  const model = train({ ...data, weight }, control)
  checkArguments('trainWithClassWeight', ['what train returned', model, 'model'])
  const weightedRate = (baseRate * times) / (baseRate * times + 1 - baseRate)
  refuse(
    operation,
    Math.abs(model.baseRate - weightedRate) < 1e-6 ? [] : [ignored(weightedRate, model.baseRate)],
  )
  return shiftedModel(model, weightedRate, baseRate)
}

function ignored(expected: number, received: number): Problem {
  return {
    code: 'option-invalid',
    parameter: 'train',
    rule: `to give a model that stands for the weighted rows: a base rate of ${expected}`,
    received,
    wayOut:
      'Hand the rows on to the learner as they come, with their weight, and without `prior`; move the result by shiftPrior. A learner without weights cannot be used.',
  }
}
