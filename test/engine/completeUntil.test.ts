import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { addDays, type EpochDay, epochDay, formatDay, monthEnd, monthly } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import { firstEventDay } from '../../src/engine/firstEventDay.js'
import type { History } from '../../src/engine/history.js'
import { type HistorySources, type OpenHistoryOptions, openHistory } from '../../src/engine/openHistory.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { circleFeatures } from '../../src/feature/circle/circleFeatures.js'
import { callingCircle } from '../../src/feature/circle/circleRule.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { cancelled } from '../../src/label/cancelled.js'
import { firstPassage } from '../../src/label/firstPassage.js'
import { labelTable } from '../../src/label/labelTable.js'
import { silent } from '../../src/label/silent.js'
import { trainPrior } from '../../src/learn/baseline/train.js'
import { tagLifecycle } from '../../src/lifecycle/tagLifecycle.js'
import { populationTable } from '../../src/population/populationTable.js'
import { activeCustomers, inactiveFor } from '../../src/population/rule.js'
import { snapshotCohort } from '../../src/population/snapshotCohort.js'
import { scoreHistory } from '../../src/score/scoreHistory.js'
import { createScorer } from '../../src/score/scorer.js'
import type { EventTableName, InputTableName } from '../../src/table/inputs.js'

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
      "Table usage is complete only until 2025-05-29, the history until 2025-07-11: its last day with the usual number of rows is 2025-05-28, and the next was due by 2025-06-12. Cutoffs of what reads usage can be 2025-05-29 at the latest; if it is complete for longer, give openHistory completeUntil: { usage: '<day>' }.",
    ])
  })

  test('who is silent after the end of the usage is not known', async () => {
    await open('05')
    const plan = (features: typeof minutes) =>
      churnPlan({ label: isSilent, features, cutoffs: [epochDay('2025-06-01')] })
    const payments = [sumOf('payments', 'amount', { days: 30 })]
    await expect(buildDataset(history, plan(payments))).rejects.toThrow(
      /^buildDataset: expected the outcome window \[2025-06-01, 2025-07-01\) to end at or before 2025-05-29, up to which usage is complete\. .*, or give openHistory completeUntil: \{ usage: '<day>' \} if/,
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
    'Table usage: in 2025-04 only 0 % of the customers have a row, in a usual month 100 %: rows seem to be missing. Features, labels and stages count it as silence; leave out cutoffs and horizons that touch it, or load the month again.',
  ])
})

describe('who is silent in a table that has ended is not known', () => {
  const each = (first: string, last: string) => {
    const length = epochDay(last) - epochDay(first) + 1
    return Array.from({ length }, (_, index) => formatDay(addDays(epochDay(first), index)))
  }
  const used = (days: readonly string[], who = ids) => who.flatMap((id) => days.map((day) => ({ id, day })))
  const straggler = { id: 'C00', day: '2025-07-10' }
  const customers = ids.map((id) => ({ id, activatedAt: '2024-01-01' }))
  const daily = used(each('2025-01-01', '2025-05-31'))
  const paid = (lastMonth: string) =>
    ids.flatMap((id) =>
      months
        .filter((month) => month <= lastMonth)
        .map((month) => ({ id, day: `2025-${month}-10`, amount: 5 })),
    )
  const billed = (...of: string[]) =>
    ids.flatMap((id) => of.map((month) => ({ id, period: `2025-${month}`, amount: 5 })))
  const byMonth = (days: readonly string[]) => days.filter((day) => /-(05|20|28)$/.test(day))

  test.each<[string, HistorySources, EventTableName, string, string, number]>([
    [
      'payments of the tenth, the next is due',
      { customers, usage: used(each('2025-01-01', '2025-07-11')), payments: paid('06') },
      'payments',
      '2025-06-11',
      '2025-06-11',
      30,
    ],
    [
      'bills without the last month',
      { customers, usage: used(each('2025-01-01', '2025-03-31')), bills: billed('01', '02') },
      'bills',
      '2025-03-01',
      '2025-03-01',
      31,
    ],
    [
      'devices without the last month',
      {
        customers,
        usage: used(each('2025-01-01', '2025-04-02')),
        devices: billed('01', '02').map(({ id, period }) => ({ id, period, deviceId: `of ${id}` })),
      },
      'devices',
      '2025-03-01',
      '2025-03-01',
      31,
    ],
    [
      'one row after the end',
      { customers, usage: [...daily, straggler] },
      'usage',
      '2025-06-01',
      '2025-06-01',
      30,
    ],
    [
      'one row after the end of usage on three days a month',
      {
        customers,
        usage: [...used(byMonth(each('2025-01-01', '2025-05-31'))), straggler],
        payments: paid('07'),
      },
      'usage',
      '2025-05-29',
      '2025-06-01',
      30,
    ],
    [
      'one customer after the end, day after day',
      { customers, usage: [...daily, ...used(each('2025-06-01', '2025-07-20'), ['C00'])] },
      'usage',
      '2025-06-01',
      '2025-06-01',
      30,
    ],
    [
      // Each day somebody pays late, so that days alone show no end
      'payments of the tenth and late ones, the tenth is missing',
      {
        customers,
        payments: [
          ...paid('06'),
          ...used(each('2025-01-11', '2025-07-11'), ['C00']).map((row) => ({ ...row, amount: 1 })),
        ],
      },
      'payments',
      '2025-06-12',
      '2025-06-12',
      30,
    ],
    [
      'complaints',
      {
        customers,
        usage: used(each('2025-01-01', '2025-07-20')),
        contacts: daily.map((row) => ({ ...row, kind: 'complaint' })),
      },
      'contacts',
      '2025-06-01',
      '2025-06-01',
      30,
    ],
  ])('%s', async (_, sources, table, until, cutoff, silentDays) => {
    history = await openHistory(sources, { today: '2025-08-01' })
    expect(formatDay(history.completeUntilByTable[table]!)).toBe(until)
    expect(history.notes).toEqual([expect.stringMatching(`^Table ${table} is complete only until ${until}`)])
    const population = await populationTable(history, activeCustomers(), [epochDay(cutoff)])
    const label = silent({ table, activeDays: 60, silentDays })
    await expect(labelTable(history, label, population)).rejects.toThrow(
      `to end at or before ${until}, up to which ${table} is complete.`,
    )
  })

  test('bills of one month may be all that there are, which is said', async () => {
    history = await openHistory({
      customers,
      usage: used(each('2025-01-01', '2025-03-31')),
      bills: billed('02'),
    })
    expect(formatDay(history.completeUntilByTable.bills!)).toBe('2025-04-01')
    expect(history.notes).toEqual([
      expect.stringMatching(/^Table bills has rows of 2025-02 only, which do not show whether/),
    ])
  })

  test('a window without a month’s last day says nothing of bills', async () => {
    const sources = { customers, usage: used(each('2025-01-01', '2025-03-20')), bills: billed('01', '02') }
    history = await openHistory(sources)
    expect(history.notes).toEqual([])
    const population = await populationTable(history, activeCustomers(), [epochDay('2025-02-01')])
    const label = (silentDays: number) => silent({ table: 'bills', activeDays: 60, silentDays })
    await expect(labelTable(history, label(27), population)).rejects.toThrow(
      'labelTable: expected the outcome window [2025-02-01, 2025-02-28) to hold the last day of a month, which is the day of all rows of bills. Look for silence over 31 days or more.',
    )
    const labels = await labelTable(history, label(28), population)
    const found = await history.engine.query(`SELECT DISTINCT outcome FROM ${labels.table}`)
    expect(found.rows()).toEqual([{ outcome: 0 }])
    const passage = firstPassage({
      horizonDays: 40,
      causes: [{ name: 'quiet', event: 'silent', table: 'bills', days: 30 }],
    })
    await expect(labelTable(history, passage, population)).rejects.toThrow(
      'expected days of quiet to be at least 31, because all rows of bills are on the last day of a month, got 30',
    )
  })

  test('a day that is given is believed, and what the rows say against it is a note', async () => {
    history = await openHistory({ customers, usage: daily }, { completeUntil: { usage: '2025-06-20' } })
    expect(formatDay(history.completeUntil)).toBe('2025-06-20')
    expect(history.notes).toEqual([
      'Table usage: completeUntil says 2025-06-20, but its last day with the usual number of rows is 2025-05-31, and the next was due by 2025-06-01: days without rows count as silence.',
    ])
  })

  test('a customer alone may have left', async () => {
    const usage = used(each('2025-01-01', '2025-05-31'), ['C00'])
    history = await openHistory({ customers, usage, payments: paid('07') })
    expect(formatDay(history.completeUntilByTable.usage!)).toBe('2025-07-11')
    expect(history.notes.filter((note) => note.includes('complete until'))).toEqual([])
  })

  test('calls: months that are out, by either end, and the end', async () => {
    const calls = each('2025-01-01', '2025-05-31')
      .filter((day) => !day.startsWith('2025-03'))
      .flatMap((day) => ids.slice(0, 6).map((from, index) => ({ from, to: ids[index + 6]!, day })))
    history = await openHistory({ customers, calls, usage: used(each('2025-01-01', '2025-07-20')) })
    expect(history.notes).toEqual([
      expect.stringMatching(/^Table calls is complete only until 2025-06-01/),
      expect.stringMatching(
        /^Table calls: in 2025-03 only 0 % of the customers have a row, in a usual month 100 %/,
      ),
    ])
    const cutoffs = [epochDay('2025-07-01')]
    await expect(circleFeatures(history, callingCircle({ minutes: false }), { cutoffs })).rejects.toThrow(
      'circleFeatures: expected cutoffs to be at most 2025-06-01 for features of calls',
    )
  })

  test('who is counted by a table that has ended is not known, in the name of the function that was called', async () => {
    history = await openHistory({ customers, usage: daily, payments: paid('07') })
    const population = activeCustomers({ exclusions: [inactiveFor('usage', 30)] })
    const cutoffs = [epochDay('2025-07-01')]
    const rule =
      'expected cutoffs to be at most 2025-06-01 for exclusions of usage, which is not complete from that day on'
    await expect(populationTable(history, population, cutoffs)).rejects.toThrow(`populationTable: ${rule}`)
    const paidIn = [sumOf('payments', 'amount', { days: 30 })]
    await expect(featureMatrix(history, paidIn, { population, cutoffs })).rejects.toThrow(
      `featureMatrix: ${rule}`,
    )
    await expect(snapshotCohort(history, { at: '2025-07-01', population })).rejects.toThrow(
      'snapshotCohort: expected at to be at or before 2025-06-01',
    )
    // Who is asked for nothing that usage says may be frozen as long as the customers are complete
    expect((await snapshotCohort(history, { at: '2025-07-11' })).customers.rowCount).toBe(12)
  })
})

test('rows from the day on that a table is not complete change no feature, no label and no stage', async () => {
  const engine = await openDuckdb()
  const day = fc.integer({ min: epochDay('2025-04-15'), max: epochDay('2025-07-20') })
  const cases = fc.record({
    usageEnds: day,
    usageEvery: fc.constantFrom(1, 7),
    paymentsEnd: day,
    dueDay: fc.integer({ min: 1, max: 28 }),
    bills: fc.integer({ min: 2, max: 6 }),
    later: fc.array(fc.record({ who: fc.nat(ids.length - 1), day }), { maxLength: 3 }),
  })
  const few = ids.slice(0, 6)
  const customers = few.map((id) => ({ id, activatedAt: '2024-01-01', cancelledAt: null }))
  const signals = [
    { name: 'minutes', table: 'usage', aggregate: 'sum', measure: 'minutes', withoutRow: 'zero' },
  ] as const
  const asked = async (
    sources: HistorySources & { usage: object[]; payments: object[]; bills: object[] },
  ) => {
    const opened = await openHistory(sources, { engine, today: '2025-08-01' })
    const { completeUntilByTable: until } = opened
    const cutoff = addDays(Math.min(...Object.values(until)) as EpochDay, -31)
    const features = [
      ...minutes,
      ...(['payments', 'bills'] as const).map((table) => sumOf(table, 'amount', { days: 60 })),
    ]
    const population = await populationTable(opened, activeCustomers(), [cutoff])
    const outcomes: unknown[] = []
    for (const table of ['usage', 'payments', 'bills'] as const) {
      const labels = await labelTable(opened, silent({ table, activeDays: 90, silentDays: 31 }), population)
      outcomes.push(
        (await engine.query(`SELECT id, outcome, reason FROM ${labels.table} ORDER BY id`)).rows(),
      )
    }
    const matrix = await featureMatrix(opened, features, { cutoffs: [addDays(cutoff, 31)] })
    const tags = await tagLifecycle(opened, { signals })
    return { until, outcomes, matrix, tags: tags.rows() }
  }
  await fc.assert(
    fc.asyncProperty(cases, async ({ usageEnds, usageEvery, paymentsEnd, dueDay, bills, later }) => {
      const days = Array.from({ length: 200 }, (_, index) => addDays(epochDay('2025-01-01'), index))
      const usage = [
        ...few.flatMap((id) =>
          days
            .filter((each, index) => each < usageEnds && index % usageEvery === 0)
            .map((each) => ({ id, day: each as number, minutes: 5 })),
        ),
        ...later.map((row) => ({ id: few[row.who % few.length]!, day: row.day, minutes: 7 })),
      ]
      const payments = few.flatMap((id) =>
        days
          .filter((each) => each < paymentsEnd && Number(formatDay(each).slice(8)) === dueDay)
          .map((each) => ({ id, day: each as number, amount: 5 })),
      )
      const billed = few.flatMap((id) =>
        months.slice(0, bills).map((month) => ({ id, period: `2025-${month}-01`, amount: 5 })),
      )
      const all = await asked({ customers, usage, payments, bills: billed })
      const complete = await asked({
        customers,
        usage: usage.filter((row) => row.day < all.until.usage!),
        payments: payments.filter((row) => row.day < all.until.payments!),
        bills: billed.filter(({ period }) => monthEnd(epochDay(period)) < all.until.bills!),
      })
      expect(complete).toEqual(all)
    }),
    { numRuns: 3 },
  )
  await engine.close()
})

test('tables begin where all of those that are read have rows: a plan of years ago is no beginning', async () => {
  history = await openHistory({
    customers: ['A', 'B'].map((id) => ({
      id,
      activatedAt: '2020-05-01',
      cancelledAt: id === 'A' ? null : '2024-06-15',
    })),
    plans: [{ id: 'A', from: '2020-05-01', plan: 'S' }],
    usage: [{ id: 'A', day: '2024-01-05', minutes: 1 }],
    bills: [{ id: 'A', period: '2024-02', amount: 1 }],
    contacts: [{ id: 'A', day: '2024-09-01', kind: 'call' }],
  })
  const begin = async (...tables: InputTableName[]) => formatDay((await firstEventDay(history, tables))!)
  expect(await begin('plans', 'usage', 'contacts')).toBe('2024-01-05')
  expect(await begin('usage', 'bills')).toBe('2024-02-01')
  expect(await begin('plans')).toBe('2020-05-01')
  const plan = churnPlan({ label: cancelled(), features: minutes, cutoffs: [epochDay('2024-06-01')] })
  const dataset = await buildDataset(history, plan)
  await expect(
    scoreHistory(history, createScorer(trainPrior(dataset), dataset), { asOf: '2024-01-01' }),
  ).rejects.toThrow('expected asOf to be after 2024-01-05, the day of the first row of the tables')
})

test('days without rows across the middle of months are said with their days, once where a month says them', async () => {
  const without = async (from: string, after: string) => {
    const usage = ids.flatMap((id) =>
      Array.from({ length: 213 }, (_, index) => addDays(epochDay('2024-01-01'), index))
        .filter((day) => day < epochDay(from) || day >= epochDay(after))
        .map((day) => ({ id, day: formatDay(day), minutes: 5 })),
    )
    const customers = ids.map((id) => ({ id, activatedAt: '2023-01-01' }))
    history = await openHistory({ customers, usage }, { today: '2024-08-01' })
    return history.notes
  }
  expect(await without('2024-03-16', '2024-04-28')).toEqual([
    'Table usage: from 2024-03-16 to 2024-04-27 (43 days) no customer has a row: rows seem to be missing. Features, labels and stages count it as silence; leave out cutoffs and horizons that touch it, or load these days again.',
  ])
  await history.close()
  expect(await without('2024-03-28', '2024-05-03')).toEqual([expect.stringContaining('in 2024-04 only 0 %')])
})
