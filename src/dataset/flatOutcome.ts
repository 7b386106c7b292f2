import { HoldfastError } from '../base/errors.js'
import { type Cell, cellOf, type Table } from '../table/table.js'
import { placeOf } from './placeOf.js'

const wordsForChurned = new Set(['1', 'true', 'yes', 'y', 'churn', 'churned'])

/** Returns 1 where the label column says churned, 0 elsewhere. The column has no missing values. */
export function flatOutcome(
  table: Table,
  label: string,
  positive: string | number | boolean | undefined,
): Uint8Array {
  const column = table.column(label)
  const cells = Array.from({ length: table.rowCount }, (_, row) => cellOf(column, row))
  const values = [...new Set(cells)]
  const churned = positive ?? churnedAmong(values)
  const shown = values
    .slice(0, 10)
    .map((value) => JSON.stringify(value))
    .join(', ')
  if (values.length === 1) throw oneClass(table, label, shown)
  if (values.length > 2) {
    throw new HoldfastError('fromFlatTable', [
      {
        code: 'value-unknown',
        parameter: `label column ${label}`,
        rule: `to hold two different values, not ${values.length} (${shown}${values.length > 10 ? ', …' : ''})`,
        ...placeOf(table),
        wayOut: 'Set the rows aside that are neither churned nor stayed, or write what you mean as 1 and 0.',
      },
    ])
  }
  if (churned === undefined || !values.includes(churned)) throw unclearPositive(table, label, shown, positive)
  return Uint8Array.from(cells, (cell) => (cell === churned ? 1 : 0))
}

function churnedAmong(values: readonly Cell[]): Cell | undefined {
  const known = values.filter((value) =>
    wordsForChurned.has(String(value).trim().replace(/\.$/, '').toLowerCase()),
  )
  return known.length === 1 ? known[0] : undefined
}

function oneClass(table: Table, label: string, shown: string): HoldfastError {
  return new HoldfastError('fromFlatTable', [
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
  table: Table,
  label: string,
  shown: string,
  positive: string | number | boolean | undefined,
): HoldfastError {
  return new HoldfastError('fromFlatTable', [
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
