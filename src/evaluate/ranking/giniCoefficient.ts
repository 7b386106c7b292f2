import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { rocAucOf } from './rocAuc.js'

/**
 * Returns the Gini coefficient of a ranking: the AUC on a scale from −1 to 1.
 *
 * Use it where a report asks for Gini; it says nothing that `rocAuc` does not say.
 *
 *     Gini = 2 · AUC − 1
 *
 * also called accuracy ratio (of the CAP curve) and Somers' D of the probability by the outcome: pairs of a churner
 * and a stayer in order, minus pairs in reverse order, over all such pairs. Not the Gini impurity of decision trees,
 * nor the Gini of a Lorenz curve of incomes. Ties count nothing.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns in [−1, 1]; 0 = no better than chance
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n) time, O(n) memory.
 *
 * @example
 * giniCoefficient([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])   // three of four pairs in order, one not
 * // => 0.5
 *
 * @see Engelmann, Hayden and Tasche (2003), Testing rating accuracy
 * @see {@link rocAuc}
 */
export function giniCoefficient(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: WeightOptions,
): number {
  return giniCoefficientOf(
    checkOutcomes('giniCoefficient', weightOptions, probability, outcome, options).ranked,
  )
}

/** Like {@link giniCoefficient}, from the sorted form. O(groups). */
export function giniCoefficientOf(ranked: RankedOutcomes): number {
  return 2 * rocAucOf(ranked) - 1
}
