import type { Learner } from '../contract.js'
import { type BoostingModel, restoreBoosting } from './model.js'
import { type BoostingOptions, boostingOptions } from './options.js'
import { trainBoosting } from './train.js'

/** The learner behind `trainBoosting`: gradient-boosted trees on histograms. */
export const boostingLearner: Learner<BoostingOptions, BoostingModel> = {
  name: 'boosting',
  capabilities: { features: true, missing: true, categories: true, weights: true, seeded: true },
  options: boostingOptions,
  train: trainBoosting,
  restore: restoreBoosting,
}
