import type { FamilyName } from './candidate.js'

/** Effort per candidate at one stage of the search. */
export interface Rung {
  /** Share of a fold's training rows. */
  readonly rowShare: number
  readonly folds: number
  readonly repeats: number
}

/** Least training rows of the first rung: fewer cannot tell models apart. */
const leastRows = 4000
/** Each rung costs about this many times more per candidate, and one in this many survives. */
const steepness = 3

/** Returns the rungs, the cheapest first: more rows, then all folds, then repeated folds. */
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

/** A candidate ranked on a rung. */
interface Ranked {
  readonly learner: FamilyName
}

/** Returns the candidates for the next rung, the best first: the best of every family, then a third of the others. */
export function survivors<Candidate extends Ranked>(ranked: readonly Candidate[]): Candidate[] {
  const families = new Set(ranked.map(({ learner }) => learner)).size
  return bestOfFamilies(ranked).slice(0, families + Math.ceil((ranked.length - families) / steepness))
}

/** Returns the best of every family first, then the others, in the given order. */
export function bestOfFamilies<Candidate extends Ranked>(ranked: readonly Candidate[]): Candidate[] {
  const families = new Set<FamilyName>()
  const firsts = ranked.filter(({ learner }) => families.size < families.add(learner).size)
  return [...firsts, ...ranked.filter((candidate) => !firsts.includes(candidate))]
}
