import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { InferenceSession, Tensor } from 'onnxruntime-web'
import { Client } from 'pg'
import { duckdbSpelling } from '../../src/base/sqlSpelling.js'
import type { SqlDialectName } from '../../src/export/sqlDialects.js'
import { toModule } from '../../src/export/toModule.js'
import { toOnnx } from '../../src/export/toOnnx.js'
import { toSql } from '../../src/export/toSql.js'
import { codeFeatures } from '../../src/learn/imported/model.js'
import type { Scorer } from '../../src/score/scorer.js'
import { startPostgres } from '../support/postgres.js'
import type { ExportRow } from './cases.js'

/** The score of a row by an exported scorer; null and NaN where it refuses the row. */
export interface ExportedScore {
  readonly margin: number | null
  readonly probability: number | null
  readonly band: string | null
}

/** What an exported module has. */
export interface ScoringModule {
  readonly features: readonly { readonly name: string; readonly kind: string }[]
  score(row: object): { readonly probability: number; readonly band: string; readonly margin: number }
}

/** Loads the text of a module. */
export async function imported(text: string): Promise<ScoringModule> {
  return import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)
}

/** Returns the scores of rows by the scorer as a module. */
export async function moduleScores(scorer: Scorer, rows: readonly ExportRow[]): Promise<ExportedScore[]> {
  const { score } = await imported(toModule(scorer))
  return rows.map(score)
}

/** Returns the scores of rows by the scorer in onnxruntime; texts are given as categories are written. */
export async function onnxScores(scorer: Scorer, rows: readonly ExportRow[]): Promise<ExportedScore[]> {
  const session = await InferenceSession.create(toOnnx(scorer))
  const codes = codeFeatures(scorer.model)
  const shape = [rows.length, 1]
  const inputs = scorer.model.features.map(({ name, kind }) => {
    const cells = rows.map((row) => row[name] ?? '')
    const tensor =
      kind === 'number' || codes.includes(name)
        ? new Tensor(
            'float64',
            Float64Array.from(cells, (cell) => (cell === '' ? Number.NaN : Number(cell))),
            shape,
          )
        : new Tensor(
            'string',
            cells.map((cell) => String(cell).trim().normalize('NFC')),
            shape,
          )
    return [name, tensor] as const
  })
  const outputs = await session.run(Object.fromEntries(inputs))
  await session.release()
  const [probability, margin, band] = ['probability', 'margin', 'band'].map((name) => outputs[name]!.data)
  // A model without features has no inputs, and one row
  const at = (row: number): number => (inputs.length === 0 ? 0 : row)
  return rows.map((_, row) => ({
    margin: margin![at(row)] as number,
    probability: probability![at(row)] as number,
    band: band![at(row)] as string,
  }))
}

/** A database under test. */
export class TestDatabase {
  private constructor(
    readonly name: SqlDialectName,
    readonly query: (statement: string) => Promise<(ExportedScore & { readonly id: number })[]>,
    readonly close: () => Promise<void>,
  ) {}

  /** Opens an empty database; null where it does not run here. */
  static async open(name: SqlDialectName): Promise<TestDatabase | null> {
    if (name === 'duckdb') {
      const connection: DuckDBConnection = await (
        await DuckDBInstance.create(':memory:', { threads: '1' })
      ).connect()
      return new TestDatabase(
        name,
        async (statement) => (await connection.runAndReadAll(statement)).getRowObjectsJS() as never,
        async () => connection.closeSync(),
      )
    }
    const server = await startPostgres()
    if (server === null) return null
    const client = new Client(server.connection)
    await client.connect()
    await client.query('SET jit = off')
    return new TestDatabase(
      name,
      async (statement) => (await client.query(statement)).rows,
      async () => {
        await client.end()
        await server.stop()
      },
    )
  }

  /** Returns the scores of rows by the scorer as a query, from a table of doubles and texts. */
  async scores(scorer: Scorer, rows: readonly ExportRow[]): Promise<ExportedScore[]> {
    const { identifier } = duckdbSpelling
    const columns = scorer.model.features.map(
      ({ name, kind }) => `${identifier(name)} ${kind === 'number' ? 'double precision' : 'text'}`,
    )
    const values = rows.map(
      (row, index) =>
        `(${[index, ...scorer.model.features.map(({ name }) => cellSql(row[name]))].join(',')})`,
    )
    await this.query('DROP TABLE IF EXISTS features')
    await this.query(`CREATE TABLE features(${['"customer id" integer', ...columns].join(', ')})`)
    await this.query(`INSERT INTO features VALUES ${values.join(',')}`)
    return this.ordered(toSql(scorer, { dialect: this.name, table: 'features', id: 'customer id' }))
  }

  /** Runs a query of an exported scorer, in the order of the ids. */
  ordered(sql: string): Promise<(ExportedScore & { readonly id: number })[]> {
    return this.query(`SELECT * FROM (${sql}) AS scored ORDER BY id`)
  }
}

function cellSql(cell: ExportRow[string] | undefined): string {
  if (cell === null || cell === undefined) return 'NULL'
  if (typeof cell === 'string') return duckdbSpelling.literal(cell)
  return `'${Object.is(cell, -0) ? '-0' : cell}'::float8`
}
