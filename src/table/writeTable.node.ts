import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { stringify } from 'csv-stringify/sync'
import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { isMissing } from '../base/bitmap.js'
import { refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { writeWholeFile } from '../base/wholeFile.node.js'
import { fileFormat, formatUnknown } from './files.node.js'
import { type Cell, type Column, cellOf, type Table } from './table.js'
import { cellText } from './textsOfRows.js'

/** Options of {@link writeTable}. */
export interface WriteTableOptions {
  /**
   * Writes a `'` before texts that a spreadsheet would run as a formula (those that begin with = + - @, tab or carriage
   * return), in CSV and TSV only; it is still there when the file is read back. Use it for lists that people open, not
   * for files that programs read. Default false.
   */
  readonly spreadsheetSafe?: boolean
}

const writeOptions = z.strictObject({ spreadsheetSafe: z.boolean().default(false) })

const rowsEach = 10_000
const parquetRowsEach = 100_000

/**
 * Writes a table to a file: .csv, .tsv, .csv.gz, .parquet, .jsonl or .ndjson, by its ending.
 *
 * The file is written whole or not at all: a temporary file beside it is moved when complete. An existing file is
 * replaced. Missing is blank in CSV (where a blank text, too, reads back as missing), null in the others. Days are
 * `YYYY-MM-DD`, in Parquet dates. The memory needed does not grow with the rows.
 *
 * @throws {HoldfastError} `file-unreadable` if the ending is unknown; `file-missing` with the reason if the file cannot
 * be written
 *
 * @example
 * import { tableFrom } from 'holdfast/tables'
 * await writeTable(tableFrom({ id: ['A'], probability: [0.7] }), 'scores.csv')
 * const again = await readTable('scores.csv')
 * again.rows()
 * // => [{ id: 'A', probability: 0.7 }]
 *
 * @see {@link readTable} for the inverse
 */
export async function writeTable(table: Table, path: string, options?: WriteTableOptions): Promise<void> {
  checkArguments('writeTable', ['table', table, 'table'], ['path', path, 'text'])
  const { spreadsheetSafe } = checkOptions('writeTable', writeOptions, options)
  const format = fileFormat(path)
  if (format === undefined) refuse('writeTable', [formatUnknown(path)])
  await writeWholeFile('writeTable', path, (part) => writeParts([table], part, { path, spreadsheetSafe }))
}

/**
 * Writes tables of the same columns one after another to a file, without holding more than one of them. A Parquet file has
 * a group of rows for each 100 000 rows of a table.
 *
 * @param tables at least one
 * @param part the file to fill
 * @param path tells the format by its ending
 */
export async function writeParts(
  tables: AsyncIterable<Table> | Iterable<Table>,
  part: string,
  { path, spreadsheetSafe }: { readonly path: string; readonly spreadsheetSafe: boolean },
): Promise<void> {
  const format = fileFormat(path)
  if (format === 'parquet') await writeParquet(tables, part)
  else if (format === 'json') await writeLines(linesOf(tables, jsonLines), part, path)
  else {
    const delimiter = format === 'tsv' ? '\t' : ','
    const lines = (table: Table, isFirst: boolean) => csvLines(table, delimiter, spreadsheetSafe, isFirst)
    await writeLines(linesOf(tables, lines), part, path)
  }
}

async function* linesOf(
  tables: AsyncIterable<Table> | Iterable<Table>,
  lines: (table: Table, isFirst: boolean) => Iterable<string>,
): AsyncGenerator<string> {
  let isFirst = true
  for await (const table of tables) {
    yield* lines(table, isFirst)
    isFirst = false
  }
}

async function writeLines(lines: AsyncIterable<string>, part: string, path: string): Promise<void> {
  const source = Readable.from(lines)
  const target = createWriteStream(part, { flags: 'wx' })
  if (path.toLowerCase().endsWith('.gz')) await pipeline(source, createGzip(), target)
  else await pipeline(source, target)
}

function* csvLines(
  table: Table,
  delimiter: string,
  spreadsheetSafe: boolean,
  withHeader: boolean,
): Generator<string> {
  // A single blank field would be an empty line, which readers skip
  const options = { delimiter, quoted_empty: table.columns.length === 1 }
  if (withHeader) yield stringify([table.columnNames], options)
  // Most texts need no quotes, and stringify takes ten times as long to find out
  const isPlain = new RegExp(`^[^"\r\n${delimiter}]+$`)
  const field = (text: string): string =>
    isPlain.test(text) ? text : stringify([[text]], options).slice(0, -1)
  const fields = table.columns.map((column) => fieldsOf(column, field, spreadsheetSafe))
  for (let start = 0; start < table.rowCount; start += rowsEach) {
    const end = Math.min(start + rowsEach, table.rowCount)
    const lines: string[] = []
    const cells: string[] = new Array(fields.length)
    for (let row = start; row < end; row++) {
      for (let column = 0; column < fields.length; column++) cells[column] = fields[column]!(row)
      lines.push(cells.join(delimiter), '\n')
    }
    yield lines.join('')
  }
}

/** Returns the field of each row; each text of a dictionary is written once. */
function fieldsOf(
  column: Column,
  field: (text: string) => string,
  spreadsheetSafe: boolean,
): (row: number) => string {
  const blank = field('')
  if (column.kind !== 'text') return (row) => cellText(cellOf(column, row)) ?? blank
  const { codes, dictionary, missing } = column
  const written: string[] = new Array(dictionary.length)
  return (row) => {
    if (isMissing(missing, row)) return blank
    const code = codes[row]!
    written[code] ??= field(safeText(dictionary[code]!, spreadsheetSafe))
    return written[code]
  }
}

function safeText(text: string, spreadsheetSafe: boolean): string {
  return spreadsheetSafe && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

function* jsonLines(table: Table): Generator<string> {
  for (let start = 0; start < table.rowCount; start += rowsEach) {
    const count = Math.min(rowsEach, table.rowCount - start)
    yield Array.from({ length: count }, (_, index) => jsonLine(table, start + index)).join('')
  }
}

function jsonLine(table: Table, row: number): string {
  const fields = table.columns.map((column) => {
    const cell = cellOf(column, row)
    return `${JSON.stringify(column.name)}:${typeof cell === 'number' ? cellText(cell) : JSON.stringify(cell)}`
  })
  return `{${fields.join(',')}}\n`
}

async function writeParquet(tables: AsyncIterable<Table> | Iterable<Table>, part: string): Promise<void> {
  const { fileWriter, ParquetWriter } = await import('hyparquet-writer')
  let writer: InstanceType<typeof ParquetWriter> | undefined
  for await (const table of tables) {
    writer ??= new ParquetWriter({
      writer: fileWriter(part),
      schema: [{ name: 'root', num_children: table.columns.length }, ...table.columns.map(parquetElement)],
    })
    await writeRowGroups(writer, table)
  }
  await writer!.finish()
}

async function writeRowGroups(
  writer: InstanceType<typeof import('hyparquet-writer').ParquetWriter>,
  table: Table,
): Promise<void> {
  for (let start = 0; start < table.rowCount; start += parquetRowsEach) {
    const end = Math.min(start + parquetRowsEach, table.rowCount)
    await writer.write({
      columnData: table.columns.map((column) => ({
        name: column.name,
        data: parquetValues(column, start, end),
      })),
      rowGroupSize: parquetRowsEach,
    })
  }
}

function parquetElement({ name, kind }: Column) {
  const base = { name, repetition_type: 'OPTIONAL' } as const
  switch (kind) {
    case 'number':
      return { ...base, type: 'DOUBLE' } as const
    case 'text':
      return {
        ...base,
        type: 'BYTE_ARRAY',
        converted_type: 'UTF8',
        logical_type: { type: 'STRING' },
      } as const
    case 'day':
      return { ...base, type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } } as const
    case 'boolean':
      return { ...base, type: 'BOOLEAN' } as const
  }
}

function parquetValues(column: Column, start: number, end: number): Cell[] {
  return Array.from({ length: end - start }, (_, index) => {
    const row = start + index
    if (isMissing(column.missing, row)) return null
    return column.kind === 'day' ? column.values[row]! : cellOf(column, row)
  })
}
