import { HoldfastError, refuse } from '../base/errors.js'
import { textColumn } from '../base/matrix.js'
import { openDuckdb } from '../engine/duckdb.js'
import type { Engine } from '../engine/engine.js'
import { fileFormat, fileMissing, formatUnknown } from '../table/files.node.js'
import { Table } from '../table/table.js'

/** Rows of an engine: the result of a query, which need not fit into memory. */
export interface EngineQuery {
  readonly engine: Engine
  /** A single query that gives the same rows in the same order whenever it runs. */
  readonly query: string
}

/** Rows behind chunks, while an engine that reads them is open. */
export interface OpenSource {
  readonly engine: Engine
  /** A query for all the rows. */
  readonly query: string
  /** The columns, all as texts and without rows. */
  readonly header: Table
}

/**
 * Lets `use` read a file or a query with an engine, which is closed afterwards if it was opened here.
 *
 * @throws {HoldfastError} `file-missing`, `file-unreadable`, `engine-failed`
 */
export async function* withSource<Result>(
  operation: string,
  from: string | EngineQuery,
  use: (source: OpenSource) => AsyncGenerator<Result, void, void>,
): AsyncGenerator<Result, void, void> {
  if (typeof from !== 'string') {
    yield* use(await described(from.engine, from.query, undefined))
    return
  }
  const format = fileFormat(from)
  if (format === undefined) throw new HoldfastError(operation, [formatUnknown(from)])
  const missing = await fileMissing(from)
  refuse(operation, missing === undefined ? [] : [missing])
  const engine = await openDuckdb()
  try {
    yield* use(await described(engine, await fileQuery(engine, from, format), from))
  } finally {
    await engine.close()
  }
}

async function described(engine: Engine, query: string, file: string | undefined): Promise<OpenSource> {
  const names = (await engine.query(`SELECT column_name FROM (DESCRIBE ${query})`)).texts('column_name')
  const columns = Array.from(names.codes, (code) => textColumn(names.dictionary[code]!, []))
  return { engine, query, header: new Table(columns, 0, file) }
}

/** A query for a file; the kinds of columns of texts are found in all its rows, once. */
async function fileQuery(
  engine: Engine,
  path: string,
  format: 'csv' | 'tsv' | 'parquet' | 'json',
): Promise<string> {
  const { literal } = engine.dialect
  const file = literal(path)
  if (format === 'parquet') return `SELECT * FROM read_parquet(${file})`
  const [reader, form, kinds] =
    format === 'json'
      ? ['read_json', "format='newline_delimited'", 'columns']
      : ['read_csv', format === 'tsv' ? `header=true, delim=${literal('\t')}` : 'header=true', 'types']
  const found = await engine.query(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${reader}(${file}, ${form}, sample_size=-1))`,
  )
  const types = found
    .rows()
    .map((row) => `${literal(row['column_name'] as string)}: ${literal(row['column_type'] as string)}`)
  return `SELECT * FROM ${reader}(${file}, ${form}, ${kinds}={${types.join(', ')}})`
}
