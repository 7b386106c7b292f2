import type { Place, Problem, ProblemCode } from '../base/errors.js'
import { type CsvHeader, readCsvHeader } from '../table/csvHeader.node.js'
import { type FileFormat, fileFormat, fileMissing, formatUnknown } from '../table/files.node.js'
import type { InputTableName } from '../table/inputs.js'
import { rowNumbers } from '../table/rowNumbers.js'
import { type ColumnKind, Table } from '../table/table.js'
import { textTable } from '../table/textTable.js'
import type { Engine } from './engine.js'

/** Rows of a table: a file, a glob of files of one format, a table in memory, or row objects. */
export type SourceRows = string | Table | readonly Readonly<Record<string, unknown>>[]

/** Rows of a table with the user's column names mapped onto ours. */
export interface MappedSource {
  readonly from: SourceRows
  /** Our name → the name in the file: `{ id: 'cust_no', activatedAt: 'start' }`. Other columns keep their names. */
  readonly columns?: Readonly<Record<string, string>>
  /** Kinds of further columns, by our names, where they should not be read as found. */
  readonly types?: Readonly<Record<string, ColumnKind>>
}

/** Where the rows of an input table come from. */
export type Source = SourceRows | MappedSource

/** The rows of a source as the engine has them, before any check. */
export interface StagedTable {
  readonly table: InputTableName
  /** Identifier of the engine's table with the rows in the order of the source, numbered by `rowid` from 0. */
  readonly raw: string
  /** Names and types of the source's columns, as the engine says. */
  readonly columns: ReadonlyMap<string, string>
  /** Kinds that are known because the source was a typed table. */
  readonly kinds: ReadonlyMap<string, ColumnKind>
  /** Blank cells and those that stand for missing are NULL already. */
  readonly isCleaned: boolean
  /** Whole numbers in a day column are days since 1970-01-01 (sources in memory) or a mistake (texts in files). */
  readonly numbersAreDays: boolean
  /** The files, each with the `rowid` of its first row; empty for sources in memory. */
  readonly files: readonly StagedFile[]
  readonly rowCount: number
  readonly columnNames: ReadonlyMap<string, string>
  readonly types: Readonly<Record<string, ColumnKind>>
  /** Lines that could not be read as a row, of any file. */
  readonly badLines: readonly BadLine[]
}

interface StagedFile {
  readonly path: string
  readonly firstRowid: number
}

/** A line that is not a row of the table. */
export interface BadLine {
  readonly file: string
  readonly row: number
  readonly code: ProblemCode
  readonly rule: string
  readonly text: string
  readonly wayOut: string
  /** True where a quote stays open: nobody can tell how many rows are in it, so it cannot be set aside. */
  readonly swallowsRows: boolean
}

/** Name of the column that holds the file of each row, where there are several. */
export const fileColumn = 'holdfast file'

/** Returns the function that says where in the source a row of the raw table is. */
export function rowLocator(staged: StagedTable): (rowid: number) => { file?: string; row: number } {
  const numbers = new Map(
    staged.files.map(({ path }) => {
      const unread = staged.badLines.filter((line) => line.file === path).map((line) => line.row)
      return [path, rowNumbers(unread)]
    }),
  )
  return (rowid) => {
    const file = staged.files.findLast((each) => each.firstRowid <= rowid)
    if (file === undefined) return { row: rowid + 1 }
    return { file: file.path, row: numbers.get(file.path)!(rowid - file.firstRowid + 1) }
  }
}

/** Returns where the problems of a whole source are. */
export function placeOfSource(staged: StagedTable): Place {
  return { table: staged.table, ...(staged.files[0] === undefined ? {} : { file: staged.files[0].path }) }
}

/** Returns a source as a mapped source. */
export function mappedSource(source: Source): MappedSource {
  const isMapped =
    typeof source === 'object' && !Array.isArray(source) && !(source instanceof Table) && 'from' in source
  return isMapped ? (source as MappedSource) : { from: source as SourceRows }
}

/** Brings the rows of a source into the engine as they are, or returns what is wrong with the source. */
export async function stageSource(
  engine: Engine,
  table: InputTableName,
  source: Source,
  missing: readonly string[],
): Promise<StagedTable | readonly Problem[]> {
  const { from, columns = {}, types = {} } = mappedSource(source)
  const base = {
    table,
    raw: engine.dialect.identifier(`holdfast raw ${table}`),
    columnNames: new Map(Object.entries(columns)),
    types,
  }
  if (typeof from === 'string') return stageFiles(engine, base, from, missing)
  const isTable = from instanceof Table
  if (!isTable && !Array.isArray(from)) {
    return [
      {
        code: 'option-invalid',
        parameter: table,
        rule: 'to be a file name, a glob, a Table, a list of row objects, or { from, columns, types }',
        received: from,
      },
    ]
  }
  const rows = isTable ? from : textTable(from)
  if (rows.rowCount === 0) return [emptySource({ table })]
  const alike = namesAlike(rows.columnNames, { table })
  if (alike.length > 0) return alike
  await engine.load(`holdfast raw ${table}`, rows)
  return {
    ...base,
    kinds: new Map(isTable ? rows.columns.map((column) => [column.name, column.kind]) : []),
    numbersAreDays: true,
    isCleaned: false,
    files: [],
    badLines: [],
    rowCount: rows.rowCount,
    columns: await describe(engine, base.raw),
  }
}

type StagedBase = Pick<StagedTable, 'table' | 'raw' | 'columnNames' | 'types'>

async function stageFiles(
  engine: Engine,
  base: StagedBase,
  pattern: string,
  missing: readonly string[],
): Promise<StagedTable | readonly Problem[]> {
  const { table, raw } = base
  const paths = await filesOf(engine, pattern)
  if (!Array.isArray(paths)) return [atTable(paths, table)]
  const format = fileFormat(paths[0]!)
  if (format === undefined) return [atTable(formatUnknown(paths[0]!), table)]
  const other = paths.find((path) => fileFormat(path) !== format)
  if (other !== undefined) {
    return [
      {
        code: 'file-unreadable',
        parameter: 'the files of one table',
        rule: `to be of one format (${paths[0]} is ${format})`,
        received: other,
        place: { table, file: other },
        wayOut: 'Name them with a narrower glob, such as *.parquet.',
      },
    ]
  }
  const read = await readStatement(engine, base, format, paths, missing)
  if (typeof read !== 'string') return read
  try {
    await engine.run(`CREATE OR REPLACE TEMP TABLE ${raw} AS ${read}`)
  } catch (error) {
    const reason = error instanceof Error ? error.cause : undefined
    const named = paths.find((path) => String(reason).includes(path)) ?? paths[0]!
    return [unreadableFile(table, named, reason)]
  }
  const badLines = format === 'csv' || format === 'tsv' ? await readBadLines(engine, table) : []
  const files = await stagedFiles(engine, raw, paths)
  const count = await engine.query(`SELECT count(*) AS n FROM ${raw}`)
  const rowCount = count.cell('n', 0) as number
  if (rowCount === 0 && badLines.length === 0) return [emptySource({ table, file: paths[0]! })]
  const columns = await describe(engine, raw)
  columns.delete(fileColumn)
  const isCleaned = format !== 'parquet'
  return { ...base, kinds: new Map(), numbersAreDays: false, isCleaned, files, badLines, rowCount, columns }
}

function atTable(problem: Problem, table: InputTableName): Problem {
  return { ...problem, place: { ...problem.place, table } }
}

/** Engines do not tell upper from lower case in names: columns that differ in nothing else cannot both be read. */
function namesAlike(names: readonly string[], place: Place): Problem[] {
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

function emptySource(place: Place): Problem {
  return {
    code: 'table-empty',
    parameter: `table ${place.table}`,
    rule: 'to have rows',
    place,
    wayOut: 'Check that the export wrote the right period, or leave the table out.',
  }
}

function unreadableFile(table: InputTableName, file: string, reason: unknown): Problem {
  const message = reason instanceof Error ? reason.message : String(reason)
  return {
    code: 'file-unreadable',
    parameter: 'the file',
    rule: `to be a readable ${file.slice(file.lastIndexOf('.') + 1)} file`,
    place: { table, file },
    wayOut: `DuckDB says: ${message.split('\n')[0]} Write the file anew, or check that its ending fits.`,
  }
}

const globSigns = /[*?[]/

async function filesOf(engine: Engine, pattern: string): Promise<string[] | Problem> {
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
    wayOut: `It is looked up from the folder ${process.cwd()}.`,
  }
}

async function describe(engine: Engine, relation: string): Promise<Map<string, string>> {
  const described = await engine.query(`SELECT column_name, column_type FROM (DESCRIBE ${relation})`)
  return new Map(described.rows().map((row) => [row['column_name'] as string, row['column_type'] as string]))
}

async function stagedFiles(engine: Engine, raw: string, paths: readonly string[]): Promise<StagedFile[]> {
  if (paths.length === 1) return [{ path: paths[0]!, firstRowid: 0 }]
  const name = engine.dialect.identifier(fileColumn)
  const firsts = await engine.query(
    `SELECT ${name} AS path, min(rowid) AS first FROM ${raw} GROUP BY 1 ORDER BY 2`,
  )
  return firsts.rows().map((row) => ({
    path: (row['path'] as string).replace(/^\.\//, ''),
    firstRowid: row['first'] as number,
  }))
}

async function readStatement(
  engine: Engine,
  base: StagedBase,
  format: FileFormat,
  paths: readonly string[],
  missing: readonly string[],
): Promise<string | readonly Problem[]> {
  const { literal } = engine.dialect
  const list = listOf(engine, paths)
  const file = paths.length === 1 ? '' : `, filename=${literal(fileColumn)}`
  if (format === 'parquet') return `SELECT * FROM read_parquet(${list}, union_by_name=true${file})`
  if (format === 'json') return readJson(engine, base.table, paths, file, missing)
  return readCsv(engine, base.table, format, paths, file, missing)
}

function listOf(engine: Engine, paths: readonly string[]): string {
  return `[${paths.map(engine.dialect.literal).join(', ')}]`
}

// All columns as text: JSON has no days, and an id must not lose its zeros. A malformed line becomes a row without values.
async function readJson(
  engine: Engine,
  table: InputTableName,
  paths: readonly string[],
  file: string,
  missing: readonly string[],
): Promise<string | readonly Problem[]> {
  const options = "format='newline_delimited', ignore_errors=true"
  const list = listOf(engine, paths)
  let names: string[]
  try {
    // The names as they are written: DESCRIBE would rename what differs only in upper and lower case
    const found = await engine.query(
      `SELECT key FROM (SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS place FROM
         (SELECT json_keys(json) AS keys FROM read_json_objects(${list}, ${options}) WHERE json_type(json) = 'OBJECT'))
       GROUP BY key ORDER BY min(place), key`,
    )
    names = found.rows().map((row) => row['key'] as string)
  } catch (error) {
    return [unreadableFile(table, paths[0]!, error instanceof Error ? error.cause : error)]
  }
  const alike = namesAlike(names, { table, file: paths[0]! })
  if (alike.length > 0) return alike
  if (names.length === 0)
    return [unreadableFile(table, paths[0]!, new Error('There is no JSON object in it.'))]
  const columns = names.map((name) => `${engine.dialect.literal(name)}: 'VARCHAR'`)
  return `SELECT ${cleanedColumns(engine, names, file, missing)} FROM read_json(${list}, ${options}, columns={${columns.join(', ')}}${file})`
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

/** Returns the SQL of a text that is NULL where it is blank or stands for missing. */
export function cleanedText(engine: Engine, text: string, missing: readonly string[]): string {
  const marks = ['', ...missing].map(engine.dialect.literal).join(', ')
  // Blanks that exports write: also tabs, no-break and ideographic spaces
  const trimmed = `trim(${text}, ' \t\r\n\u00a0\u3000\ufeff')`
  // A text that begins with a visible ASCII character is not blank; seeing that costs a tenth of trimming it
  const visible = missing.length === 0 ? `WHEN ${text} >= '!' AND ${text} < '~' THEN ${text} ` : ''
  return `CASE ${visible}WHEN ${trimmed} NOT IN (${marks}) THEN ${text} END`
}

async function readCsv(
  engine: Engine,
  table: InputTableName,
  format: FileFormat,
  paths: readonly string[],
  file: string,
  missing: readonly string[],
): Promise<string | readonly Problem[]> {
  const problems: Problem[] = []
  // Files with the same header are read together; a file may have further columns that others lack
  const groups = new Map<string, { header: CsvHeader; paths: string[] }>()
  for (const path of paths) {
    const read = await readCsvHeader(path, format)
    if ('problems' in read) {
      problems.push(...read.problems.map((problem) => atTable(problem, table)))
      continue
    }
    problems.push(...namesAlike(read.header.names, { table, file: path }))
    const key = JSON.stringify(read.header)
    const group = groups.get(key) ?? { header: read.header, paths: [] }
    group.paths.push(path)
    groups.set(key, group)
  }
  if (problems.length > 0) return problems
  const { literal } = engine.dialect
  const reads = [...groups.values()].map(({ header, paths: files }) => {
    const columns = header.names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')
    return `SELECT ${cleanedColumns(engine, header.names, file, missing)} FROM read_csv(${listOf(engine, files)}, auto_detect=false, header=true, delim=${literal(header.delimiter)}, quote='"', escape='"', columns={${columns}}, nullstr='', store_rejects=true, rejects_table=${literal(rejectsTable(table))}, rejects_scan=${literal(`${rejectsTable(table)}_scan`)}${file})`
  })
  return reads.join(' UNION ALL BY NAME ')
}

function rejectsTable(table: InputTableName): string {
  return `holdfast_lines_${table}`
}

const fieldCount = {
  code: 'length-differs',
  rule: 'to have as many fields as the header',
  wayOut: 'Put values that hold the delimiter in quotes.',
} as const

const lineRules: Readonly<Record<string, Pick<BadLine, 'code' | 'rule' | 'wayOut'>>> = {
  'MISSING COLUMNS': fieldCount,
  'TOO MANY COLUMNS': fieldCount,
  'UNQUOTED VALUE': {
    code: 'file-unreadable',
    rule: 'to close its quotes',
    wayOut: 'Write a quote inside of quotes twice.',
  },
  'INVALID ENCODING': {
    code: 'file-unreadable',
    rule: 'to be UTF-8 text',
    wayOut: 'Convert the file, for instance with: iconv -f GB18030 -t UTF-8.',
  },
}

async function readBadLines(engine: Engine, table: InputTableName): Promise<BadLine[]> {
  const { identifier } = engine.dialect
  const [errors, scans] = [rejectsTable(table), `${rejectsTable(table)}_scan`].map(identifier)
  // A line can break several rules; what it is called is the first of them
  const lines = await engine.query(
    `SELECT file_path AS file, line, any_value(csv_line) AS text,
       any_value(error_type::VARCHAR ORDER BY error_type::VARCHAR) AS type, any_value(error_message) AS message
     FROM ${errors} JOIN ${scans} USING (scan_id, file_id) GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  return lines.rows().map((row) => {
    const known = lineRules[row['type'] as string]
    const text = (row['text'] as string | null) ?? ''
    return {
      file: (row['file'] as string).replace(/^\.\//, ''),
      // DuckDB counts records, the header as the first
      row: (row['line'] as number) - 1,
      code: known?.code ?? 'file-unreadable',
      rule: known?.rule ?? 'to be a readable line',
      wayOut: known?.wayOut ?? `DuckDB says: ${row['message']}`,
      text,
      swallowsRows: row['type'] === 'LINE SIZE OVER MAXIMUM' || /[\r\n]./s.test(text),
    }
  })
}

/** Removes what staging left in the engine. */
export async function dropStaged(engine: Engine, tables: readonly InputTableName[]): Promise<void> {
  for (const table of tables) {
    for (const name of [`holdfast raw ${table}`, rejectsTable(table), `${rejectsTable(table)}_scan`]) {
      await engine.run(`DROP TABLE IF EXISTS ${engine.dialect.identifier(name)}`)
    }
  }
}
