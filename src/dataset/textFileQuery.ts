import { isMissing } from '../base/bitmap.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import type { Engine } from '../engine/engine.js'
import { readBadLines, readStatement, reasonAt, unreadableFile } from '../engine/historyFiles.js'
import {
  type CellPlan,
  countCells,
  foundReading,
  questionProblems,
  readCells,
  withoutMarks,
} from '../engine/textColumns.js'
import { withSteps } from '../engine/writtenSql.js'
import type { ColumnReading, TextCounts } from '../table/columnReading.js'
import { cellRuleOf } from '../table/columnTexts.js'
import { type CheckedNotation, wishOf } from '../table/readingOptions.js'
import { brokenJsonLines } from '../table/readTable.node.js'

/** Rows that decide how a column is written; other cells that are written differently are refused. */
const rowsSampled = 4_000

/** A column of texts and the SQL of its values. */
interface ReadColumn extends CellPlan {
  readonly name: string
  readonly reading: ColumnReading
  /** SQL of the cell as it is written, NULL = missing. */
  readonly shown: string
}

/** A text file in UTF-8, and the name that the user gave it. */
export interface TextFile {
  readonly name: string
  readonly path: string
}

/**
 * Returns a query for a text file with its columns as numbers, days, booleans and texts: everything is read as text and
 * then by the rules of `readTable`, so that names, kinds and values are the same.
 *
 * @param said how numbers and days are written, and the time zone of instants
 * @param id column with customers' ids: its numbers stay as written
 * @throws {HoldfastError} `column-type` for ambiguous columns; `value-type`, `value-not-finite` and `out-of-range` for
 * unreadable cells; and problems of lines and headers
 */
export async function textFileQuery(
  operation: string,
  engine: Engine,
  file: TextFile,
  format: 'csv' | 'tsv' | 'json',
  said: CheckedNotation & { readonly timeZone: string },
  id: string | undefined,
): Promise<string> {
  const { identifier } = engine.dialect
  if (format === 'json') refuse(operation, await jsonLineProblems(engine, file))
  const read = await readStatement(engine, null, format, [file.path], [])
  if (!('query' in read)) throw refusalOf(operation, withName(file, read))
  const texts = `(${read.query})`
  const names = await namesOf(engine, read.query)
  const counts = await inNameOfFile(operation, file, () => countCells(engine, names.map(identifier), texts))
  refuse(operation, format === 'json' ? [] : withName(file, await lineProblems(engine)))
  const { fromNumbers, onlyNumbers } = await jsonNumbers(engine, format === 'json' ? file.path : null, names)
  const samples = await samplesOf(engine, texts, names)
  const readings = names.map((name, index) =>
    foundReading(name, counts[index]!, samples.get(name), wishOf(name, said), fromNumbers.has(name)),
  )
  const asked = names.map((name, index) => ({
    name,
    reading: readings[index]!,
    texts: samples.get(name)?.texts ?? [],
    place: { file: file.name, column: name },
  }))
  refuse(operation, questionProblems(asked, read.expectsCommas).map(withoutTypes))
  const columns = names.map((name, index) => readColumn(engine, name, index, readings[index]!, said.timeZone))
  refuse(operation, await brokenCells(engine, file.name, texts, columns))
  const values = columns.map(
    (column) =>
      `${column.name === id ? idText(column, onlyNumbers.has(id)) : typedValue(column)} AS ${identifier(column.name)}`,
  )
  return `SELECT ${values.join(', ')} FROM ${stepped(texts, columns)}`
}

/** Returns the problems with the file name that the user gave. */
function withName({ name }: TextFile, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, place: { ...problem.place, file: name } }))
}

function refusalOf(operation: string, problems: readonly Problem[]): HoldfastError {
  const [first, ...rest] = problems
  return new HoldfastError(operation, [first!, ...rest])
}

async function inNameOfFile<Value>(
  operation: string,
  file: TextFile,
  run: () => Promise<Value>,
): Promise<Value> {
  try {
    return await run()
  } catch (error) {
    throw refusalOf(operation, withName(file, [unreadableFile(null, ...reasonAt([file.path], error))]))
  }
}

async function namesOf(engine: Engine, query: string): Promise<string[]> {
  const found = await engine.query(`SELECT column_name FROM (DESCRIBE ${query})`)
  return found.rows().map((row) => row['column_name'] as string)
}

/** Returns one problem for each rule that lines break: the first line and their number. */
async function lineProblems(engine: Engine): Promise<Problem[]> {
  const lines = await readBadLines(engine, null)
  return [...new Set(lines.map(({ rule }) => rule))].map((rule) => {
    const broken = lines.filter((line) => line.rule === rule)
    const { code, text: received, file, row, wayOut } = broken[0]!
    return { code, parameter: 'the row', rule, received, place: { file, row }, wayOut, count: broken.length }
  })
}

/**
 * Returns the lines that are not JSON objects, worded as by `readTable`; only if the engine finds some is every line
 * checked.
 */
async function jsonLineProblems(engine: Engine, { name, path }: TextFile): Promise<Problem[]> {
  const lines = `read_json_objects(${engine.dialect.literal(path)}, format='newline_delimited', ignore_errors=true)`
  const isBroken = await engine
    .query(
      `SELECT coalesce(bool_or(json_type(json) IS DISTINCT FROM 'OBJECT'), false) AS broken FROM ${lines}`,
    )
    .then(
      (found) => found.cell('broken', 0) === true,
      () => true,
    )
  return isBroken ? brokenJsonLines(path, name) : []
}

/**
 * Returns the columns of JSON lines in which some cells, and in which all cells, are JSON numbers, which have no
 * notation of their own.
 */
async function jsonNumbers(
  engine: Engine,
  path: string | null,
  names: readonly string[],
): Promise<Record<'fromNumbers' | 'onlyNumbers', ReadonlySet<string>>> {
  if (path === null) return { fromNumbers: new Set(), onlyNumbers: new Set() }
  const { literal } = engine.dialect
  const counts = names.map((name) => {
    // A name is a key, or a path within objects
    const pointers = [[name], name.split('.')].map((keys) =>
      literal(keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')),
    )
    const type = `coalesce(${pointers.map((pointer) => `json_type(json, ${pointer})`).join(', ')}, 'NULL')`
    const isNumber = `${type} IN ('UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE')`
    return `[count(*) FILTER (WHERE ${isNumber}), count(*) FILTER (WHERE ${type} <> 'NULL')]`
  })
  const found = await engine.query(
    `SELECT numbers[1] AS some, numbers[2] AS present FROM (SELECT unnest([${counts.join(', ')}]) AS numbers
       FROM read_json_objects(${literal(path)}, format='newline_delimited'))`,
  )
  const numbersOf = (index: number): number => found.cell('some', index) as number
  return {
    fromNumbers: new Set(names.filter((_, index) => numbersOf(index) > 0)),
    onlyNumbers: new Set(names.filter((_, index) => numbersOf(index) === found.cell('present', index))),
  }
}

async function samplesOf(
  engine: Engine,
  texts: string,
  names: readonly string[],
): Promise<Map<string, TextCounts>> {
  const columns = names.map((name, index) => `${engine.dialect.identifier(name)} AS c${index}`)
  const count = await engine.query(`SELECT count(*) AS n FROM ${texts}`)
  const step = Math.max(1, Math.floor((count.cell('n', 0) as number) / rowsSampled))
  const rows = await engine.query(
    `SELECT ${columns.join(', ')} FROM ${texts} QUALIFY row_number() OVER () % ${step} = 0`,
  )
  return new Map(
    names.map((name, index) => {
      const { codes, dictionary, missing } = rows.texts(`c${index}`)
      const times = new Int32Array(dictionary.length)
      for (let row = 0; row < codes.length; row++) if (!isMissing(missing, row)) times[codes[row]!]!++
      return [name, { texts: dictionary, times }]
    }),
  )
}

// There is no option `types` here
function withoutTypes(problem: Problem): Problem {
  return { ...problem, wayOut: problem.wayOut?.replace(/,? or declare types: .*$/, '.') ?? '' }
}

function readColumn(
  engine: Engine,
  name: string,
  index: number,
  reading: ColumnReading,
  timeZone: string,
): ReadColumn {
  const { identifier } = engine.dialect
  const text = identifier(name)
  // Numbered, because SQL does not distinguish V from v
  const step = (what: string) => identifier(`holdfast ${what} ${index}`)
  const shown = { name: step('shown'), sql: reading.kind === 'text' ? text : withoutMarks(engine, text) }
  const place = { numbersAreDays: false, takesMonths: false, timeZone }
  const read = readCells(engine, shown.name, step, reading.kind, place, reading)
  return { name, reading, shown: shown.name, ...read, steps: [shown, ...read.steps] }
}

function stepped(rows: string, columns: readonly ReadColumn[]): string {
  return withSteps(
    rows,
    columns.map(({ steps }) => steps),
  )
}

/** An id keeps its digits; a JSON number 1.0 is 1, as JSON readers have it. */
function idText(column: ReadColumn, isJsonNumber: boolean): string {
  const { reading, shown } = column
  if (isJsonNumber) return `regexp_replace(trim(${shown}), '^-?(0)[.]0$|[.]0$', '\\1')`
  return reading.kind === 'number' ? `trim(${shown})` : typedValue(column)
}

function typedValue({ reading: { kind }, value }: ReadColumn): string {
  return kind === 'day' ? `CAST(DATE '1970-01-01' + ${value} AS DATE)` : value
}

/** Returns the problems of cells that do not fit their column: the first of each, and their number. */
async function brokenCells(
  engine: Engine,
  file: string,
  texts: string,
  columns: readonly ReadColumn[],
): Promise<Problem[]> {
  const rules = columns.flatMap(({ name, reading, shown, wrongType, notFinite, rounded }) => {
    const wayOut = 'Write blank for missing, name the column in exclude, or give a query that reads it.'
    return [
      { name, shown, broken: wrongType, code: 'value-type', rule: cellRuleOf(reading), wayOut },
      { name, shown, broken: notFinite, code: 'value-not-finite', rule: 'to be a finite number', wayOut },
      { name, shown, broken: rounded, code: 'out-of-range', rule: exactRule, wayOut },
    ] as const
  })
  const asked = rules.filter(({ broken }) => broken !== null)
  if (asked.length === 0) return []
  const cells = asked.flatMap(({ broken, shown }, index) => [
    `count(*) FILTER (WHERE ${broken}) AS n${index}`,
    `min("holdfast row") FILTER (WHERE ${broken}) AS r${index}`,
    `arg_min(${shown}, "holdfast row") FILTER (WHERE ${broken}) AS v${index}`,
  ])
  const found = await engine.query(
    `SELECT ${cells.join(', ')} FROM ${stepped(`(SELECT *, row_number() OVER () AS "holdfast row" FROM ${texts})`, columns)}`,
  )
  return asked.flatMap(({ name, code, rule, wayOut }, index) => {
    const count = found.cell(`n${index}`, 0) as number
    if (count === 0) return []
    const place = { file, row: found.cell(`r${index}`, 0) as number, column: name }
    return [{ code, parameter: name, rule, received: found.cell(`v${index}`, 0), place, wayOut, count }]
  })
}

const exactRule = 'to lie within ±(2^53 − 1), the integers that a number holds exactly'
