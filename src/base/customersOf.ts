import { withCategories } from './category.js'
import { groupNumbers } from './groupNumbers.js'
import { type IdenticalRows, identicalByKeys, identicalRows, keyNumbers } from './identicalRows.js'
import type { FeatureMatrix } from './matrix.js'

/** Whose the rows are, and how that is known. */
export interface RowCustomers {
  /** Shape (rows): the customer of each row, numbered from 0; null where each row is a customer of its own. */
  readonly customerOf: Int32Array | null
  /** A sentence where customers were guessed from identical rows; null where they were not. */
  readonly note: string | null
  /** Of the rows that were taken for copies: pairs of rows that would be identical by chance. 0 where none were. */
  readonly pairsByChance: number
}

/**
 * Returns whose the rows are.
 *
 *     rows of one id           are one customer's
 *     identical rows           rows that are identical in all features are one customer's, whatever their ids, where they
 *                              are far more than chance leaves (see `identicalRows`)
 *     every other row          is a customer of its own
 *
 * Ids that are all different tell nothing about who belongs together: numbers of rows are such. An id that is there
 * twice says nothing of the rows of others, which may be copies as well.
 *
 * O(rows × columns) time; 28 bytes a row.
 */
export function customersOf(
  features: FeatureMatrix,
  ids: ArrayLike<string | number> | null | undefined,
): RowCustomers {
  const ownerOf = ids == null ? null : repeatedNumbers(groupNumbers(ids))
  const columns = features.columns.map((column) => (column.kind === 'text' ? withCategories(column) : column))
  return customersBy(ownerOf, identicalRows({ ...features, columns }, ownerOf), ids != null)
}

/** Does what `customersOf` does for rows of which only the keys and a sample are there: see `rowKeys` and `idKeys`. */
export function customersOfKeys(
  rows: Float64Array,
  ids: Float64Array | null,
  sampleOf: () => FeatureMatrix,
): RowCustomers {
  const ownerOf = ids === null ? null : repeatedNumbers(keyNumbers(ids))
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

/** Numbers of customers, where rows with one number in either list are one customer's. */
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

/** Each row is a customer of its own. */
export const ownRows: RowCustomers = { customerOf: null, note: null, pairsByChance: 0 }

/** Returns whether a customer has more than one row. */
export function hasSeveralRows(ids: ArrayLike<string | number>): boolean {
  return repeatedNumbers(groupNumbers(ids)) !== null
}

/** Numbers, which count from 0 in order of first appearance, where one is there twice; else null. */
function repeatedNumbers(numbers: Int32Array): Int32Array | null {
  return numbers.some((number, row) => number !== row) ? numbers : null
}

/** Returns what is said of rows that are identical, with ids that differ or without ids. */
function identicalNote(identical: number, rows: number, hasIds: boolean): string {
  const wayOut = hasIds
    ? 'Their ids differ: where they are copies of one customer, give them one id or leave the copies out.'
    : 'Give ids to say whose each row is, or leave copies out.'
  return `${identical} of ${rows} rows have the values of another row in every feature, far more than chance leaves: they are taken for rows of one customer, stay together in whatever is kept from a training, and count as one in intervals. ${wayOut}`
}
