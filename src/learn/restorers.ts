import type { FeatureSpec } from '../base/matrix.js'
import type { ChurnModel } from './contract.js'
import { restoreImported } from './imported/model.js'
import { learners } from './learners.js'

/** Reads a model from what its `state` gave. @throws {HoldfastError} `model-invalid` */
export type Restore = (features: readonly FeatureSpec[], baseRate: number, state: unknown) => ChurnModel

/** How to read back every model that a file can name: those of the learners, and those that other libraries trained. */
export const restorers: Readonly<Record<string, Restore>> = {
  ...Object.fromEntries(Object.values(learners).map((learner) => [learner.name, learner.restore])),
  lightgbm: restoreImported('lightgbm'),
  xgboost: restoreImported('xgboost'),
}
