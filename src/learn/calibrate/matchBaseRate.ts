import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { inNameOf, refuse } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import { checkOptions } from '../../base/options.js'
import { emptyProblems } from '../check.js'
import type { ChurnModel } from '../contract.js'
import { shiftToMean } from '../margin.js'
import { CalibratedModel } from './model.js'

const operation = 'matchBaseRate'
const matchBaseRateOptions = z.strictObject({ baseRate: z.number().gt(0).lt(1) })

/** To which mean the probabilities of a model are moved. */
export interface MatchBaseRateOptions {
  /** Share of churners among the given customers. In (0, 1). */
  readonly baseRate: number
}

/**
 * Returns the model with a constant added to its log odds, so that its mean probability over the given customers is a
 * churn rate that is known of them.
 *
 * Use it where the churn rate of a month or a region is known as a whole and not by customer (or not yet), and features
 * may have moved as well: `shiftPrior` answers for a rate that has changed alone, counts a move of the features once more
 * and overshoots. On CDNOW, at the rate of the later customers: log loss of a logistic model .615 as it is, .742 by
 * `shiftPrior`, .592 so. It moves all customers alike; where they differ, `calibrate` on their outcomes.
 *
 *     logit p' = logit p + δ,   δ such that mean p' over the customers = baseRate
 *
 * @param features the customers that the rate was counted on, at least 1 row
 * @throws {HoldfastError} `table-empty`, `option-invalid`, `option-unknown`; as `probability` of the model
 *
 * O(rows) time beside one prediction, some fifty times over.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 1, 1) }
 * const model = matchBaseRate(trainLogistic(data), data.features, { baseRate: 0.1 })
 * const p = model.probability(data.features)
 * ((p[0] + p[1] + p[2] + p[3]) / 4).toFixed(9)
 * // => '0.100000000'
 *
 * @see {@link shiftPrior} for the difference, `calibrate`
 */
export function matchBaseRate(
  model: ChurnModel,
  features: FeatureMatrix,
  options: MatchBaseRateOptions,
): CalibratedModel<null> {
  checkArguments('matchBaseRate', ['model', model, 'model'], ['features', features, 'matrix'])
  const { baseRate } = checkOptions(operation, matchBaseRateOptions, options)
  refuse(operation, emptyProblems(features.rowCount, 1))
  const intercept = shiftToMean(
    inNameOf(operation, () => model.margin(features)),
    baseRate,
    null,
  )
  return new CalibratedModel(model, Object.freeze({ method: 'platt', intercept, slope: 1 }), baseRate, null)
}
