import { checkOutcomes } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { type Binning, binSums, type CalibrationOptions, calibrationOptions } from './calibrationTable.js'

/**
 * Returns how far predicted probabilities and observed churn rates are apart on average (ECE).
 *
 * One number for `calibrationTable`; say the binning with it, for the same predictions give .28 with 10 bins and
 * .18 with 5. It is biased upwards: bins of few customers differ by chance alone. It does not see the ranking: the
 * base rate for all has 0.
 *
 *     ECE = Σ over bins of (customers in bin / n) · |mean predicted − observed rate|
 *
 * the L1 form of the positive class (not of "confidence"), equal-width bins `[i / B, (i + 1) / B)` by default.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns in [0, 1]; 0 = each bin is right on average
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * calibrationError([0.125, 0.125, 0.75, 0.75], [0, 1, 1, 1], { bins: 2 })   // (2·0.375 + 2·0.25) / 4
 * // => 0.3125
 *
 * @see Naeini, Cooper and Hauskrecht (2015)
 * @see {@link calibrationTable}, {@link calibrationLine}
 */
export function calibrationError(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: CalibrationOptions,
): number {
  const { ranked, checked } = checkOutcomes(
    'calibrationError',
    calibrationOptions,
    probability,
    outcome,
    options,
  )
  return calibrationErrorOf(ranked, checked.bins, checked.binning)
}

/** Like {@link calibrationError}, from the sorted form. O(groups + bins). */
export function calibrationErrorOf(ranked: RankedOutcomes, bins: number, binning: Binning): number {
  const { churners, predicted } = binSums(ranked, bins, binning)
  let sum = 0
  for (let bin = 0; bin < bins; bin++) sum += Math.abs(predicted[bin]! - churners[bin]!)
  return sum / ranked.customers
}
