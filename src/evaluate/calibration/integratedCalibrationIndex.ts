import { checkOutcomes } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import {
  type CalibrationCurveOptions,
  calibrationCurveOf,
  calibrationCurveOptions,
} from './calibrationCurve.js'

/**
 * Returns how far predicted probabilities and a smooth curve of churn rates are apart on average (ICI).
 *
 * Calibration in one number without bins: prefer it to `calibrationError` where the choice of bins should not decide.
 * Like that it is biased upwards with few customers, and does not see the ranking.
 *
 *     ICI = mean over customers of | p − churnRate(p) |     churnRate: local regression, see `calibrationCurve`
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns 0 = right everywhere; rarely above 1
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * O(n + 1,000,000) time, O(n) memory.
 *
 * @example
 * const p = Array.from({ length: 100 }, (_, row) => (row + 0.5) / 100)
 * const y = p.map((_, row) => (row % 4 === 0 ? 1 : 0))   // a quarter churns, whatever was predicted
 * integratedCalibrationIndex(p, y).toFixed(1)   // mean of |p − 0.25| = (0.25² + 0.75²) / 2, but for noise
 * // => '0.3'
 *
 * @see Austin and Steyerberg (2019), The Integrated Calibration Index, Statistics in Medicine 38
 * @see {@link calibrationCurve} for E50, E90, Emax and the curve itself
 */
export function integratedCalibrationIndex(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: CalibrationCurveOptions,
): number {
  const { ranked, checked } = checkOutcomes(
    'integratedCalibrationIndex',
    calibrationCurveOptions,
    probability,
    outcome,
    options,
  )
  return integratedCalibrationIndexOf(ranked, checked.span)
}

/** Like {@link integratedCalibrationIndex}, from the sorted form. */
export function integratedCalibrationIndexOf(ranked: RankedOutcomes, span: number): number {
  return calibrationCurveOf(ranked, span).integratedCalibrationIndex
}
