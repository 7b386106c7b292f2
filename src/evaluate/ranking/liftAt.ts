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
 * Returns how many times more churners are among the top-scored customers than among all.
 *
 * This is the number behind a contact list: lift 3 at share 0.1 means that calling the top tenth finds three times
 * the churners of calling a random tenth. It says nothing about whether the probabilities are right (see
 * `calibrationError`), nor whether the call pays, and it is bounded by 1 / base rate, so lifts of populations with
 * different churn are not comparable.
 *
 * With n customers, base rate b = mean(outcome), and k = ceil(share * n):
 *
 *     lift = (churners among the k highest probabilities / k) / b
 *
 * Ties at the boundary are shared, not broken: a group of m equal probabilities, of which only j places remain,
 * contributes its churners times j / m. Hence the order of rows never matters, and equal probabilities for all
 * give 1. With weights, n is their sum; where they are not whole numbers, k = share * n without rounding.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param share top part to look at, 0 < share <= 1
 * @returns lift, in [0, 1 / b]; 1 = no better than chance
 * @throws {HoldfastError} `one-class` if all outcomes are equal: lift is not defined; `length-differs`,
 *   `table-empty`, `value-missing`, `out-of-range`: all at once
 *
 * O(n) time, O(n) memory; inputs are not changed.
 *
 * @example
 * const p = [0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1, 0.05]
 * const y = [1, 1, 0, 0, 1, 0, 0, 0]          // base rate 3/8
 * liftAt(p, y, 0.25)                          // top 2 of 8, both churned: 1 / (3/8)
 * // => 2.6666666666666665
 *
 * @example
 * liftAt([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 0.25)   // all tied: no information
 * // => 1
 *
 * @see Provost and Fawcett, Data Science for Business (2013), chapter 8, lift curves
 * @see {@link gainsCurve} for all shares at once, {@link bootstrapInterval} for its uncertainty
 */
export function liftAt(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  share: number,
  options?: WeightOptions,
): number {
  const problems = checkParameter('share', shareRule, share)
  const { rows } = checkRows('liftAt', weightOptions, probability, outcome, options, problems)
  return liftOf(rankAroundShares(rows, [share]), share)
}

/** Like {@link liftAt}, from the sorted form. O(groups in the top). */
export function liftOf(ranked: RankedOutcomes, share: number): number {
  const top = customersInTop(ranked, share)
  return churnersInTop(ranked, top) / top / (ranked.churners / ranked.customers)
}
