import { type Problem, refuse } from '../../base/errors.js'
import { named } from '../../base/options.js'
import type { RankedMetric } from '../metrics.js'
import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import {
  type AcceptanceLaw,
  acceptanceLaw,
  acceptanceMean,
  checkUniformOffer,
  fixedLaw,
  type RetentionOffer,
  type UniformOffer,
} from './offer.js'

/** What the best list of a ranking earns, and how long it is. */
export interface MaximumProfit {
  /** Money per customer, contacted or not, at least 0. */
  readonly profit: number
  /** Part of the customers to contact, in [0, 1]; the smallest among equally good ones. */
  readonly targetShare: number
  /** The lowest probability to contact; null where nobody is contacted. */
  readonly lowestProbability: number | null
}

/** A figure of predictions, what happened, and an offer. */
export interface OfferMetric<Result> {
  /**
   * O(n) time and memory.
   *
   * @param probability predicted churn, shape (n), each in [0, 1]; only the order counts
   * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
   * @param offer amounts that are the same for all customers
   * @throws {HoldfastError} as every `OutcomeMetric` of `holdfast/metrics`; `option-invalid` for amounts by customer: they
   *   would have to
   *   be averaged away; `out-of-range` where the value is not above the cost of the offer
   */
  (
    probability: ArrayLike<number>,
    outcome: ArrayLike<number>,
    offer: RetentionOffer,
    options?: WeightOptions,
  ): Result
}

/**
 * Returns what the best cut of the list earns per customer at the mean acceptance: the maximum profit criterion (MPC).
 *
 * Use it to compare models in money when the acceptance is known, and for the share to contact. It uses the outcomes to
 * find the best cut, so on few customers it flatters every model; choose the cut on customers other than those whose
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
 * @example
 * const p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
 * const y = [0, 1, 0, 1, 0, 1, 0, 1]
 * maximumProfit(p, y, { customerValue: 200, offerCost: 10, contactCost: 1 })   // 4 · (0.3 · 190 − 1) − 3 · 11 = 191
 * // => { profit: 23.875, targetShare: 0.875, lowestProbability: 0.2 }
 *
 * @see Verbraken, Verbeke and Baesens (2013), IEEE Transactions on Knowledge and Data Engineering 25(5)
 * @see {@link expectedMaximumProfit}, {@link profitCurve}, `bestList` for whom to contact now
 */
export const maximumProfit: OfferMetric<MaximumProfit> = offerMetric('maximumProfit', maximumProfitOf)

/**
 * Returns the metric `maximumProfit` for an offer, for `bootstrapInterval` and all else that takes a metric.
 *
 * @throws {HoldfastError} as {@link maximumProfit} for the offer
 *
 * @example
 * import { bootstrapInterval } from 'holdfast/metrics'
 * const metric = maximumProfitMetric({ customerValue: 200, offerCost: 10, contactCost: 1 })
 * bootstrapInterval([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], metric).value   // 2 of 4 contacted: (0.3 · 190 − 1) / 2
 * // => 28
 */
export function maximumProfitMetric(offer: RetentionOffer): RankedMetric {
  return metricOf('maximumProfitMetric', maximumProfitOf, offer)
}

/** Like {@link maximumProfit}, from the sorted form. O(groups). */
export function maximumProfitOf(ranked: RankedOutcomes, offer: UniformOffer): MaximumProfit {
  return hullProfit(ranked, offer, fixedLaw(acceptanceMean(offer)))
}

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
 * @example
 * const p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
 * const y = [0, 1, 0, 1, 0, 1, 0, 1]
 * const { profit } = expectedMaximumProfit(p, y, { customerValue: 200, offerCost: 10, contactCost: 1 })
 * profit.toFixed(10)
 * // => '23.8755934183'
 *
 * @see Verbraken, Verbeke and Baesens (2013), IEEE Transactions on Knowledge and Data Engineering 25(5)
 * @see {@link maximumProfit}, {@link profitCurve}, `bestList` for whom to contact now
 */
export const expectedMaximumProfit: OfferMetric<ExpectedMaximumProfit> = offerMetric(
  'expectedMaximumProfit',
  expectedMaximumProfitOf,
)

/**
 * Returns the metric `expectedMaximumProfit` for an offer, for `bootstrapInterval` and all else that takes a metric.
 *
 * @throws {HoldfastError} as {@link expectedMaximumProfit} for the offer
 *
 * @example
 * import { bootstrapInterval } from 'holdfast/metrics'
 * const p = Array.from({ length: 200 }, (_, row) => (row + 0.5) / 200)
 * const y = p.map((value, row) => ((row * 7) % 10 < value * 10 ? 1 : 0))
 * const metric = expectedMaximumProfitMetric({ customerValue: 200, offerCost: 10, contactCost: 1 })
 * const { lower, value, upper } = bootstrapInterval(p, y, metric)
 * lower < value && value < upper
 * // => true
 */
export function expectedMaximumProfitMetric(offer: RetentionOffer): RankedMetric {
  return metricOf('expectedMaximumProfitMetric', expectedMaximumProfitOf, offer)
}

/** Like {@link expectedMaximumProfit}, from the sorted form. O(groups). */
export function expectedMaximumProfitOf(ranked: RankedOutcomes, offer: UniformOffer): ExpectedMaximumProfit {
  const { profit, targetShare } = hullProfit(ranked, offer, acceptanceLaw(offer.acceptance))
  return { profit, targetShare }
}

function offerMetric<Result>(
  operation: string,
  of: (ranked: RankedOutcomes, offer: UniformOffer) => Result,
): OfferMetric<Result> {
  return named(operation, (probability, outcome, offer, options) => {
    const problems: Problem[] = []
    const checked = checkUniformOffer(offer, problems)
    const { ranked } = checkOutcomes(operation, weightOptions, probability, outcome, options, problems)
    return of(ranked, checked!)
  })
}

function metricOf(
  operation: string,
  of: (ranked: RankedOutcomes, offer: UniformOffer) => { readonly profit: number },
  offer: RetentionOffer,
): RankedMetric {
  const problems: Problem[] = []
  const checked = checkUniformOffer(offer, problems)
  refuse(operation, problems)
  return (ranked) => of(ranked, checked!).profit
}

/**
 * Returns the mean over the acceptance γ of the profit at the best cut for that γ.
 *
 * The profit at a cut is a sum over the edges of the hull before it, and each edge is worth walking where
 *
 *     γ · (value − offer) · ΔC  >  contact · ΔC + (offer + contact) · ΔS
 *
 * with ΔC churners and ΔS stayers on the edge. Slopes fall along the hull, so the best cut for a γ is where its last
 * worthwhile edge ends, and the mean of the maximum is the sum of the means of what each edge earns. O(groups).
 */
export function hullProfit(ranked: RankedOutcomes, offer: UniformOffer, law: AcceptanceLaw): MaximumProfit {
  const hull = rocHull(ranked)
  const kept = offer.customerValue - offer.offerCost
  const wasted = offer.offerCost + offer.contactCost
  let profit = 0
  let target = 0
  let lowestProbability: number | null = null
  for (let cut = 1; cut < hull.churners.length; cut++) {
    const churners = hull.churners[cut]! - hull.churners[cut - 1]!
    const stayers = hull.stayers[cut]! - hull.stayers[cut - 1]!
    const gain = kept * churners
    const cost = offer.contactCost * churners + wasted * stayers
    const limit = cost / gain
    if (gain === 0 || limit >= 1) break
    const chance = law.chanceAbove(limit)
    if (chance > 0) lowestProbability = hull.lowestProbability[cut]!
    profit += gain * law.meanAbove(limit) - cost * chance
    target += (churners + stayers) * chance
  }
  return { profit: profit / ranked.customers, targetShare: target / ranked.customers, lowestProbability }
}

/**
 * The upper convex hull of the ROC curve: the cuts of a list that are the best for some money and some acceptance.
 * From nobody to everybody, by falling share of churners among those who come in addition.
 */
export interface RocHull {
  /** Churners among the contacted, at each cut; begins with 0. */
  readonly churners: readonly number[]
  /** Stayers among the contacted, at each cut; begins with 0. */
  readonly stayers: readonly number[]
  /** The lowest probability among the contacted, at each cut; begins with null. */
  readonly lowestProbability: readonly (number | null)[]
}

/** Returns the hull. A group of equal probabilities is contacted as a whole, or not at all. O(groups). */
export function rocHull({ probability, churned, stayed }: RankedOutcomes): RocHull {
  const churners = [0]
  const stayers = [0]
  const lowestProbability: (number | null)[] = [null]
  let caught = 0
  let disturbed = 0
  for (let group = 0; group < probability.length; group++) {
    caught += churned[group]!
    disturbed += stayed[group]!
    while (isBelow(churners, stayers, caught, disturbed)) {
      churners.pop()
      stayers.pop()
      lowestProbability.pop()
    }
    churners.push(caught)
    stayers.push(disturbed)
    lowestProbability.push(probability[group]!)
  }
  return { churners, stayers, lowestProbability }
}

/** True where the last cut lies on or below the line from the one before it to the new point. */
function isBelow(churners: number[], stayers: number[], caught: number, disturbed: number): boolean {
  const last = churners.length - 1
  if (last === 0) return false
  const rise = churners[last]! - churners[last - 1]!
  const run = stayers[last]! - stayers[last - 1]!
  return rise * (disturbed - stayers[last - 1]!) <= (caught - churners[last - 1]!) * run
}
