import { utc } from '../base/days.js'
import { HoldfastError, refuse } from '../base/errors.js'
import { textColumn } from '../base/matrix.js'
import { openDuckdb } from '../engine/duckdb.js'
import type { Engine } from '../engine/engine.js'
import { readStatement } from '../engine/historyFiles.js'
import { likelyEncodingOf, unreadableText, utf8Files } from '../table/encoding.node.js'
import { type FileFormat, fileFormat, fileMissing, formatUnknown } from '../table/files.node.js'
import type { CheckedNotation } from '../table/readingOptions.js'
import { Table } from '../table/table.js'
import { type TextFile, textFileQuery } from './textFileQuery.js'

/** The result of a query, which need not fit into memory. */
export interface EngineQuery {
  readonly engine: Engine
  /** A single query that returns the same rows in the same order whenever it runs. */
  readonly query: string
}

/** The source of chunks, while its engine is open. */
export interface OpenSource {
  readonly engine: Engine
  /** A query for all the rows. */
  readonly query: string
  /** The columns, all as texts and without rows. */
  readonly header: Table
}

/** Options about a text file: how it is written, and which column has the customers' ids. */
type FileSaid = CheckedNotation & {
  readonly encoding: string
  readonly timeZone: string
  readonly id?: string | undefined
}

/**
 * Lets `use` read a file or a query with an engine; an engine opened here is closed afterwards.
 *
 * @param said encoding of a text file, how its numbers and days are written, the column of ids, and the time zone of
 * instants
 * @throws {HoldfastError} `file-missing`, `file-unreadable`, `engine-failed`
 */
export async function* withSource<Result>(
  operation: string,
  from: string | EngineQuery,
  said: FileSaid,
  use: (source: OpenSource) => AsyncGenerator<Result, void, void>,
): AsyncGenerator<Result, void, void> {
  try {
    yield* opened(operation, from, said, use)
  } catch (error) {
    if (!(error instanceof HoldfastError) || !error.operation.startsWith('engine.')) throw error
    throw new HoldfastError(operation, error.problems, { cause: error })
  }
}

async function* opened<Result>(
  operation: string,
  from: string | EngineQuery,
  said: FileSaid,
  use: (source: OpenSource) => AsyncGenerator<Result, void, void>,
): AsyncGenerator<Result, void, void> {
  if (typeof from !== 'string') {
    yield* use(await described(from.engine, from.query, undefined, said.timeZone))
    return
  }
  const format = fileFormat(from)
  if (format === undefined) throw new HoldfastError(operation, [formatUnknown(from)])
  const missing = await fileMissing(from)
  refuse(operation, missing === undefined ? [] : [missing])
  const files = await utf8Files([from], format === 'parquet' ? 'utf-8' : said.encoding)
  const engine = await openDuckdb()
  try {
    if ('problems' in files) refuse(operation, files.problems)
    else yield* use(await readFile(operation, engine, format, { name: from, path: files.paths[0]! }, said))
  } finally {
    await engine.close()
    await files.remove()
  }
}

async function readFile(
  operation: string,
  engine: Engine,
  format: FileFormat,
  file: TextFile,
  { encoding: _, id, timeZone, ...notation }: FileSaid,
): Promise<OpenSource> {
  if (format === 'parquet')
    return described(engine, await parquetQuery(operation, engine, file.path), file.name, timeZone)
  try {
    const query = await textFileQuery(operation, engine, file, format, { ...notation, timeZone }, id)
    return await described(engine, query, file.name, timeZone)
  } catch (error) {
    // To the engine, JSON lines in another encoding are not JSON at all
    const codes = format === 'json' ? ['engine-failed', 'file-unreadable'] : ['engine-failed']
    const isUnread = error instanceof HoldfastError && codes.includes(error.code)
    const isOther = isUnread && (await likelyEncodingOf(file.path)) !== undefined
    if (isOther) refuse(operation, [await unreadableText(file.name, new Error('It is not UTF-8'))])
    throw error
  }
}

async function parquetQuery(operation: string, engine: Engine, path: string): Promise<string> {
  const read = await readStatement(engine, null, 'parquet', [path], [])
  if ('query' in read) return read.query
  const [first, ...rest] = read
  throw new HoldfastError(operation, [first!, ...rest])
}

async function described(
  engine: Engine,
  query: string,
  file: string | undefined,
  timeZone: string,
): Promise<OpenSource> {
  const found = await engine.query(`SELECT column_name, column_type FROM (DESCRIBE ${query})`)
  const columns = found
    .rows()
    .map((row) => ({ name: row['column_name'] as string, type: row['column_type'] as string }))
  const header = new Table(
    columns.map(({ name }) => textColumn(name, [])),
    0,
    file,
  )
  const instants = columns.filter(({ type }) => type === 'TIMESTAMP WITH TIME ZONE')
  if (timeZone === utc || instants.length === 0) return { engine, query, header }
  const { identifier, literal } = engine.dialect
  const days = instants.map(({ name }) => {
    const column = identifier(name)
    return `CAST(timezone(${literal(timeZone)}, ${column}) AS DATE) AS ${column}`
  })
  return { engine, query: `SELECT * REPLACE (${days.join(', ')}) FROM (${query})`, header }
}
