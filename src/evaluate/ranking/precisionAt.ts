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
 * Returns the share of churners among the top-scored customers: how often a call of the list meets one.
 *
 * Use it for a list of fixed length. Unlike `liftAt` it is not divided by the base rate, so it says what a call is
 * worth and not what the model adds. For a threshold instead of a share see `confusionAt`.
 *
 * With n customers and k = ceil(share * n):
 *
 *     precision = churners among the k highest probabilities / k
 *
 * Ties at the boundary are shared as in `liftAt`; with weights that are not whole numbers k = share * n.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param share top part to look at, 0 < share <= 1
 * @returns in [0, 1]; the base rate = no better than chance
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n) time, O(n) memory.
 *
 * @example
 * precisionAt([0.9, 0.8, 0.7, 0.4], [1, 0, 1, 0], 0.75)   // two of the top three
 * // => 0.6666666666666666
 *
 * @see {@link recallAt}, {@link liftAt}, {@link liftTable} for all deciles
 */
export function precisionAt(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  share: number,
  options?: WeightOptions,
): number {
  const problems = checkParameter('share', shareRule, share)
  const { rows } = checkRows('precisionAt', weightOptions, probability, outcome, options, problems)
  return precisionOf(rankAroundShares(rows, [share]), share)
}

/** Like {@link precisionAt}, from the sorted form. O(groups in the top). */
export function precisionOf(ranked: RankedOutcomes, share: number): number {
  const top = customersInTop(ranked, share)
  return churnersInTop(ranked, top) / top
}
