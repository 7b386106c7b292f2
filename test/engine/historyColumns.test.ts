import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import { type HistorySources, type OpenHistoryOptions, openHistory } from '../../src/engine/openHistory.js'
import { readTable } from '../../src/table/readTable.node.js'
import { tableFrom } from '../../src/table/table.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Returns rows of a query over the opened history. */
async function ask(sources: HistorySources, query: string, options: OpenHistoryOptions = {}) {
  const history = await openHistory(sources, { today: '2025-07-01', ...options })
  try {
    return (await history.engine.query(query)).rows()
  } finally {
    await history.close()
  }
}

async function problemsOf(sources: HistorySources) {
  const error = await ask(sources, 'SELECT 1').then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HoldfastError)
  return (error as HoldfastError).problems
}

async function parquet(name: string, query: string): Promise<string> {
  const path = join(folder, name)
  const engine = await openDuckdb()
  await engine.run(`COPY (${query}) TO '${path}'`)
  await engine.close()
  return path
}

const ids = ['1234567890123456789', '1234567890123457789'] as const
const customersOf = (names: readonly unknown[]) => names.map((id) => ({ id, activatedAt: '1900-01-01' }))

describe('the day of a time', () => {
  // The last parts of a day, the whole day and its first part, before and after 1970
  test.each([
    ["TIMESTAMP_NS '2024-01-31 23:59:59.999999999'", '2024-01-31'],
    ["TIMESTAMP_NS '1965-02-28 23:59:59.999999999'", '1965-02-28'],
    ["TIMESTAMP_NS '1965-02-28 23:59:59.999999001'", '1965-02-28'],
    ["TIMESTAMP_NS '1965-02-28 00:00:00'", '1965-02-28'],
    ["TIMESTAMP_NS '1969-12-31 23:59:59.999999999'", '1969-12-31'],
    ["TIMESTAMP '1965-02-28 23:59:59.999999'", '1965-02-28'],
    ["TIMESTAMP_MS '1965-02-28 23:59:59.999'", '1965-02-28'],
    ["TIMESTAMPTZ '1965-02-28 23:59:59.999999+00'", '1965-02-28'],
    ["DATE '1965-02-28'", '1965-02-28'],
  ])('%s is %s', async (time, day) => {
    const usage = await parquet('times.parquet', `SELECT 'A' AS id, ${time} AS day`)
    const rows = await ask({ customers: customersOf(['A']), usage }, 'SELECT day FROM usage')
    expect(rows.map((row) => formatDay(row['day'] as never))).toEqual([day])
  })

  test('of a microsecond far in the future is not rounded to the next one', async () => {
    const customers = await parquet(
      'far.parquet',
      "SELECT 'A' AS id, DATE '2020-01-01' AS \"activatedAt\", TIMESTAMP '2999-12-31 23:59:59.999999' AS endless",
    )
    const usage = [{ id: 'A', day: '2025-01-01' }]
    const [row] = await ask({ customers, usage }, 'SELECT endless FROM customers')
    // 2999-12-31 is 376,199 days after 1970-01-01: date -d 2999-12-31 +%s, divided by 86,400
    expect(row).toEqual({ endless: 376_199 })
  })
})

describe('ids of digits', () => {
  test.each(['BIGINT', 'UBIGINT', 'DECIMAL(38, 0)', 'DECIMAL(38, 2)'])('%s', async (type) => {
    const customers = await parquet(
      'ids.parquet',
      `SELECT unnest([${ids.join(', ')}])::${type} AS id, DATE '2020-01-01' AS "activatedAt"`,
    )
    const usage = ids.map((id) => ({ id, day: '2025-01-01' }))
    expect(await ask({ customers, usage }, 'SELECT id FROM usage ORDER BY id')).toEqual(
      ids.map((id) => ({ id })),
    )
  })

  test('stay the texts that they were in CSV, JSON lines, rows and tables', async () => {
    const names = ['12E3', '+7', '007', '1.0', '7', ids[0], ids[1]]
    const csv = join(folder, 'names.csv')
    await writeFile(csv, `id,activatedAt\n${names.map((id) => `${id},2020-01-01\n`).join('')}`)
    const json = join(folder, 'names.jsonl')
    await writeFile(json, names.map((id) => JSON.stringify({ id, activatedAt: '2020-01-01' })).join('\n'))
    const bare = join(folder, 'bare.jsonl')
    await writeFile(bare, ids.map((id) => `{"id": ${id}, "activatedAt": "2020-01-01"}`).join('\n'))
    const usage = [{ id: ids[0], day: '2025-01-01' }]
    const read = async (customers: HistorySources['customers']) =>
      (await ask({ customers, usage }, 'SELECT id FROM customers ORDER BY rowid')).map((row) => row['id'])
    expect(await read(csv)).toEqual(names)
    expect(await read(json)).toEqual(names)
    expect(await read(bare)).toEqual(ids)
    expect(await read(customersOf(names))).toEqual(names)
    expect(await read(await readTable(csv))).toEqual(names)
    expect(await read(customersOf([...names.slice(0, 5), BigInt(ids[0]), BigInt(ids[1])]))).toEqual(names)
    // A column of which all texts can be read as numbers, which a table then holds
    const numbers = tableFromRows(customersOf(['12E3', '+7', '1.0']))
    const few = { customers: numbers, usage: [{ id: '+7', day: '2025-01-01' }] }
    expect((await ask(few, 'SELECT id FROM usage')).map((row) => row['id'])).toEqual(['+7'])
  })

  test('that are numbers beyond 2^53 are refused: two of them may have become one', async () => {
    const usage = [{ id: 'A', day: '2025-01-01' }]
    const expected = [{ code: 'out-of-range', place: { table: 'customers', row: 2, column: 'id' }, count: 1 }]
    expect(await problemsOf({ customers: customersOf(['A', 2 ** 60]), usage })).toMatchObject(expected)
    const table = tableFrom({ id: [1, 2 ** 60], activatedAt: ['2020-01-01', '2020-01-01'] })
    const one = [{ id: '1', day: '2025-01-01' }]
    expect(await problemsOf({ customers: table, usage: one })).toMatchObject(expected)
  })
})

describe('long integers that are no ids', () => {
  const customers = customersOf(['A'])

  test('of CSV, 16 digits and more, are texts', async () => {
    const usage = join(folder, 'cells.csv')
    await writeFile(usage, 'id,day,cell\nA,2025-01-01,12345678901234567\nA,2025-01-02,12345678901234568\n')
    expect(await ask({ customers, usage }, 'SELECT cell FROM usage ORDER BY day')).toEqual([
      { cell: '12345678901234567' },
      { cell: '12345678901234568' },
    ])
  })

  test('are refused as numbers, from CSV and from typed files, and are exact as declared texts', async () => {
    const csv = join(folder, 'declared.csv')
    await writeFile(csv, 'id,day,cell\nA,2025-01-01,1\nA,2025-01-02,-12345678901234567\n')
    const types = { cell: 'number' } as const
    const expected = [
      { code: 'out-of-range', place: { row: 2, column: 'cell' }, received: '-12345678901234567' },
    ]
    expect(await problemsOf({ customers, usage: { from: csv, types } })).toMatchObject(expected)
    for (const type of ['BIGINT', 'DECIMAL(38, 0)']) {
      const query = `SELECT 'A' AS id, DATE '2025-01-01' AS day, unnest([1, -12345678901234567])::${type} AS cell`
      const usage = await parquet('declared.parquet', query)
      expect(await problemsOf({ customers, usage })).toMatchObject(expected)
      const texts = { customers, usage: { from: usage, types: { cell: 'text' } } } as const
      expect(await ask(texts, 'SELECT cell FROM usage ORDER BY cell')).toEqual([
        { cell: '-12345678901234567' },
        { cell: '1' },
      ])
    }
  })

  test('numbers of rows beyond 2^53 stay the floating numbers that they are', async () => {
    const usage = [{ id: 'A', day: '2025-01-01', bytes: 1e20 }]
    expect(await ask({ customers, usage }, 'SELECT bytes FROM usage')).toEqual([{ bytes: 1e20 }])
  })
})

describe('a cell that no sampled row has says of its column what it says in a small table', () => {
  // Every third row is sampled of 12,001, every row of 31
  const usual = { numbers: '12', words: 'gold' }
  const cells = [
    '007',
    'oops',
    '12',
    'NA',
    'NaN',
    'inf',
    '1_000',
    '+-1',
    '12345678901234567',
    '2024-01-05',
    'true',
    ' 7 ',
  ]
  const said = async (other: string, odd: string, rows: number) => {
    const path = join(folder, `odd-${rows}.csv`)
    const lines = Array.from({ length: rows }, (_, row) => `A,2024-01-05,"${row === 1 ? odd : other}"`)
    await writeFile(path, `id,day,x\n${lines.join('\n')}\n`)
    return ask(
      { customers: customersOf(['A']), usage: path },
      'SELECT typeof(x) AS type, x, count(*) > 1 AS several FROM usage GROUP BY ALL ORDER BY 2',
    ).catch((error: HoldfastError) =>
      error.problems.map(({ code, parameter, rule, received, place, wayOut, count }) => {
        return { code, parameter, rule, received, row: place?.row, wayOut, count }
      }),
    )
  }

  test.each(
    Object.entries(usual).flatMap(([what, other]) => cells.map((odd) => [what, odd, other] as const)),
  )('among %s: %o', async (_, odd, other) => {
    expect(await said(other, odd, 12_001)).toEqual(await said(other, odd, 31))
  })

  test('a name of digits among numbers makes texts of them, a word is refused', async () => {
    expect(await said('12', '007', 12_001)).toMatchObject([
      { type: 'VARCHAR', x: '007' },
      { type: 'VARCHAR', x: '12' },
    ])
    expect(await said('12', 'oops', 12_001)).toMatchObject([{ code: 'value-type', row: 2, count: 1 }])
    expect(await said('gold', '12', 12_001)).toMatchObject([{ x: '12' }, { x: 'gold' }])
  })
})
