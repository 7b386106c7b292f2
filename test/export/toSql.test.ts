import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FeatureColumn, TextColumn } from '../../src/base/matrix.js'
import { duckdbSpelling } from '../../src/base/sqlSpelling.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import type { SqlDialectName } from '../../src/export/sqlDialects.js'
import type { SqlOptions } from '../../src/export/sqlOptions.js'
import { toSql } from '../../src/export/toSql.js'
import { restoreBoosting } from '../../src/learn/boosting/model.js'
import type { ChurnModel, TrainingData } from '../../src/learn/contract.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { createScorer, type Scorer } from '../../src/score/scorer.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'
import { exportCase, oddData, treesOf } from './cases.js'
import { TestDatabase } from './targets.js'

const databases: Partial<Record<SqlDialectName, TestDatabase | null>> = {}

beforeAll(async () => {
  databases.duckdb = await TestDatabase.open('duckdb')
  databases.postgresql = await TestDatabase.open('postgresql')
}, 60_000)

afterAll(async () => {
  await databases.duckdb?.close()
  await databases.postgresql?.close()
})

const { identifier, literal } = duckdbSpelling

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
const flatOptions = { table: 'flat', id: 'id', asOf: '2025-01-01' } as const

for (const dialect of ['duckdb', 'postgresql'] as const) {
  describe(`the table of a query of ${dialect}`, () => {
    let database: TestDatabase
    beforeEach(({ skip }) => {
      database = databases[dialect] ?? skip('PostgreSQL did not start')
    })
    const create = async (rows: readonly string[]): Promise<void> => {
      await database.query('DROP TABLE IF EXISTS flat')
      await database.query(
        'CREATE TABLE flat(id integer, calls double precision, since date, paperless boolean, plan text)',
      )
      if (rows.length > 0) await database.query(`INSERT INTO flat VALUES ${rows.join(', ')}`)
    }
    const scored = (options: object = {}): ReturnType<TestDatabase['ordered']> =>
      database.ordered(toSql(flat, { dialect: dialect, ...flatOptions, ...options }))

    it('may have days, and true and false', async () => {
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

    it('may have true and false where the model does not know of it, if they are named', async () => {
      await create(["(0, 3, DATE '2024-05-15', true, 'Gold')", "(1, 3, DATE '2024-05-15', false, 'Gold')"])
      const data = oddData(200, 6)
      const paperless = { ...(data.features.columns[3] as FeatureColumn), name: 'paperless' }
      const scorer = createScorer(
        trainLogistic({ ...data, features: { rowCount: 200, columns: [paperless] } }),
      )
      const options = { dialect, table: 'flat', id: 'id' }
      const scores = await database.ordered(toSql(scorer, { ...options, booleans: ['paperless'] }))
      for (const [row, cell] of [1, 0].entries())
        expect(scores[row]!.probability).toBeCloseTo(scorer.scoreRow({ paperless: cell }).probability, 12)
      // DuckDB takes them for 1 and 0 by itself, PostgreSQL says that it does not
      const unnamed = database.ordered(toSql(scorer, options))
      if (dialect === 'duckdb') expect(await unnamed).toEqual(scores)
      else await expect(unnamed).rejects.toThrow('cannot cast type boolean')
    })

    it('may have 0 and 1 as numbers of any type where training had true and false', async () => {
      const row = { calls: 3, since: '2024-05-15', paperless: true, plan: 'Gold' }
      const { probability } = flat.scoreRow(row, { asOf: '2025-01-01' })
      for (const type of ['boolean', 'integer', 'double precision', 'numeric(5, 2)']) {
        const one = type === 'boolean' ? 'true' : '1'
        const columns = `0 AS id, 3 AS calls, DATE '2024-05-15' AS since, CAST(${one} AS ${type}) AS paperless, 'Gold' AS plan`
        const [score] = await scored({ table: { query: `SELECT ${columns}` } })
        expect(score!.probability, type).toBeCloseTo(probability, 12)
      }
    })

    it('may be empty', async () => {
      await create([])
      expect(await scored()).toEqual([])
    })

    it('with numbers that scoreRow refuses gives NULL for their rows, and scores of the others', async () => {
      const numbers = ['NaN', 'Infinity', '-Infinity', '1']
      await create(numbers.map((number, id) => `(${id}, '${number}'::float8, NULL, NULL, NULL)`))
      const scores = await scored()
      const none = { margin: null, probability: null, band: null }
      expect(scores.slice(0, 3)).toEqual([0, 1, 2].map((id) => ({ id, ...none })))
      expect(scores[3]!.probability).toBeGreaterThan(0)
    })

    it('may be a sub-query, or in a schema', async () => {
      await create(["(0, 3, DATE '2024-05-15', true, 'Gold')"])
      const [score] = await scored()
      const query =
        'SELECT id + 5 AS id, calls, since, paperless, plan FROM flat -- the last line is a remark'
      expect(await scored({ table: { query } })).toEqual([{ ...score, id: 5 }])
      const schema = dialect === 'duckdb' ? 'main' : 'public'
      expect(await scored({ table: [schema, 'flat'] })).toEqual([score])
    })

    it('of another type makes the query fail', async () => {
      await create([])
      await database.query(`ALTER TABLE flat ALTER COLUMN plan TYPE integer USING 1`)
      await expect(scored()).rejects.toThrow(/trim/)
      await create([])
      await database.query(`ALTER TABLE flat DROP COLUMN calls`)
      await expect(scored()).rejects.toThrow(/calls/)
    })

    it('may have other names of columns, also some that are cut or taken for the same', async () => {
      await create(["(0, 3, DATE '2024-05-15', true, 'Gold')"])
      const long = 'x'.repeat(80)
      const data = oddData(200, 3)
      const [calls, other] = [numbersOf(data, long), numbersOf(data, long.toUpperCase())]
      const features = { rowCount: 200, columns: [calls, other] }
      const scorer = createScorer(trainLogistic({ ...data, features }))
      const options = { dialect: dialect, table: 'flat' } as const
      expect(() => toSql(scorer, options)).toThrow(
        dialect === 'duckdb' ? /upper and lower case/ : /80.*cuts longer/,
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

    it('with codes of an imported model that are no whole numbers gives NULL', async () => {
      const { scorer, rows } = exportCase('lightgbm-codes')
      const code = scorer.model.features.find(({ kind }) => kind === 'text')!.name
      const texts = ['0', ' +0', '0.0', '000', '-0', '77777', '0.5', 'Gold', `${'0'.repeat(301)}`, '']
      const changed = texts.map((text) => ({ ...rows[0]!, [code]: text }))
      const scores = await database.scores(scorer, changed)
      for (const [index, row] of changed.entries()) {
        const { probability } = scores[index]!
        // scoreRow takes 301 digits for the number that they are; nobody writes them
        if (index >= 6 && index <= 8) expect(probability).toBeNull()
        else expect(probability).toBeCloseTo(scorer.scoreRow(row).probability, 12)
      }
    })

    it('is scored in the same way whatever the settings of the session', async () => {
      const { scorer, rows } = exportCase('logistic')
      const before = await database.scores(scorer, rows)
      const [setting, back] =
        dialect === 'duckdb'
          ? ["SET default_collation = 'NOCASE'", "SET default_collation = ''"]
          : ['SET standard_conforming_strings = off', 'SET standard_conforming_strings = on']
      await database.query(setting)
      const sql = toSql(scorer, { dialect, table: 'features', id: 'customer id' })
      const after = await database.ordered(sql).finally(() => database.query(back))
      expect(after).toEqual(before)
    })

    it('adds trees in the order of the model', async () => {
      // 0.1 is lost beside 1e16, and not after it has gone
      const scorer = createScorer(treesOf([{ kind: 'number', name: 'x' }], 0.1, [1e16, -1e16, 0.2]))
      const [score] = await database.scores(scorer, [{ x: 1 }])
      expect(score!.margin).toBe(0.2)
    })

    it('has no row of a category that the database cannot hold', async () => {
      const texts = ['a', 'b\0', 'c\ud800', '\ufffd']
      const scorer = createScorer(
        treesOf([{ kind: 'text', name: 'kind', categories: texts.slice(0, 3) }], 0, [
          { asks: 0, left: [1, 2], missingLeft: 0, yes: 1, no: -1 },
        ]),
      )
      const scores = await database.scores(scorer, [{ kind: 'a' }, { kind: '\ufffd' }, { kind: null }])
      expect(scores.map(({ margin }) => margin)).toEqual([-1, -1, -1])
    })

    it('may have trees 800 questions deep, and no deeper', async () => {
      await create(["(0, 3, DATE '2024-05-15', true, 'Gold')"])
      const options = { dialect: dialect, table: 'flat' } as const
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
    if (database === null) continue
    const dialect = database.name
    for (const statement of ['DROP TABLE IF EXISTS kept', 'CREATE TABLE kept(a integer)'])
      await database.query(statement)
    await database.query(`DROP TABLE IF EXISTS ${identifier(evil)}`)
    await database.query(`CREATE TABLE ${identifier(evil)}(${identifier(evil)} text)`)
    const value = plan.dictionary[0]!
    const quoted = dialect === 'duckdb' ? literal(value) : `E${literal(value.replaceAll('\\', '\\\\'))}`
    await database.query(`INSERT INTO ${identifier(evil)} VALUES (${quoted})`)
    const [score] = await database.query(toSql(scorer, { dialect: dialect, table: evil, id: evil }))
    const { probability } = trained.scoreRow({ [evil]: value })
    expect(score!.probability).toBeCloseTo(probability, 12)
    expect(score!.band).toBe(probability >= 0.5 ? bands[0]!.name : 'low')
    expect(await database.query('SELECT * FROM kept')).toEqual([])
  }
})
