import type { Table } from '../../src/table/table.js'

/** The rows of the truth in which a line may still leave. */
export interface MonthRows {
  readonly rows: readonly number[]
  /** Row of `customers` of each row of the truth. */
  readonly customer: Int32Array
  readonly probability: Float64Array
  readonly left: Float64Array
  readonly month: Int32Array
}

/** Returns the customer-months at risk, and the row of the customer of each row of the truth. */
export function monthRows(tables: { readonly customers: Table; readonly truth: Table }): MonthRows {
  const { customers, truth } = tables
  const rowOf = rowsById(customers)
  const ids = truth.texts('id')
  const { values: probability, missing } = truth.numbers('churnProbability')
  const customer = Int32Array.from(ids.codes, (code) => rowOf.get(ids.dictionary[code]!)!)
  const rows = Array.from({ length: truth.rowCount }, (_, row) => row).filter((row) => !missing?.has(row))
  return {
    rows,
    customer,
    probability,
    left: truth.numbers('left').values,
    month: truth.days('month').values,
  }
}

/** Returns the row of each id. */
export function rowsById(customers: Table): Map<string, number> {
  const ids = customers.texts('id')
  return new Map(Array.from(ids.codes, (code, row) => [ids.dictionary[code]!, row]))
}

/** Returns the texts of a column, missing as null. */
export function textsOf(table: Table, name: string): (string | null)[] {
  const { codes, dictionary, missing } = table.texts(name)
  return Array.from(codes, (code, row) => (missing?.has(row) ? null : dictionary[code]!))
}

/** Returns the values by what they have in common, in order of first appearance. */
export function groupedBy<Value, Key>(
  values: Iterable<Value>,
  keyOf: (value: Value) => Key,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return groups
}
