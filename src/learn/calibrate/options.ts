import * as z from 'zod'
import { groupsRule, seedRule } from '../../base/sharedRules.js'
import { type CalibrationMethod, calibrationMethods } from './calibrator.js'

/** How probabilities are calibrated. */
export interface CalibrateOptions {
  /**
   * The curve from the model's probabilities to calibrated ones: `platt` (a line through log odds), `beta` (low and high
   * probabilities apart from each other), `isotonic` (any curve that never falls; some thousand rows), `none`; or `auto`:
   * the simplest of them within one standard error of the best on rows it was not fitted to. Default `auto`.
   */
  readonly method?: CalibrationMethod | 'auto' | undefined
  /** Parts of the rows by which methods are compared, each kept from one fit. Integer in [2, 20]. Default 5. */
  readonly folds?: number | undefined
  /** Seed by which customers are dealt to the folds. Any 32-bit integer. Default 1. */
  readonly seed?: number | undefined
  /**
   * The customer of each row, where that is not what the `ids` of the data say: all rows of one are in one fold. Shape
   * (rows). Default: the `ids` of the data.
   */
  readonly groups?: ArrayLike<string | number> | undefined
}

/** Rules and defaults of {@link CalibrateOptions}. */
export const calibrateOptions = z.strictObject({
  method: z.enum(['auto', ...calibrationMethods]).default('auto'),
  folds: z.int().min(2).max(20).default(5),
  seed: seedRule,
  groups: groupsRule,
})

/** Rules and defaults of {@link TrainCalibratedOptions}. */
export const trainCalibratedOptions = calibrateOptions.extend({
  repeats: z.int().min(1).max(20).default(1),
})

/** How a model is trained and calibrated on the same rows. */
export interface TrainCalibratedOptions extends CalibrateOptions {
  /** Times that the customers are dealt to folds anew and predicted out of fold: steadier. Integer in [1, 20]. Default 1. */
  readonly repeats?: number | undefined
}
