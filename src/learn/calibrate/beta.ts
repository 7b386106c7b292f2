import { fitLogisticLine } from '../../base/fitLogisticLine.js'
import * as z from '../../base/schema.js'
import { sigmoid, softplus } from '../../base/statistics.js'
import { logOdds } from '../restore.js'
import { type MarginCurve, marginSlope } from './marginCurve.js'
import { type CalibrationRows, isSeparated, plattTargets } from './separation.js'

/** Rules of {@link BetaCalibrator}. */
export const betaCalibrator = z.strictObject({
  method: z.literal('beta'),
  a: marginSlope,
  b: marginSlope,
  c: logOdds,
})

/** Log odds of the calibrated probability: `a · ln p − b · ln(1 − p) + c`, p the probability of the model. */
export interface BetaCalibrator {
  readonly method: 'beta'
  /** Stretch of low probabilities, at least 0. */
  readonly a: number
  /** Stretch of high probabilities, at least 0. */
  readonly b: number
  /** Log odds. */
  readonly c: number
}

/**
 * Returns the beta calibration of greatest likelihood with a ≥ 0 and b ≥ 0: low and high probabilities are stretched
 * apart from each other. a = b is Platt's line, a = b = 1 and c = 0 changes nothing. Where the margin separates the
 * classes, targets are Platt's smoothed ones, as for Platt's line.
 *
 * @see Kull, Silva Filho and Flach (2017)
 */
export function fitBeta(rows: CalibrationRows): BetaCalibrator {
  const { margin, outcome, weight } = rows
  const target = isSeparated(rows) ? plattTargets(rows) : outcome
  const lower = margin.map((value) => -softplus(-value))
  const upper = margin.map(softplus)
  const line = fitLogisticLine({ columns: [lower, upper], target, weight })
  if (line.slopes.every((slope) => slope >= 0))
    return betaOf(line.slopes[0]!, line.slopes[1]!, line.intercept)
  // The likelihood has one maximum: where it lies outside, that of the allowed part is on its edge.
  const withoutA = fitLogisticLine({ columns: [upper], target, weight })
  const withoutB = fitLogisticLine({ columns: [lower], target, weight })
  const [best] = [
    { a: 0, b: withoutA.slopes[0]!, c: withoutA.intercept, loss: withoutA.loss },
    { a: withoutB.slopes[0]!, b: 0, c: withoutB.intercept, loss: withoutB.loss },
  ]
    .filter(({ a, b }) => a >= 0 && b >= 0)
    .sort((one, other) => one.loss - other.loss)
  if (best !== undefined) return betaOf(best.a, best.b, best.c)
  return betaOf(0, 0, fitLogisticLine({ columns: [], target: outcome, weight }).intercept)
}

function betaOf(a: number, b: number, c: number): BetaCalibrator {
  return Object.freeze({ method: 'beta', a, b, c })
}

/** Returns the curve of the calibrator over log odds. */
export function betaCurve({ a, b, c }: BetaCalibrator): MarginCurve {
  return {
    margin: (margin) => c - a * softplus(-margin) + b * softplus(margin),
    slope: (margin) => a * sigmoid(-margin) + b * sigmoid(margin),
  }
}
