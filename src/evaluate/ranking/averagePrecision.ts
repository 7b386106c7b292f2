import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/**
 * Returns the mean precision over the churners, going down the list from the highest probability.
 *
 * Use it where churners are rare and the top of the list matters. Its floor is the base rate and not 0, so values
 * from populations with different churn are not comparable.
 *
 *     AP = Σ over distinct thresholds t, from the highest, of (recall(t) − recall(before t)) · precision(t)
 *
 * the step-wise sum, as scikit-learn's `average_precision_score`; not the trapezoid area under the precision-recall
 * curve, which is too kind. Rows of equal probability enter together, hence equal probabilities for all give the
 * base rate.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns in (0, 1]; the base rate = no better than chance
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * averagePrecision([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])   // 1/2 · 1/1 + 1/2 · 2/3
 * // => 0.8333333333333333
 *
 * @see Davis and Goadrich (2006), why precision-recall points must not be joined by straight lines
 * @see {@link rocAuc}, {@link liftAt}
 */
export function averagePrecision(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: WeightOptions,
): number {
  return averagePrecisionOf(
    checkOutcomes('averagePrecision', weightOptions, probability, outcome, options).ranked,
  )
}

/** Like {@link averagePrecision}, from the sorted form. O(groups). */
export function averagePrecisionOf(ranked: RankedOutcomes): number {
  const { churned, stayed, churners } = ranked
  let caught = 0
  let contacted = 0
  let sum = 0
  for (let group = 0; group < churned.length; group++) {
    caught += churned[group]!
    contacted += churned[group]! + stayed[group]!
    if (churned[group]! > 0) sum += (churned[group]! / churners) * (caught / contacted)
  }
  return sum
}
