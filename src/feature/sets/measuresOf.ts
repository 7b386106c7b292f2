import type { ColumnKind } from '../../table/table.js'

/** The columns of a table with their kinds. */
export type Columns = Readonly<Record<string, ColumnKind>>

/** Returns the number columns of a table, in its order. */
export function measuresOf(columns: Columns): string[] {
  return Object.keys(columns).filter((column) => columns[column] === 'number')
}
