import { realpath } from 'node:fs/promises'
import { whiteSpace } from '../base/category.js'
import type { Place, Problem, ProblemCode } from '../base/errors.js'
import { type CsvHeader, readCsvHeader } from '../table/csvHeader.node.js'
import { likelyEncodingOf, unreadableText } from '../table/encoding.node.js'
import { archiveDamage, type FileFormat, fileMissing, isPacked } from '../table/files.node.js'
import type { InputTableName } from '../table/inputs.js'
import { hasNearNames, type SourcePart } from './columnsOfParts.js'
import type { Engine } from './engine.js'
import { jsonColumns, jsonText, partsOfJson } from './jsonColumns.js'

/** A line that is not a row of the table. */
export interface BadLine {
  readonly file: string
  readonly row: number
  readonly code: ProblemCode
  readonly rule: string
  readonly text: string
  readonly wayOut: string
  /** True if a quote stays open: the line may hold any number of rows, so it cannot be set aside. */
  readonly swallowsRows: boolean
}

/** Name of the column that holds the file of each row, if there are several. */
export const fileColumn = 'holdfast file'

/** Returns the problem with the table named in its place. */
export function atTable(problem: Problem, table: InputTableName | null): Problem {
  return table === null ? problem : { ...problem, place: { ...problem.place, table } }
}

function placeOf(table: InputTableName | null, file: string): Place {
  return table === null ? { file } : { table, file }
}

/** Engines ignore case in names, so columns that differ only in case cannot both be read. */
export function namesAlike(names: readonly string[], place: Place): Problem[] {
  const seen = new Map<string, string>()
  const problems: Problem[] = []
  for (const name of names) {
    const other = seen.get(name.toLowerCase())
    seen.set(name.toLowerCase(), name)
    if (other === undefined) continue
    problems.push({
      code: 'column-duplicate',
      parameter: `column ${name}`,
      rule: `to differ from column ${other} in more than upper and lower case`,
      place: { ...place, column: name },
      wayOut: 'Rename one of them in the source.',
    })
  }
  return problems
}

/** Returns the problem of a file that the engine cannot read. */
export function unreadableFile(table: InputTableName | null, file: string, reason: unknown): Problem {
  const message = reason instanceof Error ? reason.message : String(reason)
  return {
    code: 'file-unreadable',
    parameter: 'the file',
    rule: `to be a readable ${file.slice(file.lastIndexOf('.') + 1)} file`,
    place: placeOf(table, file),
    wayOut: `DuckDB says: ${message.split('\n')[0]} Write the file again, or check that its ending fits.`,
  }
}

const globSigns = /[*?[]/

/** Returns the files of a name, a glob or a list of them, in order, or the problem. */
export async function filesOf(
  engine: Engine,
  patterns: string | readonly string[],
): Promise<string[] | Problem> {
  if (typeof patterns === 'string') return filesOfPattern(engine, patterns)
  const all: string[] = []
  for (const pattern of patterns) {
    const found = await filesOfPattern(engine, pattern)
    if (!Array.isArray(found)) return found
    all.push(...found)
  }
  const places = await Promise.all(all.map((path) => realpath(path)))
  const twice = places.findIndex((path, index) => places.indexOf(path) !== index)
  if (twice < 0) return all
  return {
    code: 'option-invalid',
    parameter: 'the files of one table',
    rule: 'to be named once each',
    received: all[twice],
    place: { file: all[twice]! },
    wayOut: 'Its rows would count twice: remove it from the list, or name the files by one glob.',
  }
}

async function filesOfPattern(engine: Engine, pattern: string): Promise<string[] | Problem> {
  const missing = await fileMissing(pattern)
  if (missing === undefined) return [pattern]
  if (!globSigns.test(pattern)) return missing
  const found = await engine.query(`SELECT file FROM glob(${engine.dialect.literal(pattern)}) ORDER BY file`)
  if (found.rowCount > 0) return found.rows().map((row) => (row['file'] as string).replace(/^\.\//, ''))
  return {
    code: 'file-missing',
    parameter: 'the glob',
    rule: 'to match at least one file',
    received: pattern,
    place: { file: pattern },
    wayOut: `It is relative to the folder ${process.cwd()}.`,
  }
}

/** How the rows of files are read. */
export interface FilesRead {
  readonly query: string
  /** The columns of each file; empty if they are not needed. */
  readonly parts: readonly SourcePart[]
  /** True for values separated by semicolons, which mostly have decimal commas. */
  readonly expectsCommas: boolean
  /** Of CSV files: the same query for only the first rows, and the query of the cells as written. */
  readonly csv?: { readonly first: string; readonly cells: string }
}

/**
 * Returns the query that reads files of one format with all their columns, or the problem.
 *
 * @param table null for a flat table
 */
export async function readStatement(
  engine: Engine,
  table: InputTableName | null,
  format: FileFormat,
  paths: readonly string[],
  missing: readonly string[],
): Promise<FilesRead | readonly Problem[]> {
  const { literal } = engine.dialect
  const file = paths.length === 1 ? '' : `, filename=${literal(fileColumn)}`
  if (format === 'parquet') return readParquet(engine, table, paths, file)
  if (format === 'json') return readJson(engine, table, paths, file, missing)
  return readCsv(engine, table, format, paths, file, missing)
}

async function readParquet(
  engine: Engine,
  table: InputTableName | null,
  paths: readonly string[],
  file: string,
): Promise<FilesRead | readonly Problem[]> {
  const list = listOf(engine, paths)
  const query = `SELECT * FROM read_parquet(${list}, union_by_name=true${file})`
  let parts: SourcePart[]
  try {
    parts = await partsOfParquet(engine, paths)
  } catch (error) {
    return [unreadableFile(table, ...reasonAt(paths, error))]
  }
  const alike = parts.flatMap(({ names, file: path }) => namesAlike([...names], placeOf(table, path!)))
  return alike.length > 0 ? alike : { query, parts, expectsCommas: false }
}

/** Returns the column names of each file as written; reading would rename those that differ only in case. */
export async function partsOfParquet(engine: Engine, paths: readonly string[]): Promise<SourcePart[]> {
  const found = await engine.query(
    `SELECT file_name AS file, name FROM parquet_schema(${listOf(engine, paths)}) WHERE num_children IS NULL`,
  )
  const names = new Map<string, Set<string>>(paths.map((path) => [path, new Set()]))
  for (const { file, name } of found.rows()) names.get(file as string)?.add(name as string)
  return Array.from(names, ([file, each]) => ({ file, names: each }))
}

/** Returns the file that an error of the engine names, and its reason. */
export function reasonAt(paths: readonly string[], error: unknown): [file: string, reason: unknown] {
  const reason = error instanceof Error ? error.cause : undefined
  return [paths.find((path) => String(reason).includes(path)) ?? paths[0]!, reason]
}

function listOf(engine: Engine, paths: readonly string[]): string {
  return `[${paths.map(engine.dialect.literal).join(', ')}]`
}

// All columns as text: JSON has no days, and an id must not lose its zeros. A malformed line becomes a row without values.
async function readJson(
  engine: Engine,
  table: InputTableName | null,
  paths: readonly string[],
  file: string,
  missing: readonly string[],
): Promise<FilesRead | readonly Problem[]> {
  const options = "format='newline_delimited', ignore_errors=true"
  const list = listOf(engine, paths)
  const place = placeOf(table, paths[0]!)
  let read: Awaited<ReturnType<typeof jsonColumns>>
  try {
    read = await jsonColumns(engine, `read_json_objects(${list}, ${options}, filename=true)`)
  } catch (error) {
    return [unreadableFile(table, paths[0]!, error instanceof Error ? error.cause : error)]
  }
  const { columns } = read
  const problems = read.problems.map((problem) => ({ ...problem, place: { ...place, ...problem.place } }))
  const alike = namesAlike([...new Set(columns.map(({ name }) => name))], place)
  if (problems.length + alike.length > 0) return [...problems, ...alike]
  if (columns.length === 0)
    return [unreadableFile(table, paths[0]!, new Error('There is no JSON object in it.'))]
  const { identifier, literal } = engine.dialect
  const kinds = new Map(columns.map(({ path }) => [path[0]!, path.length > 1 ? 'JSON' : 'VARCHAR']))
  const declared = Array.from(kinds, ([name, kind]) => `${literal(name)}: '${kind}'`)
  const selected = columns.map(({ name, path }) => {
    const holder = identifier(path[0]!)
    const text = path.length > 1 ? jsonText(engine, holder, path) : holder
    return `${cleanedText(engine, text, missing)} AS ${identifier(name)}`
  })
  if (file !== '') selected.push(identifier(fileColumn))
  const query = `SELECT ${selected.join(', ')} FROM read_json(${list}, ${options}, columns={${declared.join(', ')}}${file})`
  const isWorthLooking = paths.length > 1 || hasNearNames(columns.map(({ name }) => name))
  const parts = isWorthLooking
    ? await partsOfJson(engine, `read_json_objects(${list}, ${options}, filename=true)`)
    : []
  return { query, parts, expectsCommas: false }
}

function cleanedColumns(
  engine: Engine,
  names: readonly string[],
  file: string,
  missing: readonly string[],
): string {
  const { identifier } = engine.dialect
  const columns = names.map(
    (name) => `${cleanedText(engine, identifier(name), missing)} AS ${identifier(name)}`,
  )
  return [...columns, ...(file === '' ? [] : [identifier(fileColumn)])].join(', ')
}

/** Returns the SQL of a text that is NULL if it is blank or means missing. */
export function cleanedText(engine: Engine, text: string, missing: readonly string[]): string {
  const trimmed = `trim(${text}, ${engine.dialect.literal(whiteSpace)})`
  // A text that starts with a visible ASCII character is not blank; that check costs a tenth of trimming
  const visible = missing.length === 0 ? `WHEN ${text} >= '!' AND ${text} < '~' THEN ${text} ` : ''
  return `CASE ${visible}WHEN ${isNoneOf(engine, trimmed, ['', ...missing])} THEN ${text} END`
}

/**
 * Returns the SQL that is true if a text is none of some words.
 *
 * No `NOT IN`: from five words on DuckDB turns each into a join, and opening eight small tables took 7 s instead of 1.
 */
export function isNoneOf(engine: Engine, text: string, words: Iterable<string>): string {
  return `NOT list_contains([${Array.from(words, engine.dialect.literal).join(', ')}], ${text})`
}

/** The smallest that DuckDB accepts, its longest line. The default buffer costs 0.15 s for a compressed file. */
const smallBuffer = 2_097_152

async function readCsv(
  engine: Engine,
  table: InputTableName | null,
  format: FileFormat,
  paths: readonly string[],
  file: string,
  missing: readonly string[],
): Promise<FilesRead | readonly Problem[]> {
  const problems: Problem[] = []
  // Files with the same header are read together; a file may have columns that others lack
  const groups = new Map<string, { header: CsvHeader; paths: string[] }>()
  for (const path of paths) {
    const read = await readCsvHeader(path, format)
    if ('problems' in read) {
      problems.push(...read.problems.map((problem) => atTable(problem, table)))
      continue
    }
    problems.push(...namesAlike(read.header.names, placeOf(table, path)))
    const damage = await archiveDamage(path)
    if (damage !== undefined) problems.push(atTable(await unreadableText(path, damage), table))
    const key = JSON.stringify([read.header, isPacked(path)])
    const group = groups.get(key) ?? { header: read.header, paths: [] }
    group.paths.push(path)
    groups.set(key, group)
  }
  if (problems.length > 0) return problems
  const { literal } = engine.dialect
  const lines = [linesTable(table), `${linesTable(table)}_scan`].map(literal)
  const rejects = `store_rejects=true, rejects_table=${lines[0]}, rejects_scan=${lines[1]}`
  const reads = (selected: (names: readonly string[]) => string, buffer = '') =>
    [...groups.values()]
      .map(({ header: { names, delimiter }, paths: files }) => {
        const columns = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')
        const packed = isPacked(files[0]!) ? 'gzip' : 'none'
        return `SELECT ${selected(names)} FROM read_csv(${listOf(engine, files)}, auto_detect=false, header=true, delim=${literal(delimiter)}, quote='"', escape='"', columns={${columns}}, nullstr='', compression='${packed}', ${rejects}${file}${buffer})`
      })
      .join(' UNION ALL BY NAME ')
  const cleaned = (names: readonly string[]) => cleanedColumns(engine, names, file, missing)
  const csv = { first: reads(cleaned, `, buffer_size=${smallBuffer}`), cells: reads(() => '*') }
  const parts = [...groups.values()].flatMap(({ header, paths: files }) =>
    files.map((path) => ({ file: path, names: new Set(header.names) })),
  )
  const expectsCommas = [...groups.values()].some(({ header }) => header.delimiter === ';')
  return { query: reads(cleaned), csv, parts, expectsCommas }
}

/** Name of the engine's table of lines that are not rows. */
export function linesTable(table: InputTableName | null): string {
  return `holdfast_lines_${table ?? 'flat'}`
}

const fieldCount = {
  code: 'length-differs',
  rule: 'to have as many fields as the header',
  wayOut: 'Put values that hold the delimiter in quotes.',
} as const

const utf8Rule = 'to be UTF-8 text'

const lineRules: Readonly<Record<string, Pick<BadLine, 'code' | 'rule' | 'wayOut'>>> = {
  'MISSING COLUMNS': fieldCount,
  'TOO MANY COLUMNS': fieldCount,
  'UNQUOTED VALUE': {
    code: 'file-unreadable',
    rule: 'to close its quotes',
    wayOut: 'Double a quote within quotes.',
  },
  'INVALID ENCODING': {
    code: 'file-unreadable',
    rule: utf8Rule,
    wayOut: 'Convert the file to UTF-8, for instance with iconv.',
  },
}

/** Returns the lines of CSV files that reading set aside. */
export async function readBadLines(engine: Engine, table: InputTableName | null): Promise<BadLine[]> {
  const { identifier } = engine.dialect
  const [errors, scans] = [linesTable(table), `${linesTable(table)}_scan`].map(identifier)
  // A line can break several rules; the first is reported
  const lines = await engine.query(
    `SELECT file_path AS file, line, any_value(csv_line) AS text,
       any_value(error_type::VARCHAR ORDER BY error_type::VARCHAR) AS type, any_value(error_message) AS message
     FROM ${errors} JOIN ${scans} USING (scan_id, file_id) GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  const encodings = new Map<string, string | undefined>()
  for (const row of lines.rows().filter((each) => each['type'] === 'INVALID ENCODING')) {
    const file = row['file'] as string
    if (!encodings.has(file)) encodings.set(file, await likelyEncodingOf(file))
  }
  return lines.rows().map((row) => {
    const known = lineRules[row['type'] as string]
    const encoding = known?.rule === utf8Rule ? encodings.get(row['file'] as string) : undefined
    const text = (row['text'] as string | null) ?? ''
    return {
      file: (row['file'] as string).replace(/^\.\//, ''),
      // DuckDB counts records, the header as the first
      row: (row['line'] as number) - 1,
      code: known?.code ?? 'file-unreadable',
      rule: known?.rule ?? 'to be a readable line',
      wayOut:
        encoding !== undefined
          ? `The file is likely ${encoding}: read it with encoding: '${encoding}'.`
          : (known?.wayOut ?? `DuckDB says: ${row['message']}`),
      text,
      swallowsRows: row['type'] === 'LINE SIZE OVER MAXIMUM' || /[\r\n]./s.test(text),
    }
  })
}
