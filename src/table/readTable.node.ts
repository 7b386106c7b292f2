import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { utc } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { type BadLine, badQuotes, nameTwice, notAnObject, problemsOfLines, wrongLength } from './badLines.js'
import { ColumnTexts, type SourceCells } from './columnTexts.js'
import { readCsvCells } from './csvCells.node.js'
import { readCsvHeader } from './csvHeader.node.js'
import { decodedText, encodingOption, otherEncoding, unreadableText } from './encoding.node.js'
import { type FileFormat, fileFormat, fileMissing, formatUnknown } from './files.node.js'
import { type CheckedReading, type ReadingOptions, readingShape } from './readingOptions.js'
import { readParquet } from './readParquet.node.js'
import { rejectsTable, tooManyRejects } from './rejects.js'
import { rowNumbers } from './rowNumbers.js'
import type { Table } from './table.js'
import { addRow, readTexts, type TextSource } from './tableFromRows.js'

/** Options of {@link readTable}. */
export interface ReadTableOptions extends ReadingOptions {
  /** Encoding of a CSV or JSON file, by a name that `TextDecoder` knows, such as `'gb18030'`. Default `'utf-8'`. */
  readonly encoding?: string
}

/** Options of {@link readTableWithRejects}. */
export interface ReadTableWithRejectsOptions extends ReadTableOptions {
  /** Largest share of the rows that may be set aside; above it the file is refused. [0, 1]. Default 0.5. */
  readonly maxRejectShare?: number
}

const readOptions = z.strictObject({
  ...readingShape,
  encoding: encodingOption.default('utf-8'),
})
const rejectOptions = readOptions.extend({ maxRejectShare: z.number().min(0).max(1).default(0.5) })

/**
 * Reads a file as a table: .csv, .tsv, .csv.gz, .parquet, .jsonl or .ndjson, by its ending.
 *
 * For a flat table that fits into memory, with one row per customer; for large raw histories use `openHistory`.
 *
 *     CSV       the first line holds the names; the delimiter is whichever of , ; tab | it has most of; fields may be
 *               quoted, quotes in them doubled; a byte order mark and empty lines are skipped
 *     kinds     as declared in `types`; else numbers, days or booleans (true, false) if all cells are, else texts. If
 *               nearly all cells (90 %) are numbers or days, the column is of that kind and the others are refused.
 *               Whole numbers with leading zeros or more than 15 digits are names: texts
 *     numbers   -1234.5, and as people write them: 12,5   1.022,40 €   $1,234.50   12% (which is 12)   (4.00)   3-
 *     days      YYYY-MM-DD, 31/12/2024, 31.12.2024, 31 Dec 2024 and the like; a time after the day is cut off; if it has
 *               a UTC offset, the day is that of the instant in `timeZone`. Ambiguous columns (1,234 or
 *               01/02/2024 in every cell) are refused with both readings: `decimal`, `thousands` and
 *               `dateFormat` decide
 *     missing   blank cells, the marks in `missing`, and NA, N/A, NULL in columns that are not texts. NaN and infinities
 *               are refused
 *     Parquet   kinds are those of the file; texts stay texts
 *
 * @param path the file; rows are counted from 1 without the header
 * @throws {HoldfastError} all problems at once, with file, row and column: `file-missing`, `file-unreadable`,
 * `table-empty`, `column-missing`, `column-duplicate`, `column-type`, `length-differs` (a row with more or fewer fields
 * than the header), `value-type`, `value-not-finite`, `out-of-range`
 *
 * O(cells) time and memory.
 *
 * @example
 * await writeTable(tableFrom({ id: ['007', '008'], fee: [9.5, null] }), 'fees.csv')
 * const table = await readTable('fees.csv')
 * table.rows()
 * // => [{ id: '007', fee: 9.5 }, { id: '008', fee: null }]
 *
 * @see {@link readTableWithRejects} to continue without the bad rows
 */
export async function readTable(path: string, options?: ReadTableOptions): Promise<Table> {
  checkArguments('readTable', ['path', path, 'text'])
  const checked = checkOptions('readTable', readOptions, options)
  const source = await readSource('readTable', path, checked)
  const { table, problems } = readTexts(source, checked)
  refuse('readTable', problems.map(hintAtRejects))
  return table
}

/**
 * Reads a file like {@link readTable}, but removes and lists the rows that break a rule.
 *
 * @returns the table of the good rows, and `rejects`: a table with `table`, `file`, `row`, `column`, `code`, `rule`,
 * `value`, one row for each rule that a row breaks; `row` counts the file's rows from 1
 * @throws {HoldfastError} problems that do not belong to a row (see {@link readTable}), and all problems if more than
 * `maxRejectShare` of the rows would be removed
 *
 * @example
 * await writeTable(tableFrom({ id: ['A', 'B'], since: ['2024-01-31', 'soon'] }), 'since.csv')
 * const { table, rejects } = await readTableWithRejects('since.csv', { types: { since: 'day' } })
 * rejects.rows().map((row) => [row.row, row.column, row.code, row.value])
 * // => [[2, 'since', 'value-type', 'soon']]
 */
export async function readTableWithRejects(
  path: string,
  options?: ReadTableWithRejectsOptions,
): Promise<{ readonly table: Table; readonly rejects: Table }> {
  checkArguments('readTableWithRejects', ['path', path, 'text'])
  const operation = 'readTableWithRejects'
  const { maxRejectShare, ...checked } = checkOptions(operation, rejectOptions, options)
  const source = await readSource(operation, path, checked)
  const { table, problems, rejects, badRows } = readTexts(source, checked)
  refuse(
    operation,
    problems.filter((problem) => problem.place?.row === undefined),
  )
  const share = (badRows.size + source.badLines.length) / (table.rowCount + source.badLines.length)
  if (share > maxRejectShare) refuse(operation, [tooManyRejects(path, share, maxRejectShare), ...problems])
  const good: number[] = []
  for (let row = 0; row < table.rowCount; row++) if (!badRows.has(row)) good.push(row)
  const ordered = rejects.toSorted((a, b) => a.row - b.row)
  return { table: badRows.size === 0 ? table : table.take(good), rejects: rejectsTable(ordered) }
}

function hintAtRejects(problem: Problem): Problem {
  if (problem.place?.row === undefined) return problem
  const hint = 'Or set such rows aside, counted and listed, with readTableWithRejects.'
  return { ...problem, wayOut: problem.wayOut === undefined ? hint : `${problem.wayOut} ${hint}` }
}

async function readSource(
  operation: string,
  path: string,
  { missing, encoding, timeZone }: CheckedReading & { readonly encoding: string },
): Promise<TextSource> {
  const format = fileFormat(path)
  const absent = await fileMissing(path)
  refuse(operation, absent === undefined ? [] : [absent])
  if (format === undefined) refuse(operation, [formatUnknown(path)])
  const marks = new Set(missing)
  if (format === 'parquet') return readParquet(operation, path, marks, timeZone)
  const other = await otherEncoding(path, encoding)
  refuse(operation, other === undefined ? [] : [other])
  return format === 'json'
    ? readJsonLines(operation, path, marks, encoding)
    : readCsv(operation, path, format!, marks, encoding)
}

async function readCsv(
  operation: string,
  path: string,
  format: FileFormat,
  missing: ReadonlySet<string>,
  encoding: string,
): Promise<TextSource> {
  const start = await readCsvHeader(path, format, encoding)
  if ('problems' in start) refuse(operation, start.problems)
  const { header } = start as Extract<typeof start, { header: unknown }>
  const { names, delimiter } = header
  const expectsCommas = delimiter === ';'
  const cells = await readCsvCells(path, encoding, header, missing)
  if (cells !== null) return { ...sourceOf(path, cells.columns, cells.badLines), expectsCommas }
  const columns = names.map((name) => new ColumnTexts(name, missing))
  const lines: BadLine[] = []
  let row = 0
  const parser = parse({ delimiter, bom: true, from: 2, relax_column_count: true, skip_empty_lines: true })
  try {
    await pipeline(
      Readable.from(decodedText(path, encoding)),
      parser,
      async (records: AsyncIterable<string[]>) => {
        for await (const fields of records) {
          row++
          if (fields.length !== names.length) lines.push(wrongLength(path, row, fields, names.length))
          else for (const [index, texts] of columns.entries()) texts.add(fields[index]!)
        }
      },
    )
  } catch (error) {
    // The parser counts records, the header as the first
    const problem =
      error instanceof CsvError
        ? badQuotes(path, (error as CsvError & { records: number }).records, error.message)
        : await unreadableText(path, error)
    refuse(operation, [...problemsOfLines(lines), problem])
  }
  return { ...sourceOf(path, columns, lines), expectsCommas }
}

function sourceOf(file: string, columns: readonly SourceCells[], badLines: readonly BadLine[]): TextSource {
  const numberOf = rowNumbers(badLines.map((line) => line.row))
  return {
    file,
    columns,
    rowCount: columns[0]?.length ?? 0,
    rowNumber: (row) => numberOf(row + 1),
    kinds: new Map(),
    badLines,
  }
}

async function readJsonLines(
  operation: string,
  path: string,
  missing: ReadonlySet<string>,
  encoding: string,
): Promise<TextSource> {
  const columns = new Map<string, ColumnTexts>()
  const lines: BadLine[] = []
  let row = 0
  let read = 0
  try {
    for await (const line of splitLines(decodedText(path, encoding))) {
      row++
      const parsed = parseObject(line)
      if (parsed?.hasNameTwice === true) {
        lines.push({ row, problem: nameTwice(path, row, line) })
        continue
      }
      const value = parsed?.value
      const [problem] = value === undefined ? [] : addRow(columns, value, read, missing, utc)
      if (value === undefined) lines.push(notAnObject(path, row, line))
      else if (problem === undefined) read++
      else lines.push({ row, problem: { ...problem, place: { file: path, row, ...problem.place } } })
    }
  } catch (error) {
    refuse(operation, [await unreadableText(path, error)])
  }
  for (const texts of columns.values()) texts.fillUpTo(read)
  return sourceOf(path, [...columns.values()], lines)
}

/** Returns the problems of lines in a UTF-8 file that are not JSON objects. @param file its name in the problems */
export async function brokenJsonLines(path: string, file: string): Promise<Problem[]> {
  const lines: BadLine[] = []
  let row = 0
  try {
    for await (const line of splitLines(decodedText(path, 'utf-8'))) {
      row++
      if (parseObject(line) === undefined) lines.push(notAnObject(file, row, line))
    }
  } catch (error) {
    return [await unreadableText(file, error)]
  }
  return problemsOfLines(lines)
}

async function* splitLines(source: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const text of source) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) if (line.trim() !== '') yield line
  }
  if (rest.trim() !== '') yield rest
}

// JSON.parse would round them, and two customers would share an id. Texts are matched first, to skip them; one
// before a colon is a name
const longIntegers = /"(?:[^"\\]|\\.)*"(\s*:)?|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g

function parseObject(
  line: string,
): { readonly value: Record<string, unknown>; readonly hasNameTwice: boolean } | undefined {
  let names = 0
  const quoted = line.replaceAll(longIntegers, (token, colon: string | undefined) => {
    if (colon !== undefined) names++
    return token.startsWith('"') ? token : `"${token}"`
  })
  try {
    const value: unknown = JSON.parse(quoted)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return { value: value as Record<string, unknown>, hasNameTwice: names !== countNames(value) }
  } catch {
    return undefined
  }
}

/** Returns the number of names in a value, including those of nested objects. */
function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let names = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const inner of Object.values(value)) if (typeof inner === 'object') names += countNames(inner)
  return names
}
