import fc from 'fast-check'
import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { gapDeviation, maxOf, meanOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { difference, log1p, ratio, squareRoot } from '../../src/feature/builders/arithmeticBuilders.js'
import { drop, lastValue, slope, variability } from '../../src/feature/builders/rowBuilders.js'
import { featureName } from '../../src/feature/name/featureName.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { numbered } from './arbitraryHistories.js'
import { type FeatureValue, inEngine, inMemory, openCustomers } from './bothExecutions.js'

const cutoff = epochDay('2025-05-01')
const activatedAt = epochDay('2024-06-01')

// From what is left of a rounding to more than a national debt, in either sign.
const amount = fc
  .tuple(
    fc.integer({ min: 1, max: 9_999_999 }),
    fc.integer({ min: -18, max: 14 }),
    fc.constantFrom(1, 1, 1, -1),
  )
  .map(([digits, power, sign]) => sign * digits * 10 ** power)

const total = sumOf('usage', 'minutes', 'all')
const last = lastValue('usage', 'minutes', 'number', 'all')
const rules = [
  total,
  last,
  log1p(total),
  log1p(last),
  squareRoot(last),
  log1p(squareRoot(last)),
  meanOf('usage', 'minutes', 'all'),
  ratio(last, total),
  ratio(total, maxOf('usage', 'minutes', 'all')),
  difference(last, meanOf('usage', 'minutes', { months: 6 })),
  slope('usage', 'minutes', 6),
  drop('usage', 'minutes', 3),
  variability('usage', 'minutes', 6),
  gapDeviation('usage', 'all'),
]

test('amounts of any size give the same features in the engine and in memory, to 12 digits', async () => {
  let smallest = 1
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.tuple(fc.integer({ min: 0, max: 330 }), amount), { minLength: 1, maxLength: 8 }), {
        minLength: 60,
        maxLength: 60,
      }),
      async (cases) => {
        const customers = numbered(
          cases.map(
            (rows): CustomerHistory => ({
              customer: { id: '', activatedAt },
              usage: rows.map(([after, minutes]) => ({ day: activatedAt + after, minutes })),
            }),
          ),
        )
        const history = await openCustomers(customers)
        try {
          const engine = await inEngine(history, rules, [cutoff])
          const memory = inMemory(customers, rules, [cutoff])
          const differing = [...memory].flatMap(([key, values]) =>
            values.flatMap((value, index) =>
              areAlike(value, engine.get(key)![index]!)
                ? []
                : [`${featureName(rules[index]!)} of ${key}: ${engine.get(key)![index]} and ${value}`],
            ),
          )
          expect(differing).toEqual([])
          for (const [, value] of memory.values())
            if (value !== 0) smallest = Math.min(smallest, Math.abs(Number(value)))
        } finally {
          await history.close()
        }
      },
    ),
    { numRuns: 4 },
  )
  expect(smallest).toBeLessThan(1e-12)
})

test('a divisor counts from half of the ninth decimal on', async () => {
  // Both below 0 and above it; 5e-10 is the least that is not 0 to 9 decimals.
  const divisors = [4.9e-10, 5e-10, 1e-9, 4e-9, -4.9e-10, -5e-10, -1e-9]
  const quotient = ratio(lastValue('usage', 'dataMb', 'number', 'all'), last)
  const customers = numbered(
    divisors.map((minutes) => ({
      customer: { id: '', activatedAt },
      usage: [{ day: activatedAt, minutes, dataMb: 2 }],
    })),
  )
  const expected = divisors.map((divisor) => (Math.abs(divisor) < 5e-10 ? null : 2 / divisor))
  const valuesOf = (values: ReadonlyMap<string, FeatureValue[]>) =>
    divisors.map((_, index) => values.get(`C${index + 1}@${cutoff}`)![0])
  expect(valuesOf(inMemory(customers, [quotient], [cutoff]))).toEqual(expected)
  const history = await openCustomers(customers)
  try {
    expect(valuesOf(await inEngine(history, [quotient], [cutoff]))).toEqual(expected)
  } finally {
    await history.close()
  }
})

function areAlike(left: FeatureValue, right: FeatureValue): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right
  return Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right))
}
