import { formatDay, parseDay, utc } from '../base/days.js'
import { textColumn } from '../base/matrix.js'
import { ownValue } from '../base/ownValue.js'
import { Table } from './table.js'

/**
 * Returns row objects as a table of texts: the form in which they are checked, the same as a file's.
 *
 * The columns are the names of all rows in order of first appearance; a name that a row does not have is missing there.
 */
export function textsOfRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  timeZone: string = utc,
): Table {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row ?? {})) names.add(name)
  const columns = [...names].map((name) =>
    textColumn(
      name,
      rows.map((row) => cellText(ownValue(row, name), timeZone)),
    ),
  )
  return new Table(columns, rows.length)
}

/** Returns a value as a file would hold it, an instant as its day in a time zone; null where it is missing. */
export function cellText(value: unknown, timeZone: string = utc): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof Date) {
    const day = parseDay(value, timeZone)
    return day === undefined ? 'invalid date' : formatDay(day)
  }
  // With its exponent, a number that holds no exact integer is not taken for one with so many digits
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return value.toExponential()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
