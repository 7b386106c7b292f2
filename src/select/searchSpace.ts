import { type Random, seededRandom } from '../base/random.js'
import { learners } from '../learn/learners.js'
import { type Candidate, candidateOf, type FamilyName } from './candidate.js'

/** Boosting candidates drawn at random, besides the fixed ones. */
const drawnCandidates = 14

/**
 * Returns the candidates of the wanted families, usually good ones first: a short budget leaves out the last.
 *
 * They are fixed or, for boosting, seeded draws: nothing depends on the data.
 */
export function searchSpace(families: readonly FamilyName[], seed: number): Candidate[] {
  const all = [...firstOfEach(seed), ...fixed(seed), ...drawn(seed)]
  return all.filter(({ learner }) => families.includes(learner))
}

function firstOfEach(seed: number): Candidate[] {
  return [
    candidateOf('prior', {}),
    candidateOf('logistic', {}),
    candidateOf('boosting', { seed }),
    candidateOf('forest', { seed }),
  ]
}

function fixed(seed: number): Candidate[] {
  return [
    candidateOf('boosting', { maxDepth: 2, seed }),
    candidateOf('boosting', { maxDepth: 6, maxLeaves: 64, seed }),
    candidateOf('forest', { minRowsPerLeaf: 5, seed }),
    candidateOf('boosting', { maxDepth: 1, seed }),
    candidateOf('boosting', { maxDepth: 4, seed }),
    candidateOf('forest', { minRowsPerLeaf: 50, seed }),
    candidateOf('boosting', { maxDepth: 3, seed }),
  ]
}

/** Small random search (Bergstra and Bengio 2012): few of many options matter, and it is not known which. */
function drawn(seed: number): Candidate[] {
  const random = seededRandom(seed).fork(drawnCandidates)
  return Array.from({ length: drawnCandidates }, () => {
    const maxDepth = oneOf(random, [undefined, 2, 3, 4, 5, 6, 7])
    const options = {
      maxDepth,
      maxLeaves: maxDepth === undefined ? undefined : Math.min(2 ** maxDepth, 64),
      learningRate: oneOf(random, [0.05, 0.1]),
      l2: oneOf(random, [0.3, 1, 3, 10]),
      minHessianPerLeaf: oneOf(random, [0.3, 1, 3]),
      rowShare: oneOf(random, [0.5, 0.8, 1]),
      columnSharePerNode: oneOf(random, [0.3, 0.5, 0.8, 1]),
    }
    return candidateOf('boosting', { ...withoutDefaults(options), seed })
  })
}

function oneOf<Value>(random: Random, values: readonly Value[]): Value {
  return values[random.integer(values.length)]!
}

/** Defaults are left out, so that a candidate's name shows what is special about it. */
function withoutDefaults(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const defaults = learners.boosting.options.parse({}) as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && value !== defaults[name]),
  )
}
