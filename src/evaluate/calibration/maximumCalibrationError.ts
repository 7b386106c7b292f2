import { checkOutcomes } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { type Binning, binSums, type CalibrationOptions, calibrationOptions } from './calibrationTable.js'

/**
 * Returns how far predicted probability and observed churn rate are apart in the worst bin (MCE).
 *
 * Use it where one wrong region costs dearly. It is noise where a bin holds few customers: with `equal-count` no bin
 * is nearly empty. Say the binning with it.
 *
 *     MCE = max over bins of |mean predicted − observed rate|
 *
 * of the positive class (not of "confidence"), equal-width bins `[i / B, (i + 1) / B)` by default.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns in [0, 1]; 0 = each bin is right on average
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * O(n) time, O(n) memory.
 *
 * @example
 * maximumCalibrationError([0.125, 0.125, 0.75, 0.75], [0, 1, 1, 1], { bins: 2 })   // 0.375 and 0.25
 * // => 0.375
 *
 * @see Naeini, Cooper and Hauskrecht (2015)
 * @see {@link calibrationError}, the mean over the bins; {@link calibrationCurve} without bins
 */
export function maximumCalibrationError(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: CalibrationOptions,
): number {
  const { ranked, checked } = checkOutcomes(
    'maximumCalibrationError',
    calibrationOptions,
    probability,
    outcome,
    options,
  )
  return maximumCalibrationErrorOf(ranked, checked.bins, checked.binning)
}

/** Like {@link maximumCalibrationError}, from the sorted form. O(groups + bins). */
export function maximumCalibrationErrorOf(ranked: RankedOutcomes, bins: number, binning: Binning): number {
  const { customers, churners, predicted } = binSums(ranked, bins, binning)
  let largest = 0
  for (let bin = 0; bin < bins; bin++) {
    if (customers[bin] === 0) continue
    largest = Math.max(largest, Math.abs(predicted[bin]! - churners[bin]!) / customers[bin]!)
  }
  return largest
}
