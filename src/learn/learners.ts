import { checkArguments } from '../base/arguments.js'
import { HoldfastError, nearName } from '../base/errors.js'
import { type PriorModel, restorePrior } from './baseline/model.js'
import { type PriorOptions, priorOptions } from './baseline/options.js'
import { trainPrior } from './baseline/train.js'
import { type BoostingModel, restoreBoosting } from './boosting/model.js'
import { type BoostingOptions, boostingOptions } from './boosting/options.js'
import { trainBoosting } from './boosting/train.js'
import type { Learner } from './contract.js'
import { type ForestModel, restoreForest } from './forest/model.js'
import { type ForestOptions, forestOptions } from './forest/options.js'
import { trainForest } from './forest/train.js'
import { type LogisticModel, restoreLogistic } from './logistic/model.js'
import { type LogisticOptions, logisticOptions } from './logistic/options.js'
import { trainLogistic } from './logistic/train.js'

/** Every learner by its name. The conformance suite runs on all of them, and model files name one. */
export const learners: {
  /** The base rate for all. */
  readonly prior: Learner<PriorOptions, PriorModel>
  /** L2-regularised logistic regression. */
  readonly logistic: Learner<LogisticOptions, LogisticModel>
  /** The mean of many trees grown on drawn rows and columns. */
  readonly forest: Learner<ForestOptions, ForestModel>
  /** Gradient-boosted trees on histograms. */
  readonly boosting: Learner<BoostingOptions, BoostingModel>
} = {
  prior: {
    name: 'prior',
    capabilities: { features: false, missing: true, categories: true, weights: true, seeded: false },
    options: priorOptions,
    train: trainPrior,
    restore: restorePrior,
  },
  logistic: {
    name: 'logistic',
    capabilities: { features: true, missing: false, categories: false, weights: true, seeded: false },
    options: logisticOptions,
    train: trainLogistic,
    restore: restoreLogistic,
  },
  forest: {
    name: 'forest',
    capabilities: { features: true, missing: true, categories: true, weights: true, seeded: true },
    options: forestOptions,
    train: trainForest,
    restore: restoreForest,
  },
  boosting: {
    name: 'boosting',
    capabilities: { features: true, missing: true, categories: true, weights: true, seeded: true },
    options: boostingOptions,
    train: trainBoosting,
    restore: restoreBoosting,
  },
}

/** Name of a learner. */
export type LearnerName = keyof typeof learners

/** Names of all learners, the simplest first. */
export const learnerNames = Object.keys(learners) as readonly LearnerName[]

/**
 * Returns the learner of that name, for names that come from outside; in code, use `learners.boosting`.
 *
 * @throws {HoldfastError} `value-unknown`, with the nearest name
 *
 * @example
 * learnerNamed('boosting').capabilities.missing
 * // => true
 */
export function learnerNamed(name: string): Learner<object> {
  checkArguments('learnerNamed', ['name', name, 'text'])
  if (Object.hasOwn(learners, name)) return learners[name as LearnerName]
  throw new HoldfastError('learnerNamed', [
    {
      code: 'value-unknown',
      parameter: 'the learner',
      rule: `to be one of ${learnerNames.join(', ')}`,
      received: name,
      ...nearName(name, learnerNames),
    },
  ])
}
