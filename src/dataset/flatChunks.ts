import * as z from 'zod'
import { isMissing } from '../base/bitmap.js'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput, EpochDay } from '../base/days.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import type { FeatureMatrix } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { timeZoneRule, zoneOf } from '../base/timeZone.js'
import { encodingOption } from '../table/encoding.node.js'
import { featureColumn } from '../table/featureColumn.js'
import { columnsSaid, type NotationOptions, notationShape } from '../table/readingOptions.js'
import { cellOf, columnMissing, idColumn, Table } from '../table/table.js'
import { featureColumns } from './flatFeatures.js'
import { type LabelValues, labelValuesSchema, outcomeOf, outcomesOf } from './flatOutcome.js'
import { type EngineQuery, type OpenSource, withSource } from './withSource.js'

/** Options of {@link flatChunks}. */
export interface FlatChunksOptions extends NotationOptions {
  /** Column that says what happened: two different values, or 0 and 1, or true and false; in every row. */
  readonly label: string
  /**
   * The value of the label column that means churned, or several. Default: recognised if unambiguous, as by `fromFlatTable`.
   */
  readonly positive?: LabelValues
  /** The value of the label column that means stayed, or several. Default: the other one. */
  readonly negative?: LabelValues
  /** Columns that are not features: names of rows, days, what is known only after the outcome. Default none. */
  readonly exclude?: readonly string[]
  /** Exactly these columns are the features. Default: all columns not named elsewhere. */
  readonly features?: readonly string[]
  /** Number column with the weight of each row, ≥ 0. Default: all rows weigh 1. */
  readonly weight?: string
  /** Column that names the customer, if customers may have several rows. Default: each row is a customer. */
  readonly id?: string
  /** The day of the forecast: a column of days becomes the days until then. Default: such columns are refused. */
  readonly asOf?: DayInput
  /** Time zone, an IANA name, that gives instants in the rows and `asOf` their day. Default `'UTC'`. */
  readonly timeZone?: string
  /** Encoding of a text file, by a name that `TextDecoder` knows, such as `'gb18030'`. Default `'utf-8'`. */
  readonly encoding?: string
  /**
   * Approximate rows per chunk. Integer ≥ 1. Default 65,536: 15 MB for 28 features. The model is the same in any case.
   */
  readonly rowsEach?: number
}

/** Rows of a flat table as learners read them. */
export interface FlatChunk {
  readonly features: FeatureMatrix
  /** Shape (rows): 1 = churned, 0 = stayed. */
  readonly outcome: Uint8Array
  readonly weight?: Float64Array
  /** Shape (rows): the customer of each row. */
  readonly ids?: readonly string[]
}

const flatChunksSchema = z.strictObject({
  label: z.string().min(1),
  positive: labelValuesSchema.optional(),
  negative: labelValuesSchema.optional(),
  exclude: z.array(z.string()).default([]),
  features: z.array(z.string()).min(1).optional(),
  weight: z.string().min(1).optional(),
  id: z.string().min(1).optional(),
  asOf: dayRule.optional(),
  timeZone: timeZoneRule,
  encoding: encodingOption.default('utf-8'),
  rowsEach: z.int().min(1).default(65_536),
  ...notationShape,
})

type CheckedOptions = z.output<typeof flatChunksSchema>

const operation = 'flatChunks'

/**
 * Returns the rows of a file or a query in chunks, for `trainBoostingFromChunks`: training on data that does not fit
 * into memory.
 *
 * Use it if `fromFlatTable(await readTable(…), …)` takes too much memory. Each iteration reads the source again, with
 * DuckDB, one chunk at a time.
 *
 * Files: Parquet, CSV, TSV (also `.gz`) and JSON lines; a text file that is not UTF-8 is copied while it is read.
 * Names, kinds and values are those of `readTable`: a blank field is missing; numbers and days are recognised as people
 * write them (from 4,000 evenly spaced rows), and ambiguous columns are refused with a question; cells that do not fit
 * their column are refused, and so are names that differ only in case. For other marks of missing values, several
 * files, or only some of the rows, give a query. A query runs on a connection of its own, which sees no temporary
 * tables; without ORDER BY, a query that joins or groups returns its rows in any order, which training refuses.
 *
 * The label is read as by `fromFlatTable`, but rows without one are refused. Useless columns are not left out: they
 * cost memory and change nothing. Numbers are read as they are, booleans as 0 and 1, texts as categories, days as the
 * days until `asOf`, without which they are refused.
 *
 * @param from path of a file, or a query and the engine that runs it
 * @returns an iterable for `for await`, as often as you like
 * @throws {HoldfastError} `option-invalid`, `option-unknown` at once; when read `file-missing`, `file-unreadable`,
 * `engine-failed`, `column-missing`, `column-type`, `value-type`, `value-missing` with the number of rows,
 * `value-unknown`, `one-class`, `data-leak`
 *
 * For text files, four passes to find out what the columns are; then one pass over the label column and one over the
 * columns read. Peak memory: one chunk at 8 bytes a value, and DuckDB's read-ahead.
 *
 * @example
 * import { openDuckdb } from 'holdfast/tables'
 * const engine = await openDuckdb()
 * await engine.run("CREATE TABLE rows AS SELECT range AS calls, range > 4 AS churn FROM range(10)")
 * const chunks = flatChunks({ engine, query: 'SELECT * FROM rows' }, { label: 'churn' })
 * const model = await trainBoostingFromChunks(chunks, { minHessianPerLeaf: 0, rowShare: 1 })
 * await engine.close()
 * model.features
 * // => [{ kind: 'number', name: 'calls' }]
 *
 * @see {@link fromFlatTable} for tables in memory
 */
export function flatChunks(from: string | EngineQuery, options: FlatChunksOptions): AsyncIterable<FlatChunk> {
  const checked = checkOptions(operation, flatChunksSchema, withDaysIn(options, ['asOf'], zoneOf(options)))
  return {
    [Symbol.asyncIterator]: () =>
      withSource(operation, from, checked, (source) => readChunks(source, checked)),
  }
}

async function* readChunks(
  source: OpenSource,
  options: CheckedOptions,
): AsyncGenerator<FlatChunk, void, void> {
  const { engine, query, header } = source
  const { label, weight, id, rowsEach, asOf } = options
  refuse(operation, nameProblems(header, options))
  const names = featureNames(header, options)
  const churned = await churnedLabel(source, options)
  const read = [...new Set([...names, label, ...[weight, id].filter((name) => name !== undefined)])]
  const statement = `SELECT ${read.map(engine.dialect.identifier).join(', ')} FROM (${query})`
  let rowsBefore = 0
  for await (const rows of engine.stream(statement, rowsEach)) {
    const table = new Table(rows.columns, rows.rowCount, header.source)
    refuse(operation, [
      ...kindProblems(table, names, asOf),
      ...(weight === undefined ? [] : weightProblems(table, weight, rowsBefore)),
      ...(id === undefined ? [] : idProblems(table, id, rowsBefore)),
    ])
    yield {
      features: { rowCount: table.rowCount, columns: featureColumns(table, names, asOf) },
      outcome: outcomeOf(table, label, churned),
      ...(weight === undefined ? {} : { weight: table.numbers(weight).values }),
      ...(id === undefined ? {} : { ids: idsOf(table, id) }),
    }
    rowsBefore += table.rowCount
  }
}

function idsOf(table: Table, name: string): string[] {
  const column = idColumn(table.column(name))
  return Array.from({ length: table.rowCount }, (_, row) => String(cellOf(column, row)))
}

function idProblems(table: Table, name: string, rowsBefore: number): Problem[] {
  const { missing } = table.column(name)
  const first =
    missing === null
      ? -1
      : Array.from({ length: table.rowCount }, (_, row) => row).findIndex((row) => missing.has(row))
  if (missing === null || first < 0) return []
  return [
    {
      code: 'value-missing',
      parameter: `id column ${name}`,
      rule: 'to have a value in every row',
      place: {
        ...(table.source === undefined ? {} : { file: table.source }),
        row: rowsBefore + first + 1,
        column: name,
      },
      count: missing.count(),
    },
  ]
}

function featureNames(header: Table, { features, label, weight, id, exclude }: CheckedOptions): string[] {
  if (features !== undefined) return [...features]
  const others = new Set([label, weight, id, ...exclude])
  return header.columnNames.filter((name) => !others.has(name))
}

function nameProblems(header: Table, options: CheckedOptions): Problem[] {
  const { label, weight, id, exclude, features = [] } = options
  const named = [
    label,
    ...[weight, id].filter((name) => name !== undefined),
    ...exclude,
    ...features,
    ...columnsSaid(options),
  ]
  const missing = named.filter((name) => !header.has(name)).map((name) => columnMissing(name, header))
  if (!features.includes(label)) return missing
  const rule = `to leave out the label column ${label}, which is the answer`
  return [...missing, { code: 'data-leak', parameter: 'features', rule, wayOut: 'Remove it from the list.' }]
}

/** Returns the labels that mean churned, or refuses what the label column holds. */
async function churnedLabel(source: OpenSource, options: CheckedOptions): Promise<ReadonlySet<string>> {
  const { label } = options
  const { engine, query, header } = source
  const name = engine.dialect.identifier(label)
  const counts = await engine.query(`SELECT count(*) AS rows, count(${name}) AS labels FROM (${query})`)
  const { rows, labels } = counts.row(0) as { rows: number; labels: number }
  const file = header.source === undefined ? {} : { place: { file: header.source } }
  if (rows === 0) {
    const rule = 'to have at least 1 row'
    throw new HoldfastError(operation, [
      { code: 'table-empty', parameter: 'the table', rule, received: 0, ...file },
    ])
  }
  if (labels < rows) {
    throw new HoldfastError(operation, [
      {
        code: 'value-missing',
        parameter: `label column ${label}`,
        rule: `to have a value in each of the ${rows} rows`,
        received: null,
        ...file,
        wayOut: `Leave such rows out with a query: WHERE ${name} IS NOT NULL.`,
        count: rows - labels,
      },
    ])
  }
  // There should be two, each perhaps in several spellings
  const distinct = await engine.query(`SELECT DISTINCT ${name} FROM (${query}) ORDER BY 1 LIMIT 101`)
  const values = new Table(distinct.columns, distinct.rowCount, header.source)
  return outcomesOf(operation, values, options).churned
}

function kindProblems(table: Table, names: readonly string[], asOf: EpochDay | undefined): Problem[] {
  return names
    .map((name) => featureColumn(table.column(name), table.source, asOf))
    .filter((read) => 'code' in read)
}

function weightProblems(table: Table, name: string, rowsBefore: number): Problem[] {
  const { kind, missing } = table.column(name)
  const file = table.source === undefined ? {} : { file: table.source }
  const parameter = `weight column ${name}`
  if (kind !== 'number') {
    return [{ code: 'column-type', parameter, rule: 'to hold numbers', received: kind, place: file }]
  }
  if (missing === null) return []
  let first = 0
  while (!isMissing(missing, first)) first++
  const place = { ...file, row: rowsBefore + first + 1, column: name }
  return [{ code: 'value-missing', parameter, rule: 'to have a value in every row', place }]
}
