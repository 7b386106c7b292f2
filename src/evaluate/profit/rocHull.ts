import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/**
 * The upper convex hull of the ROC curve: the cuts of a list that are the best for some money and some acceptance.
 * From nobody to everybody, by falling share of churners among those who come in addition.
 */
export interface RocHull {
  /** Churners among the contacted, at each cut; begins with 0. */
  readonly churners: readonly number[]
  /** Stayers among the contacted, at each cut; begins with 0. */
  readonly stayers: readonly number[]
  /** The lowest probability among the contacted, at each cut; begins with null. */
  readonly lowestProbability: readonly (number | null)[]
}

/** Returns the hull. A group of equal probabilities is contacted as a whole, or not at all. O(groups). */
export function rocHull({ probability, churned, stayed }: RankedOutcomes): RocHull {
  const churners = [0]
  const stayers = [0]
  const lowestProbability: (number | null)[] = [null]
  let caught = 0
  let disturbed = 0
  for (let group = 0; group < probability.length; group++) {
    caught += churned[group]!
    disturbed += stayed[group]!
    while (isBelow(churners, stayers, caught, disturbed)) {
      churners.pop()
      stayers.pop()
      lowestProbability.pop()
    }
    churners.push(caught)
    stayers.push(disturbed)
    lowestProbability.push(probability[group]!)
  }
  return { churners, stayers, lowestProbability }
}

/** True where the last cut lies on or below the line from the one before it to the new point. */
function isBelow(churners: number[], stayers: number[], caught: number, disturbed: number): boolean {
  const last = churners.length - 1
  if (last === 0) return false
  const rise = churners[last]! - churners[last - 1]!
  const run = stayers[last]! - stayers[last - 1]!
  return rise * (disturbed - stayers[last - 1]!) <= (caught - churners[last - 1]!) * run
}
