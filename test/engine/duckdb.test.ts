import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { numberColumn, textColumn } from '../../src/base/matrix.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Engine } from '../../src/engine/engine.js'
import { booleanColumn, dayColumn, Table, tableFrom } from '../../src/table/table.js'

let engine: Engine
beforeAll(async () => {
  engine = await openDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

async function refused(promise: Promise<unknown>): Promise<HoldfastError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HoldfastError)
  return error as HoldfastError
}

describe('stream', () => {
  async function tablesOf(statement: string, rowsEach: number): Promise<Table[]> {
    const tables: Table[] = []
    for await (const table of engine.stream(statement, rowsEach)) tables.push(table)
    return tables
  }

  test('gives the rows of query, a part at a time', async () => {
    const statement =
      "SELECT range AS x, CASE WHEN range % 7 > 0 THEN 'text ' || range END AS t FROM range(10000)"
    const tables = await tablesOf(statement, 3000)
    expect(tables.length).toBeGreaterThan(2)
    expect(tables.flatMap((table) => table.rows())).toEqual((await engine.query(statement)).rows())
  })

  test('gives no table where there are no rows', async () => {
    expect(await tablesOf('SELECT 1 AS x WHERE false', 10)).toEqual([])
  })

  test('does not disturb queries that run meanwhile, and they do not disturb it', async () => {
    let rows = 0
    for await (const table of engine.stream('SELECT range AS x FROM range(10000)', 2000)) {
      rows += table.rowCount
      expect((await engine.query('SELECT 1 AS one')).rows()).toEqual([{ one: 1 }])
    }
    expect(rows).toBe(10_000)
  })

  test('refuses what query refuses, with the row of the whole result', async () => {
    expect((await refused(tablesOf('SELECT 1; SELECT 2', 10))).operation).toBe('engine.stream')
    expect((await refused(tablesOf('SELECT nothing', 10))).code).toBe('engine-failed')
    expect((await refused(tablesOf('SELECT [1] AS list', 10))).code).toBe('column-type')
    const late = "SELECT CASE WHEN range = 9000 THEN 'inf'::DOUBLE ELSE 0 END AS x FROM range(10000)"
    expect((await refused(tablesOf(late, 2000))).problems).toMatchObject([
      { code: 'value-not-finite', place: { row: 9001, column: 'x' } },
    ])
    const failing = "SELECT CASE WHEN range = 9000 THEN 'x' ELSE '1' END::INTEGER AS x FROM range(10000)"
    expect((await refused(tablesOf(failing, 2000))).code).toBe('engine-failed')
  })
})

describe('query', () => {
  test('every numeric type becomes a number, NULL becomes missing', async () => {
    const types = [
      'TINYINT',
      'SMALLINT',
      'INTEGER',
      'BIGINT',
      'HUGEINT',
      'UTINYINT',
      'USMALLINT',
      'UINTEGER',
      'UBIGINT',
      'UHUGEINT',
      'FLOAT',
      'DOUBLE',
      'DECIMAL(4,1)',
      'DECIMAL(9,1)',
      'DECIMAL(18,1)',
      'DECIMAL(38,1)',
    ]
    for (const type of types) {
      const table = await engine.query(`SELECT unnest([7, NULL, 101])::${type} AS x`)
      expect(table.rows(), type).toEqual([{ x: 7 }, { x: null }, { x: 101 }])
      expect(table.columns[0]!.kind, type).toBe('number')
    }
  })

  test('negative integers and decimals keep sign and digits', async () => {
    const table =
      await engine.query(`SELECT -5::TINYINT AS a, -5000000000::BIGINT AS b, -5000000000::HUGEINT AS c,
      -12.345::DECIMAL(9,3) AS d, -0.1::DECIMAL(38,20) AS e, -1::HUGEINT AS f, 9007199254740991::BIGINT AS g`)
    expect(table.row(0)).toEqual({
      a: -5,
      b: -5_000_000_000,
      c: -5_000_000_000,
      d: -12.345,
      e: -0.1,
      f: -1,
      g: Number.MAX_SAFE_INTEGER,
    })
  })

  test.each([
    ['9007199254740993::BIGINT', 9007199254740993n],
    ['12345678901234567890::DECIMAL(38,0)', '12345678901234567890'],
    ['-9007199254740992.5::DECIMAL(38,1)', '-9007199254740992.5'],
    ['-9007199254740993::BIGINT', -9007199254740993n],
    ['18446744073709551615::UBIGINT', 18446744073709551615n],
    ['170141183460469231731687303715884105727::HUGEINT', 170141183460469231731687303715884105727n],
    ['18446744073709551616::HUGEINT', 18446744073709551616n],
  ])('an integer that a number cannot hold is refused: %s', async (expression, received) => {
    const error = await refused(engine.query(`SELECT ${expression} AS big`))
    expect(error.problems).toEqual([
      {
        code: 'out-of-range',
        parameter: 'column big',
        rule: 'to lie within ±(2^53 − 1), the integers that a number holds exactly',
        received,
        place: { row: 1, column: 'big' },
        wayOut: 'Cast it in the query: to VARCHAR for an id, to DOUBLE for a quantity.',
      },
    ])
  })

  test.each([
    "'nan'::DOUBLE",
    "'infinity'::DOUBLE",
    "'-infinity'::FLOAT",
    "'infinity'::DATE",
    "'infinity'::TIMESTAMP",
  ])('a value that is not finite is refused: %s', async (expression) => {
    const error = await refused(engine.query(`SELECT ${expression} AS x`))
    expect(error.problems[0]).toMatchObject({ code: 'value-not-finite', place: { row: 1, column: 'x' } })
  })

  test('dates and timestamps become days, also before 1970; the time of day is cut off', async () => {
    const table = await engine.query(`SELECT DATE '1969-12-31' AS a, TIMESTAMP '1969-12-31 23:59:59' AS b,
      TIMESTAMP '2025-01-31 23:59:59.999999' AS c, TIMESTAMP_S '2025-01-31 00:00:00' AS d,
      TIMESTAMP_MS '1969-12-31 12:00:00' AS e, TIMESTAMP_NS '1969-12-31 12:00:00' AS f,
      TIMESTAMPTZ '2025-01-31 23:30:00-02:00' AS g, NULL::DATE AS h`)
    expect(table.columns.map((column) => column.kind)).toEqual(Array(8).fill('day'))
    expect(Object.values(table.row(0))).toEqual([
      '1969-12-31',
      '1969-12-31',
      '2025-01-31',
      '2025-01-31',
      '1969-12-31',
      '1969-12-31',
      '2025-02-01',
      null,
    ])
  })

  test('texts of any length and script, and ENUM values, are dictionary-coded', async () => {
    const texts = [
      '',
      'short',
      'exactly12byt',
      'thirteen byte',
      '保有率',
      'a"b\'c',
      'naïve',
      'x'.repeat(5000),
    ]
    const list = texts.map((text) => engine.dialect.literal(text)).join(', ')
    const table = await engine.query(`SELECT unnest([${list}, NULL, 'short']) AS x`)
    expect(table.rows().map((row) => row['x'])).toEqual([...texts, null, 'short'])
    const column = table.columns[0]!
    expect(column.kind === 'text' && column.dictionary.length).toBe(texts.length)
    const ranked = await engine.query("SELECT unnest(['low', NULL, 'high'])::ENUM('low', 'high') AS band")
    expect(ranked.rows()).toEqual([{ band: 'low' }, { band: null }, { band: 'high' }])
  })

  test('other types are refused, all at once, with a way out', async () => {
    const error = await refused(
      engine.query('SELECT [1] AS list, 1 AS fine, INTERVAL 1 DAY AS span, uuid() AS u'),
    )
    expect(error.problems.map((problem) => [problem.code, problem.parameter, problem.received])).toEqual([
      ['column-type', 'column list', 'INTEGER[]'],
      ['column-type', 'column span', 'INTERVAL'],
      ['column-type', 'column u', 'UUID'],
    ])
  })

  test('an empty result has columns and no rows', async () => {
    const table = await engine.query("SELECT 1 AS a, 'x' AS b, DATE '2025-01-01' AS c WHERE false")
    expect([table.rowCount, table.columns.map((column) => [column.name, column.kind])]).toEqual([
      0,
      [
        ['a', 'number'],
        ['b', 'text'],
        ['c', 'day'],
      ],
    ])
  })

  test('a result of many chunks keeps the order and the missing rows', async () => {
    const table = await engine.query(
      'SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS n, i::VARCHAR AS t FROM range(10000) r(i) ORDER BY i',
    )
    const number = table.numbers('n')
    expect(table.rowCount).toBe(10_000)
    expect(number.missing?.count()).toBe(3334) // 0, 3, …, 9999
    expect([number.values[9998], table.cell('n', 9999), table.cell('t', 4096)]).toEqual([9998, null, '4096'])
  })

  test('several statements at once are refused', async () => {
    const error = await refused(engine.query('SELECT 1 AS a; SELECT 2 AS b'))
    expect(error.problems[0]).toMatchObject({ code: 'engine-failed', rule: 'to be a single query' })
  })

  test('a failing statement is named, shortened, with the reason of DuckDB', async () => {
    const error = await refused(engine.query('SELECT   missing_column\nFROM (SELECT 1 AS a)'))
    expect(error.message).toBe(
      'engine.query: expected the statement to run on DuckDB, got "SELECT missing_column FROM (SELECT 1 AS a)" (string). ' +
        'DuckDB says: Binder Error: Referenced column "missing_column" not found in FROM clause! Candidate bindings: "a".',
    )
    expect(error.code).toBe('engine-failed')
    const long = await refused(engine.run(`SELECT ${'x'.repeat(500)}`))
    expect(long.message.length).toBeLessThan(1000)
  })
})

describe('load', () => {
  test('all kinds with missing values come back as they went in; days as integers', async () => {
    const table = new Table([
      numberColumn('n', [1.5, null, -0]),
      textColumn('t', ['', 'O\'Brien "x"', null]),
      dayColumn('d', [epochDay('2025-01-31'), null, epochDay('1969-12-31')]),
      booleanColumn('b', [null, true, false]),
    ])
    await engine.load('all kinds', table)
    const back = await engine.query('SELECT * FROM "all kinds"')
    expect(back.rows()).toEqual([
      { n: 1.5, t: '', d: 20119, b: null },
      { n: null, t: 'O\'Brien "x"', d: null, b: true },
      { n: -0, t: null, d: -1, b: false },
    ])
  })

  test('loading again under the same name replaces the table', async () => {
    await engine.load('twice', tableFrom({ a: [1, 2] }))
    await engine.load('twice', tableFrom({ b: ['x'] }))
    expect((await engine.query('SELECT * FROM twice')).rows()).toEqual([{ b: 'x' }])
  })

  test('a table without rows is made with its columns', async () => {
    await engine.load('empty', tableFrom({ a: [] as number[] }))
    expect((await engine.query('SELECT * FROM empty')).rowCount).toBe(0)
  })

  test('any table makes the round trip, also over the chunk size', async () => {
    const cell = fc.record({
      number: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      text: fc.option(fc.string({ unit: 'binary' })),
      boolean: fc.option(fc.boolean()),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(1, 2047, 2048, 2049, 5000),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((name) => !name.includes('\0')),
        async (cells, rowCount, name) => {
          const rows = Array.from({ length: rowCount }, (_, row) => cells[row % cells.length]!)
          const table = new Table([
            numberColumn(
              'number',
              rows.map((row) => row.number),
            ),
            textColumn(
              `${name} text`,
              rows.map((row) => row.text),
            ),
            booleanColumn(
              'boolean',
              rows.map((row) => row.boolean),
            ),
          ])
          await engine.load(name, table)
          const back = await engine.query(`SELECT * FROM ${engine.dialect.identifier(name)}`)
          await engine.run(`DROP TABLE ${engine.dialect.identifier(name)}`)
          expect(back.rows()).toEqual(table.rows())
        },
      ),
      { numRuns: 10 },
    )
  })
})

describe('dialect', () => {
  test('a literal is read back as the same value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const table = await engine.query(`SELECT ${engine.dialect.literal(text)} AS x`)
        expect(table.cell('x', 0)).toBe(text)
      }),
      { numRuns: 20 },
    )
    const table = await engine.query(
      `SELECT ${engine.dialect.literal(null)} AS x, ${engine.dialect.literal(true)} AS y`,
    )
    expect(table.row(0)).toEqual({ x: null, y: true })
  })

  test('an exact sum does not lose digits and is NULL over no row', async () => {
    const sum = engine.dialect.exactSum('x')
    const table = await engine.query(
      `SELECT (SELECT ${sum} FROM (SELECT 0.1::DOUBLE AS x FROM range(10))) AS a,
        (SELECT ${sum} FROM (SELECT 1 AS x WHERE false)) AS b`,
    )
    // 0.1 + 0.1 + … ten times, one after the other, is 0.9999999999999999
    expect(table.row(0)).toEqual({ a: 1, b: null })
  })

  test('holdfast and its engine can be imported without loading native code', () => {
    const script =
      "import('./src/engine/duckdb.ts').then(() => process.stdout.write(String(process.report.getReport().sharedObjects.some((file) => file.includes('duckdb')))))"
    const loaded = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(loaded).toBe('false')
  })
})

describe('openDuckdb', () => {
  test('a database file keeps its tables', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
    try {
      const path = join(folder, 'history.duckdb')
      const first = await openDuckdb({ path, threads: 1, memoryLimit: '200MB' })
      await first.load('kept', tableFrom({ a: [1] }))
      await first.close()
      const second = await openDuckdb({ path })
      expect((await second.query('SELECT * FROM kept')).rows()).toEqual([{ a: 1 }])
      await second.close()
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('a path that cannot be opened is named', async () => {
    const error = await refused(openDuckdb({ path: '/no/such/folder/x.duckdb' }))
    expect(error.problems[0]).toMatchObject({ code: 'engine-failed', received: '/no/such/folder/x.duckdb' })
  })

  test('wrong options are refused', async () => {
    const error = await refused(openDuckdb({ threads: 0, memoryLimit: 'lots', thread: 2 } as never))
    expect(error.problems.map((problem) => [problem.code, problem.parameter, problem.wayOut])).toEqual([
      ['option-invalid', 'threads', undefined],
      ['option-invalid', 'memoryLimit', undefined],
      ['option-unknown', 'thread', 'Did you mean threads?'],
    ])
  })
})
