import { checkRows, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import { meanOfRows } from '../rows/meanOfRows.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/**
 * Returns the mean squared difference between predicted probability and outcome.
 *
 * A measure of the probabilities with a limit on what one row can cost; calibration and ranking both enter. It
 * depends on the base rate: compare models on the same customers only.
 *
 *     Brier score = mean( (p − y)² )
 *
 * the two-class form of today, half of Brier's own (1950), which sums over both classes.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns in [0, 1]; 0 = certain and right; predicting the base rate b for all costs b·(1 − b)
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n) time without sorting, O(1) memory. The order of rows does not matter, to the last bit.
 *
 * @example
 * brierScore([0.75, 0.5], [1, 0])   // (0.25² + 0.5²) / 2
 * // => 0.15625
 *
 * @see Brier (1950), Monthly Weather Review 78
 * @see {@link logLoss}
 */
export function brierScore(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: WeightOptions,
): number {
  const { rows } = checkRows('brierScore', weightOptions, probability, outcome, options)
  return meanOfRows(rows, 1, (terms, from) => {
    for (let index = 0; index < terms.length; index++) {
      const difference = rows.probability[from + index]! - rows.outcome[from + index]!
      terms[index] = difference * difference
    }
  })
}

/** Like {@link brierScore}, from the sorted form. O(groups). */
export function brierScoreOf(ranked: RankedOutcomes): number {
  const { probability, churned, stayed, customers } = ranked
  let sum = 0
  for (let group = 0; group < probability.length; group++) {
    const p = probability[group]!
    sum += churned[group]! * (1 - p) * (1 - p) + stayed[group]! * p * p
  }
  return sum / customers
}
