import { expect, test } from 'vitest'
import { type EpochDay, epochDay } from '../../src/base/days.js'
import { involuntary, reasonIn, voluntary } from '../../src/label/cancelCause.js'
import { firstPassage } from '../../src/label/firstPassage.js'
import type { FirstPassageRule, PassageCause } from '../../src/label/rule.js'
import { survivalTable } from '../../src/label/survivalTable.js'
import { open } from './openLabels.js'

const cutoff = epochDay('2025-03-01')
const at = (day: number) => cutoff + day
const long = { activatedAt: cutoff - 100 }

async function rowsOf(history: Awaited<ReturnType<typeof open>>, label: FirstPassageRule) {
  const survival = await survivalTable(history, { label, cutoffs: [cutoff] })
  const rows = survival.ids.map((id, row) => {
    const cause = survival.causes[row]!
    expect(survival.events[row]).toBe(cause === 0 ? 0 : 1)
    return [id, [survival.times[row], cause === 0 ? 'censored' : survival.causeNames[cause - 1]]]
  })
  const left = survival.report.unlabelled.rows().filter(({ customers }) => customers !== 0)
  return { ...Object.fromEntries(rows), left: left.map(({ reason, customers }) => [reason, customers]) }
}

test('the first day gives 1, the day after the last is censored with the whole window', async () => {
  const days = [0, 9, 10, 30]
  const customers = days.map((day) => ({ id: `${day}`, ...long, cancelledAt: at(day) }))
  const history = await open([...customers, { id: 'stays', ...long }], {}, '2025-03-21')
  expect(await rowsOf(history, firstPassage({ horizonDays: 10 }))).toEqual({
    '0': [1, 'cancelled'],
    '9': [10, 'cancelled'],
    '10': [10, 'censored'],
    '30': [10, 'censored'],
    stays: [10, 'censored'],
    left: [],
  })
})

test('a horizon that is not over censors where the history ends, and never says stayed', async () => {
  const customers = [12, 19, 20].map((day) => ({ id: `${day}`, ...long, cancelledAt: at(day) }))
  // Complete until 21 March: days 0 to 19 are known.
  const history = await open([...customers, { id: 'stays', ...long }], {}, '2025-03-21')
  const expected = {
    '12': [13, 'cancelled'],
    '19': [20, 'cancelled'],
    '20': [20, 'censored'],
    stays: [20, 'censored'],
    left: [],
  }
  expect(await rowsOf(history, firstPassage({ horizonDays: 60 }))).toEqual(expected)
  expect(await rowsOf(history, firstPassage())).toEqual(expected)
})

test('after a gap days are counted from its end; who leaves in it is not at risk', async () => {
  const customers = [6, 7, 8].map((day) => ({ id: `${day}`, ...long, cancelledAt: at(day) }))
  const history = await open(customers)
  expect(await rowsOf(history, firstPassage({ gapDays: 7 }))).toEqual({
    '7': [1, 'cancelled'],
    '8': [2, 'cancelled'],
    left: [['left in the gap', 1]],
  })
})

test('a customer enters at the age that he has when the follow-up begins', async () => {
  const history = await open([{ id: 'A', activatedAt: at(-30) }], { usage: [{ id: 'A', day: at(0) }] })
  const { entryDays } = await survivalTable(history, {
    label: firstPassage({ gapDays: 7 }),
    cutoffs: [cutoff],
  })
  expect([...entryDays]).toEqual([37])
})

const byReason = reasonIn('why', ['non-payment'])
const closed: PassageCause = { name: 'closed', event: 'cancelled', cause: involuntary(byReason) }
const left: PassageCause = { name: 'left', event: 'cancelled', cause: voluntary(byReason) }
const silent: PassageCause = { name: 'silent', event: 'silent', table: 'usage', days: 10 }

test('of two events the earlier counts, of two on one day the one that is listed first', async () => {
  // Last seen on the day before the cutoff: the 10th silent day is day 9.
  const usage = ['before', 'same', 'after'].map((id) => ({ id, day: at(-1) }))
  const customers = [
    { id: 'before', ...long, cancelledAt: at(8), why: 'price' },
    { id: 'same', ...long, cancelledAt: at(9), why: 'price' },
    { id: 'after', ...long, cancelledAt: at(10), why: 'price' },
  ]
  const history = await open(customers, { usage })
  expect(await rowsOf(history, firstPassage({ causes: [left, silent] }))).toEqual({
    before: [9, 'left'],
    same: [10, 'left'],
    after: [10, 'silent'],
    left: [],
  })
  expect(await rowsOf(history, firstPassage({ causes: [silent, left] }))).toMatchObject({
    same: [10, 'silent'],
  })
})

test('a cancellation of a cause that is not listed censors, one of an unknown cause is null', async () => {
  const customers = [
    { id: 'closed', ...long, cancelledAt: at(4), why: 'non-payment' },
    { id: 'own', ...long, cancelledAt: at(4), why: 'price' },
    { id: 'unknown', ...long, cancelledAt: at(4), why: null },
  ]
  const history = await open(customers)
  const { left: nulls, ...rows } = await rowsOf(
    history,
    firstPassage({ causes: [{ ...left, name: 'own will' }] }),
  )
  expect(rows).toEqual({ closed: [5, 'censored'], own: [5, 'own will'] })
  expect(nulls).toEqual([['cancelled without why', 1]])
  const both = await survivalTable(history, {
    label: firstPassage({ causes: [closed, left] }),
    cutoffs: [cutoff],
  })
  expect(both.ids).toEqual(['closed', 'own'])
  expect([...both.causes]).toEqual([1, 2])
})

test('the latest usable cutoff leaves one day to look at', async () => {
  const history = await open([{ id: 'A', ...long }], {}, '2025-03-09')
  const label = firstPassage({ gapDays: 7 })
  expect(await rowsOf(history, label)).toEqual({ A: [1, 'censored'], left: [] })
  const refused = survivalTable(history, { label, cutoffs: [(cutoff + 1) as EpochDay] })
  await expect(refused).rejects.toThrow('Use a cutoff of at most 2025-03-01.')
})

test('a cutoff whose follow-up has not begun has null outcomes beside one that has', async () => {
  const history = await open([{ id: 'A', ...long }], {}, '2025-03-09')
  const cutoffs = [cutoff, (cutoff + 1) as EpochDay]
  const { ids, report } = await survivalTable(history, { label: firstPassage({ gapDays: 7 }), cutoffs })
  expect(ids).toEqual(['A'])
  expect(report.unlabelled.rows()[2]).toEqual({
    cutoff: '2025-03-02',
    reason: 'outcome window not begun',
    customers: 1,
  })
})

test('causes of one name, and no cause, are refused', () => {
  expect(() => firstPassage({ causes: [silent, silent] })).toThrow('a different name for each cause')
  expect(() => firstPassage({ causes: [] })).toThrow('causes')
})
