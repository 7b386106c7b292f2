import { checkOutcomes, type WeightOptions, weightOptions } from './checkedOutcomes.js'
import type { RankedOutcomes } from './rankedOutcomes.js'

/**
 * Returns the sorted form of predictions and outcomes, for several metrics from one sort.
 *
 * Each metric has a form that reads it (`rocAucOf(ranked)` beside `rocAuc(probability, outcome)`).
 * Rows of weight 0 are left out.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @throws {HoldfastError} `length-differs`, `table-empty`, `value-missing`, `out-of-range`, `one-class`: all at once
 *
 * O(n) time and memory: 10 million rows in about 0.8 s and 0.4 GB. Inputs are not changed.
 *
 * @example
 * rankOutcomes([0.2, 0.9, 0.2], [1, 1, 0]).churned
 * // => Float64Array [1, 1]     0.9 holds one churner; 0.2 holds one of two
 */
export function rankOutcomes(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: WeightOptions,
): RankedOutcomes {
  return checkOutcomes('rankOutcomes', weightOptions, probability, outcome, options).ranked
}
