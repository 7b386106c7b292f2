import { afterEach, describe, expect, test } from 'vitest'
import { epochDay, formatDay, monthly } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { History } from '../../src/engine/history.js'
import { type OpenHistoryOptions, openHistory } from '../../src/engine/openHistory.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { cancelled } from '../../src/label/cancelled.js'
import { silent } from '../../src/label/silent.js'
import { trainPrior } from '../../src/learn/baseline/train.js'
import { tagLifecycle } from '../../src/lifecycle/tagLifecycle.js'
import { scoreHistory } from '../../src/score/scoreHistory.js'
import { createScorer } from '../../src/score/scorer.js'

const ids = Array.from({ length: 12 }, (_, index) => `C${String(index).padStart(2, '0')}`)
const months = ['01', '02', '03', '04', '05', '06', '07']
let history: History
afterEach(() => history.close())

/** Usage on three days of the months up to one, payments on the tenth of all months: the usage feed has ended. */
async function open(lastUsage: string, options: OpenHistoryOptions = {}, silentIn: readonly string[] = []) {
  const used = months.filter((month) => month <= lastUsage && !silentIn.includes(month))
  history = await openHistory(
    {
      // The last two leave in June.
      customers: ids.map((id, index) => ({
        id,
        activatedAt: '2024-01-01',
        cancelledAt: index < 10 ? null : '2025-06-20',
      })),
      usage: ids.flatMap((id) =>
        used.flatMap((month) =>
          ['05', '20', '28'].map((day) => ({ id, day: `2025-${month}-${day}`, minutes: 5 })),
        ),
      ),
      payments: ids.flatMap((id, index) =>
        months
          .filter((month) => index < 10 || month < '06')
          .map((month) => ({ id, day: `2025-${month}-10`, amount: 5 })),
      ),
    },
    { today: '2025-08-01', ...options },
  )
  return history
}

const minutes = [sumOf('usage', 'minutes', { days: 30 })]
const isSilent = silent({ activeDays: 60, silentDays: 30 })

describe('usage until May, payments until July', () => {
  test('the usage is complete until the day after its last row, and that is said', async () => {
    await open('05')
    const days = Object.entries(history.completeUntilByTable).map(
      ([table, day]) => `${table} ${formatDay(day)}`,
    )
    // 43 days from 28 May to 10 July are more than 95 % of the gaps between days of usage, 7 to 15 days.
    expect(days).toEqual(['customers 2025-07-11', 'usage 2025-05-29', 'payments 2025-07-11'])
    expect(history.completeUntil).toBe(epochDay('2025-07-11'))
    expect(history.notes).toEqual([
      'Table usage is complete until 2025-05-29 only, the history until 2025-07-11: what reads usage is asked as of 2025-05-29 at the latest. Where it is complete, give openHistory completeUntil: { usage: … }.',
    ])
  })

  test('who is silent after the end of the usage is not known', async () => {
    await open('05')
    const plan = (features: typeof minutes) =>
      churnPlan({ label: isSilent, features, cutoffs: [epochDay('2025-06-01')] })
    const payments = [sumOf('payments', 'amount', { days: 30 })]
    await expect(buildDataset(history, plan(payments))).rejects.toThrow(
      /outcome window \[2025-06-01, 2025-07-01\) to end at or before 2025-05-29/,
    )
    await expect(buildDataset(history, plan(minutes))).rejects.toThrow(
      /cutoffs to be at most 2025-05-29 for features of usage/,
    )
  })

  test('cancellations and features of payments are known as long as the history goes on', async () => {
    await open('05')
    const payments = [sumOf('payments', 'amount', { days: 30 })]
    const plan = churnPlan({
      label: cancelled({ gapDays: 0, horizonDays: 30 }),
      features: payments,
      cutoffs: [epochDay('2025-06-01')],
    })
    const dataset = await buildDataset(history, plan)
    expect([...dataset.outcome]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    // The report and the page repeat what was noticed.
    expect(dataset.warnings).toContain(history.notes[0])
    const scorer = createScorer(trainPrior(dataset), dataset)
    const { scores } = await scoreHistory(history, scorer)
    expect(scores.rows()[0]).toMatchObject({ id: 'C00', asOf: '2025-07-11' })
  })

  test('features, scores and stages that read the usage are as of its end, and refused later', async () => {
    await open('05')
    await expect(featureMatrix(history, minutes, { cutoffs: [epochDay('2025-06-01')] })).rejects.toThrow(
      /cutoffs to be at most 2025-05-29/,
    )
    const plan = churnPlan({ label: cancelled(), features: minutes, cutoffs: [epochDay('2025-05-29')] })
    const dataset = await buildDataset(history, plan)
    const scorer = createScorer(trainPrior(dataset), dataset)
    expect((await scoreHistory(history, scorer)).scores.rows()[0]).toMatchObject({ asOf: '2025-05-29' })
    await expect(scoreHistory(history, scorer, { asOf: '2025-06-01' })).rejects.toThrow(
      /asOf to be at most 2025-05-29/,
    )
    const signals = [
      { name: 'minutes', table: 'usage', aggregate: 'sum', measure: 'minutes', withoutRow: 'zero' },
    ] as const
    // The last month that is over by 29 May.
    expect((await tagLifecycle(history, { signals })).row(0)).toMatchObject({ month: '2025-04-01' })
    await expect(tagLifecycle(history, { signals, cutoffs: monthly('2025-05', '2025-07') })).rejects.toThrow(
      /cutoffs to be at most 2025-05-29, the first day for which usage is not complete/,
    )
  })

  test('a day given for a table replaces what its rows show, and a day for all of them every one', async () => {
    await open('05', { completeUntil: { usage: '2025-06-01' } })
    expect(formatDay(history.completeUntilByTable.usage!)).toBe('2025-06-01')
    expect(formatDay(history.completeUntilByTable.payments!)).toBe('2025-07-11')
    await history.close()
    await open('05', { completeUntil: '2025-07-01' })
    expect(new Set(Object.values(history.completeUntilByTable))).toEqual(new Set([epochDay('2025-07-01')]))
    // What was said to be complete is then a month without usage.
    expect(history.notes).toEqual([expect.stringMatching(/^Table usage: in 2025-06 only 0 % /)])
  })
})

test('tables whose rows usually lie as far apart do not lag', async () => {
  await open('07')
  // Usage of 28 July ends the history; payments of the tenth of each month are 18 days behind it.
  expect(new Set(Object.values(history.completeUntilByTable))).toEqual(new Set([epochDay('2025-07-29')]))
  expect(history.notes).toEqual([])
})

test('a month without the usage of most customers is a feed that was out, and is said', async () => {
  await open('07', {}, ['04'])
  expect(history.notes).toEqual([
    'Table usage: in 2025-04 only 0 % of the customers have a row, in a usual month 100 %: rows seem to be missing. Features, labels and stages take it for silence; leave out cutoffs and horizons that touch it, or load the month again.',
  ])
})
