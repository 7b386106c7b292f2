import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Engine } from '../../src/engine/engine.js'
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
  // Every third row is sampled of 12,001, from 0 on, and row 10,000 is not among the first, every row of 31
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
    const at = Math.min(10_000, rows - 1)
    const lines = Array.from({ length: rows }, (_, row) => `A,2024-01-05,"${row === at ? odd : other}"`)
    await writeFile(path, `id,day,x\n${lines.join('\n')}\n`)
    return ask(
      { customers: customersOf(['A']), usage: path },
      'SELECT typeof(x) AS type, x, count(*) > 1 AS several FROM usage GROUP BY ALL ORDER BY 2',
    ).catch((error: HoldfastError) =>
      error.problems.map(({ code, parameter, rule, received, place, wayOut, count }) => {
        return { code, parameter, rule, received, isThere: place?.row === at + 1, wayOut, count }
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
    expect(await said('12', 'oops', 12_001)).toMatchObject([{ code: 'value-type', isThere: true, count: 1 }])
    expect(await said('gold', '12', 12_001)).toMatchObject([{ x: '12' }, { x: 'gold' }])
  })
})

describe('a file whose first rows are written plainly', () => {
  const rows = 2_500
  /** Beyond the first 2,048 rows. */
  const oddRow = 2_300
  const tables = ['usage', 'payments', 'contacts', 'bills'] as const
  const customers = customersOf(['A', 'B'])
  const usual = {
    numbers: (row: number) => `${row % 90}.${10 + (row % 85)}`,
    days: (row: number) => `2024-01-${10 + (row % 15)}`,
    times: (row: number) => `2024-02-${10 + (row % 15)} 23:${10 + (row % 45)}:59`,
    words: (row: number) => (row % 2 === 0 ? 'gold' : 'silver'),
    flags: (row: number) => (row % 2 === 0 ? 'true' : 'FALSE'),
    sparse: (row: number) => (row % 1_000 === 999 ? '2024-03-01T10:00' : ''),
  }
  const numbers = ['12', '-0.5', '1.234', '1.234 ', '1234.500', '007', '5e3', '+5', '.5', '1_000', 'NaN']
  const days = ['2024-02-29', '2024-02-30', '2024-1-5', '05.01.2024', '0099-01-01', '2024-01-05x', 'epoch']
  const times = ['2024-01-05T23:59:59Z', '2024-01-05 24:00:00', '2024-01-05 1:02:03', '2024-01-05 12:30:5.']
  const odd: Readonly<Record<keyof typeof usual, readonly string[]>> = {
    numbers: [...numbers, '', '  ', 'NA', 'oops', '12345678901234567', '2024-01-05'],
    days: [...days, '', 'NULL', '2024-01-05 12:30', ' 2024-01-05', '19728'],
    times: [...times, '2024-01-05', '2024-01-05T23:00-05:00', '2024-01-05 12:30:59.5'],
    words: ['', ' ', 'NA', '12', 'A12', 'true', '2024-01-05'],
    flags: ['', '1', 'yes'],
    sparse: ['2024-03-01', '7'],
  }
  const cases = Object.entries(odd).flatMap(([kind, cells]) =>
    cells.map((cell) => ({ usually: usual[kind as keyof typeof usual], cell })),
  )
  const groups = Array.from({ length: Math.ceil(cases.length / tables.length) }, (_, group) =>
    cases.slice(group * tables.length, (group + 1) * tables.length),
  )

  function textOf(usually: (row: number) => string, cell: string | undefined, dayName = 'day'): string {
    const lines = Array.from({ length: rows }, (_, row) => {
      const day = `2024-0${1 + (row % 6)}-15`
      return `${row % 2 === 0 ? 'A' : 'B'},${day},${row}.5,call,${row === oddRow ? (cell ?? usually(row)) : usually(row)}`
    })
    return `id,${dayName},amount,kind,x\n${lines.join('\n')}\n`
  }

  const dayNames = tables.map((table) => (table === 'bills' ? 'period' : 'day'))

  /** Everything that a user sees of a history of some files, or of its refusal. */
  async function seen(files: readonly string[], encoding: string, badRows: 'refuse' | 'setAside') {
    const named = tables.map((table, index) => [table, files[index]] as const)
    const sources = named.flatMap(([table, from]) =>
      from === undefined ? [] : [[table, { from, encoding }] as const],
    )
    const options = { today: '2025-01-01', badRows, maxRejectShare: 1 } as const
    const opened = await openHistory({ customers, ...Object.fromEntries(sources) }, options).then(
      (history) => ({ history }),
      (error: HoldfastError) => ({ problems: error.problems }),
    )
    if (!('history' in opened)) return JSON.stringify(opened.problems).replaceAll(folder, '')
    const { history } = opened
    const rowsOf = async (table: string) =>
      (await history.engine.query(`SELECT * EXCLUDE (amount) FROM ${table} ORDER BY rowid`)).rows()
    const kept = await Promise.all(sources.map(([table]) => rowsOf(table)))
    await history.close()
    const { tables: kinds, notes, rejects, completeUntilByTable } = history
    const said = { kinds, notes, rejects: rejects.rows(), completeUntilByTable }
    return JSON.stringify({ kept, ...said }).replaceAll(folder, '')
  }

  // Files of other encodings are staged as texts as a whole, and their columns planned by all rows
  test.each(
    groups.map((group) => [group.map(({ cell }) => JSON.stringify(cell)).join(', '), group] as const),
  )('gives what all its texts give, whatever comes later: %s', async (_, group) => {
    const utf8 = await Promise.all(
      group.map(async ({ usually, cell }, index) => {
        const path = join(folder, `plain-${index}.csv`)
        await writeFile(path, textOf(usually, cell, dayNames[index]))
        return path
      }),
    )
    const plain = [await seen(utf8, 'utf-8', 'refuse'), await seen(utf8, 'utf-8', 'setAside')]
    for (const [index, path] of utf8.entries()) {
      const { usually, cell } = group[index]!
      await writeFile(path, `\ufeff${textOf(usually, cell, dayNames[index])}`, 'utf16le')
    }
    expect([await seen(utf8, 'utf-16le', 'refuse'), await seen(utf8, 'utf-16le', 'setAside')]).toEqual(plain)
  })

  test.each([
    ['unknown customers', ',A,', ',X,'],
    ['days to come', '2024-03-15', '2025-03-15'],
  ])('loses its rows of %s, whichever way it is read', async (_, text, other) => {
    const paths = ['usage', 'payments'].map((name) => join(folder, `unknown-${name}.csv`))
    const lines = textOf(usual.times, undefined).split('\n')
    const texts = paths.map((_, index) =>
      lines.map((line, row) => (row % 700 === 699 - index ? `,${line}`.replace(text, other).slice(1) : line)),
    )
    for (const [index, path] of paths.entries()) await writeFile(path, texts[index]!.join('\n'))
    const plain = [await seen(paths, 'utf-8', 'refuse'), await seen(paths, 'utf-8', 'setAside')]
    expect(plain[1]).toMatch(/"rejects":\[{/)
    for (const [index, path] of paths.entries())
      await writeFile(path, `\ufeff${texts[index]!.join('\n')}`, 'utf16le')
    expect([await seen(paths, 'utf-16le', 'refuse'), await seen(paths, 'utf-16le', 'setAside')]).toEqual(
      plain,
    )
  })

  test('is read by all its rows: numbers behind words, and times that no sampled row has', async () => {
    // Every sixth row of 24,000 is sampled; of these 2,048 words and 21,952 numbers, 91 % are numbers
    const columns = [
      (row: number) => (row < 2_048 ? 'unknown' : '5'),
      (row: number) => (row % 600 === 1 ? '2024-03-01T10:00' : ''),
    ]
    const paths = columns.map((_, index) => join(folder, `many-${index}.csv`))
    const texts = columns.map((cellOf) => {
      const lines = Array.from({ length: 24_000 }, (_, row) => `A,2024-01-15,${row}.5,${cellOf(row)}`)
      return `id,day,amount,x\n${lines.join('\n')}\n`
    })
    for (const [index, path] of paths.entries()) await writeFile(path, texts[index]!)
    const plain = await seen(paths, 'utf-8', 'setAside')
    expect(plain).toMatch(/^{"kept"/)
    for (const [index, path] of paths.entries()) await writeFile(path, `\ufeff${texts[index]}`, 'utf16le')
    expect(await seen(paths, 'utf-16le', 'setAside')).toBe(plain)
  })

  test('lacks the values that words for missing stand for, however plain these are', async () => {
    const usage = join(folder, 'missing.csv')
    await writeFile(usage, textOf(usual.numbers, '-1').replace('2024-01-15', '1955-05-05'))
    const missing = ['-1', '1955-05-05']
    const query = 'SELECT count(*) AS rows, count(day) AS days, count(x) AS numbers FROM usage'
    const lenient = { missing, badRows: 'setAside' } as const
    // The row without its day is left out
    expect(await ask({ customers, usage }, query, lenient)).toEqual([
      { rows: rows - 1, days: rows - 1, numbers: rows - 2 },
    ])
  })

  const typed = (odd: string) =>
    `SELECT 'A' AS id, TIMESTAMP '2024-01-31 23:59:59' AS day, CASE WHEN i = ${oddRow} THEN ${odd} ELSE i END AS x FROM range(${rows}) t(i)`

  test('of typed cells is refused for one that is no number, by its row', async () => {
    const usage = await parquet('odd.parquet', typed("'NaN'::DOUBLE"))
    const place = { table: 'usage', row: oddRow + 1, column: 'x' }
    expect(await problemsOf({ customers, usage })).toMatchObject([
      { code: 'value-not-finite', place, count: 1 },
    ])
  })

  test.each(['csv', 'parquet'])('is never held as it is in the file: %s', async (format) => {
    const csv = join(folder, 'plain.csv')
    await writeFile(csv, textOf(usual.times, undefined))
    const usage = format === 'csv' ? csv : await parquet('plain.parquet', typed('i'))
    const engine = await openDuckdb()
    const statements: string[] = []
    const watched: Engine = {
      dialect: engine.dialect,
      run: (statement) => {
        statements.push(statement)
        return engine.run(statement)
      },
      query: (statement) => engine.query(statement),
      stream: (statement, rowsEach) => engine.stream(statement, rowsEach),
      load: (name, table) => engine.load(name, table),
      writeParquet: (statement, path) => engine.writeParquet(statement, path),
      isClosed: false,
      close: () => engine.close(),
    }
    const history = await openHistory({ customers, usage }, { today: '2025-01-01', engine: watched })
    const staged = statements.filter((each) => each.includes('TABLE "holdfast raw usage" AS'))
    expect(staged).toHaveLength(1)
    expect(staged[0]).toMatch(/LIMIT 2048$/)
    expect((await engine.query('SELECT count(*) AS n FROM usage')).rows()).toEqual([{ n: rows }])
    await history.close()
  })
})
