import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FeatureColumn, TextColumn } from '../../src/base/matrix.js'
import { duckdbSpelling } from '../../src/base/sqlSpelling.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import type { SqlDialectName } from '../../src/export/sqlDialects.js'
import { type SqlOptions, toSql } from '../../src/export/toSql.js'
import { restoreBoosting } from '../../src/learn/boosting/model.js'
import type { ChurnModel, TrainingData } from '../../src/learn/contract.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { createScorer, type Scorer } from '../../src/score/scorer.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { type ExportCase, type ExportRow, exportCases, matrixOf, oddData } from './cases.js'

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

const isThere = ({ name }: Database): boolean => name === 'duckdb' || server !== null

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
    it.for(exportCases())('$name: scores are those of the scorer, to 1e-12', async (each, { skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
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

/** A scorer of columns of each kind: a number, days, true or false, a text. */
function flatScorer(): Scorer {
  const table = tableFromRows(
    Array.from({ length: 200 }, (_, row) => ({
      calls: row % 7,
      since: `2024-${String((row % 12) + 1).padStart(2, '0')}-15`,
      paperless: row % 3 === 0,
      plan: ['Gold', 'Silver', ''][row % 3]!,
      churn: row % 5 < 2 ? 'yes' : 'no',
    })),
  )
  const dataset = fromFlatTable(table, { label: 'churn', asOf: '2025-01-01' })
  return createScorer(trainLogistic(dataset), dataset)
}

const flat = flatScorer()
const flatOptions = { table: 'flat', id: 'id', booleans: ['paperless'], asOf: '2025-01-01' } as const

for (const database of Object.values(databases)) {
  describe(`the table of a query of ${database.name}`, () => {
    const create = async (rows: readonly string[]): Promise<void> => {
      await database.run('DROP TABLE IF EXISTS flat')
      await database.run(
        'CREATE TABLE flat(id integer, calls double precision, since date, paperless boolean, plan text)',
      )
      if (rows.length > 0) await database.run(`INSERT INTO flat VALUES ${rows.join(', ')}`)
    }
    const scored = (options: object = {}): Promise<SqlScore[]> =>
      scoresOf(database, toSql(flat, { dialect: database.name, ...flatOptions, ...options }))

    it('may have days, and true and false', async ({ skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      await create([
        "(0, 3, DATE '2024-05-15', true, 'Gold')",
        "(1, 3, DATE '9999-12-31', false, ' Silver ')",
        '(2, NULL, NULL, NULL, NULL)',
      ])
      const rows = [
        { calls: 3, since: '2024-05-15', paperless: true, plan: 'Gold' },
        { calls: 3, since: '9999-12-31', paperless: false, plan: ' Silver ' },
        { calls: null, since: null, paperless: null, plan: null },
      ]
      const expected = rows.map((row) => flat.scoreRow(row, { asOf: '2025-01-01' }).probability)
      const given = (await scored()).map(({ probability }) => probability!)
      for (const [row, probability] of expected.entries()) expect(given[row]).toBeCloseTo(probability, 12)
    })

    it('may be empty', async ({ skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      await create([])
      expect(await scored()).toEqual([])
    })

    it('with numbers that scoreRow refuses gives NULL for their rows, and scores of the others', async ({
      skip,
    }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      const numbers = ['NaN', 'Infinity', '-Infinity', '1']
      await create(numbers.map((number, id) => `(${id}, '${number}'::float8, NULL, NULL, NULL)`))
      const scores = await scored()
      const none = { margin: null, probability: null, band: null }
      expect(scores.slice(0, 3)).toEqual([0, 1, 2].map((id) => ({ id, ...none })))
      expect(scores[3]!.probability).toBeGreaterThan(0)
    })

    it('may be a sub-query, or in a schema', async ({ skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      await create(["(0, 3, DATE '2024-05-15', true, 'Gold')"])
      const [score] = await scored()
      const query =
        'SELECT id + 5 AS id, calls, since, paperless, plan FROM flat -- the last line is a remark'
      expect(await scored({ table: { query } })).toEqual([{ ...score, id: 5 }])
      const schema = database.name === 'duckdb' ? 'main' : 'public'
      expect(await scored({ table: [schema, 'flat'] })).toEqual([score])
    })

    it('of another type makes the query fail', async ({ skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      await create([])
      await database.run(`ALTER TABLE flat ALTER COLUMN plan TYPE integer USING 1`)
      await expect(scored()).rejects.toThrow(/trim/)
      await create([])
      await database.run(`ALTER TABLE flat DROP COLUMN calls`)
      await expect(scored()).rejects.toThrow(/calls/)
    })

    it('may have other names of columns, also some that are cut or taken for the same', async ({ skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      await create(["(0, 3, DATE '2024-05-15', true, 'Gold')"])
      const long = 'x'.repeat(80)
      const data = oddData(200, 3)
      const [calls, other] = [numbersOf(data, long), numbersOf(data, long.toUpperCase())]
      const features = { rowCount: 200, columns: [calls, other] }
      const scorer = createScorer(trainLogistic({ ...data, features }))
      const options = { dialect: database.name, table: 'flat' } as const
      expect(() => toSql(scorer, options)).toThrow(
        database.name === 'duckdb' ? /upper and lower case/ : /80.*cuts longer/,
      )
      const query = 'SELECT calls AS one, calls + 1 AS two FROM flat'
      const sql = toSql(scorer, {
        ...options,
        table: { query },
        columns: { [long]: 'one', [long.toUpperCase()]: 'two' },
      })
      const [score] = await database.query(sql)
      expect(score!.probability).toBeCloseTo(
        scorer.scoreRow({ [long]: 3, [long.toUpperCase()]: 4 }).probability,
        12,
      )
    })

    it('with codes of an imported model that are no whole numbers gives NULL', async ({ skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      const { scorer, rows } = exportCases().find(({ name }) => name === 'lightgbm-codes.txt')!
      const code = scorer.model.features.find(({ kind }) => kind === 'text')!.name
      const texts = ['0', ' +0', '0.0', '000', '-0', '77777', '0.5', 'Gold', `${'0'.repeat(301)}`, '']
      const changed = texts.map((text) => ({ ...rows[0]!, [code]: text }))
      await createFeatures(database, { name: '', scorer, rows: changed })
      const scores = await scoresOf(
        database,
        toSql(scorer, { dialect: database.name, table: 'features', id: 'customer id' }),
      )
      for (const [index, row] of changed.entries()) {
        const { probability } = scores[index]!
        // scoreRow takes 301 digits for the number that they are; nobody writes them
        if (index >= 6 && index <= 8) expect(probability).toBeNull()
        else expect(probability).toBeCloseTo(scorer.scoreRow(row).probability, 12)
      }
    })

    it('is scored in the same way whatever the settings of the session', async ({ skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      const each = exportCases().find(({ name }) => name === 'logistic')!
      await createFeatures(database, each)
      const sql = toSql(each.scorer, { dialect: database.name, table: 'features', id: 'customer id' })
      const before = await scoresOf(database, sql)
      const [setting, back] =
        database.name === 'duckdb'
          ? ["SET default_collation = 'NOCASE'", "SET default_collation = ''"]
          : ['SET standard_conforming_strings = off', 'SET standard_conforming_strings = on']
      await database.run(setting)
      const after = await scoresOf(database, sql).finally(() => database.run(back))
      expect(after).toEqual(before)
    })

    it('may have trees 800 questions deep, and no deeper', async ({ skip }) => {
      skip(!isThere(database), 'PostgreSQL did not start')
      await create(["(0, 3, DATE '2024-05-15', true, 'Gold')"])
      const options = { dialect: database.name, table: 'flat' } as const
      const [score] = await database.query(toSql(createScorer(chainOfQuestions(800)), options))
      // The value 3 is above the questions 0, 1 and 2, and not above 3
      expect(score!.margin).toBe(3)
      expect(() => toSql(createScorer(chainOfQuestions(801)), options)).toThrow(
        /at most 800 questions.*got 801/,
      )
    })
  })
}

function numbersOf({ features }: TrainingData, name: string): FeatureColumn {
  return { ...features.columns[2]!, name }
}

/** One tree: calls ≤ 0? 0 : calls ≤ 1? 1 : … */
function chainOfQuestions(count: number): ChurnModel {
  const nodes = Array.from({ length: 2 * count + 1 }, (_, node) => node)
  const isLeaf = (node: number): boolean => node % 2 === 1 || node === 2 * count
  const level = (node: number): number => Math.floor(node / 2)
  return restoreBoosting([{ kind: 'number', name: 'calls' }], 0.5, {
    baseMargin: 0,
    trees: {
      roots: [0],
      feature: nodes.map(() => 0),
      right: nodes.map((node) => (isLeaf(node) ? 0 : node + 2)),
      threshold: nodes.map((node) => (isLeaf(node) ? 0 : level(node))),
      missingLeft: nodes.map(() => 0),
      categoryStart: nodes.map(() => 0),
      leftCategories: [0],
      value: nodes.map((node) => (isLeaf(node) ? level(node) : 0)),
      cover: nodes.map((node) => (isLeaf(node) && node < 2 * count ? 1 : count + 1 - level(node))),
      gain: nodes.map(() => 0),
    },
  })
}

describe('wrong options', () => {
  const [scorer, options] = [flat, { dialect: 'duckdb', ...flatOptions }] as const
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ dialect: 'mysql' }, /toSql: expected dialect to be one of "duckdb", "postgresql", got "mysql"/],
    [{ dialect: undefined }, /expected dialect to be one of "duckdb", "postgresql", got undefined/],
    [{ table: '' }, /table/],
    [{ table: [] }, /table/],
    [{ table: ['a', 'b', 'c', 'd'] }, /table/],
    [{ table: { query: 'SELECT 1;' } }, /table.query to be one SELECT without a semicolon/],
    [{ table: 'a\0b' }, /expected table to be a name without U\+0000/],
    [{ id: 'a\ud800' }, /expected id to be a name without U\+0000 and unpaired surrogates/],
    [{ columns: { cals: 'x' } }, /expected columns.cals to be a feature of the model.*Did you mean calls\?/],
    [{ columns: { calls: 'plan' } }, /expected the column of plan to be another than that of calls/],
    [{ columns: { calls: 'PLAN' } }, /takes upper and lower case for the same/],
    [{ booleans: ['plan'] }, /expected booleans.plan to be a number feature/],
    [{ asOf: undefined }, /expected asOf to be the day of the forecast.*since/],
    [{ asOf: 'yesterday' }, /asOf/],
    [{ tables: 'x' }, /tables.*Did you mean table\?/],
  ]
  it.each(wrong)('%o is refused', (change, message) => {
    expect(() => toSql(scorer, { ...options, ...change } as SqlOptions)).toThrow(message)
  })

  it('all of them are named at once', () => {
    const many = { ...options, columns: { no: 'x' }, booleans: ['plan'], asOf: undefined }
    expect(() => toSql(scorer, many)).toThrow(/3 problems/)
  })
})

it('names and texts run nothing, whatever they hold', async () => {
  const evil = `x"; DROP TABLE kept; --'; /*\\`
  const data = oddData(300, 4)
  const text = data.features.columns[1] as TextColumn
  const plan = { ...text, name: evil, dictionary: text.dictionary.map((each) => `${each}${evil}`) }
  const bands = [
    { name: `high${evil}`, from: 0.5 },
    { name: 'low', from: 0 },
  ]
  const trained = createScorer(trainLogistic({ ...data, features: { rowCount: 300, columns: [plan] } }))
  const scorer = { ...trained, about: { ...trained.about, bands } }
  for (const database of Object.values(databases)) {
    if (!isThere(database)) continue
    for (const statement of ['DROP TABLE IF EXISTS kept', 'CREATE TABLE kept(a integer)'])
      await database.run(statement)
    await database.run(`DROP TABLE IF EXISTS ${identifier(evil)}`)
    await database.run(`CREATE TABLE ${identifier(evil)}(${identifier(evil)} text)`)
    const value = plan.dictionary[0]!
    const quoted = database.name === 'duckdb' ? literal(value) : `E${literal(value.replaceAll('\\', '\\\\'))}`
    await database.run(`INSERT INTO ${identifier(evil)} VALUES (${quoted})`)
    const [score] = await database.query(toSql(scorer, { dialect: database.name, table: evil, id: evil }))
    const { probability } = trained.scoreRow({ [evil]: value })
    expect(score!.probability).toBeCloseTo(probability, 12)
    expect(score!.band).toBe(probability >= 0.5 ? bands[0]!.name : 'low')
    expect(await database.query('SELECT * FROM kept')).toEqual([])
  }
})
