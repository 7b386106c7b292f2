import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import { flatChunks } from '../../src/dataset/flatChunks.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import { readTable } from '../../src/table/readTable.node.js'
import { type Table, tableFrom } from '../../src/table/table.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'

const folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
afterAll(() => rm(folder, { recursive: true }))

const timeZone = 'America/New_York'
// 23:59 on 4 December in New York is 5 December in UTC, at 04:59; the third has no offset: the clock on the wall
const texts = ['2024-12-04T23:59:00-05:00', '2024-12-05 04:59:00Z', '2024-12-04 23:59:00', '2024-12-04']
const daysOf = (table: Table, name = 'since') =>
  Array.from(table.days(name).values, (day) => formatDay(day as EpochDay))
const [inUtc, there] = [
  ['2024-12-05', '2024-12-05', '2024-12-04', '2024-12-04'],
  ['2024-12-04', '2024-12-04', '2024-12-04', '2024-12-04'],
]

test('an instant of a flat file has its day in the time zone that is said, in UTC where none is', async () => {
  const path = join(folder, 'instants.csv')
  await writeFile(path, `since\n${texts.join('\n')}\n`)
  const json = join(folder, 'instants.jsonl')
  await writeFile(json, texts.map((since) => JSON.stringify({ since })).join('\n'))
  const rows = texts.map((since) => ({ since }))
  for (const read of [
    (zone?: string) => readTable(path, zone === undefined ? {} : { timeZone: zone }),
    (zone?: string) => readTable(json, zone === undefined ? {} : { timeZone: zone }),
    async (zone?: string) => tableFromRows(rows, zone === undefined ? {} : { timeZone: zone }),
  ]) {
    expect(daysOf(await read())).toEqual(inUtc)
    expect((await read()).days('since').timeZone).toBe('UTC')
    expect(daysOf(await read(timeZone))).toEqual(there)
    expect((await read(timeZone)).days('since').timeZone).toBe(timeZone)
  }
})

test('ways to write days other than YYYY-MM-DD, and Dates, have it too; days without a time have no zone', () => {
  const german = tableFromRows([{ since: '05.12.2024 04:59Z' }, { since: '31.12.2024' }], { timeZone })
  expect(daysOf(german)).toEqual(['2024-12-04', '2024-12-31'])
  expect(german.days('since').timeZone).toBe(timeZone)
  const dates = [new Date('2024-12-05T04:59:00Z'), null]
  expect(daysOf(tableFromRows([{ since: dates[0] }], { timeZone }))).toEqual(['2024-12-04'])
  expect(tableFrom({ since: dates }, { timeZone }).rows()).toEqual([{ since: '2024-12-04' }, { since: null }])
  expect(tableFrom({ since: dates }).rows()[0]).toEqual({ since: '2024-12-05' })
  for (const since of ['2024-12-04', '31.12.2024', '04-Dec-2024', '2024-12-04 23:59'])
    expect(tableFromRows([{ since }], { timeZone }).days('since')).not.toHaveProperty('timeZone')
  expect(() => tableFromRows([{ since: '2024-12-04' }], { timeZone: 'New York' })).toThrow('got "New York"')
  expect(() => tableFrom({ since: dates }, { timezone: 'UTC' } as never)).toThrow('Did you mean timeZone?')
})

test('times of Parquet that are adjusted to UTC are instants, before 1970 too; others are of the wall', async () => {
  const path = join(folder, 'instants.parquet')
  const engine = await openDuckdb()
  await engine.run(`COPY (SELECT * FROM (VALUES
      (TIMESTAMPTZ '2024-12-05 04:59:00+00', TIMESTAMP '2024-12-05 04:59:00', 1),
      (TIMESTAMPTZ '1965-03-01 04:59:59.999999+00', TIMESTAMP '1965-03-01 04:59:00', 0),
      (TIMESTAMPTZ '1965-03-01 05:00:00+00', TIMESTAMP '1965-03-01 05:00:00', 1)) t(since, wall, churn)
    ) TO '${path}' (FORMAT parquet)`)
  await engine.close()
  const table = await readTable(path, { timeZone })
  expect(daysOf(table)).toEqual(['2024-12-04', '1965-02-28', '1965-03-01'])
  expect(daysOf(table, 'wall')).toEqual(['2024-12-05', '1965-03-01', '1965-03-01'])
  expect(table.days('wall')).not.toHaveProperty('timeZone')
  expect(daysOf(await readTable(path))).toEqual(['2024-12-05', '1965-03-01', '1965-03-01'])
  // the days until the end of 2024 of the first and of the last, in chunks as in memory
  const days = async (zone?: string) => {
    const options = { label: 'churn', asOf: '2024-12-31', exclude: ['wall'] } as const
    const chunks = flatChunks(path, zone === undefined ? options : { ...options, timeZone: zone })
    for await (const { features } of chunks)
      return [...(features.columns[0] as { values: Float64Array }).values]
    return []
  }
  const until = (day: string) => epochDay('2024-12-31') - epochDay(day)
  expect(await days(timeZone)).toEqual(daysOf(table).map(until))
  expect(await days()).toEqual(['2024-12-05', '1965-03-01', '1965-03-01'].map(until))
})

test('chunks of a text file have the days of the table', async () => {
  const path = join(folder, 'chunks.csv')
  await writeFile(path, `since,churn\n${texts.map((text, row) => `${text},${row % 2}`).join('\n')}\n`)
  const asOf = '2025-01-01T02:00:00Z'
  for (const zone of ['UTC', timeZone]) {
    const dataset = fromFlatTable(await readTable(path, { timeZone: zone }), {
      label: 'churn',
      features: ['since'],
      asOf,
      timeZone: zone,
    })
    for await (const { features } of flatChunks(path, { label: 'churn', asOf, timeZone: zone }))
      expect(features).toEqual(dataset.features)
  }
})

/** Customers since 20:00 in New York, the next day in UTC, of 40 days; the first half of them churned. */
const instants = Array.from({ length: 40 }, (_, row) => ({
  id: `C${row}`,
  since: new Date(Date.UTC(2024, 0, 2 + row, 1)),
  churn: row < 20 || row === 30 ? 1 : 0,
}))

test('a model keeps the time zone in which columns of days became features, and scores in no other', () => {
  const asOf = new Date('2025-01-01T01:00:00Z')
  const table = tableFromRows(instants, { timeZone })
  const dataset = fromFlatTable(table, { id: 'id', label: 'churn', asOf })
  // from the evening of 1 January to that of 31 December 2024, a leap year
  expect(dataset.features.columns[0]).toMatchObject({ values: expect.objectContaining({ 0: 365 }) })
  expect(dataset.timeZone).toBe(timeZone)
  expect(dataset.report.columns!.rows()).toContainEqual({
    column: 'since',
    use: 'day',
    detail: 'instants in America/New_York; days until 2024-12-31',
  })
  const scorer = loadScorer(encodeScorer(createScorer(trainLogistic(dataset), dataset)))
  expect(scorer.about.timeZone).toBe(timeZone)
  const scored = scorer.scoreTable(table, { asOf, reasons: 0 }).rows()[3]!['probability']
  const written = ['2024-01-04T20:00:00-05:00', '2024-01-05T01:00Z', instants[3]!.since, '2024-01-04']
  for (const since of written)
    expect(scorer.scoreRow({ since }, { asOf, reasons: 0 }).probability).toBe(scored)
  // as texts of a table, too
  const asTexts = tableFromRows(
    written.slice(0, 2).map((since) => ({ since })),
    { types: { since: 'text' } },
  )
  expect(scorer.scoreTable(asTexts, { asOf }).rows()[0]!['probability']).toBe(scored)
  expect(() => scorer.scoreTable(tableFromRows(instants), { asOf })).toThrow(
    'column since: expected column since to hold the days that its instants have in America/New_York, got "UTC" (string). Read it with timeZone: \'America/New_York\'.',
  )
})

test('a table whose instants were read in another time zone than is said, or in two, is refused', () => {
  const table = tableFromRows(instants, { timeZone })
  const options = { id: 'id', label: 'churn', asOf: '2025-01-01' } as const
  expect(() => fromFlatTable(table, { ...options, timeZone: 'UTC' })).toThrow("Read it with timeZone: 'UTC'.")
  const two = tableFrom({
    id: instants.map(({ id }) => id),
    churn: instants.map(({ churn }) => churn),
    since: table.days('since'),
    until: tableFromRows(instants).days('since'),
  })
  expect(() => fromFlatTable(two, options)).toThrow("Read it with timeZone: 'America/New_York'.")
  expect(fromFlatTable(two, { ...options, exclude: ['until'] }).timeZone).toBe(timeZone)
  // without asOf no day becomes a feature
  expect(() => fromFlatTable(two, { id: 'id', label: 'churn', features: ['since'] })).toThrow('column since')
})
