import * as z from 'zod'
import type { Place, Problem } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'
import { encodingOption, withUtf8 } from '../table/encoding.node.js'
import { zoneProblems } from '../table/featureColumn.js'
import { type FileFormat, fileFormat, formatUnknown } from '../table/files.node.js'
import { type InputTableName, inputTables } from '../table/inputs.js'
import { flatRows } from '../table/nestedCells.js'
import { columnsSaid, type NotationOptions, notationShape, readingShape } from '../table/readingOptions.js'
import { rowNumbers } from '../table/rowNumbers.js'
import { type ColumnKind, idColumn, Table } from '../table/table.js'
import { textsOfRows } from '../table/textsOfRows.js'
import { misspelledColumns, partsOfRows, type SourcePart } from './columnsOfParts.js'
import type { Engine } from './engine.js'
import {
  atTable,
  type BadLine,
  type FilesRead,
  fileColumn,
  filesOf,
  linesTable,
  namesAlike,
  readBadLines,
  readStatement,
  reasonAt,
  unreadableFile,
} from './historyFiles.js'

/** Rows of a table: a file, a glob of files of one format, a list of them, a table in memory, or row objects. */
export type SourceRows = string | readonly string[] | Table | readonly Readonly<Record<string, unknown>>[]

/** How the files of a history are written, unless detected. Columns are given by our names. */
export interface FileNotation extends NotationOptions {
  /** Encoding of text files, a name that `TextDecoder` knows, such as `'gb18030'`. Default `'utf-8'`. */
  readonly encoding?: string
}

/** Rows of a table with your column names mapped to ours. */
export interface MappedSource extends FileNotation {
  readonly from: SourceRows
  /** Our name → the name in the file: `{ id: 'cust_no', activatedAt: 'start' }`. Other columns keep their names. */
  readonly columns?: Readonly<Record<string, string>>
  /** Kinds of other columns, by our names, that should not be detected. */
  readonly types?: Readonly<Record<string, ColumnKind>>
}

/** The rules of a {@link MappedSource} without its rows. */
export const mappedShape = {
  columns: z.record(z.string(), z.string()).optional(),
  types: readingShape.types.unwrap().optional(),
  ...notationShape,
  encoding: encodingOption.optional(),
}

/** Where the rows of an input table come from. */
export type Source = SourceRows | MappedSource

/** The rows of a source in the engine, before any check. */
export interface StagedTable {
  readonly table: InputTableName
  /** Identifier of the engine's table with the rows in source order, numbered by `rowid` from 0. */
  readonly raw: string
  /** Names and engine types of the source's columns. */
  readonly columns: ReadonlyMap<string, string>
  /** Kinds that are known because the source was a typed table. */
  readonly kinds: ReadonlyMap<string, ColumnKind>
  /** Blank cells and those that mean missing are already NULL. */
  readonly isCleaned: boolean
  /** Whole numbers in a day column are days since 1970-01-01 (sources in memory) or a mistake (texts in files). */
  readonly numbersAreDays: boolean
  /** The files, each with the `rowid` of its first row; empty for sources in memory. */
  readonly files: readonly StagedFile[]
  readonly rowCount: number
  readonly columnNames: ReadonlyMap<string, string>
  readonly types: Readonly<Record<string, ColumnKind>>
  /** How its texts are written, as given. */
  readonly notation: NotationOptions
  /** Our names of the columns that the source's own options name. */
  readonly columnsSaid: readonly string[]
  /** Time zone that decides the day of an instant. */
  readonly timeZone: string
  /** Columns of row objects whose cells came as numbers, not as written texts. */
  readonly numberColumns: ReadonlySet<string>
  /** Lines that could not be read as a row, of any file. */
  readonly badLines: readonly BadLine[]
  /** True if its files are of a kind that mostly has decimal commas: values separated by semicolons. */
  readonly expectsCommas: boolean
  /** The columns of each file, if files were read. */
  readonly parts: readonly SourcePart[]
  /** Reads all rows of the files if `raw` holds only the first of them: see {@link stageAll}. */
  readonly more?: FileRows
}

/** Files of one format, and how to read their rows. */
interface FileRows extends FilesRead {
  readonly format: FileFormat
  readonly paths: readonly string[]
}

interface StagedFile {
  readonly path: string
  readonly firstRowid: number
}

/** Returns a function that locates a row of the raw table in the source. */
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

/** Returns the place of problems of a whole source. */
export function placeOfSource(staged: StagedTable): Place {
  return { table: staged.table, ...(staged.files[0] === undefined ? {} : { file: staged.files[0].path }) }
}

/** Returns a source as a mapped source. */
export function mappedSource(source: Source): MappedSource {
  return isMappedSource(source) ? source : { from: source as SourceRows }
}

/** True for what is written as `{ from, … }`. */
export function isMappedSource(source: unknown): source is MappedSource {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return false
  return !(source instanceof Table) && 'from' in source
}

/** True where rows come from several files that are named one by one. */
export function isListOfFiles(from: SourceRows): from is readonly string[] {
  return Array.isArray(from) && from.length > 0 && from.every((each) => typeof each === 'string')
}

/** Brings the rows of a source into the engine as they are, or returns what is wrong with the source. */
export async function stageSource(
  engine: Engine,
  table: InputTableName,
  source: Source,
  missing: readonly string[],
  notation: FileNotation,
  timeZone: string,
): Promise<StagedTable | readonly Problem[]> {
  const { from: given, columns = {}, types = {}, ...own } = mappedSource(source)
  const flat = Array.isArray(given) && !isListOfFiles(given) ? flatRows(given) : { rows: given, problems: [] }
  if (flat.problems.length > 0) return flat.problems.map((problem) => atTable(problem, table))
  const from = flat.rows
  const { encoding, ...signs } = { ...notation, ...own }
  const base = {
    notation: signs,
    columnsSaid: columnsSaid(own),
    timeZone,
    numberColumns: Array.isArray(from) ? numberColumnsOf(from) : new Set<string>(),
    table,
    raw: engine.dialect.identifier(`holdfast raw ${table}`),
    columnNames: new Map(Object.entries(columns)),
    types,
  }
  if (typeof from === 'string' || isListOfFiles(from))
    return stageFiles(engine, base, from, missing, encoding)
  const isTable = from instanceof Table
  const textNames = textColumnsOf(base)
  if (!isTable && !Array.isArray(from)) {
    return [
      {
        code: 'option-invalid',
        parameter: table,
        rule: 'to be a file name, a glob, a list of files, a Table, a list of row objects, or { from, columns, types }',
        received: from,
      },
    ]
  }
  const rows = isTable ? withIds(from, textNames) : textsOfRows(from, timeZone)
  if (rows.rowCount === 0) return [emptySource({ table })]
  const alike = namesAlike(rows.columnNames, { table })
  if (alike.length > 0) return alike
  const days = isTable ? rows.columns.filter((column) => column.kind === 'day') : []
  const elsewhere = zoneProblems(rows.source, days, timeZone)
  if (elsewhere.length > 0) return elsewhere.map((problem) => atTable(problem, table))
  const rounded = isTable ? [] : roundedIds(from, textNames, table)
  if (rounded.length > 0) return rounded
  const misspelled = isTable ? [] : misspelledColumns(table, partsOfRows(from))
  if (misspelled.length > 0) return misspelled
  await engine.load(`holdfast raw ${table}`, rows)
  return {
    ...base,
    kinds: new Map(isTable ? rows.columns.map((column) => [column.name, column.kind]) : []),
    numbersAreDays: true,
    isCleaned: false,
    files: [],
    badLines: [],
    expectsCommas: false,
    parts: [],
    rowCount: rows.rowCount,
    columns: await describe(engine, base.raw),
  }
}

/** Returns the source's names of text columns: ids and those declared as texts. */
function textColumnsOf({ table, columnNames, types }: StagedBase): Set<string> {
  const kinds = { ...types, ...inputTables[table].optional, ...inputTables[table].required }
  const ours = Object.entries(kinds).filter(([, kind]) => kind === 'text')
  return new Set(ours.map(([name]) => columnNames.get(name) ?? name))
}

function withIds(table: Table, textNames: ReadonlySet<string>): Table {
  return new Table(
    table.columns.map((column) => (textNames.has(column.name) ? idColumn(column) : column)),
    table.rowCount,
    table.source,
  )
}

/** A number beyond 2^53 in place of a text was already rounded, and two ids may have become one. */
function roundedIds(
  rows: readonly Readonly<Record<string, unknown>>[],
  textNames: ReadonlySet<string>,
  table: InputTableName,
): Problem[] {
  return [...textNames].flatMap((name) => {
    const isRounded = (row: Readonly<Record<string, unknown>> | null) =>
      Number.isInteger(ownValue(row, name)) && !Number.isSafeInteger(ownValue(row, name))
    const first = rows.findIndex(isRounded)
    if (first < 0) return []
    const problem: Problem = {
      code: 'out-of-range',
      parameter: name,
      rule: 'to lie within ±(2^53 − 1), the integers that a number holds exactly',
      received: rows[first]![name],
      place: { table, row: first + 1, column: name },
      wayOut: 'Give such ids as texts or bigints.',
      count: rows.filter(isRounded).length,
    }
    return [problem]
  })
}

function numberColumnsOf(rows: readonly Readonly<Record<string, unknown>>[]): Set<string> {
  const names = new Set<string>()
  for (const row of rows) {
    for (const [name, value] of Object.entries(row ?? {})) if (typeof value === 'number') names.add(name)
  }
  return names
}

type StagedBase = Omit<
  StagedTable,
  | 'columns'
  | 'kinds'
  | 'isCleaned'
  | 'numbersAreDays'
  | 'files'
  | 'rowCount'
  | 'badLines'
  | 'parts'
  | 'expectsCommas'
  | 'more'
>

async function stageFiles(
  engine: Engine,
  base: StagedBase,
  pattern: string | readonly string[],
  missing: readonly string[],
  encoding = 'utf-8',
): Promise<StagedTable | readonly Problem[]> {
  const { table } = base
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
  if (format === 'parquet') return stageUtf8(engine, base, format, paths, missing, false)
  return withUtf8(paths, encoding, async (read) => {
    if ('problems' in read) return read.problems.map((problem) => atTable(problem, table))
    // Copies of files in another encoding are removed afterwards
    const isAll = format === 'json' || read.paths !== paths
    return withNames(await stageUtf8(engine, base, format, read.paths, missing, isAll), read.nameOf)
  })
}

/** Returns what was staged, or its problems, with the names that the user gave to the files. */
function withNames(
  staged: StagedTable | readonly Problem[],
  nameOf: (path: string) => string,
): StagedTable | readonly Problem[] {
  if (!('raw' in staged)) {
    return staged.map(({ place, ...problem }) =>
      place?.file === undefined
        ? { ...problem, ...(place === undefined ? {} : { place }) }
        : { ...problem, place: { ...place, file: nameOf(place.file) } },
    )
  }
  return {
    ...staged,
    files: staged.files.map((file) => ({ ...file, path: nameOf(file.path) })),
    badLines: staged.badLines.map((line) => ({ ...line, file: nameOf(line.file) })),
    parts: staged.parts.map((part) => ({ ...part, file: nameOf(part.file!) })),
  }
}

async function stageUtf8(
  engine: Engine,
  base: StagedBase,
  format: FileFormat,
  paths: readonly string[],
  missing: readonly string[],
  isAll: boolean,
): Promise<StagedTable | readonly Problem[]> {
  const { table } = base
  const read = await readStatement(engine, table, format, paths, missing)
  if (!('query' in read)) return read
  const misspelled = misspelledColumns(table, read.parts)
  if (misspelled.length > 0) return misspelled
  return stageRows(engine, base, { ...read, format, paths }, isAll)
}

/** Rows of files that are staged first: they suggest how the others are written. */
const firstRows = 2_048

async function stageRows(
  engine: Engine,
  base: StagedBase,
  rows: FileRows,
  isAll: boolean,
): Promise<StagedTable | readonly Problem[]> {
  const { table, raw } = base
  const { format, paths, parts, expectsCommas } = rows
  const query = isAll ? rows.query : `SELECT * FROM (${rows.csv?.first ?? rows.query}) LIMIT ${firstRows}`
  try {
    await engine.run(`CREATE OR REPLACE TEMP TABLE ${raw} AS ${query}`)
  } catch (error) {
    return [unreadableFile(table, ...reasonAt(paths, error))]
  }
  const rowCount = await countRows(engine, raw)
  const isMore = !isAll && rowCount === firstRows
  const badLines = rows.csv !== undefined && !isMore ? await readBadLines(engine, table) : []
  const files = await stagedFiles(engine, raw, paths)
  if (rowCount === 0 && badLines.length === 0) return [emptySource({ table, file: paths[0]! })]
  const columns = await describe(engine, raw)
  columns.delete(fileColumn)
  return {
    ...base,
    kinds: new Map(),
    numbersAreDays: false,
    isCleaned: format !== 'parquet',
    files,
    badLines,
    parts,
    expectsCommas,
    rowCount,
    columns,
    ...(isMore ? { more: rows } : {}),
  }
}

/** Stages all rows of a table whose first rows are staged. */
export async function stageAll(
  engine: Engine,
  { more, ...staged }: StagedTable,
): Promise<StagedTable | readonly Problem[]> {
  return more === undefined ? staged : stageRows(engine, staged, more, true)
}

/** Returns the number of rows of a table of the engine. */
export async function countRows(engine: Engine, name: string): Promise<number> {
  const count = await engine.query(`SELECT count(*) AS n FROM ${name}`)
  return count.cell('n', 0) as number
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

/** Name under which a table is made before it is known that the history is opened. */
export function builtName(table: InputTableName): string {
  return `holdfast built ${table}`
}

/** Removes what staging left in the engine. */
export async function dropStaged(engine: Engine, tables: readonly InputTableName[]): Promise<void> {
  for (const table of tables) {
    const staged = [`holdfast raw ${table}`, linesTable(table), `${linesTable(table)}_scan`]
    for (const name of [...staged, builtName(table)]) {
      await engine.run(`DROP TABLE IF EXISTS ${engine.dialect.identifier(name)}`)
    }
  }
}
