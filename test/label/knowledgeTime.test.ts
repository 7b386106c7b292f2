import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EpochDay, epochDay } from '../../src/base/days.js'
import { cancelled } from '../../src/label/cancelled.js'
import { firstPassage } from '../../src/label/firstPassage.js'
import { planDowngraded } from '../../src/label/planDowngraded.js'
import type { OutcomeRule } from '../../src/label/rule.js'
import { silent } from '../../src/label/silent.js'
import { valueDropped } from '../../src/label/valueDropped.js'
import {
  arbitraryCustomer,
  arbitraryLabel,
  firstDay,
  type LabelHistory,
  tablesOf,
} from './arbitraryLabels.js'
import { open, outcomesOf } from './openLabels.js'

const cutoff = epochDay('2025-03-01')
const at = (day: number) => cutoff + day
const long = { activatedAt: cutoff - 400 }

test('who left before the cutoff, which was known at or after it, has no outcome', async () => {
  const customers = [
    { id: 'known before', ...long, cancelledAt: at(-2), cancelledKnownAt: at(-1) },
    { id: 'known on the day', ...long, cancelledAt: at(-2), cancelledKnownAt: at(0) },
    { id: 'known later', ...long, cancelledAt: at(-2), cancelledKnownAt: at(9) },
    { id: 'left later', ...long, cancelledAt: at(2), cancelledKnownAt: at(60) },
    { id: 'announced', ...long, cancelledAt: at(2), cancelledKnownAt: at(-5) },
  ]
  // Outcomes are all that is known when the history ends, however late it became known.
  const expected = {
    'known on the day': 'left before the cutoff, known after it',
    'known later': 'left before the cutoff, known after it',
    'left later': 1,
    announced: 1,
  }
  const history = await open(customers)
  expect(await outcomesOf(history, cancelled(), cutoff)).toEqual(expected)
  expect(await outcomesOf(history, firstPassage(), cutoff)).toEqual(expected)
})

test('activity that became known at or after the cutoff makes nobody countable', async () => {
  const usage = [
    { id: 'known before', day: at(-9), knownAt: at(-1) },
    { id: 'no word', day: at(-9), knownAt: null },
    { id: 'known on the day', day: at(-9), knownAt: at(0) },
    { id: 'seen later', day: at(-9), knownAt: at(-1) },
    { id: 'seen later', day: at(5), knownAt: at(90) },
  ]
  const ids = ['known before', 'no word', 'known on the day', 'seen later']
  const history = await open(
    ids.map((id) => ({ id, ...long })),
    { usage },
  )
  const expected = {
    'known before': 1,
    'no word': 1,
    'known on the day': 'no usage in the 10 days before',
    'seen later': 0,
  }
  expect(await outcomesOf(history, silent({ activeDays: 10 }), cutoff)).toEqual(expected)
  const causes = [{ name: 'silent', event: 'silent', table: 'usage', days: 10 }] as const
  // Last seen on day −9: silent since day 1; of the one who is seen again on day 5, since day 1 too, before that.
  expect(await outcomesOf(history, firstPassage({ causes }), cutoff)).toEqual({
    ...expected,
    'seen later': 1,
  })
})

test('a bill that became known at or after the cutoff is not in the look-back', async () => {
  const bills = (id: string, knownAt: number | null) =>
    ['2024-12', '2025-01', '2025-02'].map((month) => ({ id, period: `${month}-01`, amount: 10, knownAt }))
  const ids = ['known', 'late']
  const history = await open(
    ids.map((id) => ({ id, ...long })),
    { bills: [...bills('known', null), ...bills('late', at(0))] },
  )
  expect(await outcomesOf(history, valueDropped(), cutoff)).toEqual({
    known: 1,
    late: 'no amount in the look-back',
  })
})

test('a plan that became known at or after the cutoff is not the plan before; back-dated, it is no outcome', async () => {
  const plans = [
    ...['known', 'backdated', 'late'].map((id) => ({
      id,
      from: at(-90),
      plan: 'M',
      knownAt: id === 'late' ? at(3) : null,
    })),
    { id: 'known', from: at(-5), plan: 'S', knownAt: at(-1) },
    { id: 'backdated', from: at(-5), plan: 'S', knownAt: at(3) },
  ]
  const ids = ['known', 'backdated', 'late']
  const history = await open(
    ids.map((id) => ({ id, ...long })),
    { plans },
  )
  const expected = {
    known: 0,
    backdated: 'downgraded before the outcome window',
    late: 'no plan with a tier at the cutoff',
  }
  for (const when of ['atEnd', 'anyTime'] as const) {
    expect(await outcomesOf(history, planDowngraded({ tiers: ['S', 'M'], when }), cutoff)).toEqual(expected)
  }
})

// Whatever lies at or after the end of the window, and however much is known of it, the outcome stays as it is.
test('an outcome does not depend on anything at or after the end of its window', async () => {
  const asOf = (firstDay + 20) as EpochDay
  const completeUntil = new Date((firstDay + 75) * 86_400_000).toISOString().slice(0, 10)
  const people = fc.array(arbitraryCustomer, { minLength: 100, maxLength: 120, size: 'max' })
  const property = fc.asyncProperty(
    people,
    fc.array(arbitraryLabel, { minLength: 6, maxLength: 6 }),
    async (all, rules) => {
      // The longest window: a gap of 7 days and a month.
      const end = firstDay + 20 + 7 + 31
      const tables = tablesOf(all)
      const cut = tablesOf(all.map((customer) => cutAt(customer, end)))
      const [whole, short] = [
        await open(tables.customers, tables, completeUntil),
        await open(cut.customers, cut, completeUntil),
      ]
      for (const rule of rules as OutcomeRule[]) {
        expect(await outcomesOf(short, rule, asOf)).toEqual(await outcomesOf(whole, rule, asOf))
      }
    },
  )
  await fc.assert(property, { numRuns: 2, endOnFailure: true })
})

function cutAt(of: LabelHistory, end: number): LabelHistory {
  const isGone = of.cancelledAt !== null && of.cancelledAt >= end
  return {
    ...of,
    ...(isGone ? { cancelledAt: null, cancelledKnownAt: null } : {}),
    usage: of.usage.filter(({ day }) => day < end),
    bills: of.bills.filter(({ day }) => day < end),
    payments: of.payments.filter(({ day }) => day < end),
    plans: of.plans
      .filter(({ from }) => from < end)
      .map((plan) => ({ ...plan, to: plan.to !== null && plan.to >= end ? null : plan.to })),
  }
}
