import { formatDay, parseDay, utc } from '../base/days.js'
import { textColumn } from '../base/matrix.js'
import { ownValue } from '../base/ownValue.js'
import { Table } from './table.js'

/**
 * Returns row objects as a table of texts, to be checked like a file.
 *
 * The columns are the names in all rows in order of first appearance; absent names are missing.
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

/** Returns a value as in a file, an instant as its day in a time zone; null = missing. */
export function cellText(value: unknown, timeZone: string = utc): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof Date) {
    const day = parseDay(value, timeZone)
    return day === undefined ? 'invalid date' : formatDay(day)
  }
  // With an exponent, an inexact large integer is not mistaken for an exact one
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return value.toExponential()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
