import { afterAll, expect, test } from 'vitest'
import { type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { inForce, tenure } from '../../src/feature/builders/customerBuilders.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { compareTexts } from '../../src/table/planColumns.js'
import { numbered } from './arbitraryHistories.js'
import { differences, inEngine, inMemory, openCustomers } from './bothExecutions.js'

const opened: History[] = []
afterAll(async () => {
  for (const history of opened) await history.close()
})

async function open(customers: readonly CustomerHistory[]): Promise<History> {
  const history = await openCustomers(customers)
  opened.push(history)
  return history
}

test('the tenure of the engine is that of the calendar, over leap years and centuries', async () => {
  // Every 7th day from 1880 to 2120: 1900 and 2100 have no 29 February, 2000 has one.
  const [first, last] = [epochDay('1880-01-01'), epochDay('2120-01-01')]
  const days = Array.from({ length: Math.floor((last - first) / 7) }, (_, week) =>
    formatDay((first + 7 * week) as EpochDay),
  )
  const customers = days.map((activatedAt, index) => ({ id: `C${index}`, activatedAt }))
  const usage = [{ id: 'C0', day: customers[0]!.activatedAt, minutes: 1 }]
  const history = await openHistory({ customers, usage }, { today: '2200-01-01' })
  opened.push(history)
  const cutoffs = ['2120-02-29', '2120-03-31', '2121-02-28', '2121-03-01', '2121-03-30'].map((text) =>
    epochDay(text),
  )
  const rules = [tenure()]
  const memory = inMemory(
    customers.map((customer) => ({ customer })),
    rules,
    cutoffs,
  )
  expect(memory.size).toBe(days.length * cutoffs.length)
  expect(differences(await inEngine(history, rules, cutoffs), memory, ['tenure'])).toEqual([])
})

test('of two plans of one day the greatest text wins, in the order of code points', async () => {
  // U+FF21 is before U+1F600, but its UTF-16 unit is after the first of that character.
  const texts = ['\uFF21', '\u{1F600}', 'a', 'Z', 'ab', '套餐', 'é']
  const pairs = texts.flatMap((left) => texts.map((right) => [left, right] as const))
  const customers = numbered(
    pairs.map(
      ([left, right]): CustomerHistory => ({
        customer: { id: '', activatedAt: 0 },
        plans: [
          { from: 10, plan: left },
          { from: 10, plan: right },
        ],
      }),
    ),
  )
  const [cutoff, rules] = [epochDay('2025-01-01'), [inForce('plan', 'text')]]
  const engine = await inEngine(await open(customers), rules, [cutoff])
  expect(differences(engine, inMemory(customers, rules, [cutoff]), ['plan'])).toEqual([])
  expect(compareTexts('\uFF21', '\u{1F600}')).toBeLessThan(0)
})

test('sums do not depend on the order of rows or on the number of threads', async () => {
  // 40 customers with 200 rows each of cents that no binary fraction holds, in two orders.
  const rows = Array.from({ length: 8000 }, (_, index) => ({
    id: `C${index % 40}`,
    day: 20_000 + (index % 90),
    minutes: ((index * 7919) % 10_007) / 100 - 20,
  }))
  const customers = Array.from({ length: 40 }, (_, index) => ({ id: `C${index}`, activatedAt: 19_000 }))
  const february = epochDay('2025-02-01')
  const values = async (usage: typeof rows, threads: number, cutoffs = [february]) => {
    const history = await openHistory({ customers, usage }, { engine: await openDuckdb({ threads }) })
    opened.push(history)
    const { features } = await featureMatrix(history, [sumOf('usage', 'minutes', 'all')], { cutoffs })
    const [column] = features.columns
    // Of several cutoffs the last, where sums of spans are added up once more.
    const isLast = (_: number, row: number): boolean => row % cutoffs.length === cutoffs.length - 1
    return column?.kind === 'number' ? [...column.values].filter(isLast) : []
  }
  const expected = Array.from({ length: 40 }, (_, customer) => {
    const cents = rows
      .filter(({ id }) => id === `C${customer}`)
      .map(({ minutes }) => Math.round(minutes * 100))
    return [`C${customer}`, cents.reduce((sum, value) => sum + value, 0) / 100] as const
  }).sort(([left], [right]) => compareTexts(left, right))
  // The sum in whole cents, divided once, is the correctly rounded one.
  expect(await values(rows, 2)).toEqual(expected.map(([, sum]) => sum))
  expect(await values(rows.toReversed(), 1)).toEqual(expected.map(([, sum]) => sum))
  const several = [epochDay('2024-11-15'), epochDay('2024-12-20'), february]
  expect(await values(rows, 2, several)).toEqual(expected.map(([, sum]) => sum))
  expect(await values(rows.toReversed(), 1, several)).toEqual(expected.map(([, sum]) => sum))
})
