import { type Problem, refuse } from '../../base/errors.js'
import type { RankedMetric } from '../metrics.js'
import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { acceptanceLaw, fixedLaw } from './acceptanceLaw.js'
import { checkUniformOffer, type UniformOffer } from './checkedOffer.js'
import { hullProfit } from './hullProfit.js'
import type { RetentionOffer } from './retentionOffer.js'

/** What the best list of a ranking earns, and how long it is. */
export interface MaximumProfit {
  /** Money per customer, contacted or not, at least 0. */
  readonly profit: number
  /** Part of the customers to contact, in [0, 1]; the smallest among equally good ones. */
  readonly targetShare: number
  /** The lowest probability to contact; null where nobody is contacted. */
  readonly lowestProbability: number | null
}

/**
 * Returns what the best cut of the list earns per customer at the mean acceptance: the maximum profit criterion (MPC).
 *
 * Use it to compare models in money when the acceptance is known, and for the share to contact. It takes the outcome to
 * find the best cut, so on few customers it is kind to every model; choose the cut on other customers than those whose
 * profit is reported. Where the acceptance is uncertain see `expectedMaximumProfit`, where money differs by customer
 * `profitCurve`.
 *
 * With v = customerValue, d = offerCost, f = contactCost, γ the (mean) acceptance, π the share of churners, and F_c(t),
 * F_s(t) the shares of churners and of stayers at or above t:
 *
 *     MPC = max over t of  (γ·(v − d) − f)·π·F_c(t) − (d + f)·(1 − π)·F_s(t)
 *
 * Customers of equal probability are contacted together or not at all. Contacting nobody earns 0.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param offer amounts that are the same for all customers; of a Beta acceptance the mean is taken
 * @throws {HoldfastError} `option-invalid` for amounts by customer: they would have to be averaged away; `out-of-range`
 *   where the value is not above the cost of the offer; `one-class`, `length-differs`, `table-empty`, `value-missing`:
 *   all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * const p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
 * const y = [0, 1, 0, 1, 0, 1, 0, 1]
 * maximumProfit(p, y, { customerValue: 200, offerCost: 10, contactCost: 1 })   // 4 · (0.3 · 190 − 1) − 3 · 11 = 191
 * // => { profit: 23.875, targetShare: 0.875, lowestProbability: 0.2 }
 *
 * @see Verbraken, Verbeke and Baesens (2013), IEEE Transactions on Knowledge and Data Engineering 25(5)
 * @see {@link expectedMaximumProfit}, {@link profitCurve}, {@link bestList} for whom to contact now
 */
export function maximumProfit(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  offer: RetentionOffer,
  options?: WeightOptions,
): MaximumProfit {
  const problems: Problem[] = []
  const checked = checkUniformOffer('maximumProfit', offer, problems)
  const { ranked } = checkOutcomes('maximumProfit', weightOptions, probability, outcome, options, problems)
  return maximumProfitOf(ranked, checked!)
}

/**
 * Returns the metric `maximumProfit` for an offer, for `bootstrapInterval` and all else that takes a metric.
 *
 * @throws {HoldfastError} as {@link maximumProfit} for the offer
 *
 * @example
 * const metric = maximumProfitMetric({ customerValue: 200, offerCost: 10, contactCost: 1 })
 * metric(rankOutcomes([0.9, 0.1], [1, 0]))   // (0.3 · 190 − 1) / 2
 * // => 28
 */
export function maximumProfitMetric(offer: RetentionOffer): RankedMetric {
  const problems: Problem[] = []
  const checked = checkUniformOffer('maximumProfitMetric', offer, problems)
  refuse('maximumProfitMetric', problems)
  return (ranked) => maximumProfitOf(ranked, checked!).profit
}

/** Like {@link maximumProfit}, from the sorted form. O(groups). */
export function maximumProfitOf(ranked: RankedOutcomes, offer: UniformOffer): MaximumProfit {
  return hullProfit(ranked, offer, fixedLaw(acceptanceLaw(offer.acceptance).mean))
}
