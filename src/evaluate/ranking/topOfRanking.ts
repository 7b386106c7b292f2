import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/**
 * Returns how many customers a top share is: `ceil(share * n)`.
 *
 * Where weights are not whole numbers they do not count rows, and there is nothing to round up to: `share * n`.
 */
export function customersInTop(
  ranked: Pick<RankedOutcomes, 'customers' | 'wholeWeights'>,
  share: number,
): number {
  return roundedUp(share * ranked.customers, ranked)
}

/** Returns a number of customers rounded up to a whole one, where weights count rows. */
export function roundedUp(customers: number, { wholeWeights }: Pick<RankedOutcomes, 'wholeWeights'>): number {
  if (!wholeWeights) return customers
  // 0.07 * 100 is 7.000000000000001 in floating point and means 7 customers.
  const nearest = Math.round(customers)
  return Math.abs(customers - nearest) <= 1e-9 * nearest ? nearest : Math.ceil(customers)
}

/**
 * Returns the churners among the `count` highest probabilities. Ties at the boundary are shared: of a group of m
 * equal probabilities, of which j places remain, its churners count j / m.
 */
export function churnersInTop(ranked: RankedOutcomes, count: number): number {
  return topsOfRanking(ranked, [count])[0]!.churners
}

/** Returns the lowest probability among the `count` highest. */
export function lowestInTop(ranked: RankedOutcomes, count: number): number {
  return topsOfRanking(ranked, [count])[0]!.lowestProbability
}

/** What the `count` highest probabilities hold. */
export interface TopOfRanking {
  readonly churners: number
  readonly lowestProbability: number
}

/** Like {@link churnersInTop} and {@link lowestInTop} for ascending counts, in one pass. O(groups + counts). */
export function topsOfRanking(ranked: RankedOutcomes, counts: readonly number[]): TopOfRanking[] {
  const { probability, churned, stayed } = ranked
  const last = probability.length - 1
  let group = 0
  let contacted = 0
  let caught = 0
  return counts.map((count) => {
    let size = churned[group]! + stayed[group]!
    // Sums of fractional weights may miss the total by their last digits.
    while (group < last && contacted + size < count * (1 - 1e-12)) {
      contacted += size
      caught += churned[group]!
      group++
      size = churned[group]! + stayed[group]!
    }
    const part = size <= count - contacted ? 1 : (count - contacted) / size
    return { churners: caught + churned[group]! * part, lowestProbability: probability[group]! }
  })
}
