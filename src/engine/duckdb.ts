import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { HoldfastError } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { duckdbSpelling } from '../base/sqlSpelling.js'
import type { Table } from '../table/table.js'
import { type DuckdbApi, readResult, streamResult, writeRows } from './duckdbTable.js'
import type { Dialect, Engine } from './engine.js'

/** Options of {@link openDuckdb}. */
export interface DuckdbOptions {
  /** Database file; created if missing. Default `':memory:'`, gone when the engine is closed. */
  readonly path?: string
  /** Number of threads, integer of at least 1. Default: one per core. */
  readonly threads?: number
  /** Memory that DuckDB may use before it spills to disk, as `'4GB'` or `'500MB'`. Default: 80 % of the machine. */
  readonly memoryLimit?: string
}

const duckdbOptions = z.strictObject({
  path: z.string().min(1).default(':memory:'),
  threads: z.int().min(1).optional(),
  memoryLimit: z
    .string()
    .regex(/^\d+(\.\d+)?\s*[KMGT]i?B$/i)
    .meta({ description: "an amount of memory such as '4GB' or '500MB'" })
    .optional(),
})

/** DuckDB's spelling of what SQL leaves open. */
export const duckdbDialect: Dialect = Object.freeze({
  ...duckdbSpelling,
  exactSum: (expression: string) => `fsum(${expression})`,
  pair: (first: string, second: string) => `{'first': ${first}, 'second': ${second}}`,
  second: (pair: string) => `struct_extract(${pair}, 'second')`,
  // DuckDB counts in 8 bits, which a sum of three sets overflows.
  bitCount: (expression: string) => `CAST(bit_count(${expression}) AS INTEGER)`,
})

/**
 * Opens a DuckDB engine, in memory or on a database file.
 *
 * This is the default engine: it runs in the process and reads CSV, Parquet and JSON lines itself. The native code is
 * loaded here, not by importing holdfast.
 *
 * Queries return numbers for all numeric types, texts for VARCHAR and ENUM, days for DATE and the TIMESTAMP types (the
 * time of day is cut off, in UTC), booleans for BOOLEAN. Other types are refused. An integer beyond 2^53 is refused
 * because a number cannot hold it, and so are NaN and infinities: missing is NULL.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`; `engine-failed` if DuckDB is not installed for this
 * platform or the database file cannot be opened
 *
 * @example
 * const engine = await openDuckdb()
 * const table = await engine.query("SELECT DATE '2025-01-31' AS day, 1.5 AS amount")
 * await engine.close()
 * table.rows()
 * // => [{ day: '2025-01-31', amount: 1.5 }]
 */
export async function openDuckdb(options?: DuckdbOptions): Promise<Engine> {
  const { path, threads, memoryLimit } = checkOptions('openDuckdb', duckdbOptions, options)
  const api = await loadDuckdb()
  const settings: Record<string, string> = {
    ...(threads === undefined ? {} : { threads: String(threads) }),
    ...(memoryLimit === undefined ? {} : { memory_limit: memoryLimit }),
  }
  try {
    const instance = await api.DuckDBInstance.create(path, settings)
    return new DuckdbEngine(api, instance, await instance.connect())
  } catch (cause) {
    throw new HoldfastError(
      'openDuckdb',
      [
        {
          code: 'engine-failed',
          parameter: 'the database',
          rule: 'to open',
          received: path,
          wayOut: reasonOf(cause),
        },
      ],
      { cause },
    )
  }
}

async function loadDuckdb(): Promise<DuckdbApi> {
  try {
    return await import('@duckdb/node-api')
  } catch (cause) {
    throw new HoldfastError(
      'openDuckdb',
      [
        {
          code: 'engine-failed',
          parameter: 'the package @duckdb/node-api',
          rule: 'to load',
          wayOut: `Install it for this platform with: npm install @duckdb/node-api. ${reasonOf(cause)}`,
        },
      ],
      { cause },
    )
  }
}

class DuckdbEngine implements Engine {
  readonly dialect = duckdbDialect
  readonly #api: DuckdbApi
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  #isClosed = false

  constructor(api: DuckdbApi, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#api = api
    this.#instance = instance
    this.#connection = connection
  }

  async run(statement: string): Promise<void> {
    checkArguments('engine.run', ['statement', statement, 'text'])
    await this.#execute('engine.run', statement)
  }

  async query(statement: string): Promise<Table> {
    await this.#refuseSeveral('engine.query', statement)
    return readResult(this.#api, await this.#execute('engine.query', statement))
  }

  async *stream(statement: string, rowsEach: number): AsyncGenerator<Table, void, void> {
    const operation = 'engine.stream'
    checkArguments(operation, ['rowsEach', rowsEach, 'number'])
    await this.#refuseSeveral(operation, statement)
    const connection = await this.#instance.connect()
    try {
      yield* streamResult(this.#api, await connection.stream(statement), rowsEach)
    } catch (cause) {
      throw cause instanceof HoldfastError ? cause : engineFailed(operation, statement, cause)
    } finally {
      connection.closeSync()
    }
  }

  async writeParquet(statement: string, path: string): Promise<void> {
    checkArguments('engine.writeParquet', ['path', path, 'text'])
    await this.#refuseSeveral('engine.writeParquet', statement)
    const target = duckdbDialect.literal(path)
    await this.#execute('engine.writeParquet', `COPY (${statement}) TO ${target} (FORMAT parquet)`)
  }

  async load(name: string, table: Table): Promise<void> {
    checkArguments('engine.load', ['name', name, 'text'], ['table', table, 'table'])
    const columns = table.columns.map(
      (column) => `${duckdbDialect.identifier(column.name)} ${sqlTypes[column.kind]}`,
    )
    const target = duckdbDialect.identifier(name)
    const statement = `CREATE OR REPLACE TABLE ${target} (${columns.join(', ')})`
    await this.#execute('engine.load', statement)
    try {
      await writeRows(this.#api, this.#connection, name, table)
    } catch (cause) {
      await this.#execute('engine.load', `DROP TABLE IF EXISTS ${target}`)
      throw engineFailed('engine.load', statement, cause)
    }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  // Of several statements DuckDB would return the rows of the first
  async #refuseSeveral(operation: string, statement: string): Promise<void> {
    checkArguments(operation, ['statement', statement, 'text'])
    this.#refuseClosed(operation)
    // Without a semicolon it is a single statement; parsing it twice would cost 0.7 ms
    if (/^\s*[a-z(][^;]*$/i.test(statement)) return
    const count = await this.#connection.extractStatements(statement).then(
      (statements) => statements.count,
      () => 1, // does not parse: running it gives the better message
    )
    if (count === 1) return
    throw new HoldfastError(operation, [
      {
        code: 'engine-failed',
        parameter: 'the statement',
        rule: 'to be a single query',
        received: statement,
        wayOut: 'Run the others before with engine.run.',
      },
    ])
  }

  #refuseClosed(operation: string): void {
    if (!this.#isClosed) return
    const rule = 'to be open, but it has been closed'
    const wayOut = 'Open it, or its history, again; close it when its last answer is there.'
    throw new HoldfastError(operation, [{ code: 'engine-failed', parameter: 'the engine', rule, wayOut }])
  }

  async #execute(operation: string, statement: string) {
    this.#refuseClosed(operation)
    try {
      return await this.#connection.run(statement)
    } catch (cause) {
      throw engineFailed(operation, statement, cause)
    }
  }
}

const sqlTypes = { number: 'DOUBLE', text: 'VARCHAR', day: 'INTEGER', boolean: 'BOOLEAN' } as const

function engineFailed(operation: string, statement: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    operation,
    [
      {
        code: 'engine-failed',
        parameter: 'the statement',
        rule: 'to run on DuckDB',
        received: statement.replaceAll(/\s+/g, ' ').trim(),
        wayOut: reasonOf(cause),
      },
    ],
    { cause },
  )
}

// DuckDB adds the statement with an arrow below it, but the statement is shown already
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  const reason = message
    .split(/\n\s*(?:LINE \d+:|\n)/)[0]!
    .replaceAll(/\s+/g, ' ')
    .trim()
  return `DuckDB says: ${/[.?!]$/.test(reason) ? reason : `${reason}.`}`
}
