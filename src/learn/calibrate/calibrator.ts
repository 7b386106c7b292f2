import * as z from '../../base/schema.js'
import { logit, sigmoid } from '../../base/statistics.js'
import { uncertain } from '../margin.js'
import type { ScoreCurve } from '../rescaledContributions.js'
import { type BetaCalibrator, betaCalibrator, betaCurve, fitBeta } from './beta.js'
import { fitIsotonic, type IsotonicCalibrator, isotonicCalibrator, isotonicCurve } from './isotonic.js'
import type { MarginCurve } from './marginCurve.js'
import { fitPlatt, type PlattCalibrator, plattCalibrator, plattCurve } from './platt.js'
import type { CalibrationRows } from './separation.js'

/** A way to calibrate; see `calibrate`. */
export type CalibrationMethod = 'none' | 'platt' | 'beta' | 'isotonic'

/** Ways to calibrate, the simplest first. */
export const calibrationMethods = ['none', 'platt', 'beta', 'isotonic'] as const satisfies CalibrationMethod[]

const noCalibrator = z.strictObject({ method: z.literal('none') })
const shiftCalibrator = z.strictObject({
  method: z.literal('shift'),
  from: z.number().gt(0).lt(1),
  to: z.number().gt(0).lt(1),
})

/** Leaves probabilities as they are. */
export interface NoCalibrator {
  readonly method: 'none'
}

/** Moves probabilities from one base rate to another: adds `logit(to) − logit(from)` to log odds. */
export interface ShiftCalibrator {
  readonly method: 'shift'
  /** Churn rate that the model's probabilities stand for, in (0, 1). */
  readonly from: number
  /** Churn rate that they are to stand for, in (0, 1). */
  readonly to: number
}

/** What is done to the probabilities of a model, as plain data: frozen, stored in model files. */
export type Calibrator =
  | NoCalibrator
  | PlattCalibrator
  | BetaCalibrator
  | IsotonicCalibrator
  | ShiftCalibrator

/** Rules of {@link Calibrator}. */
export const calibratorSchema = z.discriminatedUnion('method', [
  noCalibrator,
  plattCalibrator,
  betaCalibrator,
  isotonicCalibrator,
  shiftCalibrator,
])

const fits = {
  none: (): NoCalibrator => Object.freeze({ method: 'none' }),
  platt: fitPlatt,
  beta: fitBeta,
  isotonic: fitIsotonic,
} as const

/** Returns the calibrator of that kind that fits the rows best. */
export function fitMethod(method: CalibrationMethod, rows: CalibrationRows): Calibrator {
  return fits[method](rows)
}

/** Returns the curve over log odds that a calibrator stands for. */
export function curveOf(calibrator: Calibrator): MarginCurve {
  switch (calibrator.method) {
    case 'none':
      return lineOf(0)
    case 'shift':
      return lineOf(logit(calibrator.to) - logit(calibrator.from))
    case 'platt':
      return plattCurve(calibrator)
    case 'beta':
      return betaCurve(calibrator)
    case 'isotonic':
      return isotonicCurve(calibrator)
  }
}

function lineOf(shift: number): MarginCurve {
  return { margin: (margin) => margin + shift, slope: () => 1 }
}

/** Returns the same curve over probabilities. A mean of probabilities may leave [0, 1] by rounding: it is clipped first. */
export function probabilityCurve({ margin, slope }: MarginCurve): ScoreCurve {
  return {
    scale: 'probability',
    value: (score) => sigmoid(margin(logit(uncertain(score)))),
    slope: (score) => {
      const p = uncertain(score)
      const calibrated = margin(logit(p))
      return (slope(logit(p)) * sigmoid(calibrated) * sigmoid(-calibrated)) / (p * (1 - p))
    },
  }
}
