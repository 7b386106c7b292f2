import * as z from '../../base/schema.js'

/** Slope of a curve in a model file: fits reach 1e12 at most, and models in models stay finite with more. */
export const marginSlope = z.number().min(0).max(1e20)

/** What a calibration makes of log odds: never falling, continuous, finite. */
export interface MarginCurve {
  /** Log odds of the calibrated probability. */
  readonly margin: (margin: number) => number
  /** How fast that rises, at least 0. */
  readonly slope: (margin: number) => number
}
