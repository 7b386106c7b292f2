import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/**
 * Returns how likely a random churner has a higher predicted probability than a random customer who stayed.
 *
 * Use it to compare rankings over the whole list. It does not say whether the probabilities are right (see
 * `calibrationError`), and with few churners it is kind: the top of the list, which is all that a campaign sees,
 * hardly moves it (see `liftAt`, `averagePrecision`).
 *
 *     AUC = P(p_churner > p_stayer) + P(p_churner = p_stayer) / 2
 *
 * the area under the ROC curve by trapezoids, and the Mann-Whitney statistic. Ties count one half, hence equal
 * probabilities for all give 0.5.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns in [0, 1]; 0.5 = no better than chance
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * rocAuc([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])   // three of four pairs are in order
 * // => 0.75
 *
 * @see Hanley and McNeil (1982), Radiology 143
 * @see {@link averagePrecision} where churners are rare
 */
export function rocAuc(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: WeightOptions,
): number {
  return rocAucOf(checkOutcomes('rocAuc', weightOptions, probability, outcome, options).ranked)
}

/** Like {@link rocAuc}, from the sorted form. O(groups). */
export function rocAucOf(ranked: RankedOutcomes): number {
  const { churned, stayed, churners, customers } = ranked
  let churnersAbove = 0
  let pairsInOrder = 0
  for (let group = 0; group < churned.length; group++) {
    pairsInOrder += stayed[group]! * (churnersAbove + churned[group]! / 2)
    churnersAbove += churned[group]!
  }
  return pairsInOrder / (churners * (customers - churners))
}
