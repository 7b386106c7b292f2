import { expect, test } from 'vitest'
import { addDays, type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import { seededRandom } from '../../src/base/random.js'
import { openHistory } from '../../src/engine/openHistory.js'

const first = epochDay('2024-01-01')
const dayOf = (day: number): string => formatDay(addDays(first, day))

interface Stops {
  readonly activations?: number
  readonly cancellations?: number
  readonly plans?: number
}

/** A year of 600 customers: activations, cancellations and changes of plan on random days, up to a day of each. */
function operator(seed: number, stops: Stops = {}) {
  const random = seededRandom(seed)
  const { activations = 365, cancellations = 365, plans: changes = 365 } = stops
  const customers = Array.from({ length: 600 }, (_, index) => {
    const activated = index < 60 ? 0 : random.integer(activations)
    const left = activated + 30 + random.integer(600)
    return { id: `C${index}`, activated, left: left < cancellations ? left : null }
  })
  const isThere = ({ activated, left }: (typeof customers)[number], day: number): boolean =>
    activated <= day && (left === null || day <= left)
  return {
    customers: customers.map(({ id, activated, left }) => ({
      id,
      activatedAt: dayOf(activated),
      cancelledAt: left === null ? null : dayOf(left),
    })),
    usage: customers.flatMap((customer) =>
      Array.from({ length: 92 }, (_, index) => index * 4)
        .concat(364)
        .filter((day) => isThere(customer, day))
        .map((day) => ({ id: customer.id, day: dayOf(day), minutes: 1 })),
    ),
    plans: customers.flatMap(({ id, activated }) => {
      const change = activated + random.integer(300)
      const own = [{ id, from: dayOf(activated), plan: 'a' }].filter(() => activated < changes)
      return change > activated && change < changes ? [...own, { id, from: dayOf(change), plan: 'b' }] : own
    }),
  }
}

async function feedNotes(seed: number, stops?: Stops, completeUntil?: Record<string, EpochDay>) {
  const history = await openHistory(operator(seed, stops), {
    today: '2025-01-01',
    ...(completeUntil === undefined ? {} : { completeUntil }),
  })
  await history.close()
  return history.notes.filter((note) => note.includes('the feed may have ended'))
}

test('events that go on are not said to have ended', async () => {
  for (const seed of [1, 2]) expect(await feedNotes(seed)).toEqual([])
})

test.each([
  ['activations', 'Table customers: no customer was activated from'],
  ['cancellations', 'Table customers: no customer cancelled from'],
  ['plans', 'Table plans: no plan started from'],
] as const)('%s that stop two months before the end are said, with the day', async (what, sentence) => {
  const notes = await feedNotes(1, { [what]: 300 })
  const own = notes.filter((note) => note.startsWith(sentence))
  expect(own).toHaveLength(1)
  // The last of them is of one of the days before day 300; the year ends with day 365, 66 days from the first that is out
  expect(Number(/for (\d+) days until 2024-12-31/.exec(own[0]!)![1])).toBeGreaterThanOrEqual(65)
})

test('a table that is said to be complete until then says nothing, and two weeks say nothing', async () => {
  const until = addDays(first, 300)
  expect(await feedNotes(1, { cancellations: 300 }, { customers: until })).toEqual([])
  expect(await feedNotes(1, { cancellations: 352 })).toEqual([])
})

test('a cohort of one spring, followed for long, is no feed that has ended', async () => {
  expect(await feedNotes(1, { activations: 60, plans: 60 })).toEqual([])
})
