import { isMissing } from '../base/bitmap.js'
import type { ProblemCode } from '../base/errors.js'
import { groupNumbers } from '../base/groupNumbers.js'
import { cellOf, idColumn, type Table } from '../table/table.js'

/** A rule of the id column, and the rows of the table that break it. */
export interface BrokenIds {
  readonly code: ProblemCode
  readonly rule: string
  readonly wayOut: string
  /** From 0, ascending, at least one. */
  readonly rows: readonly number[]
  /** The earlier row with the id of the first of them; undefined for other rules. */
  readonly firstSeen?: number
}

/**
 * Returns the rows without an id, and those that repeat the id of an earlier row: in a flat table a customer is a row.
 *
 * @param mayRepeat customers may have several rows
 */
export function brokenIds(table: Table, id: string, mayRepeat: boolean): BrokenIds[] {
  const column = idColumn(table.column(id))
  const numberOf = groupNumbers(
    Array.from({ length: table.rowCount }, (_, row) => String(cellOf(column, row) ?? '')),
  )
  const firstRow = new Int32Array(table.rowCount).fill(-1)
  const [blank, repeated]: [number[], number[]] = [[], []]
  for (let row = 0; row < table.rowCount; row++) {
    const number = numberOf[row]!
    if (isMissing(column.missing, row)) blank.push(row)
    else if (firstRow[number] === -1) firstRow[number] = row
    else if (!mayRepeat) repeated.push(row)
  }
  const firstSeen = repeated.length === 0 ? -1 : firstRow[numberOf[repeated[0]!]!]!
  const rules: BrokenIds[] = [
    {
      code: 'value-missing',
      rule: 'to have a value in every row',
      wayOut: 'Fill it in the source.',
      rows: blank,
    },
    {
      code: 'duplicate-id',
      rule: 'to occur once',
      wayOut: 'Keep one row per customer; give a raw history with several rows each with --history.',
      rows: repeated,
      firstSeen,
    },
  ]
  return rules.filter((rule) => rule.rows.length > 0)
}
