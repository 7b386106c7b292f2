import {
  checkParameter,
  checkRows,
  shareRule,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { rankAroundShares } from './rankAroundShares.js'
import { churnersInTop, customersInTop } from './topOfRanking.js'

/**
 * Returns the share of all churners that is among the top-scored customers: one point of the gains curve.
 *
 * Use it for a list of fixed length: how much of the churn it can reach at all. For a threshold instead of a share
 * see `confusionAt`.
 *
 * With n customers and k = ceil(share * n):
 *
 *     recall = churners among the k highest probabilities / all churners
 *
 * Ties at the boundary are shared as in `liftAt`; with weights that are not whole numbers k = share * n.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param share top part to look at, 0 < share <= 1
 * @returns in [0, 1]; k / n = no better than chance
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n) time, O(n) memory.
 *
 * @example
 * recallAt([0.9, 0.8, 0.7, 0.4], [1, 0, 1, 0], 0.5)   // one of two churners in the top two
 * // => 0.5
 *
 * @see {@link precisionAt}, {@link gainsCurve} for all shares at once
 */
export function recallAt(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  share: number,
  options?: WeightOptions,
): number {
  const problems = checkParameter('share', shareRule, share)
  const { rows } = checkRows('recallAt', weightOptions, probability, outcome, options, problems)
  return recallOf(rankAroundShares(rows, [share]), share)
}

/** Like {@link recallAt}, from the sorted form. O(groups in the top). */
export function recallOf(ranked: RankedOutcomes, share: number): number {
  return churnersInTop(ranked, customersInTop(ranked, share)) / ranked.churners
}
