import type { FamilyName } from './candidate.js'

/** How much is spent on each candidate at one stage of the search. */
export interface Rung {
  /** Share of a fold's training rows. */
  readonly rowShare: number
  readonly folds: number
  readonly repeats: number
}

/** Training rows of the first rung: fewer do not tell models apart. */
const leastRows = 4000
/** Each rung costs a candidate about so many times more, and keeps one in so many. */
const steepness = 3

/** Returns the rungs from the cheapest to the dearest: more rows, then all folds, then folds drawn anew. */
export function rungsFor(trainRows: number, folds: number, repeats: number): Rung[] {
  const shares: number[] = []
  for (let rows = trainRows / steepness; rows >= leastRows; rows /= steepness) {
    shares.unshift(rows / trainRows)
  }
  return [
    ...shares.map((rowShare) => ({ rowShare, folds: 1, repeats: 1 })),
    { rowShare: 1, folds: 1, repeats: 1 },
    ...(folds > 1 ? [{ rowShare: 1, folds, repeats: 1 }] : []),
    ...(repeats > 1 ? [{ rowShare: 1, folds, repeats }] : []),
  ]
}

/** A candidate as it came out of a rung. */
interface Ranked {
  readonly learner: FamilyName
}

/**
 * Returns who goes on to the next rung, from the best to the worst: the best of every family, then a third of the
 * others.
 */
export function survivors<Candidate extends Ranked>(ranked: readonly Candidate[]): Candidate[] {
  const families = new Set(ranked.map(({ learner }) => learner)).size
  return bestOfFamilies(ranked).slice(0, families + Math.ceil((ranked.length - families) / steepness))
}

/** Returns the best of every family before all others, otherwise in the given order. */
export function bestOfFamilies<Candidate extends Ranked>(ranked: readonly Candidate[]): Candidate[] {
  const families = new Set<FamilyName>()
  const firsts = ranked.filter(({ learner }) => families.size < families.add(learner).size)
  return [...firsts, ...ranked.filter((candidate) => !firsts.includes(candidate))]
}
