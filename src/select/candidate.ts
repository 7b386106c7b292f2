import { nearName, type Problem } from '../base/errors.js'
import type { BoostingOptions } from '../learn/boosting/options.js'
import { trainBoostingAsync } from '../learn/boosting/train.js'
import type { ChurnModel, TrainControl, TrainingData } from '../learn/contract.js'
import type { ForestOptions } from '../learn/forest/options.js'
import { type LearnerName, learnerNames, learners } from '../learn/learners.js'
import type { LogisticOptions } from '../learn/logistic/options.js'

/** Kinds of models, the simplest first; a blend combines the best of the others. */
export const familyNames = [...learnerNames, 'blend'] as const

/** Kind of a candidate. */
export type FamilyName = (typeof familyNames)[number]

/** A candidate for the model: a learner and its options. */
export interface Candidate {
  /** Learner and the options that are not at their defaults: `boosting maxDepth 2`. */
  readonly name: string
  readonly learner: LearnerName
  readonly options: Readonly<Record<string, unknown>>
}

/** A candidate as a user writes it. */
export interface CandidateChoice {
  readonly learner: string
  readonly options?: Readonly<Record<string, unknown>> | undefined
}

/** Returns the candidate of a learner with these options. */
export function candidateOf(learner: LearnerName, options: Readonly<Record<string, unknown>>): Candidate {
  const words = Object.entries(options)
    .filter(([name, value]) => value !== undefined && name !== 'seed')
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
  return { name: [learner, words.join(', ')].join(' ').trim(), learner, options }
}

/** Returns the problem of an unknown kind of model. */
export function familyProblem(name: string, parameter: string, known: readonly string[]): Problem {
  return {
    code: 'value-unknown',
    parameter,
    rule: `to be one of ${known.join(', ')}`,
    received: name,
    ...nearName(name, known),
  }
}

/**
 * Complexity of a candidate: the position of its family, then within the family: logistic models by how little they are
 * penalised, forests by how small their leaves are, boosting by depth (of both parts together if none is given), then
 * by how little its leaves are shrunk.
 */
export function complexityOf({ learner, options }: Candidate): readonly [family: number, own: number] {
  return [familyNames.indexOf(learner), ownComplexity[learner](options)]
}

const bothParts = 9

const ownComplexity: Record<LearnerName, (options: Candidate['options']) => number> = {
  prior: () => 0,
  logistic: ({ inverseRegularization = 1 }: LogisticOptions) => inverseRegularization,
  forest: ({ minRowsPerLeaf = 20, extraRandom }: ForestOptions) =>
    1 / minRowsPerLeaf + (extraRandom === true ? 1 : 0),
  boosting: ({ maxDepth, maxLeaves, l2 = 1 }: BoostingOptions) =>
    (maxDepth ?? (maxLeaves === undefined ? bothParts : Math.log2(maxLeaves))) + 1 / (2 + l2),
}

/** Trains a candidate; boosting lets the process do other work between trees. */
export async function trainCandidate(
  { learner, options }: Candidate,
  data: TrainingData,
  control: TrainControl,
): Promise<ChurnModel> {
  if (learner === 'boosting') return trainBoostingAsync(data, options, control)
  return learners[learner].train(data, options as never, control)
}
