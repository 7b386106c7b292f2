import { checkArguments } from '../base/arguments.js'
import { Bitmap } from '../base/bitmap.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import type { FeatureColumn, FeatureMatrix, TextColumn } from '../base/matrix.js'
import type { CustomerFeatures } from './sql/featureMatrix.js'

/** Features of customers as of cutoffs, or of a flat table without cutoffs. */
export interface JoinableFeatures {
  readonly ids: readonly string[]
  readonly cutoffs: Int32Array | null
  readonly features: FeatureMatrix
}

/**
 * Returns the features with further columns for the same customers and cutoffs.
 *
 * For columns computed in another way, such as those of `circleFeatures`. Joined by id and cutoff: where `added` has no
 * row, its columns are missing, never 0; rows that only `added` has are left out.
 *
 * @param base decides the rows and their order
 * @param added at most one row per id and cutoff
 * @returns the columns of `base`, then those of `added`
 * @throws {HoldfastError} `column-duplicate` for names that both have; `duplicate-id` if `added` has a row twice;
 * `option-invalid` if `base` has no cutoffs
 *
 * O(rows × columns) time; the columns of `base` are not copied.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const cutoffs = Int32Array.of(20179, 20179)
 * const minutes = { rowCount: 2, columns: [numberColumn('minutes', [10, 20])] }
 * const contacts = { rowCount: 1, columns: [numberColumn('contacts', [3])] }
 * const joined = joinFeatures(
 *   { ids: ['A', 'B'], cutoffs, features: minutes },
 *   { ids: ['B'], cutoffs: cutoffs.slice(1), features: contacts },
 * )
 * new Table(joined.features.columns).rows()
 * // => [{ minutes: 10, contacts: null }, { minutes: 20, contacts: 3 }]
 */
export function joinFeatures(base: CustomerFeatures, added: CustomerFeatures): CustomerFeatures {
  checkArguments('joinFeatures', ['base', base, 'customerFeatures'], ['added', added, 'customerFeatures'])
  return { ids: base.ids, cutoffs: base.cutoffs, features: joinedMatrix('joinFeatures', base, added) }
}

/** Returns the columns of `base`, then those of `added` in the row order of `base`; joined by id and cutoff. */
export function joinedMatrix(
  operation: string,
  base: JoinableFeatures,
  added: CustomerFeatures,
): FeatureMatrix {
  const { cutoffs } = base
  if (cutoffs === null) {
    const rule = 'to have cutoffs: a flat table cannot be joined by id and cutoff'
    throw new HoldfastError(operation, [{ code: 'option-invalid', parameter: 'the rows', rule }])
  }
  refuse(operation, duplicateColumns(base, added))
  const places = rowsByKey(operation, added)
  const rows = Int32Array.from(base.ids, (id, row) => places.get(`${cutoffs[row]} ${id}`) ?? -1)
  return {
    rowCount: base.features.rowCount,
    columns: [...base.features.columns, ...added.features.columns.map((column) => columnAt(column, rows))],
  }
}

function duplicateColumns(base: JoinableFeatures, added: CustomerFeatures): Problem[] {
  const names = new Set(base.features.columns.map(({ name }) => name))
  return added.features.columns
    .filter(({ name }) => names.has(name))
    .map(({ name }) => ({ code: 'column-duplicate', parameter: `column ${name}`, rule: 'to be joined once' }))
}

function rowsByKey(operation: string, { ids, cutoffs }: CustomerFeatures): Map<string, number> {
  const places = new Map<string, number>()
  for (const [row, id] of ids.entries()) places.set(`${cutoffs[row]} ${id}`, row)
  if (places.size === ids.length) return places
  const repeated = ids.find((id, row) => places.get(`${cutoffs[row]} ${id}`) !== row)
  const rule = 'to occur once per cutoff among the further columns'
  throw new HoldfastError(operation, [{ code: 'duplicate-id', parameter: 'id', rule, received: repeated }])
}

/** The values of a column at the rows; missing at −1. */
function columnAt(column: FeatureColumn, rows: Int32Array): FeatureColumn {
  const missing = Bitmap.where(rows.length, (row) => {
    const from = rows[row]!
    return from === -1 || column.missing?.has(from) === true
  })
  const valueAt = (values: ArrayLike<number>) => (from: number) => (from === -1 ? 0 : values[from]!)
  if (column.kind === 'text') {
    return { ...column, codes: Int32Array.from(rows, valueAt(column.codes)), missing } satisfies TextColumn
  }
  return { ...column, values: Float64Array.from(rows, valueAt(column.values)), missing }
}
