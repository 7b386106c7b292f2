import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { textColumn } from '../../src/base/matrix.js'
import { dayReader, knownDateFormats } from '../../src/base/writtenDays.js'
import { numberIn } from '../../src/base/writtenNumbers.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Engine } from '../../src/engine/engine.js'
import { type OpenHistoryOptions, openHistory } from '../../src/engine/openHistory.js'
import { isoDay, type Stepped, withSteps, writtenDay, writtenNumber } from '../../src/engine/writtenSql.js'
import { Table } from '../../src/table/table.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

async function refused(promise: Promise<unknown>): Promise<HoldfastError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HoldfastError)
  return error as HoldfastError
}

const stepOf = (index: number) => (what: string) => `${what}${index}`

function sinceEpoch({ steps, value }: Stepped): Stepped {
  return { steps, value: `CAST(${value} - DATE '1970-01-01' AS INTEGER)` }
}

/** The values c0, c1 … of texts called `cell`, in their order. */
async function valuesOf(
  texts: readonly string[],
  sql: (engine: Engine) => readonly Stepped[],
): Promise<Table> {
  const engine = await openDuckdb()
  try {
    await engine.load('cells', new Table([textColumn('cell', texts)]))
    const values = sql(engine)
    const rows = withSteps(
      '(SELECT rowid AS place, cell FROM cells)',
      values.map(({ steps }) => steps),
    )
    const columns = values.map(({ value }, index) => `${value} AS c${index}`)
    return await engine.query(`SELECT ${columns.join(', ')} FROM ${rows} ORDER BY place`)
  } finally {
    await engine.close()
  }
}

const today = '2025-01-31'

/** The rows of a table of the history of these sources. */
async function rowsOf(
  table: string,
  sources: Parameters<typeof openHistory>[0],
  options?: OpenHistoryOptions,
) {
  const history = await openHistory(sources, { today, ...options })
  try {
    return (await history.engine.query(`SELECT * FROM ${table}`)).rows()
  } finally {
    await history.close()
  }
}

const customers = [{ id: 'A', activatedAt: '2024-01-01' }]

describe('SQL and memory read the same', () => {
  const texts = [
    ...[
      '12,5',
      '1.022,40 €',
      '$1,234.50',
      '12%',
      '0%',
      '(4.00)',
      '3-',
      '1 234,5',
      '12\u00a0345,6',
      "1'234.50",
    ],
    ...[
      '１２',
      '\u22125',
      '-$4',
      '$-4',
      '1,23,456.50',
      '12,50 kr.',
      'Rs. 500',
      '1,5E+3',
      '1.234',
      '1,234',
      '0,123',
    ],
    ...[
      '3- €',
      '(4,00 €)',
      '5 元',
      'abc',
      '1.2.3',
      '12 34',
      '',
      '-',
      '.',
      ',5',
      '5.',
      '1.234.567',
      'R$ 1.234,56',
    ],
    ...[
      '12,-',
      '12.-',
      '12,–',
      '49,- kr',
      "CHF 1'000.-",
      '1.000,—',
      '12,--',
      '12,---',
      '-12,-',
      '(12,-)',
      'kr.-5',
      '-,50',
    ],
    ...[
      '5e3 €',
      '5e-3 €',
      '1e2%',
      '-1e2 $',
      '(1e2)',
      '1e2-',
      '€ 5E3',
      '1,5e2 €-',
      '5 EUR',
      '18-',
      '12- kr',
      'SEK 5e1',
    ],
  ]
  test('numbers in every notation', async () => {
    const notations = [
      { decimal: '.' },
      { decimal: ',' },
      { decimal: null },
      { decimal: ',', thousands: '' },
      { decimal: '.', thousands: ',' },
      { decimal: '.', unit: '%' },
      { decimal: ',', unit: '€' },
    ] as const
    const found = await valuesOf(texts, (engine) =>
      notations.map((notation, index) => writtenNumber(engine, 'cell', notation, stepOf(index))),
    )
    for (const [index, notation] of notations.entries()) {
      const inMemory = texts.map((text) => numberIn(notation, text) ?? null)
      expect(
        found.rows().map((row) => row[`c${index}`]),
        JSON.stringify(notation),
      ).toEqual(inMemory)
    }
  })

  test('days in every format', async () => {
    const formats = [...knownDateFormats, 'YYYYMMDD', 'D.M.YY', 'D.M.19YY', 'DD/MM/20YY', '19YYMMDD']
    const cells = [
      ...[
        '31/12/2024',
        '01/02/2024',
        '12/31/2024 11:59 PM',
        '1.2.2024',
        '2024/2/1',
        '2024-2-1',
        '2024年2月1日',
      ],
      ...[
        '31 Dec 2024',
        '1 February 2024',
        'Dec 31, 2024',
        '31-Dec-24',
        '20240229',
        '20230229',
        '30/02/2024',
        'x',
      ],
      ...['31/12/69', '31/12/68', '１/２/2024', '24-12-31', '1 Sept 2024', '31.12.24 7:05'],
      ...[
        '31/12/2024 02:00 UTC',
        '31/12/2024 23:00 -05:00',
        '31/12/2024 11:30 PM -01:00',
        '31/12/2024 12:30 am +01',
      ],
      ...[
        '31/12/2024 25:00',
        '31/12/2024 banana',
        '01/01/0050',
        '31.12.1948',
        '31.12.48',
        '480229',
        '191231',
        '31 Dec 2024 23:59:59,5Z',
        '31.12.24 23h05',
      ],
    ]
    const found = await valuesOf(cells, (engine) =>
      formats.map((format, index) => sinceEpoch(writtenDay(engine, 'cell', format, 'UTC', stepOf(index)))),
    )
    for (const [index, format] of formats.entries()) {
      const inMemory = cells.map((text) => dayReader(format)(text) ?? null)
      expect(
        found.rows().map((row) => row[`c${index}`]),
        format,
      ).toEqual(inMemory)
    }
  })
})

test('SQL and memory have the same days of YYYY-MM-DD with a time behind, in every time zone', async () => {
  const times = [
    ...[
      '',
      ' ',
      'T',
      ' 7:05',
      'T23:59',
      ' 23:59:59.999999999',
      'T23:59:60',
      'T24:00',
      ' 25:99',
      ' 12:61',
      ' banana',
    ],
    ...[
      ' - 2024-12-31',
      'T02:00Z',
      ' 02:00 UTC',
      ' 02:00:00,5 GMT',
      'T23:00-05:00',
      'T23:00\u221205:00',
      'T23:00-0530',
    ],
    ...[
      'T23:00-05',
      'T23:00-05:00[America/New_York]',
      'T23:00[America/New_York]',
      'T02:00+18:00',
      'T02:00+19:00',
    ],
    ...[
      ' 11:59 PM',
      ' 12:30 am -01:00',
      ' 11:30 p.m. -01:00',
      ' 23:00 GMT-5',
      ' 23:00 CET',
      'T23:00Z[UTC][u-ca=iso8601]',
    ],
    ...[
      'T25:99:00Z',
      '-05:00',
      'x',
      ' 23.59',
      'Z',
      'T02:00:00Z',
      'T02:00:00ZZ',
      ' 02:00:00Z',
      ' 02:00:00.25',
      ' 24:00:00',
    ],
    ...[' (BC)', ' 00:00:00 (BC)', ' 00:00:00', '  02:00:00', ' 2:00:00'],
  ]
  const days = [
    '2024-11-03',
    '2024-02-29',
    '2023-02-29',
    '0050-01-01',
    '2024-13-01',
    '-024-01-01',
    '1/1/2024',
    '2024-1-5',
    '12024-01-01',
    '0099-12-31',
    '0100-01-01',
    '9999-12-31',
    'infinity',
    '-infinity',
    'epoch',
  ]
  const texts = days.flatMap((day) => times.map((time) => `${day}${time}`.trim()))
  const zones = ['UTC', 'America/New_York', 'Asia/Kolkata']
  const found = await valuesOf(texts, (engine) =>
    zones.map((zone, index) => sinceEpoch(isoDay(engine, 'cell', zone, stepOf(index)))),
  )
  const rows = found.rows()
  for (const [index, zone] of zones.entries()) {
    const inSql = rows.map((row, at) => [texts[at], row[`c${index}`]])
    expect(inSql, zone).toEqual(texts.map((text) => [text, parseDay(text, zone) ?? null]))
  }
  // 2024-11-03T23:00−05:00 is 04:00 of the next day in UTC; 2024-11-03 is day 20030
  expect(rows[times.indexOf('T23:00\u221205:00')]).toMatchObject({ c0: 20_031, c1: 20_030 })
  expect(rows[times.indexOf('T25:99:00Z')]).toEqual({ c0: null, c1: null, c2: null })
})

describe('histories as people write them', () => {
  test('decimal commas, currencies, days first: required, known and further columns', async () => {
    const bills = await file(
      'bills.csv',
      'id;period;amount;discount;paidOn;vip\nA;31.01.2024;1.022,40 €;5 %;15.02.2024;true\nA;29.02.2024;9,90 €;12,5 %;;false\n',
    )
    // 2024-01-01 is day 19723, 2024-02-01 is 19754, 2024-02-15 is 19768
    expect(await rowsOf('bills', { customers, bills })).toMatchObject([
      { id: 'A', period: 19723, amount: 1022.4, discount: 5, paidOn: 19768, vip: true },
      { id: 'A', period: 19754, amount: 9.9, discount: 12.5, paidOn: null, vip: false },
    ])
  })

  test('what reads in two ways is asked, and read where it is said: for all, for a table, for a column', async () => {
    const usage = await file('usage.csv', 'id,day,minutes\nA,01/02/2024,"1,234"\nA,03/04/2024,"2,500"\n')
    const { problems } = await refused(openHistory({ customers, usage }, { today }))
    expect(
      problems.map(({ code, parameter, received, place }) => [code, parameter, received, place?.column]),
    ).toEqual([
      ['column-type', 'day', '01/02/2024', 'day'],
      ['column-type', 'minutes', '1,234', 'minutes'],
    ])
    const said = [
      // 1 February and 3 April 2024
      { day: 19754, minutes: 1.234 },
      { day: 19816, minutes: 2.5 },
    ]
    const dateFormat = 'DD/MM/YYYY'
    expect(await rowsOf('usage', { customers, usage }, { decimal: ',', dateFormat })).toMatchObject(said)
    const from = { from: usage, decimal: ',', dateFormat } as const
    expect(await rowsOf('usage', { customers, usage: from }, { decimal: '.' })).toMatchObject(said)
    const columns = { decimal: { minutes: ',' }, dateFormat: { day: dateFormat } } as const
    expect(await rowsOf('usage', { customers, usage: { from: usage, ...columns } })).toMatchObject(said)
    expect(
      (await refused(openHistory({ customers, usage }, { today, decimal: { minuts: ',' } }))).problems[0],
    ).toMatchObject({ code: 'column-missing', wayOut: 'Did you mean minutes?' })
  })

  test('a few cells in another notation are refused or set aside with the rule', async () => {
    const lines = Array.from({ length: 19 }, (_, row) => `A;${row + 1}.12.2024;${row},5`)
    const usage = await file('mixed.csv', `id;day;minutes\n${lines.join('\n')}\nA;2024/12/01;1.5\n`)
    const { problems } = await refused(openHistory({ customers, usage }, { today }))
    expect(problems.map(({ code, rule, received, place }) => [code, rule, received, place?.row])).toEqual([
      ['value-type', 'to be a date written DD.MM.YYYY', '2024/12/01', 20],
      ['value-type', 'to be a number with a decimal comma', '1.5', 20],
    ])
    expect(await rowsOf('usage', { customers, usage }, { badRows: 'setAside' })).toHaveLength(19)
  })

  test('row objects: texts are read as in files, numbers are what they are', async () => {
    const usage = [
      { id: 'A', day: '31/12/2024', minutes: '12,5', fee: 1.234 },
      { id: 'A', day: '30/12/2024', minutes: '7', fee: 2 },
    ]
    expect(await rowsOf('usage', { customers, usage }, { decimal: ',' })).toMatchObject([
      { day: 20088, minutes: 12.5, fee: 1.234 },
      { day: 20087, minutes: 7, fee: 2 },
    ])
  })

  test('files in other encodings are read where it is said, and named where it is not', async () => {
    const text = 'id,day,plan\nA,2024-01-31,套餐\nA,2024-02-29,升级\n'
    // 套餐 and 升级 in GB18030
    const gb = Buffer.concat([
      Buffer.from('id,day,plan\nA,2024-01-31,'),
      Buffer.from([0xcc, 0xd7, 0xb2, 0xcd]),
      Buffer.from('\nA,2024-02-29,'),
      Buffer.from([0xc9, 0xfd, 0xbc, 0xb6, 0x0a]),
    ])
    const rows = [{ plan: '套餐' }, { plan: '升级' }]
    const usage = await file('gb.csv', gb)
    expect(await rowsOf('usage', { customers, usage }, { encoding: 'gb18030' })).toMatchObject(rows)
    const wide = await file('wide.csv', Buffer.from(`\ufeff${text}`, 'utf16le'))
    expect(await rowsOf('usage', { customers, usage: { from: wide, encoding: 'utf-16le' } })).toMatchObject(
      rows,
    )
    expect((await refused(openHistory({ customers, usage }, { today }))).message).toContain(
      "encoding: 'gb18030'",
    )
    expect((await refused(openHistory({ customers, usage: wide }, { today }))).message).toContain(
      "encoding: 'utf-16le'",
    )
    // Rows are counted in the file that the user named
    const bad = await file('bad.csv', Buffer.concat([gb, Buffer.from('A,soon,x\n')]))
    expect(
      (await refused(openHistory({ customers, usage: bad }, { today, encoding: 'gb18030' }))).problems[0],
    ).toMatchObject({ received: 'soon', place: { file: bad, row: 3, column: 'day' } })
  })
})
