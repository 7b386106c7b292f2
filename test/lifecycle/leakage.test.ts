import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, addMonths, type EpochDay, epochDay } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { baseLevels } from '../../src/lifecycle/baseLevels.js'
import type { MonthlyBlock } from '../../src/lifecycle/monthlyBlock.js'
import { monthlySignals } from '../../src/lifecycle/monthlySignals.js'
import type { SignalRule } from '../../src/lifecycle/signalRule.js'
import { tagCustomer } from '../../src/lifecycle/tagCustomer.js'
import { tagLifecycle } from '../../src/lifecycle/tagLifecycle.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { dayColumn } from '../../src/table/table.js'
import { withAnotherFuture } from '../feature/anotherFuture.js'
import { customerHistories, numbered, tablesOf } from '../feature/arbitraryHistories.js'

const today = '2030-01-01'
const day = epochDay

async function blocksOf(history: History, options: Parameters<typeof monthlySignals>[1]) {
  const blocks: MonthlyBlock[] = []
  for await (const block of monthlySignals(history, options)) blocks.push(block)
  return blocks
}

describe('what became known late counts from the day after it', () => {
  const months = ['2024-10', '2024-11', '2024-12', '2025-01']
  // A row of 10 February that arrives on 15 April.
  const usage = [
    ...months.map((month) => ({ id: 'A', day: `${month}-10`, minutes: 10, knownAt: `${month}-11` })),
    { id: 'A', day: '2025-02-10', minutes: 777, knownAt: '2025-04-15' },
    { id: 'A', day: '2025-03-10', minutes: 10, knownAt: null },
    { id: 'A', day: '2025-04-20', minutes: 10, knownAt: null },
  ]
  // B leaves on 10 March; that is known on 15 May.
  const customers = [
    { id: 'A', activatedAt: '2020-01-01', cancelledAt: null, cancelledKnownAt: null },
    { id: 'B', activatedAt: '2020-01-01', cancelledAt: '2025-03-10', cancelledKnownAt: '2025-05-15' },
  ]
  const sources = {
    customers,
    usage: [...usage, ...usage.map((row) => ({ ...row, id: 'B', knownAt: null }))],
  }
  const [usageOfA, customerB] = [usage.map(({ id, ...row }) => row), customers[1]!]
  let history: History
  beforeAll(async () => {
    history = await openHistory(sources, { today, completeUntil: '2025-08-01' })
  })
  afterAll(() => history.close())

  test('the signal of February is 0 as of 1 March and on the day the row arrives, 777 the day after', async () => {
    const february = async (asOf: string) => {
      const [block] = await blocksOf(history, { asOf: day(asOf), from: day('2024-10-01') })
      return block!.signals[0]!.values[4]
    }
    expect(await february('2025-03-01')).toBe(0)
    expect(await february('2025-04-15')).toBe(0)
    expect(await february('2025-04-16')).toBe(777)
  })

  test('the level of the base does not see the row before it arrived', async () => {
    const levelOf = async (asOf: string) =>
      (await baseLevels(history, { asOf: day(asOf), minBaseCustomers: 1 })).levels['minutes']!.at(-1)
    // February of B alone: 777 / 10. With A beside B the median of twice 77.7 is the same; so B's row is taken away.
    expect(await levelOf('2025-03-01')).toBeCloseTo(77.7, 12)
    const alone = await openHistory(
      { customers: [customers[0]!], usage },
      { today, completeUntil: '2025-08-01' },
    )
    const own = async (asOf: string) =>
      (await baseLevels(alone, { asOf: day(asOf), minBaseCustomers: 1 })).levels['minutes']![4]
    expect(await own('2025-04-01')).toBe(1)
    expect(await own('2025-05-01')).toBeCloseTo(77.7, 12)
    await alone.close()
  })

  test('a cancellation makes no churn before it is known, in the engine and in memory', async () => {
    const stageOfB = async (asOf: string) => {
      const tags = await tagLifecycle(history, { asOf: day(asOf) })
      const memory = tagCustomer(
        { customer: customerB, usage: usageOfA.map((row) => ({ ...row, knownAt: null })) },
        { asOf: day(asOf) },
      )
      expect(memory.stage).toBe(tags.cell('stage', 1))
      return memory.stage
    }
    // Used as ever in March and April.
    expect(await stageOfB('2025-04-01')).not.toBe('churn')
    expect(await stageOfB('2025-05-15')).not.toBe('churn')
    expect(await stageOfB('2025-05-16')).toBe('churn')
  })

  test('the tag of a cutoff is the same whichever later cutoffs are asked for beside it', async () => {
    const cutoffs = ['2025-03-01', '2025-04-01', '2025-08-01'].map(day)
    const together = await tagLifecycle(history, { cutoffs })
    const alone = await Promise.all(cutoffs.map((cutoff) => tagLifecycle(history, { cutoffs: [cutoff] })))
    const rows = alone.flatMap((table) => table.rows())
    const byCustomer = ['A', 'B'].flatMap((id) => rows.filter((row) => row['id'] === id))
    expect(together.rows()).toEqual(byCustomer)
    const [, , ofAugust] = alone.map((table) => table.cell('month', 0))
    const ofTwo = byCustomer.filter(({ month }) => month !== ofAugust)
    expect((await tagLifecycle(history, { cutoffs: cutoffs.slice(0, 2) })).rows()).toEqual(ofTwo)
    expect(
      together
        .rows()
        .map(({ id, stage }) => `${id} ${stage}`)
        .slice(-1),
    ).toEqual(['B churn'])
  })

  test('who cancels on the first day of a month has not left in the month before', async () => {
    const edge = await openHistory(
      {
        customers: [
          { id: 'first', activatedAt: '2020-01-01', cancelledAt: '2025-03-01' },
          { id: 'last', activatedAt: '2020-01-01', cancelledAt: '2025-02-28' },
        ],
        usage: [
          { id: 'first', day: '2025-01-05' },
          { id: 'last', day: '2025-01-05' },
        ],
      },
      { today, completeUntil: '2025-05-01' },
    )
    const cancelled = (await blocksOf(edge, { from: day('2025-01-01') })).flatMap((block) => [
      ...block.cancelled,
    ])
    await edge.close()
    // January to April of each
    expect(cancelled).toEqual([0, 0, 1, 1, 0, 1, 1, 1])
  })
})

/** The first day of a month, and a day within one. */
describe.each(['2025-02-01', '2025-01-20'])('what happens, or becomes known, from %s on', (text) => {
  const cutoff = day(text)
  const signals: SignalRule[] = [
    { name: 'bill', table: 'bills', aggregate: 'sum', measure: 'amount', withoutRow: 'missing' },
    { name: 'minutes', table: 'usage', aggregate: 'sum', measure: 'minutes', withoutRow: 'zero' },
    { name: 'days', table: 'contacts', aggregate: 'activeDays', withoutRow: 'zero' },
  ]
  const options = { signals, activityTable: 'usage' } as const
  let worlds: { customers: CustomerHistory[]; history: History }[]

  beforeAll(async () => {
    const sample = fc.sample(customerHistories, { seed: 20250201, numRuns: 160 })
    const there = sample.filter(({ customer }) => Number(customer.activatedAt) < cutoff)
    const past = numbered(there.slice(0, 40))
    const future = withAnotherFuture(past, numbered(there.slice(40, 80)), cutoff)
    worlds = await Promise.all([
      opened(past, () => null),
      // Every third who stays has left before, which becomes known on the cutoff or later.
      opened(future, (index) => (index % 3 === 0 ? index : null)),
    ])
  })
  afterAll(() => Promise.all(worlds.map(({ history }) => history.close())))

  async function opened(given: readonly CustomerHistory[], knownLater: (index: number) => number | null) {
    const customers = given.map((history, index) => {
      const { cancelledAt, activatedAt } = history.customer
      const later = knownLater(index)
      const isLeaver = cancelledAt != null && Number(cancelledAt) < cutoff
      const left =
        isLeaver || later === null
          ? { cancelledAt, cancelledKnownAt: null }
          : {
              cancelledAt: Math.max(Number(activatedAt), addDays(cutoff, -40)),
              cancelledKnownAt: cutoff + later,
            }
      return { ...history, customer: { ...history.customer, ...left } }
    })
    const tables = tablesOf(customers)
    const knownAt = customers.map(({ customer }) => customer['cancelledKnownAt'] as EpochDay | null)
    const history = await openHistory(
      { ...tables, customers: tables.customers.with(dayColumn('cancelledKnownAt', knownAt)) },
      { today, completeUntil: '2027-01-01' },
    )
    return { customers, history }
  }

  /** What every way of asking says, as of a day. */
  async function said({ customers, history }: (typeof worlds)[number], asOf: EpochDay) {
    const first = epochDay('2024-03-01')
    const start = asOf === cutoff ? {} : { from: first }
    return {
      signals: await blocksOf(history, { ...options, asOf }),
      levels: await baseLevels(history, { ...options, asOf, minBaseCustomers: 1 }),
      tags: (await tagLifecycle(history, { ...options, asOf, seasonal: true, minBaseCustomers: 1 })).rows(),
      months: (
        await tagLifecycle(history, {
          ...options,
          cutoffs: [-2, -1, 0].map((months) => addMonths(epochDay(`${text.slice(0, 7)}-01`), months)),
        })
      ).rows(),
      memory: customers
        .filter(({ customer }) => Number(customer.activatedAt) < epochDay(`${text.slice(0, 7)}-01`))
        .map((customer) => tagCustomer(customer, { ...options, tables: history.tables, asOf, ...start })),
    }
  }

  test('changes no signal, no base level and no stage', async () => {
    const [before, after] = [await said(worlds[0]!, cutoff), await said(worlds[1]!, cutoff)]
    expect(after).toEqual(before)
    expect(before.tags.length).toBeGreaterThan(30)
  })

  test('changes them as of a later day: the test can fail', async () => {
    const later = addDays(cutoff, 60)
    const [before, after] = [await said(worlds[0]!, later), await said(worlds[1]!, later)]
    for (const way of ['signals', 'levels', 'tags', 'memory'] as const) {
      expect(after[way], way).not.toEqual(before[way])
    }
  })
})
