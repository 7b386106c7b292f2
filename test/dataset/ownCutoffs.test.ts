import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { epochDay, formatDay, monthStart } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { Dataset } from '../../src/dataset/dataset.js'
import { driftBetweenCutoffs } from '../../src/dataset/driftBetweenCutoffs.js'
import { splitByTime } from '../../src/dataset/splitByTime.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { backtest } from '../../src/evaluate/backtest/backtest.js'
import { planFolds } from '../../src/evaluate/backtest/planFolds.js'
import { backtestOptions } from '../../src/evaluate/backtest/validationOptions.js'
import { countOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { percentile } from '../../src/feature/builders/arithmeticBuilders.js'
import { daysUntil, tenure } from '../../src/feature/builders/customerBuilders.js'
import { recency } from '../../src/feature/builders/rowBuilders.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { percentileReferences } from '../../src/feature/sql/percentileReferences.js'
import { cancelled } from '../../src/label/cancelled.js'
import { firstPassage } from '../../src/label/firstPassage.js'
import { survivalTable } from '../../src/label/survivalTable.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import {
  cutoffsAfter,
  cutoffsBefore,
  cutoffsListed,
  cutoffsOnMonthDay,
} from '../../src/population/ownCutoffs.js'
import { scoreHistory } from '../../src/score/scoreHistory.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import { foldsInTime } from '../../src/select/validationPlan.js'
import { simulateTables } from '../../src/simulate/operator.js'

const { truth: _, ...tables } = simulateTables({ customers: 300, months: 14, firstMonth: '2024-01', seed: 5 })
const label = cancelled({ gapDays: 7, horizonDays: 30 })
const features = [
  tenure(),
  recency('usage'),
  countOf('bills', { months: 3 }),
  sumOf('payments', 'amount', { months: 1 }),
]
const rule = cutoffsOnMonthDay({ from: '2024-05-01', until: '2024-12-15' })

let history: History
let dataset: Dataset

beforeAll(async () => {
  history = await openHistory(tables)
  dataset = await buildDataset(history, churnPlan({ label, features, cutoffs: rule }))
})
afterAll(() => history.close())

describe('a dataset with cutoffs of the customers', () => {
  test('has the rows that global cutoffs have on the same days, and no others', async () => {
    const days = [...new Set(dataset.cutoffs)].slice(40, 60)
    const all = await buildDataset(history, churnPlan({ label, features, cutoffs: days as never }))
    const rowsOf = (data: Dataset) =>
      new Map(
        data.ids.map((id, row) => [
          `${id}@${data.cutoffs![row]}`,
          [
            data.outcome[row],
            ...data.features.columns.map((column) => column.kind === 'number' && column.values[row]),
          ],
        ]),
      )
    const [own, global] = [rowsOf(dataset), rowsOf(all)]
    const shared = [...own].filter(([key]) => days.includes(Number(key.split('@')[1])))
    expect(shared.length).toBeGreaterThan(20)
    expect(shared.length).toBeLessThan(global.size / 10)
    for (const [key, values] of shared) expect(values, key).toEqual(global.get(key))
    // The day of the month is that of the activation.
    expect(new Set(dataset.ids).size).toBeGreaterThan(100)
    expect(dataset.ids.length / new Set(dataset.ids).size).toBeGreaterThan(4)
  })

  test('tells base rates and drift by month', () => {
    const rates = dataset.report.baseRates.rows()
    expect(dataset.report.baseRates.columnNames).toEqual(['month', 'rows', 'churned', 'baseRate'])
    expect(rates.map(({ month }) => month)).toEqual(
      ['05', '06', '07', '08', '09', '10', '11', '12'].map((month) => `2024-${month}-01`),
    )
    expect(rates.reduce((sum, { rows }) => sum + Number(rows), 0)).toBe(dataset.ids.length)
    // One line for each feature and each month after the first.
    expect(driftBetweenCutoffs(dataset).rowCount).toBe(4 * 7)
  })

  test('keeps the rule, whichever rows are taken, and a plan is read back from JSON', () => {
    expect(dataset.ownCutoffs).toEqual(rule)
    expect(splitByTime(dataset, { testFrom: '2024-11-01' }).train.ownCutoffs).toEqual(rule)
    const plan = churnPlan({
      label,
      features,
      cutoffs: cutoffsListed([{ id: '2024-01-01', cutoff: '2024-06-01' }]),
    })
    expect(churnPlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
  })

  test('a split by time judges each row by its own cutoff', () => {
    const testFrom = epochDay('2024-10-10')
    const { train, test: tested, purgedRows } = splitByTime(dataset, { testFrom })
    // Known on day T is an outcome whose window of 30 days, 7 days after the cutoff, has ended.
    expect(Math.max(...train.cutoffs!)).toBe(testFrom - 37)
    expect(Math.min(...tested.cutoffs!)).toBe(testFrom)
    const purged = dataset.cutoffs!.filter((cutoff) => cutoff < testFrom && cutoff > testFrom - 37).length
    expect(purgedRows).toBe(purged)
    expect(purged).toBeGreaterThan(0)
  })

  test('a backtest has a fold per month, trained on what was known when the month began', async () => {
    const { folds } = planFolds(dataset, backtestOptions.parse({ testCutoffs: 3 }))
    expect(folds.map(({ cutoff }) => formatDay(cutoff))).toEqual(['2024-10-01', '2024-11-01', '2024-12-01'])
    for (const { cutoff, trainRows, testRows, purgedRows } of folds) {
      expect(new Set(Array.from(testRows, (row) => monthStart(dataset.cutoffs![row] as never)))).toEqual(
        new Set([cutoff]),
      )
      expect(Math.max(...Array.from(trainRows, (row) => dataset.cutoffs![row]!))).toBeLessThanOrEqual(
        cutoff - 37,
      )
      const earlier = dataset.cutoffs!.filter((day) => day < cutoff).length
      expect(trainRows.length + purgedRows).toBe(earlier)
    }
    const result = await backtest(dataset, (rows) => trainLogistic(rows), { testCutoffs: 2, resamples: 20 })
    expect(result.folds.length).toBe(2)
    // A choice of models in time has the same months.
    const inTime = foldsInTime(dataset.outcome, dataset as never, { gapDays: 7, horizonDays: 30 }, 3)
    expect(inTime.map(({ test: rows }) => rows.length)).toEqual(folds.map(({ testRows }) => testRows.length))
    expect(inTime.map(({ train }) => train.length)).toEqual(folds.map(({ trainRows }) => trainRows.length))
  })

  test('windows of a backtest are counted in months, or in days of the rows', () => {
    const last = (window: object) =>
      planFolds(dataset, backtestOptions.parse({ testCutoffs: 1, window })).folds[0]!
    const daysOf = (rows: Int32Array) => Array.from(rows, (row) => dataset.cutoffs![row]!)
    const two = last({ cutoffs: 2 })
    expect(two.trainCutoffs.map(formatDay)).toEqual(['2024-09-01', '2024-10-01'])
    const recent = last({ days: 60 })
    expect(Math.min(...daysOf(recent.trainRows))).toBe(epochDay('2024-12-01') - 60)
  })
})

describe('scoring as of cutoffs of the customers', () => {
  test('gives each pair its score, the same as as of its day alone', async () => {
    const scorer = loadScorer(encodeScorer(createScorer(trainLogistic(dataset), dataset)))
    expect(scorer.about.ownCutoffs).toEqual(rule)
    await expect(scoreHistory(history, scorer)).rejects.toThrow(/scorer\.about\.ownCutoffs/)
    const due = { ...rule, from: epochDay('2025-01-10'), until: epochDay('2025-01-13') }
    const { scores } = await scoreHistory(history, scorer, { cutoffs: due, reasons: 0 })
    const asOf = await scoreHistory(history, scorer, { asOf: '2025-01-11', reasons: 0 })
    const alone = new Map(asOf.scores.rows().map(({ id, probability }) => [id, probability]))
    const rows = scores.rows()
    expect(new Set(rows.map((row) => row['asOf']))).toEqual(
      new Set(['2025-01-10', '2025-01-11', '2025-01-12']),
    )
    const thatDay = rows.filter((row) => row['asOf'] === '2025-01-11')
    expect(thatDay.length).toBeLessThan(alone.size / 5)
    for (const { id, probability } of thatDay) expect(probability).toBe(alone.get(id!))
  })

  test('is refused after the end of the history, before its beginning, and with a day as well', async () => {
    const scorer = createScorer(trainLogistic(dataset), dataset)
    const at = (cutoff: string) => cutoffsListed([{ id: dataset.ids[0]!, cutoff }])
    await expect(scoreHistory(history, scorer, { cutoffs: at('2025-06-01') })).rejects.toThrow(
      /cutoffs to be at most/,
    )
    await expect(
      scoreHistory(history, scorer, { cutoffs: at('2024-06-01'), asOf: '2024-06-01' }),
    ).rejects.toThrow(/asOf to be left out/)
  })
})

describe('what is not known or not there is said', () => {
  const open = () =>
    openHistory(
      {
        customers: [
          { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-04-20' },
          { id: 'B', activatedAt: '2024-06-01', cancelledAt: null },
        ],
        usage: [
          { id: 'A', day: '2025-03-31', minutes: 12 },
          { id: 'B', day: '2025-05-31', minutes: 30 },
        ],
      },
      { completeUntil: '2025-06-01', today: epochDay('2026-01-01') },
    )
  const plan = (pairs: [string, string][]) =>
    churnPlan({
      label: cancelled({ horizonDays: 30 }),
      features: [tenure()],
      cutoffs: cutoffsListed(pairs.map(([id, cutoff]) => ({ id, cutoff }))),
    })

  test('unknown ids and cutoffs whose outcome is open are left out with a warning', async () => {
    const opened = await open()
    const built = await buildDataset(
      opened,
      plan([
        ['A', '2025-04-01'],
        ['B', '2025-05-20'],
        ['B', '2025-04-10'],
        ['X', '2025-04-01'],
      ]),
    )
    await opened.close()
    expect(
      built.ids.map((id, row) => [id, formatDay(built.cutoffs![row] as never), built.outcome[row]]),
    ).toEqual([
      ['A', '2025-04-01', 1],
      ['B', '2025-04-10', 0],
    ])
    expect(built.warnings).toContain('No rows for 1 listed cutoffs: their ids are not in customers.')
    expect(built.warnings.join(' ')).toMatch(/No rows from 2025-05-20: the outcome is not known/)
  })

  test.each([
    [[['B', '2025-05-20']], /window-open|outcome window/],
    [[['X', '2025-04-01']], /no such customer \(1\)/],
  ] as const)('%j alone are refused', async (pairs, message) => {
    const opened = await open()
    await expect(buildDataset(opened, plan(pairs as never))).rejects.toThrow(message)
    await opened.close()
  })

  test('a percentile among those of the same day is refused', async () => {
    const cutoffs = cutoffsAfter('bills', { from: '2024-08-01', until: '2024-10-01' })
    const compared = percentile(countOf('bills', 'all'), 'everybody')
    for (const ask of [featureMatrix, percentileReferences]) {
      await expect(ask(history, [compared], { cutoffs })).rejects.toThrow(/days that all customers share/)
    }
  })

  test('a cutoff later than a table of the features is complete is refused, with how many', async () => {
    const opened = await openHistory(tables, { completeUntil: { usage: '2024-08-01' } })
    await expect(buildDataset(opened, churnPlan({ label, features, cutoffs: rule }))).rejects.toThrow(
      /at most 2024-08-01 for features of usage/,
    )
    await opened.close()
  })
})

test('customers are followed from cutoffs of their own', async () => {
  const cutoffs = cutoffsBefore('contractEnd', { days: 30, from: '2024-06-01', until: '2024-10-01' })
  const survival = await survivalTable(history, { label: firstPassage(), cutoffs })
  const { ids, cutoffs: days } = await featureMatrix(history, [daysUntil('contractEnd')], { cutoffs })
  expect(survival.ids.length).toBeGreaterThan(10)
  const asked = new Set(ids.map((id, row) => `${id}@${days[row]}`))
  survival.ids.forEach((id, row) => {
    expect(asked.has(`${id}@${survival.cutoffs[row]}`)).toBe(true)
  })
})
