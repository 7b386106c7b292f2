import type { Learner } from '../contract.js'
import { type PriorModel, restorePrior } from './model.js'
import { type PriorOptions, priorOptions } from './options.js'
import { trainPrior } from './train.js'

/** The learner behind `trainPrior`: the base rate for all. */
export const priorLearner: Learner<PriorOptions, PriorModel> = {
  name: 'prior',
  capabilities: { features: false, missing: true, categories: true, weights: true, seeded: false },
  options: priorOptions,
  train: trainPrior,
  restore: restorePrior,
}
