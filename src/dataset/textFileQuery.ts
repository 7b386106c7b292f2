import { isMissing } from '../base/bitmap.js'
import { type Problem, refuse } from '../base/errors.js'
import type { Engine } from '../engine/engine.js'
import { isNoneOf } from '../engine/historyFiles.js'
import { isoDay, writtenDay, writtenNumber } from '../engine/writtenSql.js'
import { type ColumnReading, readingOf, type TextCounts, twoNumbers } from '../table/columnReading.js'
import { cellRuleOf } from '../table/columnTexts.js'
import { usualMissing } from '../table/inferKind.js'
import { type CheckedNotation, wishOf } from '../table/readingOptions.js'

/** Rows whose texts say how a column is written; cells of the others that are written otherwise are refused. */
const rowsSampled = 4_000

/** A column of texts whose cells are numbers or days, and the SQL of their values. */
interface WrittenColumn {
  readonly name: string
  readonly reading: ColumnReading
  readonly value: string
}

/** A file of texts in UTF-8, and the name that the user gave it. */
export interface TextFile {
  readonly name: string
  readonly path: string
}

/**
 * Returns a query for a file of texts with its columns as numbers, days, booleans and texts: what DuckDB finds in all
 * rows, and numbers and days as people write them, by the rules of `readTable`.
 *
 * @throws {HoldfastError} `column-type` for columns that read in two ways; `value-type` for cells that are not read
 */
export async function textFileQuery(
  operation: string,
  engine: Engine,
  { name, path }: TextFile,
  format: 'csv' | 'tsv' | 'json',
  notation: CheckedNotation,
): Promise<string> {
  const { literal, identifier } = engine.dialect
  const [reader, form, kinds] =
    format === 'json'
      ? ['read_json', "format='newline_delimited'", 'columns']
      : ['read_csv', format === 'tsv' ? `header=true, delim=${literal('\t')}` : 'header=true', 'types']
  const file = literal(path)
  const found = await engine.query(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${reader}(${file}, ${form}, sample_size=-1))`,
  )
  const types = new Map(
    found.rows().map(({ column_name, column_type }) => [column_name as string, column_type as string]),
  )
  const rowsOf = (typeOf: (type: string) => string) => {
    const list = [...types].map(([name, type]) => `${literal(name)}: ${literal(typeOf(type))}`)
    return `SELECT * FROM ${reader}(${file}, ${form}, ${kinds}={${list.join(', ')}})`
  }
  // DuckDB takes 01/02/2024 for a day of an order that it guesses
  const asFound = rowsOf((type) => (dayType.test(type) ? 'VARCHAR' : type))
  // Numbers of JSON are written in one way only
  const looked = [...types].filter(([, type]) => (format === 'json' ? jsonTexts : csvTexts).test(type))
  const samples = await samplesOf(
    engine,
    rowsOf(() => 'VARCHAR'),
    looked.map(([name]) => name),
  )
  const readings = [...samples].map(([column, counts]) => ({
    name: column,
    reading: readingOf(column, counts, wishOf(column, notation)),
  }))
  refuse(operation, doubts(name, readings, samples))
  const written = readings.flatMap(({ name, reading }) =>
    writtenColumn(engine, types.get(name)!, name, reading),
  )
  if (written.length === 0) return asFound
  refuse(operation, await unread(engine, name, asFound, written))
  const replaced = written.map(({ name, value }) => `${value} AS ${identifier(name)}`)
  return `SELECT * REPLACE (${replaced.join(', ')}) FROM (${asFound})`
}

const dayType = /^(DATE|TIMESTAMP.*)$/
const jsonTexts = /^(VARCHAR|DATE|TIMESTAMP.*)$/
const csvTexts = /^(VARCHAR|DATE|TIMESTAMP.*|DOUBLE|BIGINT)$/

async function samplesOf(
  engine: Engine,
  query: string,
  names: readonly string[],
): Promise<Map<string, TextCounts>> {
  if (names.length === 0) return new Map()
  const columns = names.map((name, index) => `${engine.dialect.identifier(name)} AS c${index}`)
  const rows = await engine.query(
    `SELECT ${columns.join(', ')} FROM (${query}) USING SAMPLE reservoir(${rowsSampled} ROWS) REPEATABLE (1)`,
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

function doubts(
  file: string,
  readings: readonly Pick<WrittenColumn, 'name' | 'reading'>[],
  samples: ReadonlyMap<string, TextCounts>,
): Problem[] {
  const hasCommas = readings.some(({ reading }) => reading.numbers?.decimal === ',')
  return readings.flatMap(({ name, reading }) => {
    const isGrouped = reading.pointsMayGroup === true && hasCommas
    const texts = samples.get(name)!.texts
    const asked = reading.doubt ?? (isGrouped ? twoNumbers({ name, texts }, '.', ',') : undefined)
    if (asked === undefined) return []
    // Without types there is one way less out
    const wayOut = asked.wayOut?.replace(/,? or declare types: .*$/, '.') ?? ''
    return [{ code: 'column-type', parameter: name, ...asked, wayOut, place: { file, column: name } }]
  })
}

function writtenColumn(engine: Engine, type: string, name: string, reading: ColumnReading): WrittenColumn[] {
  const { kind, numbers, dateFormat } = reading
  const text = `CAST(${engine.dialect.identifier(name)} AS VARCHAR)`
  const value = (sql: string) =>
    `CASE WHEN ${isNoneOf(engine, `trim(${text})`, ['', ...usualMissing])} THEN ${sql} END`
  if (kind === 'day') {
    const day =
      dateFormat === undefined ? isoDay(engine, `trim(${text})`) : writtenDay(engine, text, dateFormat)
    return [{ name, reading, value: value(day) }]
  }
  if (kind !== 'number' || (numbers === undefined && type !== 'VARCHAR')) return []
  const number = numbers === undefined ? `TRY_CAST(${text} AS DOUBLE)` : writtenNumber(engine, text, numbers)
  return [{ name, reading, value: value(number) }]
}

/** Returns the problems of cells that are not written as their columns are. */
async function unread(
  engine: Engine,
  file: string,
  query: string,
  written: readonly WrittenColumn[],
): Promise<Problem[]> {
  const cells = written.flatMap(({ name, value }, index) => {
    const text = `CAST(${engine.dialect.identifier(name)} AS VARCHAR)`
    const isBad = `${isNoneOf(engine, `trim(${text})`, ['', ...usualMissing])} AND (${value}) IS NULL`
    return [
      `count(*) FILTER (WHERE ${isBad}) AS n${index}`,
      `any_value(${text}) FILTER (WHERE ${isBad}) AS v${index}`,
    ]
  })
  const found = await engine.query(`SELECT ${cells.join(', ')} FROM (${query})`)
  return written.flatMap(({ name, reading }, index) => {
    const count = found.cell(`n${index}`, 0) as number
    if (count === 0) return []
    const received = found.cell(`v${index}`, 0)
    const wayOut = 'Write blank for missing, name the column in exclude, or give a query that reads it.'
    return [
      {
        code: 'value-type',
        parameter: name,
        rule: cellRuleOf(reading),
        received,
        place: { file, column: name },
        wayOut,
        count,
      },
    ]
  })
}
