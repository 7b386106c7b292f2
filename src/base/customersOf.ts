import { groupNumbers } from './groupNumbers.js'
import { type IdenticalRows, identicalByKeys, identicalRows, keyNumbers } from './identicalRows.js'
import type { FeatureMatrix } from './matrix.js'

/** Whose the rows are, and how that is known. */
export interface RowCustomers {
  /** Shape (rows): the customer of each row, numbered from 0; null where each row is a customer of its own. */
  readonly customerOf: Int32Array | null
  /** A sentence where customers were guessed from identical rows; null where they were not. */
  readonly note: string | null
}

/**
 * Returns whose the rows are.
 *
 *     an id occurs twice       rows of one id are one customer's
 *     no id does, or no ids    rows that are identical in all features are one customer's, where they are far more than
 *                              chance leaves (see `identicalRows`); every other row is a customer of its own
 *
 * Ids that are all different tell nothing about who belongs together: numbers of rows are such.
 *
 * O(rows × columns) time without ids; 20 bytes a row.
 */
export function customersOf(
  features: FeatureMatrix,
  ids: ArrayLike<string | number> | null | undefined,
): RowCustomers {
  if (ids != null) {
    const customerOf = groupNumbers(ids)
    if (occursTwice(customerOf)) return { customerOf, note: null }
  }
  return byIdentity(identicalRows(features), ids != null)
}

/** Does what `customersOf` does for rows of which only the keys and a sample are there: see `rowKeys` and `idKeys`. */
export function customersOfKeys(
  rows: Float64Array,
  ids: Float64Array | null,
  sampleOf: () => FeatureMatrix,
): RowCustomers {
  if (ids !== null) {
    const customerOf = keyNumbers(ids)
    if (occursTwice(customerOf)) return { customerOf, note: null }
  }
  return byIdentity(identicalByKeys(rows, sampleOf), ids !== null)
}

function byIdentity(identical: IdenticalRows | null, hasIds: boolean): RowCustomers {
  if (identical === null) return ownRows
  return {
    customerOf: identical.numberOf,
    note: identicalNote(identical.rows, identical.numberOf.length, hasIds),
  }
}

/** Each row is a customer of its own. */
export const ownRows: RowCustomers = { customerOf: null, note: null }

/** Returns whether a customer has more than one row. */
export function hasSeveralRows(ids: ArrayLike<string | number>): boolean {
  return occursTwice(groupNumbers(ids))
}

/** Numbers count from 0 in order of first appearance. */
function occursTwice(numbers: Int32Array): boolean {
  return numbers.some((number, row) => number !== row)
}

/** Returns what is said of rows that are identical, with ids that are all different or without ids. */
function identicalNote(identical: number, rows: number, hasIds: boolean): string {
  const wayOut = hasIds
    ? 'Their ids differ: where they are copies of one customer, give them one id or leave the copies out.'
    : 'Give ids to say whose each row is, or leave copies out.'
  return `${identical} of ${rows} rows have the values of another row in every feature, far more than chance leaves: they are taken for rows of one customer and stay together in whatever is kept from a training. ${wayOut}`
}
