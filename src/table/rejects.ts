import type { Problem, ProblemCode } from '../base/errors.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { Table } from './table.js'

/** A row that was set aside, and why: one for each rule that the row breaks. */
export interface Reject {
  readonly table: string | null
  readonly file: string | null
  /** Counts the rows of the file or table from 1, header not counted. */
  readonly row: number
  /** The column, under the source's name; null if the whole line is wrong. */
  readonly column: string | null
  readonly code: ProblemCode
  readonly rule: string
  readonly value: string | null
}

/** Returns rejects as a table: `table`, `file`, `row`, `column`, `code`, `rule`, `value`. */
export function rejectsTable(rejects: readonly Reject[]): Table {
  const text = (name: 'table' | 'file' | 'column' | 'code' | 'rule' | 'value') =>
    textColumn(
      name,
      rejects.map((reject) => reject[name]),
    )
  const rows = numberColumn(
    'row',
    rejects.map((reject) => reject.row),
  )
  return new Table([
    text('table'),
    text('file'),
    rows,
    text('column'),
    text('code'),
    text('rule'),
    text('value'),
  ])
}

/** Returns the problem "too many rows of a file would be set aside". */
export function tooManyRejects(file: string, share: number, maxRejectShare: number): Problem {
  return {
    code: 'out-of-range',
    parameter: 'the share of rows to set aside',
    rule: `to be at most ${maxRejectShare} (maxRejectShare)`,
    received: Math.round(share * 10_000) / 10_000,
    place: { file },
    wayOut: 'So many bad rows mean a wrong column or format; see the rules below.',
  }
}
