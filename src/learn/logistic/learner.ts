import type { Learner } from '../contract.js'
import { type LogisticModel, restoreLogistic } from './model.js'
import { type LogisticOptions, logisticOptions } from './options.js'
import { trainLogistic } from './train.js'

/** The learner behind `trainLogistic`: L2-regularised logistic regression. */
export const logisticLearner: Learner<LogisticOptions, LogisticModel> = {
  name: 'logistic',
  capabilities: { features: true, missing: false, categories: false, weights: true, seeded: false },
  options: logisticOptions,
  train: trainLogistic,
  restore: restoreLogistic,
}
