import { fitLogisticLine } from '../../base/fitLogisticLine.js'
import * as z from '../../base/schema.js'
import { logOdds } from '../restore.js'
import { type MarginCurve, marginSlope } from './marginCurve.js'
import { type CalibrationRows, isSeparated, plattTargets } from './separation.js'

/** Rules of {@link PlattCalibrator}. */
export const plattCalibrator = z.strictObject({
  method: z.literal('platt'),
  intercept: logOdds,
  slope: marginSlope,
})

/** A line through log odds: `intercept + slope · margin`. */
export interface PlattCalibrator {
  readonly method: 'platt'
  /** Log odds. */
  readonly intercept: number
  /** At least 0; 1 leaves differences as they are, below 1 the model was too sure. */
  readonly slope: number
}

/**
 * Returns the line through the log odds that fits the outcomes best: plain maximum likelihood, slope at least 0.
 *
 * Platt's smoothed targets, which many implementations take always, pull probabilities of a few rows together and fit
 * the rows worse; here they are taken only where the margin separates the classes, so that the likelihood has no
 * maximum. At a slope of 0 everybody gets the churn rate of the rows.
 *
 * @see Platt (1999)
 */
export function fitPlatt(rows: CalibrationRows): PlattCalibrator {
  const { margin, outcome, weight } = rows
  const target = isSeparated(rows) ? plattTargets(rows) : outcome
  const { intercept, slopes } = fitLogisticLine({ columns: [margin], target, weight })
  const slope = slopes[0]!
  if (slope >= 0) return Object.freeze({ method: 'platt', intercept, slope })
  return Object.freeze({
    method: 'platt',
    intercept: fitLogisticLine({ columns: [], target: outcome, weight }).intercept,
    slope: 0,
  })
}

/** Returns the line of the calibrator. */
export function plattCurve({ intercept, slope }: PlattCalibrator): MarginCurve {
  return { margin: (margin) => intercept + slope * margin, slope: () => slope }
}
