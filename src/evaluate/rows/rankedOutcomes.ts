import type { OutcomeRows } from './outcomeRows.js'
import { bitWords, type SortedRows, sortRows } from './sortedRows.js'

/**
 * Outcomes by probability: the one sorted form that all metrics read, so that sorting is done once.
 *
 * Rows of equal probability are one group. What a metric reads off here cannot depend on the order of rows, and
 * cannot break ties by accident.
 */
export interface RankedOutcomes {
  /** Shape (groups): the distinct probabilities, the highest first. */
  readonly probability: Float64Array
  /** Shape (groups): weight of the churners in each group. */
  readonly churned: Float64Array
  /** Shape (groups): weight of those in each group who stayed. */
  readonly stayed: Float64Array
  /** Weight of all churners, above 0. */
  readonly churners: number
  /** Weight of all customers. */
  readonly customers: number
  /** True where every weight is a whole number, so that a weight counts rows. */
  readonly wholeWeights: boolean
}

/** Returns the sorted form of rows that are already checked; `rankOutcomes` is the form that checks. */
export function rankRows(rows: OutcomeRows): RankedOutcomes {
  const groups = groupsOf(sortRows(rows))
  const churners = total(groups.churned)
  return {
    ...groups,
    churners,
    customers: churners + total(groups.stayed),
    wholeWeights: rows.weight === null || isWhole(rows.weight),
  }
}

/** Returns the group that a probability lies in: a binary search in the descending `groups`. */
export function groupAt(groups: Float64Array, probability: number): number {
  let low = 0
  let high = groups.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (groups[middle]! > probability) low = middle + 1
    else high = middle
  }
  return low
}

type Groups = Pick<RankedOutcomes, 'probability' | 'churned' | 'stayed'>

function groupsOf(rows: SortedRows): Groups {
  const count = distinct(rows)
  const groups = {
    probability: new Float64Array(count),
    churned: new Float64Array(count),
    stayed: new Float64Array(count),
  }
  fillGroups(groups, rows)
  return groups
}

/** Returns the number of distinct probabilities. Counted first: an array per row would be three times the keys. */
function distinct({ key }: SortedRows): number {
  const words = bitWords(key)
  let count = 1
  for (let row = 1; row < key.length; row++) {
    const sameUpper = words.upper[2 * row] === words.upper[2 * row - 2]
    if (!sameUpper || (words.lower[2 * row]! ^ words.lower[2 * row - 2]!) >>> 1 !== 0) count++
  }
  return count
}

function fillGroups({ probability, churned, stayed }: Groups, { key, weight }: SortedRows): void {
  const words = bitWords(key)
  const bits = bitWords(probability)
  let upper = -1 // No key: the first bit of every key is 0.
  let lower = 0
  let group = -1
  for (let row = key.length - 1; row >= 0; row--) {
    const rowUpper = words.upper[2 * row]!
    const rowLower = words.lower[2 * row]!
    if (rowUpper !== upper || (rowLower ^ lower) >>> 1 !== 0) {
      group++
      upper = rowUpper
      lower = rowLower
      bits.upper[2 * group] = upper >>> 1
      bits.lower[2 * group] = (upper << 31) | (lower >>> 1)
    }
    const times = weight === null ? 1 : weight[row]!
    if ((rowLower & 1) === 1) churned[group]! += times
    else stayed[group]! += times
  }
}

/** Returns the sum of values. */
export function total(values: Float64Array): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  return sum
}

function isWhole(weight: Float64Array): boolean {
  for (let row = 0; row < weight.length; row++) if (!Number.isInteger(weight[row])) return false
  return true
}

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
