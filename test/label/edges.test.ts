import { expect, test } from 'vitest'
import type { EpochDay } from '../../src/base/days.js'
import { activityChurned } from '../../src/label/activityChurned.js'
import { involuntary, unpaidBefore, voluntary } from '../../src/label/cancelCause.js'
import { cancelled } from '../../src/label/cancelled.js'
import { firstPassage } from '../../src/label/firstPassage.js'
import { planDowngraded } from '../../src/label/planDowngraded.js'
import type { OutcomeRule } from '../../src/label/rule.js'
import { silent } from '../../src/label/silent.js'
import type { HistoryRow } from '../../src/table/customerHistory.js'
import { open, outcomesOf } from './openLabels.js'

const cutoff = 20100 as EpochDay

/** One customer for each day on which an event may lie, and what comes out from which day on. */
interface Edges {
  readonly rule: OutcomeRule
  /** Days after the cutoff, first and last. */
  readonly days: readonly [first: number, last: number]
  /** What happens to the customer of that day. */
  readonly tables: (day: number) => Readonly<Record<string, readonly HistoryRow[]>>
  readonly cancelledAt?: (day: number) => number
  /** From this day after the cutoff on, this outcome or reason. */
  readonly expected: readonly (readonly [from: number, outcome: number | string])[]
}

const steady = [{ day: cutoff - 1 }]
const planFrom = (from: number, plan: string, to: number | null = null) => ({ from, plan, to })
const tiers = ['S', 'M', 'L']

const cases: Readonly<Record<string, Edges>> = {
  'the day of cancellation': {
    rule: cancelled({ gapDays: 5, horizonDays: 10 }),
    days: [-2, 17],
    tables: () => ({}),
    cancelledAt: (day) => day,
    // Cancelled before the cutoff: not counted at all.
    expected: [
      [-2, 'not counted'],
      [0, 'left in the gap'],
      [5, 1],
      [15, 0],
    ],
  },
  'the day of the last activity before': {
    rule: silent({ activeDays: 10, gapDays: 5, silentDays: 10 }),
    days: [-12, 17],
    tables: (day) => ({ usage: [{ day }] }),
    expected: [
      [-12, 'no usage in the 10 days before'],
      [-10, 1],
      [0, 'no usage in the 10 days before'],
    ],
  },
  'the day on which the customer is seen again': {
    rule: activityChurned({ periodDays: 10, gapDays: 5 }),
    days: [0, 17],
    tables: (day) => ({ usage: [...steady, { day }] }),
    expected: [
      [0, 1],
      [5, 0],
      [15, 1],
    ],
  },
  'the day of the lower plan, as it is at the end': {
    rule: planDowngraded({ tiers, gapDays: 5, horizonDays: 10 }),
    days: [-3, 17],
    tables: (day) => ({ plans: [planFrom(cutoff - 50, 'M'), planFrom(day, 'S')] }),
    expected: [
      [-3, 0],
      [0, 'downgraded before the outcome window'],
      [5, 1],
      [15, 0],
    ],
  },
  'the day on which the lower plan is left again, as it is at the end': {
    rule: planDowngraded({ tiers, gapDays: 5, horizonDays: 10 }),
    days: [6, 17],
    tables: (day) => ({
      plans: [planFrom(cutoff - 50, 'M'), planFrom(cutoff + 5, 'S'), planFrom(day, 'L')],
    }),
    expected: [
      [6, 0],
      [15, 1],
    ],
  },
  'the day on which the lower plan is left again, at any time': {
    rule: planDowngraded({ tiers, gapDays: 5, horizonDays: 10, when: 'anyTime' }),
    days: [6, 17],
    tables: (day) => ({
      plans: [planFrom(cutoff - 50, 'M'), planFrom(cutoff + 5, 'S'), planFrom(day, 'L')],
    }),
    expected: [[6, 1]],
  },
  'the last day of the plan before the cutoff': {
    rule: planDowngraded({ tiers, gapDays: 5, horizonDays: 10 }),
    days: [-3, 17],
    tables: (day) => ({ plans: [planFrom(cutoff - 50, 'M', day)] }),
    // As of day d a plan has ended whose `to` is before d.
    expected: [
      [-3, 'no plan with a tier at the cutoff'],
      [0, 'no plan with a tier at the end of the outcome window'],
      [15, 0],
    ],
  },
  'the day of cancellation after a downgrade on day 8, at any time': {
    rule: planDowngraded({ tiers, gapDays: 5, horizonDays: 10, when: 'anyTime' }),
    days: [5, 12],
    tables: () => ({ plans: [planFrom(cutoff - 50, 'M'), planFrom(cutoff + 8, 'S')] }),
    cancelledAt: (day) => day,
    expected: [
      [5, 0],
      [9, 1],
    ],
  },
  'the day of a failed payment before a cancellation on day 12': {
    rule: cancelled({ cause: involuntary(unpaidBefore({ withinDays: 10 })), gapDays: 5, horizonDays: 10 }),
    days: [0, 14],
    tables: (day) => ({ payments: [{ day, kind: 'failed', amount: 5 }] }),
    cancelledAt: () => cutoff + 12,
    // (12 − 10, 12]
    expected: [
      [0, 0],
      [3, 1],
      [13, 0],
    ],
  },
  'the day of money paid back after a failed payment on day 8, which makes nothing good': {
    rule: cancelled({ cause: voluntary(unpaidBefore({ withinDays: 10 })), gapDays: 5, horizonDays: 10 }),
    days: [6, 14],
    tables: (day) => ({
      payments: [
        { day: cutoff + 8, kind: 'failed', amount: 5 },
        { day, kind: null, amount: -5 },
      ],
    }),
    cancelledAt: () => cutoff + 12,
    expected: [[6, 0]],
  },
  'the day of a payment that came through after a failed one on day 8': {
    rule: cancelled({ cause: voluntary(unpaidBefore({ withinDays: 10 })), gapDays: 5, horizonDays: 10 }),
    days: [6, 14],
    tables: (day) => ({
      payments: [
        { day: cutoff + 8, kind: 'failed', amount: 5 },
        // However small the amount is.
        { day, kind: null, amount: day % 2 === 0 ? 5 : 0.5 },
      ],
    }),
    cancelledAt: () => cutoff + 12,
    expected: [
      [6, 0],
      [8, 1],
      [13, 0],
    ],
  },
  'the last day of activity before 10 days of silence': {
    rule: firstPassage({
      causes: [{ name: 'silent', event: 'silent', table: 'usage', days: 10 }],
      gapDays: 5,
      horizonDays: 10,
    }),
    days: [-12, 17],
    // Seen on the day before the cutoff, and every day from day 4 to the day of the customer.
    tables: (day) => ({
      usage: [
        ...steady,
        ...Array.from({ length: Math.max(0, day - cutoff - 3) }, (_, index) => ({ day: cutoff + 4 + index })),
      ],
    }),
    // Silent from day −1 on: the 10th silent day is day 9. After activity on day a it is a + 10; the window ends with 14.
    expected: [
      [-12, 1],
      [5, 0],
    ],
  },
}

test.each(Object.entries(cases))('%s flips the outcome at the edges and nowhere else', async (_, edges) => {
  const [first, last] = edges.days
  const days = Array.from({ length: last - first + 1 }, (__, index) => first + index)
  const customers = days.map((day) => ({
    id: `${day}`,
    activatedAt: cutoff - 400,
    cancelledAt: edges.cancelledAt?.(cutoff + day) ?? null,
  }))
  const tables: Record<string, HistoryRow[]> = {}
  for (const day of days) {
    for (const [table, rows] of Object.entries(edges.tables(cutoff + day))) {
      tables[table] ??= []
      tables[table].push(...rows.map((row) => ({ id: `${day}`, ...row })))
    }
  }
  const history = await open(customers, tables, '2025-07-01')
  const given = await outcomesOf(history, edges.rule, cutoff)
  const expected = days.map((day) => [`${day}`, edges.expected.findLast(([from]) => from <= day)![1]])
  expect(days.map((day) => [`${day}`, given[`${day}`] ?? 'not counted'])).toEqual(expected)
})
