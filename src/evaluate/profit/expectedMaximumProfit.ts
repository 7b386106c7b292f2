import { type Problem, refuse } from '../../base/errors.js'
import type { RankedMetric } from '../metrics.js'
import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { acceptanceLaw } from './acceptanceLaw.js'
import { checkUniformOffer, type UniformOffer } from './checkedOffer.js'
import { hullProfit } from './hullProfit.js'
import type { RetentionOffer } from './retentionOffer.js'

/** What the best list of a ranking earns on average over the acceptance, and how long it is on average. */
export interface ExpectedMaximumProfit {
  /** Money per customer, contacted or not, at least 0. */
  readonly profit: number
  /** Part of the customers to contact, in [0, 1]: the mean of the best parts for each acceptance. */
  readonly targetShare: number
}

/**
 * Returns what the best cut of the list earns per customer, on average over an uncertain acceptance (EMPC).
 *
 * Use it to compare models in money before a campaign has shown who accepts. It supposes that the cut is chosen once
 * the acceptance is known, so it is at least `maximumProfit` at the mean acceptance. For amounts by customer see
 * `profitCurve`.
 *
 * With P(t; γ) the profit at the cut t and acceptance γ, as in `maximumProfit`:
 *
 *     EMPC = ∫ max over t of P(t; γ) dBeta(γ; α, β)
 *
 * exact over the convex hull of the ROC points: no numeric integration and no grid of thresholds. Customers of equal
 * probability are one point. With a number as acceptance it is MPC.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param offer amounts that are the same for all customers
 * @throws {HoldfastError} `option-invalid` for amounts by customer: they would have to be averaged away; `out-of-range`
 *   where the value is not above the cost of the offer; `one-class`, `length-differs`, `table-empty`, `value-missing`:
 *   all at once
 *
 * O(n log n) time, O(n) memory; after the sort O(n).
 *
 * @example
 * const p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
 * const y = [0, 1, 0, 1, 0, 1, 0, 1]
 * const { profit } = expectedMaximumProfit(p, y, { customerValue: 200, offerCost: 10, contactCost: 1 })
 * profit.toFixed(10)
 * // => '23.8755934183'
 *
 * @see Verbraken, Verbeke and Baesens (2013), IEEE Transactions on Knowledge and Data Engineering 25(5)
 * @see {@link maximumProfit}, {@link profitCurve}, {@link bestList} for whom to contact now
 */
export function expectedMaximumProfit(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  offer: RetentionOffer,
  options?: WeightOptions,
): ExpectedMaximumProfit {
  const problems: Problem[] = []
  const checked = checkUniformOffer('expectedMaximumProfit', offer, problems)
  const { ranked } = checkOutcomes(
    'expectedMaximumProfit',
    weightOptions,
    probability,
    outcome,
    options,
    problems,
  )
  return expectedMaximumProfitOf(ranked, checked!)
}

/**
 * Returns the metric `expectedMaximumProfit` for an offer, for `bootstrapInterval` and all else that takes a metric.
 *
 * @throws {HoldfastError} as {@link expectedMaximumProfit} for the offer
 *
 * @example
 * const p = Array.from({ length: 200 }, (_, row) => (row + 0.5) / 200)
 * const y = p.map((value, row) => ((row * 7) % 10 < value * 10 ? 1 : 0))
 * const metric = expectedMaximumProfitMetric({ customerValue: 200, offerCost: 10, contactCost: 1 })
 * const { lower, value, upper } = bootstrapInterval(p, y, metric)
 * lower < value && value < upper
 * // => true
 */
export function expectedMaximumProfitMetric(offer: RetentionOffer): RankedMetric {
  const problems: Problem[] = []
  const checked = checkUniformOffer('expectedMaximumProfitMetric', offer, problems)
  refuse('expectedMaximumProfitMetric', problems)
  return (ranked) => expectedMaximumProfitOf(ranked, checked!).profit
}

/** Like {@link expectedMaximumProfit}, from the sorted form. O(groups). */
export function expectedMaximumProfitOf(ranked: RankedOutcomes, offer: UniformOffer): ExpectedMaximumProfit {
  const { profit, targetShare } = hullProfit(ranked, offer, acceptanceLaw(offer.acceptance))
  return { profit, targetShare }
}
