import { HoldfastError } from '../base/errors.js'
import { type Cell, cellOf, type Table } from '../table/table.js'
import { placeOf } from './placeOf.js'

const wordsForChurned = new Set(['1', 'true', 'yes', 'y', 'churn', 'churned'])

/** Returns 1 where the label column says churned, 0 elsewhere. The column has no missing values. */
export function flatOutcome(
  operation: string,
  table: Table,
  label: string,
  positive: string | number | boolean | undefined,
): Uint8Array {
  return outcomeOf(table, label, churnedValue(operation, table, label, positive))
}

/** Returns 1 where the label column has this value, 0 elsewhere. */
export function outcomeOf(table: Table, label: string, churned: Cell): Uint8Array {
  const column = table.column(label)
  return Uint8Array.from({ length: table.rowCount }, (_, row) => (cellOf(column, row) === churned ? 1 : 0))
}

/** Returns the value of the label column that means churned. The column has no missing values. */
export function churnedValue(
  operation: string,
  table: Table,
  label: string,
  positive: string | number | boolean | undefined,
): Cell {
  const column = table.column(label)
  const values = [...new Set(Array.from({ length: table.rowCount }, (_, row) => cellOf(column, row)))]
  const churned = positive ?? churnedAmong(values)
  const shown = values
    .slice(0, 10)
    .map((value) => JSON.stringify(value))
    .join(', ')
  if (values.length === 1) throw oneClass(operation, table, label, shown)
  if (values.length > 2) {
    const [count, more] = values.length > 10 ? ['over 10', ', …'] : [values.length, '']
    throw new HoldfastError(operation, [
      {
        code: 'value-unknown',
        parameter: `label column ${label}`,
        rule: `to hold two different values, not ${count} (${shown}${more})`,
        ...placeOf(table),
        wayOut: 'Set the rows aside that are neither churned nor stayed, or write what you mean as 1 and 0.',
      },
    ])
  }
  if (churned === undefined || !values.includes(churned)) {
    throw unclearPositive(operation, table, label, shown, positive)
  }
  return churned
}

function churnedAmong(values: readonly Cell[]): Cell | undefined {
  const known = values.filter((value) =>
    wordsForChurned.has(String(value).trim().replace(/\.$/, '').toLowerCase()),
  )
  return known.length === 1 ? known[0] : undefined
}

function oneClass(operation: string, table: Table, label: string, shown: string): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'one-class',
      parameter: `label column ${label}`,
      rule: `to hold both churned and stayed customers, not ${shown} alone`,
      ...placeOf(table),
      wayOut: 'A model learns from the difference: add rows of the other outcome.',
    },
  ])
}

function unclearPositive(
  operation: string,
  table: Table,
  label: string,
  shown: string,
  positive: string | number | boolean | undefined,
): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'value-unknown',
      parameter: 'positive',
      rule: `to be the value of label column ${label} that means churned, one of ${shown}`,
      ...(positive === undefined ? {} : { received: positive }),
      ...placeOf(table),
      wayOut: `Name it: { label: ${JSON.stringify(label)}, positive: … }.`,
    },
  ])
}
