import type { Client } from 'pg'
import { HoldfastError } from '../base/errors.js'

/** An open connection. */
export type PostgresClient = Client

/** Longest wait for a server to answer the first time. */
const connectMillis = 15_000

/**
 * Opens a connection, gives it to a function and closes it.
 *
 * @param connection an address, or `env:NAME`
 * @throws {HoldfastError} `storage-failed` if the server cannot be reached; what the function throws
 */
export async function withPostgres<Result>(
  operation: string,
  connection: string,
  use: (client: PostgresClient) => Promise<Result>,
): Promise<Result> {
  const client = await openPostgres(operation, connection)
  try {
    return await use(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Returns an open connection, which the caller closes with `end`. */
export async function openPostgres(operation: string, connection: string): Promise<PostgresClient> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    connectionString: addressOf(operation, connection),
    connectionTimeoutMillis: connectMillis,
    application_name: 'holdfast',
    keepAlive: true,
  })
  // A connection that breaks while nobody waits for an answer is found by the next statement
  client.on('error', () => undefined)
  try {
    await client.connect()
    // The same rows in the same order and the same spelling, whatever the settings of the server
    await client.query(
      "SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'; SET extra_float_digits = 1; SET synchronize_seqscans = off; SET max_parallel_workers_per_gather = 0",
    )
    return client
  } catch (cause) {
    await client.end().catch(() => undefined)
    throw postgresFailed(operation, `the database ${shownAddress(connection)}`, 'to answer', cause)
  }
}

function addressOf(operation: string, connection: string): string {
  const [, variable] = /^env:(.+)$/.exec(connection) ?? []
  if (variable === undefined) return connection
  const address = process.env[variable]
  if (address !== undefined && address !== '') return address
  throw new HoldfastError(operation, [
    {
      code: 'option-invalid',
      parameter: `the environment variable ${variable}`,
      rule: 'to hold the address of a PostgreSQL database',
      wayOut: `Set it, as in ${variable}=postgresql://user@host/database.`,
    },
  ])
}

/** Returns an address without its password. */
export function shownAddress(connection: string): string {
  return connection.replace(/(\/\/[^:/@]*):[^@]*@/, '$1:…@')
}

/** Returns the error for a statement that failed. */
export function postgresFailed(
  operation: string,
  parameter: string,
  rule: string,
  cause: unknown,
): HoldfastError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const wayOut = `PostgreSQL says: ${reason.replaceAll(/\s+/g, ' ').trim()}.`
  return new HoldfastError(operation, [{ code: 'storage-failed', parameter, rule, wayOut }], { cause })
}

/** Returns a name of SQL, with its schema if it has one. */
export function quotedName(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')
}

/** Transactions of runs take this lock, so that recovery waits for one that is still being committed. */
const advisoryLock = 'holdfast night job'

/** Takes the lock that transactions of night jobs hold until they end. */
export async function holdAdvisoryLock(client: PostgresClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [advisoryLock])
}
