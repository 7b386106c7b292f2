import { z } from 'zod'
import { checkArguments } from '../base/arguments.js'
import { type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { ownValue } from '../base/ownValue.js'
import { type BadLine, problemsOfLines } from './badLines.js'
import { ColumnTexts, cellProblem, kindOfTexts, typedColumn } from './columnTexts.js'
import type { Reject } from './rejects.js'
import { type ColumnKind, columnMissing, Table } from './table.js'
import { cellText } from './textsOfRows.js'

/** How the cells of a source are read. */
export interface ReadingOptions {
  /** Kinds of columns that should not be read as found: `{ zip: 'text' }`. Default: all as found. */
  readonly types?: Readonly<Record<string, ColumnKind>>
  /**
   * Texts that stand for missing in every column, besides blank ones: `['?', '-']`. Default none; in columns that are not
   * texts, NA, N/A, n/a, NULL and null are missing anyway.
   */
  readonly missing?: readonly string[]
}

/** The rules of {@link ReadingOptions}. */
export const readingShape = {
  types: z.record(z.string(), z.enum(['number', 'text', 'day', 'boolean'])).default({}),
  missing: z.array(z.string()).default([]),
}

const rowsOptions = z.strictObject(readingShape)

/** The columns of a source as texts, and the lines that could not be read. */
export interface TextSource {
  readonly file: string | undefined
  readonly columns: readonly ColumnTexts[]
  readonly rowCount: number
  /** Number of a row in the source, from 1; bad lines count. */
  readonly rowNumber: (row: number) => number
  /** Kinds that the source itself declares. */
  readonly kinds: ReadonlyMap<string, ColumnKind>
  readonly badLines: readonly BadLine[]
}

/**
 * Returns a table from row objects, with the same reading and the same checks as a file.
 *
 * The columns are the names of all rows, in order of first appearance; a name that a row does not have is missing there,
 * and so are null, undefined and blank texts. A column is of numbers, days (`YYYY-MM-DD` or `Date`), booleans, or else
 * texts; a column of which nearly all cells are numbers and a few are not is refused.
 *
 * @param rows objects of numbers, texts, booleans, Dates, null
 * @throws {HoldfastError} all problems at once: `table-empty`, `value-type`, `value-not-finite`, with row and column
 *
 * @example
 * tableFromRows([{ id: '007', minutes: 10 }, { id: '008' }]).rows()
 * // => [{ id: '007', minutes: 10 }, { id: '008', minutes: null }]
 *
 * @see {@link tableFrom} for arrays of values, one for each column
 */
export function tableFromRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  options?: ReadingOptions,
): Table {
  checkArguments('tableFromRows', ['rows', rows, 'rows'])
  const { types, missing } = checkOptions('tableFromRows', rowsOptions, options)
  const marks = new Set(missing)
  const columns = new Map<string, ColumnTexts>()
  const problems: Problem[] = []
  for (const [index, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      problems.push(notARow(row, index + 1))
      continue
    }
    problems.push(...addRow(columns, row, index, marks).map((problem) => withRow(problem, index + 1)))
  }
  for (const texts of columns.values()) texts.fillUpTo(rows.length)
  refuse('tableFromRows', problems)
  return tableOfTexts(
    'tableFromRows',
    {
      file: undefined,
      columns: [...columns.values()],
      rowCount: rows.length,
      rowNumber: (row) => row + 1,
      kinds: new Map(),
      badLines: [],
    },
    types,
  )
}

function notARow(received: unknown, row: number): Problem {
  const rule = 'to be an object with a value for each column'
  return { code: 'value-type', parameter: `row ${row}`, rule, received, place: { row } }
}

function withRow(problem: Problem, row: number): Problem {
  return { ...problem, place: { row, ...problem.place } }
}

/** Adds the cells of a row object to the columns; where it has nested values, it adds none and returns the problems. */
export function addRow(
  columns: Map<string, ColumnTexts>,
  row: Readonly<Record<string, unknown>>,
  index: number,
  missing: ReadonlySet<string>,
): Problem[] {
  const cells = Object.entries(row)
  const nested = cells.filter(([, value]) => isNested(value))
  if (nested.length > 0) {
    const rule = 'to be a number, a text, a boolean, a Date or null'
    return nested.map(([name, received]) => ({
      code: 'value-type',
      parameter: name,
      rule,
      received,
      place: { column: name },
      wayOut: 'Write the parts as columns of their own.',
    }))
  }
  for (const [name, value] of cells) {
    let texts = columns.get(name)
    if (texts === undefined) {
      texts = new ColumnTexts(name, missing)
      columns.set(name, texts)
    }
    texts.fillUpTo(index)
    texts.add(cellText(value))
  }
  return []
}

function isNested(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return true
  return typeof value === 'object' && value !== null && !(value instanceof Date)
}

/** Returns the typed table of texts, or refuses with all problems. */
function tableOfTexts(
  operation: string,
  source: TextSource,
  types: Readonly<Record<string, ColumnKind>>,
): Table {
  const { table, problems } = readTexts(source, types)
  refuse(operation, problems)
  return table
}

/** Returns the typed table of texts with the rows taken out that break a rule, and why. */
export function readTexts(
  source: TextSource,
  types: Readonly<Record<string, ColumnKind>>,
): {
  readonly table: Table
  readonly problems: readonly Problem[]
  readonly rejects: readonly Reject[]
  /** Rows of the table that break a rule. */
  readonly badRows: ReadonlySet<number>
} {
  const { file, rowCount, rowNumber } = source
  const problems = problemsOfLines(source.badLines)
  const rejects: Reject[] = source.badLines.map(({ row, problem }) =>
    rejectOf(file, row, problem.place?.column ?? null, problem, problem.received),
  )
  const badRows = new Set<number>()
  if (rowCount === 0 && source.badLines.length === 0) problems.push(noRows(file))
  const columns = source.columns.map((texts) => {
    const kind = ownValue(types, texts.name) ?? source.kinds.get(texts.name) ?? kindOfTexts(texts)
    const { column, broken } = typedColumn(texts, kind)
    for (const each of broken) {
      problems.push(cellProblem(texts.name, each, file, rowNumber(each.rows[0]!)))
      for (const row of each.rows) {
        badRows.add(row)
        const value = texts.dictionary[texts.codes[row]!]
        rejects.push(rejectOf(file, rowNumber(row), texts.name, each, value))
      }
    }
    return column
  })
  const table = new Table(columns, rowCount, file)
  for (const name of Object.keys(types)) if (!table.has(name)) problems.push(columnMissing(name, table))
  return { table, problems, rejects, badRows }
}

function rejectOf(
  file: string | undefined,
  row: number,
  column: string | null,
  { code, rule }: Pick<Problem, 'code' | 'rule'>,
  value: unknown,
): Reject {
  return {
    table: null,
    file: file ?? null,
    row,
    column,
    code,
    rule,
    value: value === undefined ? null : String(value),
  }
}

function noRows(file: string | undefined): Problem {
  return {
    code: 'table-empty',
    parameter: file === undefined ? 'rows' : 'the file',
    rule: 'to have at least one row',
    ...(file === undefined ? {} : { place: { file } }),
  }
}
