import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, epochDay, formatDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { History } from '../../src/engine/history.js'
import { type HistorySources, type OpenHistoryOptions, openHistory } from '../../src/engine/openHistory.js'
import { checkCustomerHistory } from '../../src/table/customerHistory.js'
import { eventTableNames } from '../../src/table/inputs.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'
import { writeTable } from '../../src/table/writeTable.node.js'
import { historyOf, historyTables, historyToday } from '../support/history.js'

let folder: string
const opened: History[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
})
afterAll(async () => {
  for (const history of opened) await history.close()
  await rm(folder, { recursive: true })
})

const today = '2025-07-01'

async function open(sources: HistorySources, options: OpenHistoryOptions = {}): Promise<History> {
  const history = await openHistory(sources, { today, ...options })
  opened.push(history)
  return history
}

async function rowsOf(history: History, table: string) {
  return (await history.engine.query(`SELECT * FROM ${table} ORDER BY ALL`)).rows()
}

async function refused(sources: unknown, options: OpenHistoryOptions = {}): Promise<HoldfastError> {
  const error = await openHistory(sources as HistorySources, { today, ...options }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HoldfastError)
  return error as HoldfastError
}

const facts = (error: HoldfastError) =>
  error.problems.map(({ code, place, received, count }) => [
    code,
    place?.table,
    place?.row,
    place?.column,
    received,
    count,
  ])

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, content)
  return path
}

const customers = [
  { id: 'A', activatedAt: '2024-01-15' },
  { id: 'B', activatedAt: '2024-06-01' },
]
const usage = [{ id: 'A', day: '2025-01-31', minutes: 12 }]

describe('a good history', () => {
  test('has canonical tables with integer days under our names', async () => {
    const history = await open(historyTables)
    expect(await rowsOf(history, "customers WHERE id = 'B'")).toEqual([
      {
        id: 'B',
        activatedAt: epochDay('2023-06-01'),
        cancelledAt: epochDay('2025-05-10'),
        region: 'south',
        birthYear: 1992,
        postpaid: false,
      },
    ])
    // A bill happens on the last day of its month, a plan on its first day
    expect(await rowsOf(history, "bills WHERE id = 'B' AND amount = 25")).toEqual([
      { id: 'B', period: epochDay('2025-02-01'), amount: 25, voice: 15, day: epochDay('2025-02-28') },
    ])
    const plans = await rowsOf(history, "plans WHERE id = 'G'")
    expect(plans.map((row) => [row['from'], row['day'], row['to']])).toEqual([
      [epochDay('2024-08-08'), epochDay('2024-08-08'), epochDay('2025-03-31')],
      [epochDay('2025-04-01'), epochDay('2025-04-01'), null],
    ])
    expect(history.tables).toEqual({
      customers: {
        id: 'text',
        activatedAt: 'day',
        cancelledAt: 'day',
        region: 'text',
        birthYear: 'number',
        postpaid: 'boolean',
      },
      usage: { id: 'text', day: 'day', minutes: 'number', dataMb: 'number', network: 'text' },
      bills: { id: 'text', period: 'day', amount: 'number', voice: 'number', day: 'day' },
      payments: { id: 'text', day: 'day', amount: 'number', kind: 'text', balance: 'number' },
      plans: {
        id: 'text',
        from: 'day',
        to: 'day',
        plan: 'text',
        fee: 'number',
        contractEnd: 'day',
        converged: 'boolean',
        bound: 'boolean',
        day: 'day',
      },
      contacts: { id: 'text', day: 'day', kind: 'text', channel: 'text' },
      devices: { id: 'text', period: 'day', deviceId: 'text', day: 'day' },
      calls: { from: 'text', to: 'text', day: 'day', minutes: 'number' },
    })
    expect(history.rejects.rowCount).toBe(0)
    // The last day by day is 2025-06-30 (usage)
    expect(formatDay(history.completeUntil)).toBe('2025-07-01')
  })

  test('is the same from files of any format, from tables and from row objects', async () => {
    const expected = await open(historyTables)
    const names = Object.keys(historyTables) as (keyof typeof historyTables)[]
    for (const ending of ['csv', 'tsv', 'csv.gz', 'parquet', 'jsonl']) {
      const sources: Record<string, string> = {}
      for (const name of names) {
        sources[name] = join(folder, ending, `${name}.${ending}`)
        await mkdir(join(folder, ending), { recursive: true })
        await writeTable(tableFromRows(historyTables[name]), sources[name])
      }
      const history = await open(sources as unknown as HistorySources)
      expect(history.tables, ending).toEqual(expected.tables)
      for (const name of names)
        expect(await rowsOf(history, name), `${name}.${ending}`).toEqual(await rowsOf(expected, name))
    }
    const tables = Object.fromEntries(names.map((name) => [name, tableFromRows(historyTables[name])]))
    const history = await open(tables as unknown as HistorySources)
    for (const name of names) expect(await rowsOf(history, name), name).toEqual(await rowsOf(expected, name))
  })

  test('agrees with the history of one customer in memory', async () => {
    const history = await open(historyTables)
    for (const { id } of historyTables.customers) {
      const { customer, events } = checkCustomerHistory(historyOf(id), { tables: history.tables })
      expect([customer]).toEqual(await rowsOf(history, `customers WHERE id = '${id}'`))
      for (const table of eventTableNames) {
        const rows = (
          await history.engine.query(
            `SELECT * EXCLUDE (id) FROM ${table} WHERE id = '${id}' ORDER BY day, rowid`,
          )
        ).rows()
        expect(events[table], `${table} of ${id}`).toEqual(rows)
      }
    }
  })

  test("maps the user's column names onto ours, in files with several parts and other columns", async () => {
    await file('parts/usage-1.csv', 'cust_no;tag;minuten;id\nA;2025-01-31;1;x1\nB;2025-02-01 10:30:00;2;x2\n')
    await file('parts/usage-2.csv', 'cust_no;tag;daten\n"A";2025-03-01;3\n')
    const history = await open({
      customers: {
        from: [
          { cust_no: 7, start: '2024-01-15' },
          { cust_no: 'A', start: '2024-01-15' },
          { cust_no: 'B', start: '2024-01-15' },
        ],
        columns: { id: 'cust_no', activatedAt: 'start' },
      },
      usage: {
        from: join(folder, 'parts/usage-*.csv'),
        columns: { id: 'cust_no', day: 'tag', minutes: 'minuten', rowId: 'id' },
      },
    })
    expect(await rowsOf(history, 'usage')).toEqual([
      { id: 'A', day: epochDay('2025-01-31'), minutes: 1, rowId: 'x1', daten: null },
      { id: 'A', day: epochDay('2025-03-01'), minutes: null, rowId: null, daten: 3 },
      { id: 'B', day: epochDay('2025-02-01'), minutes: 2, rowId: 'x2', daten: null },
    ])
    expect((await rowsOf(history, 'customers')).map((row) => row['id'])).toEqual(['7', 'A', 'B'])
  })

  test('ids keep leading zeros, floating ids of Parquet lose their .0, texts their blanks only where there is nothing else', async () => {
    const engine = await openDuckdb()
    const path = join(folder, 'float.parquet')
    await engine.run(
      `COPY (SELECT unnest([17.0, 18.0])::DOUBLE AS id, TIMESTAMP '2024-01-01 12:00:00' AS activatedAt) TO '${path}'`,
    )
    await engine.close()
    const history = await open({
      customers: path,
      contacts: [{ id: 17, day: '2025-01-01', kind: ' call ', note: '\u3000' }],
    })
    expect((await rowsOf(history, 'customers')).map((row) => row['id'])).toEqual(['17', '18'])
    expect(await rowsOf(history, 'contacts')).toEqual([
      { id: '17', day: epochDay('2025-01-01'), kind: ' call ', note: null },
    ])
    const zeros = await open({
      customers: await file('zeros.csv', 'id,activatedAt,zip\n007,2024-01-01,00701\n7,2024-01-01,12345\n'),
      usage: await file('zerousage.csv', 'id,day,n\n007,2025-01-01,1\n'),
    })
    expect(zeros.tables.customers).toMatchObject({ id: 'text', zip: 'text' })
    expect((await rowsOf(zeros, 'customers')).map((row) => [row['id'], row['zip']])).toEqual([
      ['007', '00701'],
      ['7', '12345'],
    ])
  })

  test('opening the same sources again gives the same, also on the same engine', async () => {
    const engine = await openDuckdb()
    const first = await openHistory(historyTables, { today, engine })
    const before = await rowsOf(first, 'usage')
    const second = await openHistory(historyTables, { today, engine })
    expect(await rowsOf(second, 'usage')).toEqual(before)
    const left = await engine.query(
      "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'holdfast%'",
    )
    expect(left.rowCount).toBe(0)
    await second.close()
  })

  test('a table of the engine that a history did not make is not overwritten', async () => {
    const engine = await openDuckdb()
    await engine.run('CREATE TABLE usage AS SELECT 1 AS precious')
    const error = await refused({ customers, usage }, { engine })
    expect(error.problems).toMatchObject([{ code: 'engine-failed', parameter: 'table usage' }])
    expect((await engine.query('SELECT * FROM usage')).rows()).toEqual([{ precious: 1 }])
    await engine.close()
  })

  test('completeUntil is the day after the last row by day, by month where there is no other, at most tomorrow', async () => {
    const until = async (sources: HistorySources, options = {}) =>
      formatDay((await open(sources, options)).completeUntil)
    const bills = [{ id: 'A', period: '2025-06', amount: 1 }]
    expect(await until({ customers, usage, bills })).toBe('2025-02-01')
    expect(await until({ customers, bills })).toBe('2025-07-01')
    // The bill of the running month is dated with its last day, which is yet to come
    expect(await until({ customers, bills }, { today: '2025-06-10' })).toBe('2025-06-11')
    expect(await until({ customers, usage }, { completeUntil: '2025-05-01' })).toBe('2025-05-01')
  })

  test('a column of a day, of booleans or of texts is kept among measures too', async () => {
    const history = await open({
      customers,
      usage: [{ id: 'A', day: '2025-01-31', minutes: 1, until: '2025-02-28', roaming: 'true', cell: 'n1' }],
    })
    expect(history.tables.usage).toEqual({
      id: 'text',
      day: 'day',
      minutes: 'number',
      until: 'day',
      roaming: 'boolean',
      cell: 'text',
    })
  })
})

describe('sources that are refused as a whole', () => {
  test('unknown tables, no customers, no history', async () => {
    expect(
      (await refused({ customer: customers, usages: usage })).problems.map((problem) => [
        problem.code,
        problem.parameter,
        problem.wayOut,
      ]),
    ).toEqual([
      ['table-unknown', 'table customer', 'Did you mean customers?'],
      ['table-unknown', 'table usages', 'Did you mean usage?'],
      ['table-unknown', 'sources', 'Give one row per customer, with id and activatedAt.'],
      [
        'table-unknown',
        'sources',
        'Use fromFlatTable for a flat table with one row and a label per customer.',
      ],
    ])
    expect((await refused(undefined)).code).toBe('option-invalid')
    expect((await refused({ customers, usage: 5 })).problems).toMatchObject([
      { code: 'option-invalid', parameter: 'usage' },
    ])
  })

  test('missing, empty and unreadable files of all tables at once', async () => {
    const good = await file('whole/usage.csv', 'id,day\nA,2025-01-01\n')
    const bytes = Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919) % 256)
    const error = await refused({
      customers: join(folder, 'whole/customers.csv'),
      usage: good.replace('usage', 'usages'),
      bills: await file('whole/bills.csv', 'id,period,amount\n'),
      payments: await file('whole/payments.parquet', bytes),
      plans: await file('whole/plans.csv', bytes),
      contacts: join(folder, 'whole/*.nothing'),
      devices: await file('whole/devices.csv', ''),
      calls: [],
    })
    expect(error.problems.map((problem) => [problem.code, problem.place?.table])).toEqual([
      ['file-missing', 'customers'],
      ['file-missing', 'usage'],
      ['table-empty', 'bills'],
      ['file-unreadable', 'payments'],
      ['file-unreadable', 'plans'],
      ['file-missing', 'contacts'],
      ['table-empty', 'devices'],
      ['table-empty', 'calls'],
    ])
    expect(error.problems[1]!.wayOut).toBe('Did you mean usage.csv?')
  })

  test('missing, doubled and unusable columns, with the nearest name', async () => {
    const alike = await file('bad/alike.jsonl', '{"id":"A","day":"2025-01-01","kind":"x","Kind":"y"}\n')
    const error = await refused({
      customers: [{ ID: 'A', activatedAt: '2024-01-01' }],
      usage: [{ id: 'A', day: '2025-01-01', minutes: 1, Minutes: 2 }],
      bills: {
        from: [{ id: 'A', period: '2025-01', amount: 1, day: 5 }],
        types: { amount: 'text', zip: 'text' },
      },
      payments: {
        from: [{ id: 1, cust: 'A', day: '2025-01-01', amount: 1 }],
        columns: { id: 'cust', kind: 'art' },
      },
      contacts: alike,
      devices: [{ id: 'A', period: '2025-01', deviceId: 'x', RowId: 1 }],
    })
    expect(error.problems.map(({ code, parameter, place }) => [code, place?.table, parameter])).toEqual([
      ['column-missing', 'customers', 'column id'],
      ['column-duplicate', 'usage', 'column Minutes'],
      ['option-invalid', undefined, 'bills.types.amount'],
      ['column-missing', 'bills', 'column zip'],
      ['column-duplicate', 'bills', 'column day'],
      ['column-missing', 'payments', 'column art'],
      ['column-duplicate', 'payments', 'column id'],
      ['column-duplicate', 'contacts', 'column Kind'],
      ['column-duplicate', 'devices', 'column RowId'],
    ])
    expect(error.problems[0]).toMatchObject({
      rule: 'to exist (needed in customers); the columns are ID, activatedAt',
      wayOut: "Did you mean ID? Map names with { from, columns: { id: 'ID' } }.",
    })
  })

  test('columns named as those that check rows, which would hide them', async () => {
    const lines = Array.from(
      { length: 2_500 },
      (_, row) => `${row === 2_400 ? 'X' : 'A'},2025-01-01,${row + 1}`,
    )
    const usage = await file('bad/holdfast-row.csv', `id,day,Holdfast row\n${lines.join('\n')}\n`)
    const customers = [{ id: 'A', activatedAt: '2024-01-01' }]
    const mapped = {
      from: [{ id: 'A', day: '2025-01-01', x: 1 }],
      columns: { 'holdfast day': 'x' },
    }
    for (const [from, column] of [
      [usage, 'Holdfast row'],
      [mapped, 'x'],
    ] as const) {
      const error = await refused({ customers, usage: from })
      expect(error.problems).toMatchObject([
        { code: 'column-duplicate', parameter: `column ${column}`, place: { table: 'usage', column } },
      ])
    }
  })

  test('a table of events without id beside customers that are fine', async () => {
    const error = await refused({
      customers: [{ id: 'A', activatedAt: '2024-01-01' }],
      usage: [{ customer: 'A', day: '2025-01-01' }],
    })
    expect(error.problems).toMatchObject([
      { code: 'column-missing', parameter: 'column id', place: { table: 'usage' } },
    ])
  })

  test('a nested or mistyped column of a typed file', async () => {
    const engine = await openDuckdb()
    const path = join(folder, 'typed.parquet')
    await engine.run(
      `COPY (SELECT 'A' AS id, DATE '2025-01-01' AS day, [1, 2] AS list, true AS amount) TO '${path}'`,
    )
    await engine.close()
    const error = await refused({ customers, payments: path })
    expect(error.problems.map(({ code, received, place }) => [code, place?.column, received])).toEqual([
      ['column-type', 'list', 'INTEGER[]'],
      ['column-type', 'amount', 'BOOLEAN'],
    ])
  })

  test('wrong options', async () => {
    const error = await refused({ customers, usage }, {
      badRows: 'drop',
      today: 'tomorrow',
      maxRejectShare: 50,
    } as never)
    expect(error.problems.map((problem) => [problem.code, problem.parameter])).toEqual([
      ['option-invalid', 'badRows'],
      ['option-invalid', 'maxRejectShare'],
      ['option-invalid', 'today'],
    ])
  })
})

const badCustomers = `id,activatedAt,cancelledAt,age
A,2024-01-15,,30
B,2024-13-01,,31
C,2024-01-15,2023-01-01,32
A,2020-01-01,,33
,2024-01-01,,34
D,2026-01-01,,35
E,2024-01-01,,NaN
F,2024-01-01,,36
G,2024-01-01,,37
H,2024-01-01,,38
I,2024-01-01,,39
`
const badUsage = `id,day,minutes
A,2025-01-31,12
Z,2025-01-31,1
A,2023-12-31,2
A,2026-01-01,3
A,,4
A,2025-02-01,1e999
A,2025-02-02,many
C,2025-02-03,5
${Array.from({ length: 22 }, (_, index) => `F,2025-03-${String(index + 1).padStart(2, '0')},${index}\n`).join('')}A,2025-02-04
`

describe('files that are not whole, or say two things', () => {
  test('a packed file whose writer was killed is refused: its last rows are not there', async () => {
    const rows = Array.from({ length: 100 }, (_, row) => `C${row},2024-01-01\n`)
    const packed = gzipSync(`id,activatedAt\n${rows.join('')}`)
    const usage = [{ id: 'C1', day: '2025-01-31', minutes: 12 }]
    // Without its checksum every row is there, and nobody can tell
    const cut = await file('cut.csv.gz', packed.subarray(0, -8))
    expect((await refused({ customers: cut, usage })).problems).toMatchObject([
      { code: 'file-unreadable', place: { table: 'customers', file: cut } },
    ])
    const twoParts = Buffer.concat([packed, gzipSync('D1,2024-01-01\n')])
    const whole = await open({ customers: await file('whole.CSV.GZ', twoParts), usage })
    expect(await rowsOf(whole, 'customers')).toHaveLength(101)
  })

  test('a name twice in an object of JSON lines, also inside of another', async () => {
    const good = '{"id":"A","day":"2025-01-05","minutes":10}\n'
    for (const bad of [
      '{"id":"A","day":"2025-01-05","minutes":10,"minutes":99}\n',
      '{"id":"A","day":"2025-01-05","use":{"calls":1,"calls":2}}\n',
    ]) {
      const lines = await file('twice.jsonl', good + bad)
      const place = { table: 'usage', file: lines, row: 2 }
      expect((await refused({ customers, usage: lines })).problems).toMatchObject([
        { code: 'column-duplicate', rule: 'to have each name once per object', place },
      ])
    }
  })
})

describe('what is said of a source beside its rows', () => {
  const said = (source: Record<string, unknown>) => refused({ customers, usage: { from: usage, ...source } })

  test.each([
    [{ decimal: 'comma' }, 'usage.decimal'],
    [{ thousands: 'x' }, 'usage.thousands'],
    [{ dateFormat: 'foo' }, 'usage.dateFormat'],
    [{ dateFormat: { day: 'foo' } }, 'usage.dateFormat.day'],
    [{ encoding: 'foo' }, 'usage.encoding'],
    [{ columns: null }, 'usage.columns'],
    [{ columns: { minutes: 5 } }, 'usage.columns.minutes'],
    [{ types: null }, 'usage.types'],
    [{ types: { minutes: 'numbr' } }, 'usage.types.minutes'],
    [{ decimals: '.' }, 'usage.decimals'],
  ])('is checked: %o', async (source, parameter) => {
    const error = await said(source)
    expect(error.problems.map((problem) => problem.parameter)).toEqual([parameter])
    expect(error.message).not.toContain('Invalid input')
  })

  test('of several sources at once, with the nearest name', async () => {
    const error = await refused({
      customers: { from: customers, colums: {} },
      usage: { from: usage, encodng: 'utf-8' },
    })
    expect(error.message).toMatch(
      /customers.colums .* Did you mean columns\?[\s\S]*usage.encodng .* encoding\?/,
    )
  })

  test('names columns that the table has', async () => {
    expect((await said({ decimal: { Minutes: '.' } })).problems).toMatchObject([
      { code: 'column-missing', parameter: 'column Minutes', wayOut: 'Did you mean minutes?' },
    ])
    const mapped = { from: [{ id: 'A', day: '2025-01-31', min: '1,5' }], columns: { minutes: 'min' } }
    const history = await open({ customers, usage: { ...mapped, decimal: { minutes: ',' } } })
    expect(await rowsOf(history, 'usage')).toMatchObject([{ minutes: 1.5 }])
  })
})

describe('a column that only a part of a table has', () => {
  const rows = [
    { id: 'A', day: '2025-01-05', minutes: 10 },
    { id: 'A', day: '2025-02-05', minute: 20 },
  ]
  const inFiles = async (format: 'csv' | 'jsonl' | 'parquet') => {
    const folderOf = `parts-${format}`
    const paths = rows.map((_, index) => join(folder, folderOf, `${index}.${format}`))
    await mkdir(join(folder, folderOf), { recursive: true })
    for (const [index, path] of paths.entries()) await writeTable(tableFromRows([rows[index]!]), path)
    return paths
  }
  const misspelled = { code: 'column-missing', parameter: 'column minutes', received: 'minute' }

  test.each(['csv', 'jsonl', 'parquet'] as const)(
    'is refused where it is misspelled, in %s files',
    async (format) => {
      const from = await inFiles(format)
      const [problem, ...others] = (await refused({ customers, usage: { from } })).problems
      expect(others).toEqual([])
      expect(problem).toMatchObject({ ...misspelled, place: { table: 'usage', file: from[1] } })
      expect(problem!.wayOut).toContain('Did you mean minutes?')
    },
  )

  test('is refused where it is misspelled, in rows, lines of a file and objects inside of them', async () => {
    const place = { table: 'usage', row: 2 }
    expect((await refused({ customers, usage: rows })).problems).toMatchObject([{ ...misspelled, place }])
    const lines = await file('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    expect((await refused({ customers, usage: lines })).problems).toMatchObject([{ ...misspelled, place }])
    const nested = rows.map(({ id, day, ...use }) => ({ id, day, use }))
    const parameter = 'column use.minutes'
    expect((await refused({ customers, usage: nested })).problems).toMatchObject([{ parameter, place }])
    const deep = await file('deep.jsonl', nested.map((row) => `${JSON.stringify(row)}\n`).join(''))
    expect((await refused({ customers, usage: deep })).problems).toMatchObject([{ parameter, place }])
  })

  test('is what it is where both are in one row, or the names are short or numbered', async () => {
    const both = [...rows, { id: 'A', day: '2025-03-05', minutes: null, minute: 3 }]
    expect((await open({ customers, usage: both })).notes).toEqual([])
    const names = [
      { id: 'A', day: '2025-01-05', fee: 1, phone1: 1 },
      { id: 'A', day: '2025-02-05', free: 2, phone2: 2 },
    ]
    expect(await rowsOf(await open({ customers, usage: names }), 'usage')).toHaveLength(2)
  })

  test('is said where whole files are without it', async () => {
    const one = await file('columns/1.csv', 'id,day,minutes\nA,2025-01-05,10\n')
    const two = await file('columns/2.csv', 'id,day,calls\nA,2025-02-05,2\n')
    const history = await open({ customers, usage: { from: [one, two] } })
    expect(history.notes).toEqual([
      `table usage: column minutes is not in 1 of its 2 files (${two}): it counts as missing in their rows.`,
      `table usage: column calls is not in 1 of its 2 files (${one}): it counts as missing in their rows.`,
    ])
  })
})

describe('bad rows', () => {
  test('are refused together, for each rule its first row, count and way out', async () => {
    const error = await refused({
      customers: await file('bad/customers.csv', badCustomers),
      usage: await file('bad/usage.csv', badUsage),
      bills: [
        { id: 'A', period: '2023-12', amount: 1 },
        { id: 'A', period: '2024-01', amount: 1 },
        { id: 'A', period: '2025-13', amount: 1 },
        { id: 'A', period: '2024-02-15', amount: null },
        { id: 'A', period: '2025-07', amount: 3 },
        { id: 'A', period: '2025-08', amount: 3 },
      ],
      plans: [
        { id: 'A', from: '2025-01-01', to: '2024-12-31', plan: 'p', bound: 'maybe' },
        { id: 'A', from: '2025-01-01', to: '2030-12-31', plan: 'p', bound: '1' },
      ],
    })
    expect(facts(error)).toEqual([
      ['value-missing', 'customers', 5, 'id', undefined, 1],
      ['value-type', 'customers', 2, 'activatedAt', '2024-13-01', 1],
      ['value-not-finite', 'customers', 7, 'age', 'NaN', 1],
      ['date-in-future', 'customers', 6, 'activatedAt', '2026-01-01', 1],
      ['out-of-range', 'customers', 3, 'cancelledAt', '2023-01-01', 1],
      ['duplicate-id', 'customers', 4, 'id', 'A', 1],
      ['length-differs', 'usage', 31, undefined, 'A,2025-02-04', 1],
      ['value-missing', 'usage', 5, 'day', undefined, 1],
      ['value-type', 'usage', 7, 'minutes', 'many', 1],
      ['value-not-finite', 'usage', 6, 'minutes', '1e999', 1],
      ['date-in-future', 'usage', 4, 'day', '2026-01-01', 1],
      ['id-unknown', 'usage', 2, 'id', 'Z', 1],
      ['event-before-activation', 'usage', 3, 'day', '2023-12-31', 1],
      ['value-type', 'bills', 3, 'period', '2025-13', 1],
      ['value-missing', 'bills', 4, 'amount', undefined, 1],
      ['date-in-future', 'bills', 6, 'period', '2025-08', 1],
      ['event-before-activation', 'bills', 1, 'period', '2023-12', 1],
      ['value-type', 'plans', 1, 'bound', 'maybe', 1],
      ['out-of-range', 'plans', 1, 'to', '2024-12-31', 1],
    ])
  })

  test('are named by a whole sentence', async () => {
    const path = await file('bad/one.csv', 'cust,day\nA,2025-01-01\nA,2023-12-31\nA,2023-12-30\n')
    const error = await refused({ customers, usage: { from: path, columns: { id: 'cust' } } })
    expect(error.message).toBe(
      `openHistory: ${path}, table usage, row 2, column day: expected day to be on or after the activation of the customer, ` +
        'got "2023-12-31" (string) (2 times). Correct activatedAt, or leave out what happened before it. ' +
        "Or leave such rows out, counted and listed, with badRows: 'setAside'.",
    )
  })

  test('set aside are left out and listed, one reject for each broken rule', async () => {
    const customersFile = await file('bad/customers.csv', badCustomers)
    const usageFile = await file('bad/usage.csv', badUsage)
    const history = await open(
      { customers: customersFile, usage: usageFile },
      { badRows: 'setAside', maxRejectShare: 0.6 },
    )
    expect((await rowsOf(history, 'customers')).map((row) => row['id'])).toEqual(['A', 'F', 'G', 'H', 'I'])
    const kept = await rowsOf(history, 'usage')
    expect([kept.length, kept[0]]).toEqual([23, { id: 'A', day: epochDay('2025-01-31'), minutes: 12 }])
    const rejects = history.rejects.rows()
    expect(
      rejects
        .filter((row) => row['table'] === 'usage')
        .map((row) => [row['row'], row['column'], row['code'], row['value']]),
    ).toEqual([
      [31, null, 'length-differs', 'A,2025-02-04'],
      [5, 'day', 'value-missing', null],
      [7, 'minutes', 'value-type', 'many'],
      [6, 'minutes', 'value-not-finite', '1e999'],
      [4, 'day', 'date-in-future', '2026-01-01'],
      [2, 'id', 'id-unknown', 'Z'],
      [8, 'id', 'id-unknown', 'C'],
      [3, 'day', 'event-before-activation', '2023-12-31'],
    ])
    expect(rejects[0]).toEqual({
      table: 'customers',
      file: customersFile,
      row: 5,
      column: 'id',
      code: 'value-missing',
      rule: 'to have a value in every row',
      value: null,
    })
    expect(rejects).toHaveLength(6 + 8)
  })

  test('set aside change nothing where there are none', async () => {
    const strict = await open(historyTables)
    const lenient = await open(historyTables, { badRows: 'setAside' })
    for (const name of Object.keys(historyTables))
      expect(await rowsOf(lenient, name)).toEqual(await rowsOf(strict, name))
  })

  test('more than maxRejectShare of a table are refused all the same', async () => {
    const rows = [
      { id: 'Z', day: '2025-01-01' },
      { id: 'Y', day: '2025-01-02' },
      { id: 'A', day: '2025-01-03' },
    ]
    const error = await refused(
      { customers, contacts: rows.map((row) => ({ ...row, kind: 'call' })) },
      { badRows: 'setAside' },
    )
    expect(facts(error)).toEqual([
      ['out-of-range', 'contacts', undefined, undefined, 0.6667, undefined],
      ['id-unknown', 'contacts', 1, 'id', 'Z', 2],
    ])
  })

  test('are found by their row in the file where lines before it cannot be read, and in the right file of a glob', async () => {
    const good = (count: number) =>
      Array.from({ length: count }, (_, index) => `A,2025-01-${String(index + 1).padStart(2, '0')},1\n`).join(
        '',
      )
    await file('rows/u1.csv', `id,day,n\n${good(5)}`)
    // Rows 2 and 5 are no rows, row 3 holds a line break, row 6 is of nobody
    await file(
      'rows/u2.csv',
      `id,day,n\nA,2025-01-01,1\nA,2025-01-02\n"A","2025-01-03","1"\n"A",2025-01-04,"1\n"\nA,2025,1,1\nZ,2025-01-05,1\n${good(9)}`,
    )
    const history = await open({ customers, usage: join(folder, 'rows/*.csv') }, { badRows: 'setAside' })
    expect(history.rejects.rows().map((row) => [row['file'], row['row'], row['code']])).toEqual([
      [join(folder, 'rows/u2.csv'), 2, 'length-differs'],
      [join(folder, 'rows/u2.csv'), 5, 'length-differs'],
      [join(folder, 'rows/u2.csv'), 6, 'id-unknown'],
    ])
    expect(await rowsOf(history, 'usage')).toHaveLength(5 + 3 + 9)
  })

  test('a quote that stays open cannot be set aside: it swallows rows', async () => {
    const rows = Array.from({ length: 200_000 }, () => 'A,2025-01-03\n').join('')
    for (const [name, after] of Object.entries({ short: 'A,2025-01-03\nA,2025-01-04\n', long: rows })) {
      const path = await file(`bad/open-${name}.csv`, `id,day\nA,2025-01-01\nA,"2025-01-02\n${after}`)
      // Several threads read the parts of a long file
      const engine = await openDuckdb({ threads: 2 })
      const error = await refused({ customers, usage: path }, { badRows: 'setAside', engine })
      await engine.close()
      expect(error.problems, name).toMatchObject([
        {
          code: 'file-unreadable',
          place: { table: 'usage', file: path },
          wayOut: expect.stringContaining('cannot be set aside'),
        },
      ])
    }
  })

  test('a malformed line of JSON lacks its values and is named', async () => {
    const path = await file(
      'bad/usage.jsonl',
      '{"id":"A","day":"2025-01-01","n":1}\nnot json\n{"id":"A","day":"2025-01-02","n":"x"}\n',
    )
    const error = await refused({ customers, usage: path })
    expect(facts(error)).toEqual([
      ['value-missing', 'usage', 2, 'id', undefined, 1],
      ['value-missing', 'usage', 2, 'day', undefined, 1],
    ])
  })

  test('lines that are not UTF-8 are named', async () => {
    const path = await file(
      'bad/gb.csv',
      Buffer.from([...Buffer.from('id,day,city\nA,2025-01-01,x\nA,2025-01-02,'), 0xb1, 0xa3, 0x0a]),
    )
    const error = await refused({ customers, usage: path })
    expect(error.problems).toMatchObject([
      {
        code: 'file-unreadable',
        place: { table: 'usage', file: path },
        wayOut: expect.stringContaining("probably gb18030: read it with encoding: 'gb18030'"),
      },
    ])
  })

  test('a few texts among the numbers of a measure are bad rows, marks for missing are not', async () => {
    const rows = Array.from(
      { length: 20 },
      (_, index) =>
        `A,2025-01-${String(index + 1).padStart(2, '0')},${index === 3 ? '?' : index === 7 ? 'NA' : index}`,
    )
    const path = await file('bad/na.csv', `id,day,minutes\n${rows.join('\n')}\n`)
    const error = await refused({ customers, usage: path })
    expect(facts(error)).toEqual([['value-type', 'usage', 4, 'minutes', '?', 1]])
    expect(error.problems[0]!.wayOut).toContain("missing: ['?']")
    const history = await open({ customers, usage: path }, { missing: ['?'] })
    expect((await rowsOf(history, 'usage'))[3]!['minutes']).toBeNull()
    expect((await rowsOf(history, 'usage'))[7]!['minutes']).toBeNull()
    const asText = await open({ customers, usage: { from: path, types: { minutes: 'text' } } })
    expect(asText.tables.usage).toMatchObject({ minutes: 'text' })
  })

  test('gzipped files are read and checked', async () => {
    const path = await file('bad/u.csv.gz', gzipSync('id,day\nA,2025-01-01\nZ,2025-01-01\n'))
    expect(facts(await refused({ customers, usage: path }))).toEqual([
      ['id-unknown', 'usage', 2, 'id', 'Z', 1],
    ])
  })
})

test('the small history of the tests is complete until the day it says', () => {
  expect(historyToday).toBe(today)
})

test('product events that are given as contacts are said to belong to usage', async () => {
  const customers = [{ id: 'A', activatedAt: '2025-01-01' }]
  // 59 days: 118 rows are 61 a month, 6 rows are 3
  const events = (each: number, kind: string) =>
    Array.from({ length: 59 * 2 }, (_, index) => index)
      .filter((index) => index % each === 0 || index === 117)
      .map((index) => ({
        id: 'A',
        day: formatDay(addDays(epochDay('2025-01-01'), Math.floor(index / 2))),
        kind: `${kind}${index}`,
      }))
  const notesOf = async (sources: HistorySources) => {
    const history = await openHistory(sources, { today: '2025-03-01', completeUntil: '2025-03-01' })
    await history.close()
    return history.notes.filter((note) => note.includes('no table usage'))
  }
  const often = events(1, 'export')
  expect(await notesOf({ customers, contacts: often })).toEqual([
    expect.stringMatching(
      /^Table contacts has 61 rows per customer and month, and there is no table usage\./,
    ),
  ])
  expect(await notesOf({ customers, contacts: events(24, 'ticket') })).toEqual([])
  const usage = often.map(({ id, day, kind }) => ({ id, day, feature: kind }))
  expect(await notesOf({ customers, usage, contacts: often })).toEqual([])
})

test('rows that are no objects are refused as such, and unknown tables of completeUntil are told which there are', async () => {
  const customers = [{ id: 'A', activatedAt: '2024-01-01' }]
  const { message } = await refused({ customers, usage: [1, 2] })
  expect(message).toBe(
    'openHistory: table usage, row 1: expected the row to be an object with a value for each column, got 1 (number) (2 times).',
  )
  const usage = [{ id: 'A', day: '2024-02-01' }]
  const until = await refused({ customers, usage }, { completeUntil: { usge: today } } as never)
  expect(until.message).toContain('to be one of customers, usage,')
  expect(until.message).toContain('Did you mean usage?')
})
