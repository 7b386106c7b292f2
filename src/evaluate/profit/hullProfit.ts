import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import type { AcceptanceLaw } from './acceptanceLaw.js'
import type { UniformOffer } from './checkedOffer.js'
import { rocHull } from './rocHull.js'

/** What the best cut of a list earns. */
export interface HullProfit {
  /** Money per customer, contacted or not, at least 0. */
  readonly profit: number
  /** Part of the customers to contact, in [0, 1]. */
  readonly targetShare: number
  /** The lowest probability to contact where the acceptance is known; null where nobody is contacted. */
  readonly lowestProbability: number | null
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
export function hullProfit(ranked: RankedOutcomes, offer: UniformOffer, law: AcceptanceLaw): HullProfit {
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
