import { withCategories } from './category.js'
import { repeatedNumbers } from './groupNumbers.js'
import { type IdenticalRows, identicalByKeys, identicalRows, keyNumbers } from './identicalRows.js'
import type { FeatureMatrix } from './matrix.js'

/** The customers of rows. */
export interface RowCustomers {
  /** Shape (rows): the customer of each row, numbered from 0; null if each row is a different customer. */
  readonly customerOf: Int32Array | null
  /** A sentence if customers were inferred from identical rows; else null. */
  readonly note: string | null
  /** Pairs of rows that would be identical by chance, if rows were taken for copies; else 0. */
  readonly pairsByChance: number
}

/**
 * Returns the customers of rows.
 *
 *     rows with the same id    belong to one customer
 *     identical rows           rows that are identical in all features belong to one customer, whatever their ids, if they
 *                              are far more frequent than by chance (see `identicalRows`)
 *     every other row          is a different customer
 *
 * Ids that are all different, such as row numbers, say nothing about which rows belong together. A repeated id says
 * nothing about other rows, which may be copies as well.
 *
 * O(rows × columns) time; 28 bytes per row.
 */
export function customersOf(
  features: FeatureMatrix,
  ids: ArrayLike<string | number> | null | undefined,
): RowCustomers {
  const ownerOf = ids == null ? null : repeatedNumbers(ids)
  const columns = features.columns.map((column) => (column.kind === 'text' ? withCategories(column) : column))
  return customersBy(ownerOf, identicalRows({ ...features, columns }, ownerOf), ids != null)
}

/** Like `customersOf`, if only keys and a sample of the rows are available: see `rowKeys` and `idKeys`. */
export function customersOfKeys(
  rows: Float64Array,
  ids: Float64Array | null,
  sampleOf: () => FeatureMatrix,
): RowCustomers {
  const ownerOf = ids === null ? null : numbersOfRepeated(keyNumbers(ids))
  return customersBy(ownerOf, identicalByKeys(rows, ownerOf, sampleOf), ids !== null)
}

function customersBy(
  ownerOf: Int32Array | null,
  identical: IdenticalRows | null,
  hasIds: boolean,
): RowCustomers {
  if (identical === null) return { ...ownRows, customerOf: ownerOf }
  const { numberOf, rows, pairsByChance } = identical
  return {
    customerOf: ownerOf === null ? numberOf : joined(ownerOf, numberOf),
    note: identicalNote(rows, numberOf.length, hasIds),
    pairsByChance,
  }
}

/** Customer numbers: rows with the same number in either list belong to one customer. */
function joined(ownerOf: Int32Array, numberOf: Int32Array): Int32Array {
  const leader = Int32Array.from(ownerOf.keys())
  const leaderOf = (row: number): number => {
    let own = row
    while (leader[own] !== own) {
      leader[own] = leader[leader[own]!]!
      own = leader[own]!
    }
    return own
  }
  for (const numbers of [ownerOf, numberOf]) {
    const first = new Int32Array(numbers.length).fill(-1)
    numbers.forEach((number, row) => {
      if (first[number] === -1) first[number] = row
      const [one, other] = [leaderOf(first[number]!), leaderOf(row)]
      leader[Math.max(one, other)] = Math.min(one, other)
    })
  }
  return keyNumbers(Float64Array.from(leader.keys(), leaderOf))
}

/** Each row is a different customer. */
export const ownRows: RowCustomers = { customerOf: null, note: null, pairsByChance: 0 }

/** Returns whether a customer has more than one row. */
export function hasSeveralRows(ids: ArrayLike<string | number>): boolean {
  return repeatedNumbers(ids) !== null
}

/** Returns the numbers, counted from 0 in order of first appearance, if any repeats; else null. */
function numbersOfRepeated(numbers: Int32Array): Int32Array | null {
  return numbers.some((number, row) => number !== row) ? numbers : null
}

/** Returns the note about identical rows with different ids or without ids. */
function identicalNote(identical: number, rows: number, hasIds: boolean): string {
  const wayOut = hasIds
    ? 'Their ids differ: if they are copies of one customer, give them the same id or leave the copies out.'
    : 'Give ids to name the customer of each row, or leave copies out.'
  return `${identical} of ${rows} rows have the values of another row in every feature, far more than by chance: they are treated as rows of one customer, which stay together in splits and folds and count as one in intervals. ${wayOut}`
}
