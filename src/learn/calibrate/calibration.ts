import * as z from '../../base/schema.js'
import { type CalibrationMethod, calibrationMethods } from './calibrator.js'

const figure = z.number().min(0)
const beforeAndAfter = z.strictObject({ before: figure, after: figure })
const count = z.int().min(0)

/** Rules of {@link Calibration}. */
export const calibrationSchema = z.strictObject({
  method: z.enum(calibrationMethods),
  asked: z.enum(['auto', ...calibrationMethods]),
  rows: count,
  churners: count,
  validation: z
    .strictObject({
      folds: count,
      logLoss: beforeAndAfter,
      calibrationError: beforeAndAfter,
      candidates: z
        .array(
          z.strictObject({
            method: z.enum(calibrationMethods),
            logLoss: figure,
            behind: figure,
            standardError: figure,
          }),
        )
        .max(calibrationMethods.length),
    })
    .nullable(),
  notes: z.array(z.string().max(1000)).max(20),
})

/** A way to calibrate that was tried, by validation. */
export interface CalibrationCandidate {
  readonly method: CalibrationMethod
  /** Mean log loss of rows that it was not fitted to. */
  readonly logLoss: number
  /** Its log loss minus that of the best, at least 0. */
  readonly behind: number
  /** Of `behind`, from the differences row by row (customer by customer where one has several); 0 of the best. */
  readonly standardError: number
}

/** How good the calibrated probabilities are, on rows that the calibrator was not fitted to. */
export interface CalibrationValidation {
  /** Parts of the rows, each kept from one fit. */
  readonly folds: number
  /** Mean log loss of the model's own probabilities, and of the calibrated ones. */
  readonly logLoss: { readonly before: number; readonly after: number }
  /** ECE of 10 equal-width bins, before and after. */
  readonly calibrationError: { readonly before: number; readonly after: number }
  /** The simplest first. */
  readonly candidates: readonly CalibrationCandidate[]
}

/** What was done to calibrate a model, and what it brought. */
export interface Calibration {
  readonly method: CalibrationMethod
  /** What was asked for: `auto` where the rows chose. */
  readonly asked: CalibrationMethod | 'auto'
  /** Rows of weight above 0 that it was fitted to. */
  readonly rows: number
  /** Churned rows among them. */
  readonly churners: number
  /** Null where the rows are too few to keep some from a fit. */
  readonly validation: CalibrationValidation | null
  /** What to know about it, in sentences. */
  readonly notes: readonly string[]
}
