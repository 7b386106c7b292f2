import { checkArguments } from '../base/arguments.js'
import { closestWord, HoldfastError } from '../base/errors.js'
import { priorLearner } from './baseline/learner.js'
import { boostingLearner } from './boosting/learner.js'
import type { Learner } from './contract.js'
import { forestLearner } from './forest/learner.js'
import { logisticLearner } from './logistic/learner.js'

/** Every learner by its name. The conformance suite runs on all of them, and model files name one. */
export const learners = {
  prior: priorLearner,
  logistic: logisticLearner,
  forest: forestLearner,
  boosting: boostingLearner,
} as const

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
  const close = closestWord(name, learnerNames)
  throw new HoldfastError('learnerNamed', [
    {
      code: 'value-unknown',
      parameter: 'the learner',
      rule: `to be one of ${learnerNames.join(', ')}`,
      received: name,
      ...(close === undefined ? {} : { wayOut: `Did you mean ${close}?` }),
    },
  ])
}
