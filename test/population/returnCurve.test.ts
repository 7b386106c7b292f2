import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, epochDay, formatDay } from '../../src/base/days.js'
import { rateInterval } from '../../src/base/rateInterval.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { returnCurve } from '../../src/population/returnCurve.js'

const begin = epochDay('2025-01-01')
const end = 120

interface Life {
  readonly days: readonly number[]
  readonly cancelled: number | null
}

function open(lives: readonly Life[]) {
  const at = (day: number) => formatDay(addDays(begin, day))
  return openHistory(
    {
      customers: lives.map(({ cancelled }, index) => ({
        id: `C${index}`,
        activatedAt: '2024-12-01',
        cancelledAt: cancelled === null ? null : at(cancelled),
      })),
      usage: lives.flatMap(({ days }, index) => days.map((day) => ({ id: `C${index}`, day: at(day) }))),
    },
    { completeUntil: at(end), today: epochDay('2026-01-01') },
  )
}

/** The definition, asked of every day with a row. */
function counted(lives: readonly Life[], n: number, within: number) {
  let [silences, returned] = [0, 0]
  for (const { days, cancelled } of lives) {
    for (const day of new Set(days)) {
      const later = days.filter((other) => other > day)
      const isSilent = !later.some((other) => other <= day + n) && (cancelled === null || cancelled > day + n)
      if (!isSilent || day + n + within >= end) continue
      silences++
      const next = Math.min(...later)
      if (next <= day + n + within && (cancelled === null || next <= cancelled)) returned++
    }
  }
  return { silences, returned }
}

test('silences and returns are those of the definition, day by day', async () => {
  const life = fc.record({
    days: fc.array(fc.integer({ min: 0, max: end - 1 }), { minLength: 1, maxLength: 14 }),
    cancelled: fc.option(fc.integer({ min: 0, max: end + 20 })),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 8, maxLength: 20 }), async (given) => {
      const lives = [{ days: [0, 50], cancelled: null }, ...given]
      const history = await open(lives)
      const { curve } = await returnCurve(history, { days: [20, 1, 5, 12], withinDays: 25 })
      await history.close()
      expect(curve.select(['days', 'silences', 'returned']).rows()).toEqual(
        [1, 5, 12, 20].map((days) => ({ days, ...counted(lives, days, 25) })),
      )
    }),
    { numRuns: 15 },
  )
})

test('the days are those from which on the share stays under what is asked', async () => {
  // A hundred customers are seen on day 0. Half come back on day 5, a tenth on day 30, the others never.
  const lives = Array.from({ length: 100 }, (_, index): Life => {
    return { days: index < 50 ? [0, 5] : index < 60 ? [0, 30] : [0], cancelled: null }
  })
  const history = await open(lives)
  const curve = await returnCurve(history, {
    days: [1, 4, 10, 29, 30, 40],
    withinDays: 40,
    maxShare: 0.15,
  })
  await history.close()
  // From day 5 on the fifty are silent for good: after 10 days 10 of 100 come back, after 30 none does.
  expect(curve.curve.select(['days', 'silences', 'customers', 'returned']).rows()).toEqual([
    { days: 1, silences: 160, customers: 100, returned: 60 },
    { days: 4, silences: 160, customers: 100, returned: 60 },
    { days: 10, silences: 110, customers: 100, returned: 10 },
    { days: 29, silences: 110, customers: 100, returned: 10 },
    { days: 30, silences: 100, customers: 100, returned: 0 },
    { days: 40, silences: 100, customers: 100, returned: 0 },
  ])
  expect([curve.days, curve.daysForSure]).toEqual([10, 30])
  expect(curve.sentence).toMatch(
    /^From 10 days without usage on, at most 15 % come back within 40 days \(9.1 % of 110/,
  )
})

test('an interval of customers with many silences is that of customers, not of silences', async () => {
  // Who comes back soon does so each time, and who comes late always comes late.
  const lives = Array.from({ length: 40 }, (_, index): Life => {
    const days = index < 20 ? Array.from({ length: 20 }, (_, time) => 4 * time) : [0, 20, 40, 60, 80]
    return { days, cancelled: null }
  })
  const history = await open(lives)
  const { curve } = await returnCurve(history, { days: [3], withinDays: 10 })
  await history.close()
  const [line] = curve.rows()
  expect(line).toMatchObject({ silences: 500, customers: 40, returned: 380 })
  // Residuals of the ratio .76: 19 − .76 · 20 and 0 − .76 · 5, each 3.8; Σ over 40 / 500² against .76 · .24 / 500
  const [clustered, alone] = [(40 * 3.8 ** 2) / 500 ** 2, (0.76 * 0.24) / 500]
  expect(clustered / alone).toBeCloseTo(6.33, 2)
  const { lower, upper } = rateInterval(0.76, (500 * alone) / clustered, 0.95)
  expect([Number(line!['lower']), Number(line!['upper'])]).toEqual([
    expect.closeTo(lower, 12),
    expect.closeTo(upper, 12),
  ])
})

test('a share that is never reached is null, and the sentence says so', async () => {
  const lives = Array.from({ length: 30 }, (): Life => ({ days: [0, 20], cancelled: null }))
  const history = await open(lives)
  const found = await returnCurve(history, { days: [5, 10], withinDays: 30, maxShare: 0.01 })
  await history.close()
  expect([found.days, found.daysForSure]).toEqual([null, null])
  expect(found.sentence).toBe(
    'Of those without usage for 10 days 50 % still came back within 30 days, more than 1 %: try longer silences.',
  )
})

test.each([
  [{ table: 'payments' }, /table payments/],
  [{ withinDays: 200 }, /whose silence of 1 days can be followed/],
  [{ days: [0] }, /days/],
  [{ maxShare: 5 }, /maxShare/],
])('%j is refused', async (options, message) => {
  const history = await open([{ days: [0, 5], cancelled: null }])
  await expect(returnCurve(history, options as never)).rejects.toThrow(message)
  await history.close()
})

test('a monthly table is refused', async () => {
  const history = await openHistory({
    customers: [{ id: 'A', activatedAt: '2024-01-01' }],
    bills: [{ id: 'A', period: '2024-02-01', amount: 3 }],
  })
  await expect(returnCurve(history, { table: 'bills' })).rejects.toThrow(/daily table/)
  await history.close()
})
