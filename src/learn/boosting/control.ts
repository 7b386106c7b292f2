import type { TrainControl, TrainingData } from '../contract.js'
import type { BoostingModel } from './model.js'
import type { ValidationMetric } from './validation.js'

/** Watching and stopping a training of boosted trees, and what it may lean on beside its rows. */
export interface BoostingControl extends TrainControl {
  /**
   * Rows that say when to stop, instead of inner folds; the model is trained on the others only. With `prior` they are
   * predicted at their own share of churners.
   */
  readonly validation?: TrainingData
  /** What is to be best on the validation rows. Default: log loss. */
  readonly metric?: ValidationMetric
  /**
   * A model to go on from: its trees stay, new ones correct it. Trained on the same features. Where its `baseRate` is not
   * the share of churners in these rows, it is first moved to it.
   */
  readonly startFrom?: BoostingModel
  /** What an abort does: `throw` an error (default), or `keep` the trees so far as the model. */
  readonly onAbort?: 'throw' | 'keep'
}
