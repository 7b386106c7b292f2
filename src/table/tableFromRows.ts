import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'

import { type BadLine, problemsOfLines } from './badLines.js'
import {
  type ColumnReading,
  plainReading,
  readingOf,
  readingOfPlainNumbers,
  twoNumbers,
} from './columnReading.js'
import { ColumnTexts, cellProblem, countsOf, type SourceCells, typedColumn } from './columnTexts.js'
import { cellProblems, flatCells, isNoCell, isRecord, type NamedCell, notACell } from './nestedCells.js'
import {
  type CheckedReading,
  columnsSaid,
  type ReadingOptions,
  readingShape,
  wishOf,
} from './readingOptions.js'
import type { Reject } from './rejects.js'
import { type ColumnKind, columnMissing, Table } from './table.js'
import { cellText } from './textsOfRows.js'

const rowsOptions = z.strictObject(readingShape)

/** The columns of a source as texts, and the lines that could not be read. */
export interface TextSource {
  readonly file: string | undefined
  readonly columns: readonly SourceCells[]
  readonly rowCount: number
  /** Number of a row in the source, from 1; bad lines count. */
  readonly rowNumber: (row: number) => number
  /** Kinds that the source itself declares. */
  readonly kinds: ReadonlyMap<string, ColumnKind>
  /** True if sources of this kind mostly have decimal commas: texts between semicolons. */
  readonly expectsCommas?: boolean
  readonly badLines: readonly BadLine[]
}

/**
 * Returns a table from row objects, read and checked like a file.
 *
 * The columns are the names in all rows, in order of first appearance; absent names, null, undefined and blank texts
 * are missing. A column holds numbers, days (also `Date`), booleans, or else texts; texts are recognised as numbers and
 * days as by `readTable`, and numbers stay numbers. A column in which nearly all cells are numbers and a few are not is
 * refused. A nested object gives a column for each of its parts: `customer.plan`.
 *
 * @param rows objects of numbers, texts, booleans, Dates, null
 * @throws {HoldfastError} all problems at once: `table-empty`, `value-type`, `value-not-finite`, with row and column
 *
 * @example
 * tableFromRows([{ id: '007', minutes: 10 }, { id: '008' }]).rows()
 * // => [{ id: '007', minutes: 10 }, { id: '008', minutes: null }]
 *
 * @see `tableFrom` of `holdfast/tables` for arrays of values, one for each column
 */
export function tableFromRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  options?: ReadingOptions,
): Table {
  checkArguments('tableFromRows', ['rows', rows, 'rows'])
  const checked = checkOptions('tableFromRows', rowsOptions, options)
  const marks = new Set(checked.missing)
  const columns = new Map<string, ColumnTexts>()
  const problems: Problem[] = []
  for (const [index, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      problems.push(notARow(row, index + 1))
      continue
    }
    problems.push(
      ...addRow(columns, row, index, marks, checked.timeZone).map((problem) => withRow(problem, index + 1)),
    )
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
    checked,
  )
}

function notARow(received: unknown, row: number): Problem {
  const rule = 'to be an object with a value for each column'
  return { code: 'value-type', parameter: 'the row', rule, received, place: { row } }
}

function withRow(problem: Problem, row: number): Problem {
  return { ...problem, place: { row, ...problem.place } }
}

/**
 * Adds the cells of a row object to the columns, those of nested objects by path (`customer.plan`); if there are lists
 * or repeated names, it adds none and returns the problems.
 */
export function addRow(
  columns: Map<string, ColumnTexts>,
  row: Readonly<Record<string, unknown>>,
  index: number,
  missing: ReadonlySet<string>,
  timeZone: string,
): Problem[] {
  const cells = flatCells(row)
  const hasParts = Object.values(row).some(isRecord)
  const problems = cellProblems(cells)
  if (hasParts || hasPart(columns)) problems.push(...mixedCells(row, columns).map(notACell))
  if (problems.length > 0) return problems
  for (const [name, value] of cells) {
    let texts = columns.get(name)
    if (texts === undefined) {
      texts = new ColumnTexts(name, missing)
      columns.set(name, texts)
    }
    texts.fillUpTo(index)
    if (hasParts && !Object.hasOwn(row, name)) texts.isPart = true
    if (typeof value === 'number') texts.hasNumbers = true
    if (value instanceof Date) texts.hasInstants = true
    texts.add(cellText(value, timeZone))
  }
  return []
}

/** True if an earlier row had a nested object. */
function hasPart(columns: ReadonlyMap<string, ColumnTexts>): boolean {
  for (const column of columns.values()) if (column.isPart) return true
  return false
}

/** Problems of an object where other rows have a value, or the reverse: one of them would be lost. */
function mixedCells(
  row: Readonly<Record<string, unknown>>,
  columns: ReadonlyMap<string, ColumnTexts>,
): readonly NamedCell[] {
  return Object.entries(row).filter(([name, value]) => {
    if (value === null || value === undefined || isNoCell(value) !== isRecord(value)) return false
    const hasValues = (columns.get(name)?.dictionary.length ?? 0) > 0
    if (isRecord(value)) return hasValues
    return !hasValues && [...columns.values()].some((each) => each.isPart && each.name.startsWith(`${name}.`))
  })
}

/** Returns the typed table of texts, or refuses with all problems. */
function tableOfTexts(operation: string, source: TextSource, options: CheckedReading): Table {
  const { table, problems } = readTexts(source, options)
  refuse(operation, problems)
  return table
}

/** Returns the typed table of texts without the rows that break a rule, and why they do. */
export function readTexts(
  source: TextSource,
  options: CheckedReading,
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
  const readings = source.columns.map((texts) => readingOfTexts(source, texts, options))
  const questions = doubts(source, readings)
  problems.push(...questions.values())
  const columns = source.columns.map((texts, index) => {
    const reading: ColumnReading = questions.has(texts.name) ? { kind: 'text' } : readings[index]!
    const { column, broken } = typedColumn(texts, reading, options.timeZone)
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
  for (const name of columnsSaid(options)) if (!table.has(name)) problems.push(columnMissing(name, table))
  return { table, problems, rejects, badRows }
}

function readingOfTexts(source: TextSource, texts: SourceCells, options: CheckedReading): ColumnReading {
  const { name } = texts
  const wish = wishOf(name, options)
  const kind = source.kinds.get(name)
  const { plainNumbers } = texts
  const plain = plainNumbers === null ? undefined : readingOfPlainNumbers(plainNumbers.pointsMayGroup, wish)
  if (plain !== undefined) return plain
  const isTyped = texts.hasNumbers || (kind !== undefined && kind !== 'text')
  if (isTyped && (kind === 'day' || wish.dateFormat === undefined)) {
    return { kind: wish.kind ?? kind ?? plainReading(name, countsOf(texts)).kind }
  }
  // Texts of a typed file are texts, unless declared otherwise
  if (kind === 'text' && wish.kind === undefined && wish.isOwn !== true) return { kind }
  return readingOf(name, countsOf(texts), wish)
}

/** Returns the questions about the columns, singly and together, by name. */
function doubts(
  { file, columns, expectsCommas }: TextSource,
  readings: readonly ColumnReading[],
): Map<string, Problem> {
  const hasCommas = expectsCommas === true || readings.some(({ numbers }) => numbers?.decimal === ',')
  const questions = new Map<string, Problem>()
  for (const [index, column] of columns.entries()) {
    const { name } = column
    const { doubt, pointsMayGroup } = readings[index]!
    const isGrouped = pointsMayGroup === true && hasCommas
    const asked = doubt ?? (isGrouped ? twoNumbers({ name, texts: column.dictionary }, '.', ',') : undefined)
    if (asked === undefined) continue
    const place = { ...(file === undefined ? {} : { file }), column: name }
    questions.set(name, { code: 'column-type', parameter: name, ...asked, place })
  }
  return questions
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
