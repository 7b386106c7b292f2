import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/**
 * Returns the largest distance between the shares of churners and of stayers that a threshold separates (KS).
 *
 * Use it where credit scoring habits ask for it: one number for the best single threshold, whatever it is. It looks
 * at that one point only and is noisier than `rocAuc`; at the threshold you really use see `confusionAt`.
 *
 *     KS = max over thresholds t of | F_churners(t) − F_stayers(t) |
 *
 * with F the share of a class whose probability is at least t: the two-sample Kolmogorov-Smirnov statistic, two-sided,
 * and the largest distance of the ROC curve from its diagonal (Youden's J). Two-sided: a model that ranks the wrong
 * way round has a large KS too. Ties are one threshold.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns in [0, 1]; 0 = equal distributions. By chance alone it is about sqrt(1 / churners + 1 / stayers)
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n) time, O(n) memory.
 *
 * @example
 * kolmogorovSmirnov([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])   // from 0.3: both churners, one of two stayers
 * // => 0.5
 *
 * @see Smirnov (1939); Hand (2009), Measuring classifier performance, on what it leaves out
 * @see {@link rocAuc}, {@link rocCurve}
 */
export function kolmogorovSmirnov(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: WeightOptions,
): number {
  return kolmogorovSmirnovOf(
    checkOutcomes('kolmogorovSmirnov', weightOptions, probability, outcome, options).ranked,
  )
}

/** Like {@link kolmogorovSmirnov}, from the sorted form. O(groups). */
export function kolmogorovSmirnovOf({ churned, stayed, churners, customers }: RankedOutcomes): number {
  const stayers = customers - churners
  let caught = 0
  let spent = 0
  let largest = 0
  for (let group = 0; group < churned.length; group++) {
    caught += churned[group]!
    spent += stayed[group]!
    largest = Math.max(largest, Math.abs(caught / churners - spent / stayers))
  }
  return largest
}
