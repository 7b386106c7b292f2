import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { type EpochDay, epochDay, formatDay, parseDay } from '../../src/base/days.js'
import { numberColumn } from '../../src/base/matrix.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import { datasetOf } from '../../src/dataset/dataset.js'
import { splitByTime } from '../../src/dataset/splitByTime.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { backtest } from '../../src/evaluate/backtest/backtest.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import { followCustomer } from '../../src/feature/memory/followCustomer.js'
import { cancelled } from '../../src/label/cancelled.js'
import { trainPrior } from '../../src/learn/baseline/train.js'
import { tagCustomer } from '../../src/lifecycle/tagCustomer.js'
import { monthlyFlows } from '../../src/population/monthlyFlows.js'
import { snapshotCohort } from '../../src/population/snapshotCohort.js'
import { scoreHistory } from '../../src/score/scoreHistory.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import { checkCustomerHistory } from '../../src/table/customerHistory.js'
import { Table, tableFrom } from '../../src/table/table.js'

const folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
afterAll(() => rm(folder, { recursive: true }))

const customer = { id: 'A', activatedAt: '2020-01-01' }

/** Days of rows as the engine has them. */
async function engineDays(
  usage: string | readonly { day: unknown; id: string; minutes: number }[],
  timeZone?: string,
) {
  const history = await openHistory(
    { customers: [customer], usage: usage as never },
    { today: '2026-01-01', ...(timeZone === undefined ? {} : { timeZone }) },
  )
  try {
    const days = await history.engine.query('SELECT day FROM usage ORDER BY minutes')
    return days.rows().map((row) => formatDay(row['day'] as EpochDay))
  } finally {
    await history.close()
  }
}

const serviceDays = (days: readonly unknown[], timeZone?: string): string[] => {
  const usage = days.map((day, minutes) => ({ day: day as string, minutes }))
  const options = timeZone === undefined ? {} : { timeZone }
  const { events } = checkCustomerHistory({ customer, usage }, options)
  return [...events.usage]
    .sort((a, b) => Number(a['minutes']) - Number(b['minutes']))
    .map(({ day }) => formatDay(day))
}

const rowsOf = (days: readonly unknown[]) => days.map((day, minutes) => ({ id: 'A', day, minutes }))

// One instant in four ways, and the clock on the wall
const instant = [
  '2024-12-04T23:59:00-05:00',
  '2024-12-05 04:59:00Z',
  '2024-12-05T10:29+0530',
  new Date('2024-12-05T04:59:00Z'),
  '2024-12-04T23:59:00',
  '2024-12-04',
]

test.each([
  [undefined, ['2024-12-05', '2024-12-05', '2024-12-05', '2024-12-05', '2024-12-04', '2024-12-04']],
  ['America/New_York', ['2024-12-04', '2024-12-04', '2024-12-04', '2024-12-04', '2024-12-04', '2024-12-04']],
  ['Asia/Kolkata', ['2024-12-05', '2024-12-05', '2024-12-05', '2024-12-05', '2024-12-04', '2024-12-04']],
])('one instant is one day, however it is written, in batch and in service: %s', async (timeZone, days) => {
  expect(await engineDays(rowsOf(instant), timeZone)).toEqual(days)
  expect(serviceDays(instant, timeZone)).toEqual(days)
})

test('a number that is a day of a spreadsheet, or a month, is refused in batch and in service', async () => {
  // 45507 is 2024-08-03 in a spreadsheet; 36525 days after 1970-01-01 is 2070-01-01
  expect(() => serviceDays([45_507])).toThrow("Did you mean '2024-08-03'?")
  expect(() => serviceDays([202_502])).toThrow("Did you mean '2025-02-01'?")
  expect(serviceDays([36_525, 54_789])).toEqual(['2070-01-01', '2120-01-04'])
  for (const day of [45_507, 202_502])
    await expect(engineDays(rowsOf([day]))).rejects.toMatchObject({ problems: [{ code: 'value-type' }] })
  await expect(openHistory({ customers: [customer] }, { today: 45_536 as EpochDay })).rejects.toThrow(
    "Did you mean '2024-09-01'?",
  )
  expect(() => featuresOf({ customer }, [], 45_536 as EpochDay)).toThrow("Did you mean '2024-09-01'?")
})

test('clocks that are put forward and back move the beginning of the day', async () => {
  // New York is 5 hours behind UTC until 9 March 2025 and from 2 November on, 4 hours between
  const instants = ['2025-03-08T04:59Z', '2025-03-08T05:00Z', '2025-03-10T03:59Z', '2025-03-10T04:00Z']
  const later = [
    '2025-11-02T03:59:59Z',
    '2025-11-02T04:00:00Z',
    '2025-11-03T04:59:59Z',
    '2025-11-03T05:00:00Z',
  ]
  const days = [7, 8, 9, 10].map((day) => `2025-03-${String(day).padStart(2, '0')}`)
  const laterDays = ['2025-11-01', '2025-11-02', '2025-11-02', '2025-11-03']
  const all = [...instants, ...later]
  expect(serviceDays(all, 'America/New_York')).toEqual([...days, ...laterDays])
  expect(await engineDays(rowsOf(all), 'America/New_York')).toEqual([...days, ...laterDays])
})

test('times of Parquet that are adjusted to UTC are instants, others are of the clock on the wall', async () => {
  const engine = await openDuckdb()
  const file = join(folder, 'usage.parquet')
  await engine.run(`COPY (
    SELECT 'A' AS id, TIMESTAMPTZ '2024-12-05 04:59:00+00' AS day, 0 AS minutes
    UNION ALL SELECT 'A', TIMESTAMPTZ '2024-12-05 05:00:00+00', 1) TO '${file}' (FORMAT parquet)`)
  const wall = join(folder, 'wall.parquet')
  await engine.run(
    `COPY (SELECT 'A' AS id, TIMESTAMP '2024-12-05 04:59:00' AS day, 0 AS minutes) TO '${wall}' (FORMAT parquet)`,
  )
  await engine.close()
  expect(await engineDays(file)).toEqual(['2024-12-05', '2024-12-05'])
  expect(await engineDays(file, 'America/New_York')).toEqual(['2024-12-04', '2024-12-05'])
  expect(await engineDays(wall, 'America/New_York')).toEqual(['2024-12-05'])
})

test('the engine and a service give any instant the same day, that of the calendar of the runtime', async () => {
  const zones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']
  const minutes = fc.integer({ min: 26_400_000, max: 29_400_000 })
  const offsets = fc.constantFrom(
    ['Z', 0],
    ['+00:00', 0],
    ['-05:00', -300],
    ['+0545', 345],
    ['+13', 780],
    ['-0930', -570],
  )
  const draws = fc.array(fc.tuple(minutes, offsets), { minLength: 40, maxLength: 40 })
  const [drawn] = fc.sample(draws, { numRuns: 1, seed: 20 })
  const texts = drawn!.map(([minute, [offset, ahead]]) => {
    const local = new Date((minute + Number(ahead)) * 60_000).toISOString()
    return `${local.slice(0, 10)}T${local.slice(11, 19)}${offset}`
  })
  for (const timeZone of zones) {
    const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone })
    const expected = drawn!.map(([minute]) => calendar.format(minute * 60_000))
    expect(texts.map((text) => formatDay(parseDay(text, timeZone)!))).toEqual(expected)
    expect(
      serviceDays(
        drawn!.map(([minute]) => new Date(minute * 60_000)),
        timeZone,
      ),
    ).toEqual(expected)
    expect(await engineDays(rowsOf(texts), timeZone)).toEqual(expected)
  }
})

test('a model keeps the time zone of its history: the service reads instants as the batch does, another batch is refused', async () => {
  const timeZone = 'America/New_York'
  const usage = [
    { id: 'A', day: '2025-04-30T22:00:00-04:00', minutes: 10 },
    { id: 'A', day: '2025-05-20', minutes: 0 },
    { id: 'B', day: '2025-03-20', minutes: 5 },
  ]
  const customers = [customer, { id: 'B', activatedAt: '2020-01-01', cancelledAt: '2025-05-10' }]
  const options = { today: '2025-06-30', completeUntil: '2025-06-10' }
  const rules = [sumOf('usage', 'minutes', { months: 1 })]
  const history = await openHistory({ customers, usage }, { ...options, timeZone })
  const plan = churnPlan({ label: cancelled({ horizonDays: 30 }), features: rules, cutoffs: ['2025-05-01'] })
  const dataset = await buildDataset(history, plan)
  // in New York the minutes were used in April, in UTC in May
  expect(
    Array.from(dataset.features.columns[0]!.kind === 'number' ? dataset.features.columns[0]!.values : []),
  ).toEqual([10, 0])
  const scorer = loadScorer(encodeScorer(createScorer(trainPrior(dataset), dataset)))
  expect(scorer.about.timeZone).toBe(timeZone)
  const own = usage.filter(({ id }) => id === 'A').map(({ day, minutes }) => ({ day, minutes }))
  const asOf = epochDay('2025-05-01')
  const minutesIn = (zone?: string) =>
    featuresOf(
      { customer, usage: own },
      compileRules(rules, zone === undefined ? {} : { timeZone: zone }),
      asOf,
    ).columns[0]
  expect(minutesIn(timeZone)).toMatchObject({ values: Float64Array.of(10) })
  expect(minutesIn()).toMatchObject({ values: Float64Array.of(0) })
  expect(() => scorer.scoreOne({ customer, usage: own }, { asOf: '2025-05-01' })).not.toThrow()
  expect((await scoreHistory(history, scorer)).scores.rowCount).toBe(1)
  await history.close()
  const other = await openHistory({ customers, usage }, options)
  await expect(scoreHistory(other, scorer)).rejects.toThrow(
    'to be opened in the time zone of the model, America/New_York',
  )
  await other.close()
})

test('a name that is no time zone is refused, with the received name', async () => {
  const wrong = 'New York'
  await expect(
    openHistory({ customers: [customer], usage: rowsOf(['2025-01-01']) as never }, { timeZone: wrong }),
  ).rejects.toThrow('expected timeZone to be the IANA name of a time zone')
  expect(() => checkCustomerHistory({ customer }, { timeZone: wrong })).toThrow('got "New York"')
  expect(() => compileRules([sumOf('usage', 'minutes', { months: 1 })], { timeZone: wrong })).toThrow(
    'timeZone',
  )
  expect(() => tagCustomer({ customer }, { asOf: epochDay('2025-01-01'), timeZone: wrong })).toThrow(
    'timeZone',
  )
})

// Midnight of 1 June in Berlin is 31 May in UTC.
const midnight = [new Date('2024-05-31T22:00:00Z'), '2024-06-01T00:00:00+02:00'] as const
const planOf = (cutoff: string | Date, timeZone?: string) =>
  churnPlan({
    label: cancelled({ horizonDays: 7 }),
    features: [sumOf('usage', 'minutes', { days: 1 })],
    cutoffs: [cutoff],
    ...(timeZone === undefined ? {} : { timeZone }),
  })

test.each(midnight)(
  'a cutoff that is the instant %s has its day in the zone of the history, or is refused',
  async (when) => {
    const history = await openHistory(
      {
        customers: [customer, { ...customer, id: 'B', cancelledAt: '2024-06-03' }],
        usage: ['A', 'B']
          .flatMap((id) =>
            ['2024-05-30', '2024-05-31', '2024-06-20'].map((day, minutes) => ({
              id,
              day,
              minutes: minutes + 1,
            })),
          )
          .filter(({ id, day }) => id === 'A' || day < '2024-06-03'),
      },
      { today: '2024-07-01', timeZone: 'Europe/Berlin', completeUntil: new Date('2024-06-20T22:00:00Z') },
    )
    try {
      expect(formatDay(history.completeUntil)).toBe('2024-06-21')
      const plan = planOf(when, 'Europe/Berlin')
      expect(plan.cutoffs.map(formatDay)).toEqual(['2024-06-01'])
      const dataset = await buildDataset(history, JSON.parse(JSON.stringify(plan)))
      expect([
        ...(dataset.features.columns[0]!.kind === 'number' ? dataset.features.columns[0]!.values : []),
      ]).toEqual([2, 2])
      const scorer = createScorer(trainPrior(dataset), dataset)
      const { scores } = await scoreHistory(history, scorer, { asOf: when })
      expect(scores.rows()[0]!['asOf']).toBe('2024-06-01')
      await expect(buildDataset(history, planOf(when))).rejects.toThrow(
        'buildDataset: expected plan.timeZone to be that of the history, Europe/Berlin: cutoffs of the plan are instants, which have their day in it, got "UTC" (string). Give churnPlan timeZone: \'Europe/Berlin\', or cutoffs written YYYY-MM-DD.',
      )
    } finally {
      await history.close()
    }
  },
)

test.each(midnight)(
  'the instant %s is 1 June in every option of a history, a dataset and rules of Berlin',
  async (when) => {
    const timeZone = 'Europe/Berlin'
    const june = epochDay('2024-06-01')
    const customers = [customer, { ...customer, id: 'B', cancelledAt: '2024-06-03' }]
    const bills = ['2024-01', '2024-02', '2024-03', '2024-04', '2024-05'].map((period) => ({
      id: 'A',
      period,
      amount: 9,
    }))
    const history = await openHistory(
      { customers, bills },
      { today: '2024-07-01', timeZone, completeUntil: '2024-06-30' },
    )
    try {
      expect((await snapshotCohort(history, { at: when })).at).toBe(june)
      // May is over on 1 June, and not on 31 May
      const flows = await monthlyFlows(history, { first: '2024-05', last: '2024-05', asOf: when })
      expect(flows.rows()).toMatchObject([{ new: 0, stock: 2 }])
    } finally {
      await history.close()
    }
    const own = { customer, bills: bills.map(({ id, ...bill }) => bill) }
    expect(formatDay(tagCustomer(own, { asOf: when, timeZone }).month)).toBe('2024-05-01')
    const compiled = compileRules([sumOf('usage', 'minutes', { days: 1 })], { timeZone })
    const used = {
      customer,
      usage: [
        { day: '2024-05-30', minutes: 1 },
        { day: '2024-05-31', minutes: 2 },
      ],
    }
    const asked = when as never
    expect(featuresOf(used, compiled, asked).columns[0]).toMatchObject({ values: Float64Array.of(2) })
    expect(followCustomer(used, compiled).features(asked).columns[0]).toMatchObject({
      values: Float64Array.of(2),
    })
    const cutoffs = Int32Array.of(june - 31, june - 31, june - 1, june - 1, june, june)
    const dataset = datasetOf({
      ids: ['A', 'B', 'A', 'B', 'A', 'B'],
      cutoffs,
      features: { rowCount: 6, columns: [numberColumn('x', [1, 2, 3, 4, 5, 6])] },
      outcome: Uint8Array.of(0, 1, 0, 1, 0, 1),
      rules: [],
      population: null,
      label: { name: 'gone', rule: cancelled({ horizonDays: 7 }), gapDays: 0, horizonDays: 7 },
      timeZone,
      report: { population: new Table([], 0), unlabelled: new Table([], 0) },
      warnings: [],
    })
    expect(splitByTime(dataset, { testFrom: when }).test.cutoffs).toEqual(Int32Array.of(june, june))
    const tested = await backtest(dataset, (data) => trainPrior(data), { testCutoffs: [when] })
    expect(tested.folds.map(({ cutoff }) => formatDay(cutoff))).toEqual(['2024-06-01'])
  },
)

test('a table whose instants were read in another time zone than that of the history is refused', async () => {
  const usage = tableFrom({ id: ['A'], day: [new Date('2024-05-31T22:00:00Z')], minutes: [1] })
  await expect(openHistory({ customers: [customer], usage }, { timeZone: 'Europe/Berlin' })).rejects.toThrow(
    "Read it with timeZone: 'Europe/Berlin'.",
  )
})

test('a day of a spreadsheet is no day of a snapshot or of flows', async () => {
  const history = await openHistory({ customers: [customer], usage: rowsOf(['2024-01-01']) as never })
  const day = 45_536 as EpochDay
  await expect(snapshotCohort(history, { at: day })).rejects.toThrow("Did you mean '2024-09-01'?")
  await expect(monthlyFlows(history, { first: '2024-01', last: '2024-01', asOf: day })).rejects.toThrow(
    'asOf',
  )
  await history.close()
})

test('a plan of days has no time zone, and one of instants in UTC fits a history in UTC', () => {
  expect(planOf('2024-06-01')).not.toHaveProperty('timeZone')
  expect(planOf('2024-06-01T23:59:00')).not.toHaveProperty('timeZone')
  expect(planOf(midnight[1])).toMatchObject({ cutoffs: [epochDay('2024-05-31')], timeZone: 'UTC' })
  expect(() => planOf('2024-06-01', 'Berlin')).toThrow('timeZone to be the IANA name of a time zone')
})
