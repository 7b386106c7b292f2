import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDays, type EpochDay, epochDay, formatDay, monthly } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { type ChurnPlan, churnPlan, churnPlanSchema } from '../../src/dataset/churnPlan.js'
import { type Dataset, takeDatasetRows } from '../../src/dataset/dataset.js'
import { datasetToTable } from '../../src/dataset/datasetToTable.js'
import { splitByTime } from '../../src/dataset/splitByTime.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { countOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { attribute, tenure } from '../../src/feature/builders/customerBuilders.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import { cancelled } from '../../src/label/cancelled.js'
import { silent } from '../../src/label/silent.js'
import { activeCustomers, joinedWithin } from '../../src/population/rule.js'
import { cellOf } from '../../src/table/table.js'

/**
 * 60 customers who use the line on the same day of each month of 2024 until they leave. Customer k joins on
 * 2023-12-01 + k days, and leaves, where k is divisible by 4, in the month k / 4 (modulo 12) on the 10th.
 */
const customers = Array.from({ length: 60 }, (_, k) => ({
  id: `C${String(k).padStart(2, '0')}`,
  activatedAt: formatDay(addDays(epochDay('2023-12-01'), k)),
  cancelledAt: k % 4 === 0 && k > 0 ? `2024-${String((k / 4) % 12 || 12).padStart(2, '0')}-10` : null,
  region: k % 2 === 0 ? 'north' : 'south',
}))
const usage = customers.flatMap(({ id, activatedAt, cancelledAt }, k) =>
  monthly('2024-01', '2024-12')
    .map((month) => addDays(month, k % 28))
    .filter((day) => day >= epochDay(activatedAt) && (cancelledAt === null || day < epochDay(cancelledAt)))
    .map((day) => ({ id, day: formatDay(day), minutes: k + (day % 7) })),
)
const possible = customers.filter(
  ({ activatedAt, cancelledAt }) => cancelledAt === null || cancelledAt >= activatedAt,
)
const known = new Set(possible.map(({ id }) => id))

let history: History
let dataset: Dataset
const rules = [
  sumOf('usage', 'minutes', { months: 3 }),
  countOf('usage', { days: 30 }),
  tenure(),
  attribute('region'),
]
const plan = churnPlan({
  label: cancelled({ gapDays: 7, horizonDays: 30 }),
  features: rules,
  cutoffs: monthly('2024-04', '2024-12'),
  population: activeCustomers({ exclusions: [joinedWithin({ months: 3 })] }),
})

beforeAll(async () => {
  const rows = usage.filter(({ id }) => known.has(id))
  history = await openHistory({ customers: possible, usage: rows }, { completeUntil: '2025-01-01' })
  dataset = await buildDataset(history, plan)
})

afterAll(() => history.close())

test('every counted customer is a row or is among those without outcome', () => {
  const sum = (table: Dataset['report']['population'], reasons: (reason: string) => boolean): number =>
    table
      .rows()
      .filter(({ reason }) => reasons(String(reason)))
      .reduce((total, { customers: count }) => total + Number(count), 0)
  const counted = sum(dataset.report.population, (reason) => reason === 'counted')
  const unlabelled = sum(dataset.report.unlabelled, () => true)
  expect(dataset.ids.length).toBe(counted - unlabelled)
  expect(sum(dataset.report.population, () => true)).toBe(possible.length * 9)
  // The windows of 1 December end on 7 January: after the history.
  expect(Math.max(...dataset.cutoffs!)).toBe(epochDay('2024-11-01'))
  expect(dataset.warnings).toEqual([
    'No rows from 2024-12-01: the outcome is not known before the horizon is over, and the history is complete only until 2025-01-01.',
  ])
})

test('the outcome is 1 for those who cancel in [c + 7, c + 37)', () => {
  // All leave on a 10th: of the cutoff's own month. Nobody leaves in the gap, [1st, 8th).
  const leavers = dataset.ids.filter((_, row) => dataset.outcome[row] === 1)
  const expected = possible.filter(
    ({ cancelledAt, activatedAt }) =>
      cancelledAt !== null &&
      cancelledAt >= '2024-04-10' &&
      cancelledAt < '2024-12' &&
      // Joined three months or more before the first of that month.
      activatedAt <= formatDay(addMonthsText(cancelledAt.slice(0, 7), -3)),
  )
  expect(leavers.length).toBeGreaterThan(3)
  expect(leavers).toEqual(expected.map(({ id }) => id))
})

function addMonthsText(month: string, count: number): EpochDay {
  const [year, index] = month.split('-').map(Number)
  return epochDay(new Date(Date.UTC(year!, index! - 1 + count, 1)))
}

test('each row has the features of its customer as of its cutoff', () => {
  for (let row = 0; row < dataset.ids.length; row += 7) {
    const customer = possible.find(({ id }) => id === dataset.ids[row])!
    const own = {
      customer,
      usage: usage.filter(({ id }) => id === customer.id).map(({ day, minutes }) => ({ day, minutes })),
    }
    const { columns } = featuresOf(own, rules, dataset.cutoffs![row]! as EpochDay)
    expect(dataset.features.columns.map((column) => cellOf(column, row))).toEqual(
      columns.map((column) => cellOf(column, 0)),
    )
  }
})

test('the same plan on the same history gives the same dataset, whatever the order of cutoffs', async () => {
  const reversed = { ...plan, cutoffs: plan.cutoffs.toReversed() }
  expect((await buildDataset(history, reversed)).fingerprint).toBe(dataset.fingerprint)
})

test('the label knows its name and its longest horizon', async () => {
  expect(dataset.label).toEqual({
    name: 'cancelled_gap7d_30d',
    rule: plan.label,
    gapDays: 7,
    horizonDays: 30,
  })
  const monthLabel = await buildDataset(history, {
    ...plan,
    label: cancelled({ horizonMonths: 1 }),
    cutoffs: monthly('2024-06', '2024-07'),
  })
  // June has 30 days, July 31.
  expect(monthLabel.label).toMatchObject({ name: 'cancelled_1m', horizonDays: 31 })
})

test('split by time: a training row whose outcome ends after testFrom is purged and counted', () => {
  const { train, test: tested, purgedRows, testFrom } = splitByTime(dataset, { testFrom: '2024-10' })
  expect(testFrom).toBe(epochDay('2024-10-01'))
  // The outcome of 1 September ends on 8 October, that of 1 August on 7 September.
  expect(Math.max(...train.cutoffs!)).toBe(epochDay('2024-08-01'))
  expect([...new Set(tested.cutoffs)].sort()).toEqual(monthly('2024-10', '2024-11'))
  const september = dataset.cutoffs!.filter((cutoff) => cutoff === epochDay('2024-09-01')).length
  expect(purgedRows).toBe(september)
  expect(train.ids.length + tested.ids.length + purgedRows).toBe(dataset.ids.length)
})

test('split by time: an outcome that ends on testFrom was known then', () => {
  // 1 August + 37 days = 7 September.
  expect(Math.max(...splitByTime(dataset, { testFrom: '2024-09-07' }).train.cutoffs!)).toBe(
    epochDay('2024-08-01'),
  )
  expect(Math.max(...splitByTime(dataset, { testFrom: '2024-09-06' }).train.cutoffs!)).toBe(
    epochDay('2024-07-01'),
  )
})

test('split by time: without purge every earlier row trains', () => {
  const { train, purgedRows } = splitByTime(dataset, { testFrom: '2024-10-01', purge: false })
  expect(purgedRows).toBe(0)
  expect(Math.max(...train.cutoffs!)).toBe(epochDay('2024-09-01'))
})

test('split by time: an embargo purges what became known in its days', () => {
  const until = (embargoDays: number): number =>
    Math.max(...splitByTime(dataset, { testFrom: '2024-10-01', embargoDays }).train.cutoffs!)
  // The outcome of 1 August ends on 7 September, 24 days before.
  expect(until(24)).toBe(epochDay('2024-08-01'))
  expect(until(25)).toBe(epochDay('2024-07-01'))
})

test('split by time and customer: the tested customers are in no training row, and every row is counted', () => {
  const both = { testFrom: '2024-10-01', testShare: 0.3, seed: 5 }
  const { train, test: tested, purgedRows, unusedRows } = splitByTime(dataset, both)
  const names = new Set(tested.ids)
  expect(train.ids.filter((id) => names.has(id))).toEqual([])
  expect(train.ids.length + tested.ids.length + purgedRows + unusedRows).toBe(dataset.ids.length)
  const byTime = splitByTime(dataset, { testFrom: '2024-10-01' })
  expect(byTime.unusedRows).toBe(0)
  expect(purgedRows).toBe(byTime.purgedRows)
  // Every row of the time split is there, or unused because of its customer.
  expect(unusedRows).toBe(
    byTime.train.ids.length + byTime.test.ids.length - train.ids.length - tested.ids.length,
  )
  expect(splitByTime(dataset, both).test.fingerprint).toBe(tested.fingerprint)
  expect(splitByTime(dataset, { ...both, seed: 6 }).test.fingerprint).not.toBe(tested.fingerprint)
})

test('split by time and customer: a share that leaves nobody is refused by its own name', () => {
  expect(() => splitByTime(dataset, { testFrom: '2024-10-01', testShare: 0.0001 })).toThrow(
    'expected testShare to leave rows in both parts',
  )
})

test.each([
  ['2024-05-01', 'to be at or after the end of the first outcome window'],
  ['2025-01-01', 'to be at or before the last cutoff'],
  ['Oktober', 'to be a day written YYYY-MM-DD or YYYY-MM'],
])('split by time: testFrom %s is refused', (testFrom, sentence) => {
  expect(() => splitByTime(dataset, { testFrom })).toThrow(`expected testFrom ${sentence}`)
})

test('a part keeps the report of the whole and has base rates of its own', () => {
  const part = takeDatasetRows(dataset, [3, 3, 5])
  expect(part.ids).toEqual([dataset.ids[3], dataset.ids[3], dataset.ids[5]])
  expect(part.report.population).toBe(dataset.report.population)
  expect(part.report.baseRates.rows().reduce((total, { rows }) => total + Number(rows), 0)).toBe(3)
  expect(part.fingerprint).not.toBe(dataset.fingerprint)
})

test('as a table: id, cutoff, features, outcome', () => {
  const table = datasetToTable(dataset)
  expect(table.columnNames).toEqual([
    'id',
    'cutoff',
    'usage_minutes_sum_3m',
    'usage_count_30d',
    'tenure_months',
    'customer_region',
    'outcome',
  ])
  expect(table.row(0)).toMatchObject({
    id: dataset.ids[0],
    cutoff: formatDay(dataset.cutoffs![0]! as EpochDay),
  })
})

test('windows that reach back before the first row of a table are told', async () => {
  const early = {
    ...plan,
    features: [sumOf('usage', 'minutes', { months: 6 })],
    cutoffs: monthly('2024-04', '2024-08'),
  }
  // Usage begins on 1 January 2024: six months before 1 April and 1 May begin more than 31 days earlier.
  expect((await buildDataset(history, early)).warnings).toEqual([
    'Table usage begins on 2024-01-01: windows of cutoffs up to 2024-05-01 reach back further and are incomplete.',
  ])
})

test('a plan is plain data: it comes back from JSON as it was', () => {
  expect(churnPlanSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
})

test.each([
  [
    ['01.01.2025'],
    'cutoffs.0 to be a day written YYYY-MM-DD or YYYY-MM, a Date, or a whole number of days since 1970-01-01, got "01.01.2025"',
  ],
  [
    ['2025-01-01', '2025-02-30'],
    'cutoffs.1 to be a day written YYYY-MM-DD or YYYY-MM, a Date, or a whole number of days since 1970-01-01, got "2025-02-30"',
  ],
  [[20250101], "got 20250101 (number). Did you mean '2025-01-01'?"],
  ['2025-01-01', 'cutoffs to be a list that is not empty, got "2025-01-01"'],
])('a cutoff that is no day is refused as it was given: %s', (cutoffs, words) => {
  const features = [tenure()]
  const options = { label: cancelled({ horizonDays: 30 }), features, cutoffs: cutoffs as string[] }
  expect(() => churnPlan(options)).toThrow(words)
})

test('all problems of a plan are told at once', () => {
  const bad = {
    label: { kind: 'cancelled', gapDays: -1 },
    features: [],
    cutoffs: ['2025-02-30'],
    popluation: {},
  }
  expect(() => churnPlan(bad as never as ChurnPlan)).toThrow(
    /label\.[\s\S]*features[\s\S]*cutoffs\.0[\s\S]*population/,
  )
})

test('progress is told step by step, and an abort stops before the next', async () => {
  const abort = new AbortController()
  const steps: string[] = []
  const build = buildDataset(history, plan, {
    signal: abort.signal,
    onProgress: ({ step, done, total }) => {
      steps.push(`${step} ${done}/${total}`)
      if (step === 'label') abort.abort()
    },
  })
  await expect(build).rejects.toMatchObject({ code: 'aborted' })
  expect(steps).toEqual(['population 0/3', 'label 1/3'])
})

test('a dataset without rows is refused with the reasons, and leaves no table behind', async () => {
  const nobody = { ...plan, label: silent({ activeDays: 1 }), cutoffs: [epochDay('2024-04-30')] }
  await expect(buildDataset(history, nobody)).rejects.toThrow(
    /^buildDataset: expected the dataset to have at least one row with an outcome\. Rows without outcome: no usage in the 1 day before \(\d+\)\.$/,
  )
  const left = await history.engine.query('SELECT count(*) AS tables FROM duckdb_tables() WHERE temporary')
  expect(left.rows()).toEqual([{ tables: 0 }])
})
