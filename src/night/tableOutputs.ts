import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify/sync'
import { isMissing } from '../base/bitmap.js'
import { formatDay } from '../base/days.js'
import { HoldfastError, refuse } from '../base/errors.js'
import { openDuckdb } from '../engine/duckdb.js'
import { cellOf, type Table } from '../table/table.js'
import { cellText } from '../table/textsOfRows.js'
import { type NightStore, type ScoreNight, withAttached } from './nightStore.js'
import { holdAdvisoryLock, type PostgresClient, postgresFailed, quotedName } from './postgres.js'

/** A table of a DuckDB file whose new rows stand beside it. */
export interface StagedTable {
  readonly file: string
  readonly table: string
  readonly staged: string
  readonly keep: 'nights' | 'latest'
  readonly asOf: string
}

/** The columns of every output, with their types in SQL. */
function columnsOf(reasons: number): [name: string, type: string][] {
  return [
    ['id', 'text'],
    ['as_of', 'date'],
    ['model', 'text'],
    ['probability', 'double precision'],
    ['band', 'text'],
    ['stage', 'text'],
    ...Array.from({ length: reasons }, (_, index): [string, string] => [`reason${index + 1}`, 'text']),
  ]
}

const runsColumns = 'run text, written_to text, as_of date, finished_at timestamp'

/** The table that says which run has written which rows, beside the table of scores. */
function runsTable(table: string): string {
  const parts = table.split('.')
  return [...parts.slice(0, -1), 'holdfast_runs'].join('.')
}

/** Writes the rows of a night into a table beside the one that they will go to. */
export async function stageDuckdb(store: NightStore, night: ScoreNight, staged: StagedTable): Promise<void> {
  await store.attached(staged.file, async (engine) => {
    const target = `holdfast_out.${quotedName(staged.staged)}`
    await engine.run(`CREATE OR REPLACE TABLE ${target} AS ${store.scoresQuery(night)} ORDER BY rowid`)
  })
}

/** Moves staged rows into their table, unless the run has done so, in one transaction. */
export async function publishDuckdb(staged: StagedTable, run: string): Promise<void> {
  const engine = await openDuckdb()
  const { literal } = engine.dialect
  const [table, from, runs] = [staged.table, staged.staged, runsTable(staged.table)].map(
    (name) => `holdfast_out.${quotedName(name)}`,
  ) as [string, string, string]
  try {
    await withAttached(engine, staged.file, async () => {
      await engine.run(`CREATE TABLE IF NOT EXISTS ${runs} (${runsColumns})`)
      const done = await engine.query(
        `SELECT count(*) AS n FROM ${runs} WHERE run = ${literal(run)} AND written_to = ${literal(staged.table)}`,
      )
      if (Number(done.cell('n', 0)) === 0) {
        await engine.run('BEGIN')
        await engine.run(`CREATE TABLE IF NOT EXISTS ${table} AS SELECT * FROM ${from} LIMIT 0`)
        await engine.run(
          `DELETE FROM ${table}${staged.keep === 'latest' ? '' : ` WHERE as_of = DATE ${literal(staged.asOf)}`}`,
        )
        await engine.run(`INSERT INTO ${table} BY NAME SELECT * FROM ${from} ORDER BY rowid`)
        await engine.run(
          `INSERT INTO ${runs} VALUES (${literal(run)}, ${literal(staged.table)}, DATE ${literal(staged.asOf)}, CAST(now() AS timestamp))`,
        )
        await engine.run('COMMIT')
      }
      await engine.run(`DROP TABLE IF EXISTS ${from}`)
    })
  } finally {
    await engine.close()
  }
}

/** Returns which run has last written the rows of a night; null if none has. */
export async function lastRunInDuckdb(
  file: string,
  table: string,
  keep: string,
  asOf: string,
): Promise<string | null> {
  const engine = await openDuckdb()
  const { literal } = engine.dialect
  let run: string | null = null
  try {
    await withAttached(engine, file, async () => {
      const where = keep === 'latest' ? '' : ` AND as_of = DATE ${literal(asOf)}`
      const found = await engine.query(
        `SELECT run FROM holdfast_out.${quotedName(runsTable(table))} WHERE written_to = ${literal(table)}${where} ORDER BY finished_at DESC LIMIT 1`,
      )
      run = found.rowCount === 0 ? null : String(found.cell('run', 0))
    })
    return run
  } catch (error) {
    // The file or the table is gone
    if (!(error instanceof HoldfastError)) throw error
    return null
  } finally {
    await engine.close()
  }
}

/** Rows that go into tables of one PostgreSQL database. */
export interface PostgresOutput {
  readonly table: string
  readonly keep: 'nights' | 'latest'
}

/**
 * Writes the rows of a night into tables of a database in one transaction, which the caller commits: rows of the night
 * are deleted, the new ones copied, and the run's name stored, by which recovery can tell whether it was committed.
 */
export async function writePostgres(
  client: PostgresClient,
  store: NightStore,
  night: ScoreNight,
  outputs: readonly PostgresOutput[],
  run: string,
): Promise<void> {
  const { operation, asOf, config } = night
  const columns = columnsOf(config.reasons)
  const day = formatDay(asOf)
  const names = columns.map(([name]) => quotedName(name)).join(', ')
  try {
    await client.query('BEGIN')
    await holdAdvisoryLock(client)
    for (const { table, keep } of outputs) {
      const target = quotedName(table)
      const typed = columns.map(([name, type]) => `${quotedName(name)} ${type}`).join(', ')
      await client.query(`CREATE TABLE IF NOT EXISTS ${target} (${typed})`)
      const { fields } = await client.query(`SELECT * FROM ${target} LIMIT 0`)
      refuseOtherColumns(
        operation,
        table,
        columns.map(([name]) => name),
        fields.map(({ name }) => name),
      )
      await client.query(`CREATE TABLE IF NOT EXISTS ${quotedName(runsTable(table))} (${runsColumns})`)
      if (keep === 'latest') await client.query(`DELETE FROM ${target}`)
      else await client.query(`DELETE FROM ${target} WHERE as_of = $1`, [day])
      const { from } = await import('pg-copy-streams')
      const copy = client.query(from(`COPY ${target} (${names}) FROM STDIN (FORMAT csv)`))
      await pipeline(Readable.from(csvOf(store.scores(night))), copy)
      await client.query(`INSERT INTO ${quotedName(runsTable(table))} VALUES ($1, $2, $3, now())`, [
        run,
        table,
        day,
      ])
    }
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    const tables = outputs.map(({ table }) => table).join(', ')
    throw postgresFailed(operation, `the rows of ${tables}`, 'to be written', cause)
  }
}

function refuseOtherColumns(
  operation: string,
  table: string,
  wanted: readonly string[],
  there: readonly string[],
): void {
  const absent = wanted.filter((name) => !there.includes(name))
  refuse(
    operation,
    absent.map((name) => ({
      code: 'column-missing',
      parameter: `column ${name}`,
      rule: 'to be in the table that scores are written to',
      received: there.join(', '),
      place: { table },
      wayOut: 'Add it, or name another table.',
    })),
  )
}

/** Lines of CSV as PostgreSQL reads them: missing is blank, a blank text is quoted. */
async function* csvOf(tables: AsyncIterable<Table>): AsyncGenerator<string> {
  const isPlain = /^[^",\r\n\\]+$/
  const field = (text: string): string =>
    isPlain.test(text) ? text : stringify([[text]], { quoted: true }).slice(0, -1)
  for await (const table of tables) {
    const lines: string[] = []
    for (let row = 0; row < table.rowCount; row++) {
      const cells = table.columns.map((column) => {
        if (isMissing(column.missing, row)) return ''
        if (column.kind === 'text') return field(column.dictionary[column.codes[row]!]!)
        return cellText(cellOf(column, row)) ?? ''
      })
      lines.push(cells.join(','), '\n')
    }
    yield lines.join('')
  }
}

/** Returns whether a run has written a table, as far as its transaction was committed. */
export async function tableHasRun(client: PostgresClient, table: string, run: string): Promise<boolean> {
  return (await lastRuns(client, table, 'run = $1', [run])).length > 0
}

/** Returns which run has last written the rows of a night; null if none has. */
export async function lastRunInPostgres(
  client: PostgresClient,
  { table, keep }: PostgresOutput,
  asOf: string,
): Promise<string | null> {
  const [condition, values] = keep === 'latest' ? ['true', []] : ['as_of = $1', [asOf]]
  const rows = await lastRuns(
    client,
    table,
    `${condition} AND written_to = '${table.replaceAll("'", "''")}'`,
    values as string[],
  )
  return rows[0] ?? null
}

async function lastRuns(
  client: PostgresClient,
  table: string,
  condition: string,
  values: readonly string[],
): Promise<string[]> {
  const runs = quotedName(runsTable(table))
  const { rows: found } = await client.query<{ there: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS there',
    [runs],
  )
  if (found[0]?.there !== true) return []
  const { rows } = await client.query<{ run: string }>(
    `SELECT run FROM ${runs} WHERE ${condition} ORDER BY finished_at DESC LIMIT 1`,
    [...values],
  )
  return rows.map(({ run }) => run)
}
