import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { refuse } from '../base/errors.js'
import { openDuckdb } from '../engine/duckdb.js'
import type { Engine } from '../engine/engine.js'
import { filesOf } from '../engine/historyFiles.js'
import type { MappedSource } from '../engine/historySources.js'
import { type CheckedNight, type CheckedSource, namedSources } from './nightConfig.js'
import { type PostgresClient, postgresFailed, quotedName, withPostgres } from './postgres.js'
import { refuseStopped } from './stopped.js'

/** The sources of a night as files, and what tells their content from any other. */
export interface SourceFiles {
  /** The rows of each table, in files. */
  readonly sources: Readonly<Record<string, MappedSource>>
  /** For each table a fingerprint of its content. */
  readonly fingerprints: Readonly<Record<string, string>>
}

type DuckdbSource = Extract<CheckedSource, { readonly duckdb: string }>
type PostgresSource = Extract<CheckedSource, { readonly postgres: string }>

/** A source in a database. */
type Relation<Source extends DuckdbSource | PostgresSource> = readonly [name: string, source: Source]

/**
 * Returns the sources as files: databases are read once, into Parquet files of the working folder, all tables of one
 * PostgreSQL database as of one moment.
 *
 * Files are told apart by their content (SHA-256, in the order of their names), rows of PostgreSQL by what COPY sends,
 * rows of DuckDB by their number and by two sums of a hash of each.
 *
 * @param work a folder whose files last until the end of the run
 */
export async function sourceFiles(
  operation: string,
  config: CheckedNight,
  work: string,
  signal: AbortSignal | undefined,
): Promise<SourceFiles> {
  const sources: Record<string, MappedSource> = {}
  const fingerprints: Record<string, string> = {}
  const engine = await openDuckdb({ memoryLimit: config.memoryLimit })
  try {
    const inPostgres = new Map<string, Relation<PostgresSource>[]>()
    for (const [name, given] of namedSources(config)) {
      refuseStopped(operation, signal)
      if (isIn('postgres', given)) {
        const others = inPostgres.get(given.postgres) ?? []
        inPostgres.set(given.postgres, [...others, [name, given]])
      } else if (isIn('duckdb', given)) {
        fingerprints[name] = await copyDuckdb(engine, [name, given], fileFor(work, name))
        sources[name] = mapped(given, fileFor(work, name))
      } else {
        const source = typeof given === 'string' || Array.isArray(given) ? { from: given } : given
        sources[name] = source as MappedSource
        fingerprints[name] = await contentOfFiles(operation, engine, name, (source as MappedSource).from)
      }
    }
    for (const [connection, relations] of inPostgres) {
      await withPostgres(operation, connection, async (client) => {
        await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
        for (const relation of relations) {
          const [name, given] = relation
          fingerprints[name] = await copyPostgres(operation, client, engine, relation, work, signal)
          sources[name] = mapped(given, fileFor(work, name))
        }
        await client.query('COMMIT')
      })
    }
  } finally {
    await engine.close()
  }
  return { sources, fingerprints }
}

function isIn<Name extends string>(
  name: Name,
  given: CheckedSource,
): given is Extract<CheckedSource, { readonly [key in Name]: string }> {
  return typeof given === 'object' && name in given
}

function fileFor(work: string, name: string): string {
  return join(work, `source-${name}.parquet`)
}

function mapped({ columns, types }: DuckdbSource | PostgresSource, from: string): MappedSource {
  return { from, ...(columns === undefined ? {} : { columns }), ...(types === undefined ? {} : { types }) }
}

async function contentOfFiles(
  operation: string,
  engine: Engine,
  name: string,
  from: MappedSource['from'],
): Promise<string> {
  const paths = await filesOf(engine, from as string | readonly string[])
  if (!Array.isArray(paths)) {
    refuse(operation, [{ ...paths, place: { ...paths.place, table: name } }])
    return ''
  }
  const all = createHash('sha256')
  for (const path of paths) all.update(await contentOfFile(path))
  return all.digest('hex')
}

/** Returns the SHA-256 of a file. */
export async function contentOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function queryOf({ table, query }: DuckdbSource | PostgresSource): string {
  return query ?? `SELECT * FROM ${quotedName(table!)}`
}

async function copyDuckdb(
  engine: Engine,
  [name, source]: Relation<DuckdbSource>,
  path: string,
): Promise<string> {
  const { literal } = engine.dialect
  await engine.run(`ATTACH ${literal(source.duckdb)} AS holdfast_source (READ_ONLY)`)
  try {
    await engine.run('USE holdfast_source')
    await engine.run(`COPY (${queryOf(source)}) TO ${literal(path)} (FORMAT parquet)`)
  } finally {
    await engine.run('USE memory')
    await engine.run('DETACH holdfast_source')
  }
  const sums = await engine.query(
    `SELECT concat_ws('-', count(*), bit_xor(hash(r)), sum(hash(r))) AS text FROM read_parquet(${literal(path)}) r`,
  )
  return `${name} ${sums.cell('text', 0)}`
}

/** DuckDB's types for those of PostgreSQL, by their numbers; others are read as texts. */
const typesOfPostgres: Readonly<Record<number, string>> = {
  16: 'BOOLEAN',
  20: 'BIGINT',
  21: 'SMALLINT',
  23: 'INTEGER',
  700: 'DOUBLE',
  701: 'DOUBLE',
  1082: 'DATE',
  1114: 'TIMESTAMP',
  1184: 'TIMESTAMPTZ',
  1700: 'DOUBLE',
}

/** Rows go from the socket to a file as they come, so that memory does not grow with them. */
async function copyPostgres(
  operation: string,
  client: PostgresClient,
  engine: Engine,
  [name, source]: Relation<PostgresSource>,
  work: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { identifier, literal } = engine.dialect
  const query = queryOf(source)
  const { fields } = await client
    .query(`SELECT * FROM (${query}) AS holdfast_rows LIMIT 0`)
    .catch((cause: unknown) => {
      throw postgresFailed(operation, `the rows of ${name}`, 'to be readable', cause)
    })
  const text = join(work, `source-${name}.csv`)
  const hash = createHash('sha256')
  const columns = fields.map(({ name: column, dataTypeID }) =>
    dataTypeID in typesOfPostgres ? identifier(column) : `${identifier(column)}::text`,
  )
  const select = `SELECT ${columns.join(', ')} FROM (${query}) AS holdfast_rows`
  const { to } = await import('pg-copy-streams')
  const rows = client.query(to(`COPY (${select}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)`))
  const hashed = new Transform({
    transform(bytes: Buffer, _, done) {
      hash.update(bytes)
      done(null, bytes)
    },
  })
  await pipeline(rows, hashed, createWriteStream(text), {
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    throw postgresFailed(operation, `the rows of ${name}`, 'to arrive whole', cause)
  })
  const types = fields.map(
    ({ name: column, dataTypeID }) =>
      `${literal(column)}: ${literal(typesOfPostgres[dataTypeID] ?? 'VARCHAR')}`,
  )
  const read = `read_csv(${literal(text)}, auto_detect=false, header=false, delim=',', quote='"', escape='"', nullstr='', allow_quoted_nulls=false, columns={${types.join(', ')}})`
  await engine.run(`COPY (SELECT * FROM ${read}) TO ${literal(fileFor(work, name))} (FORMAT parquet)`)
  await rm(text)
  return hash.digest('hex')
}
