import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { inNameOf, refuse } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import { checkOptions } from '../../base/options.js'
import { logit, sigmoid } from '../../base/statistics.js'
import { emptyProblems } from '../check.js'
import type { ChurnModel } from '../contract.js'

const operation = 'estimateBaseRate'
const estimateOptions = z.strictObject({
  from: z.number().gt(0).lt(1).optional(),
  iterations: z.int().min(1).max(1_000_000).default(10_000),
  tolerance: z.number().gt(0).lt(1).default(1e-10),
})

/** How a churn rate is estimated from predictions. */
export interface EstimateBaseRateOptions {
  /** Share of churners that the model's probabilities stand for. In (0, 1). Default `baseRate` of the model. */
  readonly from?: number | undefined
  /** Steps of the search at most. Integer in [1, 1000000]. Default 10000. */
  readonly iterations?: number | undefined
  /** Change of the rate at which the search ends. In (0, 1). Default 1e-10. */
  readonly tolerance?: number | undefined
}

/** A churn rate estimated from predictions alone. */
export interface BaseRateEstimate {
  /** In (0, 1): to be given to `shiftPrior`. */
  readonly baseRate: number
  /** From the chance of these customers alone, not from errors of the model; null at an end of the range. */
  readonly standardError: number | null
  /** Steps that the search took. */
  readonly iterations: number
  /** What to know before using it, in sentences. */
  readonly notes: readonly string[]
}

/**
 * Returns the churn rate of customers whose outcome is not known yet, estimated from a model's predictions.
 *
 * Use it with `shiftPrior` where the churn rate may have moved since training and outcomes come too late to say. It
 * **assumes that nothing but the rate has changed**: churners of now are as churners of the training rows were, stayers
 * too, and the model is calibrated there. Features that drift for other reasons are read as a drift of the rate: on CDNOW,
 * where the rate went from .77 to .61 because customers bought more, it says 0. Compare with the last known rate before
 * believing it.
 *
 * With p the model's probability, π the rate it stands for, repeated from π₀ = π until it stays (EM):
 *
 *     pᵢ' = pᵢ moved from π to πₛ (see `shiftPrior`)      πₛ₊₁ = mean of pᵢ'
 *
 * which is the maximum of the likelihood Σ ln [πₛ · pᵢ/π + (1 − πₛ) · (1 − pᵢ)/(1 − π)]. Where that lies at 0 or 1 the
 * result is kept half a customer away from it and says so in `notes`.
 *
 * @param features customers to be scored, at least 1 row
 * @throws {HoldfastError} `table-empty`, `option-invalid`, `option-unknown`; as `probability` of the model
 *
 * O(rows × steps) time beside one prediction; some ten to hundred steps.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', Array.from({ length: 400 }, (_, row) => row % 8))
 * const data = { features: { rowCount: 400, columns: [calls] }, outcome: Uint8Array.from(calls.values, (n, row) => (row % 50 < 6 * n ? 1 : 0)) }
 * const model = shiftPrior(trainLogistic(data), { baseRate: 0.2 })      // it expects fewer to leave: 42 % do
 * estimateBaseRate(model, data.features).baseRate.toFixed(2)
 * // => '0.42'
 *
 * @see Saerens, Latinne and Decaestecker (2002); {@link shiftPrior}
 */
export function estimateBaseRate(
  model: ChurnModel,
  features: FeatureMatrix,
  options?: EstimateBaseRateOptions,
): BaseRateEstimate {
  checkArguments('estimateBaseRate', ['model', model, 'model'], ['features', features, 'matrix'])
  const { from = model.baseRate, iterations, tolerance } = checkOptions(operation, estimateOptions, options)
  refuse(operation, emptyProblems(features.rowCount, 1))
  // Log of how much more often churners than stayers look like the customer: log odds without the rate.
  const evidence = inNameOf(operation, () => model.margin(features)).map((margin) => margin - logit(from))
  return atAnEnd(evidence, from) ?? searched(evidence, from, iterations, tolerance)
}

/** The likelihood is concave in the rate: where it falls from 0 on, or grows up to 1, that end is its maximum. */
function atAnEnd(evidence: Float64Array, from: number): BaseRateEstimate | null {
  const [least, most] = [0.5 / (evidence.length + 1), 1 - 0.5 / (evidence.length + 1)]
  if (evidence.every((value) => Math.abs(value) < 1e-12)) {
    const notes = ['The model says the same of all customers: their churn rate cannot be told from it.']
    return { baseRate: from, standardError: null, iterations: 0, notes }
  }
  const found =
    meanExp(evidence, 1) <= 1
      ? { end: 0, baseRate: least }
      : meanExp(evidence, -1) <= 1
        ? { end: 1, baseRate: most }
        : null
  if (found === null) return null
  const notes = [
    `The most likely churn rate is ${found.end}: more than the rate has changed since the training, or the model is not calibrated. Do not shift by it.`,
  ]
  return { baseRate: found.baseRate, standardError: null, iterations: 0, notes }
}

/** Infinite where it is too large for a number, which is above 1 as well. */
function meanExp(values: Float64Array, sign: 1 | -1): number {
  return values.reduce((sum, value) => sum + Math.exp(sign * value), 0) / values.length
}

function searched(
  evidence: Float64Array,
  from: number,
  iterations: number,
  tolerance: number,
): BaseRateEstimate {
  let baseRate = from
  for (let step = 1; step <= iterations; step++) {
    const before = baseRate
    const prior = logit(before)
    baseRate = evidence.reduce((sum, value) => sum + sigmoid(value + prior), 0) / evidence.length
    if (Math.abs(baseRate - before) < tolerance) {
      return { baseRate, standardError: standardErrorOf(evidence, baseRate), iterations: step, notes: [] }
    }
  }
  const notes = [
    `The search had not come to rest after ${iterations} steps: the model tells customers hardly apart.`,
  ]
  return { baseRate, standardError: standardErrorOf(evidence, baseRate), iterations, notes }
}

/** 1 / √ of the observed information: Σ [(p' − rate) / (rate (1 − rate))]². */
function standardErrorOf(evidence: Float64Array, baseRate: number): number {
  const prior = logit(baseRate)
  const information = evidence.reduce(
    (sum, value) => sum + ((sigmoid(value + prior) - baseRate) / (baseRate * (1 - baseRate))) ** 2,
    0,
  )
  return 1 / Math.sqrt(information)
}
