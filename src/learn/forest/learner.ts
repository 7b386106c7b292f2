import type { Learner } from '../contract.js'
import { type ForestModel, restoreForest } from './model.js'
import { type ForestOptions, forestOptions } from './options.js'
import { trainForest } from './train.js'

/** The learner behind `trainForest`: the mean of many trees grown on drawn rows and columns. */
export const forestLearner: Learner<ForestOptions, ForestModel> = {
  name: 'forest',
  capabilities: { features: true, missing: true, categories: true, weights: true, seeded: true },
  options: forestOptions,
  train: trainForest,
  restore: restoreForest,
}
