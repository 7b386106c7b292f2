import type { DuckDBConnection } from '@duckdb/node-api'
import { DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duckdbSpelling } from '../../src/base/sqlSpelling.js'
import type { SqlDialectName } from '../../src/export/sqlDialects.js'
import { toSql } from '../../src/export/toSql.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { type ExportCase, type ExportRow, exportCases, matrixOf } from './cases.js'

/** What a query gives for one row. */
interface SqlScore {
  readonly id: number
  readonly margin: number | null
  readonly probability: number | null
  readonly band: string | null
}

/** A database under test. */
interface Database {
  readonly name: SqlDialectName
  run(statement: string): Promise<void>
  query(statement: string): Promise<SqlScore[]>
}

let duckdb: DuckDBConnection
let server: TestPostgres | null
let client: Client
const databases: Record<SqlDialectName, Database> = {
  duckdb: {
    name: 'duckdb',
    run: async (statement) => void (await duckdb.run(statement)),
    query: async (statement) =>
      (await duckdb.runAndReadAll(statement)).getRowObjectsJS() as unknown as SqlScore[],
  },
  postgresql: {
    name: 'postgresql',
    run: async (statement) => void (await client.query(statement)),
    query: async (statement) => (await client.query<SqlScore>(statement)).rows,
  },
}

beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  server = await startPostgres()
  if (server === null) return
  client = new Client(server.connection)
  await client.connect()
  await client.query('SET jit = off')
}, 60_000)

afterAll(async () => {
  if (server === null) return
  await client.end()
  await server.stop()
})

const { identifier, literal } = duckdbSpelling

/** Creates the table `features` with the rows, in the types of their features. */
async function createFeatures(database: Database, { scorer, rows }: ExportCase): Promise<void> {
  const columns = scorer.model.features.map(
    ({ name, kind }) => `${identifier(name)} ${kind === 'number' ? 'double precision' : 'text'}`,
  )
  const cell = (value: ExportRow[string] | undefined): string =>
    value === null || value === undefined
      ? 'NULL'
      : typeof value === 'string'
        ? literal(value)
        : `'${Object.is(value, -0) ? '-0' : value}'::float8`
  const values = rows.map(
    (row, index) => `(${[index, ...scorer.model.features.map(({ name }) => cell(row[name]))].join(',')})`,
  )
  await database.run('DROP TABLE IF EXISTS features')
  await database.run(`CREATE TABLE features(${['"customer id" integer', ...columns].join(', ')})`)
  await database.run(`INSERT INTO features VALUES ${values.join(',')}`)
}

/** The rows in their order, as the query scores them. */
async function scoresOf(database: Database, sql: string): Promise<SqlScore[]> {
  return database.query(`SELECT * FROM (${sql}) AS scored ORDER BY id`)
}

for (const database of Object.values(databases)) {
  describe(`every kind of model as a query of ${database.name}`, () => {
    it.each(exportCases())('$name: scores are those of the scorer, to 1e-12', async (each) => {
      if (database.name === 'postgresql' && server === null) return
      const { scorer, rows } = each
      await createFeatures(database, each)
      const sql = toSql(scorer, { dialect: database.name, table: 'features', id: 'customer id' })
      const scores = await scoresOf(database, sql)
      expect(scores.length).toBe(rows.length)
      const matrix = matrixOf(scorer.model, rows)
      const [margin, probability] = [scorer.model.margin(matrix), scorer.model.probability(matrix)]
      for (const [index, row] of rows.entries()) {
        const score = scores[index]!
        expect(
          Math.abs(score.probability! - probability[index]!),
          JSON.stringify({ row, score }),
        ).toBeLessThan(1e-12)
        const size = Math.max(1, Math.abs(margin[index]!))
        expect(
          Math.abs(score.margin! - margin[index]!) / size,
          JSON.stringify({ row, score, m: margin[index] }),
        ).toBeLessThan(1e-12)
        const { band } = scorer.scoreRow(row, { reasons: 0 })
        expect(score.band).toBe(band)
      }
    })
  })
}
