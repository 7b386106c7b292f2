import fc from 'fast-check'
import { quantileSorted } from 'simple-statistics'
import { describe, expect, test } from 'vitest'
import {
  expectedMaximumProfit,
  expectedMaximumProfitMetric,
  maximumProfit,
  maximumProfitMetric,
} from '../../../src/evaluate/profit/maximumProfit.js'
import { rankOutcomes } from '../../../src/evaluate/rows/checkedOutcomes.js'
import { acceptance, meanOf, rows, uniformOffer } from './offers.js'

const offer = { customerValue: 200, offerCost: 10, contactCost: 1 }

describe('printed fixtures', () => {
  test('eight customers: MPC 23.875 at share .875; EMPC 23.875593418348124 at .8743700763487141', () => {
    const p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
    const y = [0, 1, 0, 1, 0, 1, 0, 1]
    expect(maximumProfit(p, y, offer)).toEqual({ profit: 23.875, targetShare: 0.875, lowestProbability: 0.2 })
    const expected = expectedMaximumProfit(p, y, offer)
    expect(expected.profit).toBeCloseTo(23.875593418348124, 13)
    expect(expected.targetShare).toBeCloseTo(0.8743700763487141, 14)
    const dearer = expectedMaximumProfit(p, y, { ...offer, customerValue: 300, offerCost: 15 })
    expect(dearer.profit).toBeCloseTo(36.2506178738726, 13)
    expect(dearer.targetShare).toBeCloseTo(0.8745344225492365, 14)
  })

  test('ten customers: MPC 9 at share .4; EMPC 9.008387989884458 at .3936879171136991', () => {
    const p = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]
    const y = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    expect(maximumProfit(p, y, offer)).toEqual({ profit: 9, targetShare: 0.4, lowestProbability: 0.6 })
    const expected = expectedMaximumProfit(p, y, offer)
    expect(expected.profit).toBeCloseTo(9.008387989884458, 13)
    expect(expected.targetShare).toBeCloseTo(0.3936879171136991, 14)
  })
})

/** Profit per customer at every threshold, by the definition, customer by customer. */
function profits(p: number[], y: number[], money: typeof offer, accepted: number): number[] {
  const thresholds = [2, ...p]
  return thresholds.map((threshold) => {
    let sum = 0
    p.forEach((probability, row) => {
      if (probability < threshold) return
      sum += y[row] === 1 ? accepted * (money.customerValue - money.offerCost) : -money.offerCost
      sum -= money.contactCost
    })
    return sum / p.length
  })
}

test('MPC is the best of all thresholds, tried one by one', () => {
  fc.assert(
    fc.property(rows, uniformOffer, acceptance, ({ p, y }, money, accepted) => {
      const found = maximumProfit(p, y, { ...money, acceptance: accepted })
      expect(found.profit).toBeCloseTo(Math.max(...profits(p, y, money, meanOf(accepted))), 9)
      const contacted = p.filter((value) => value >= (found.lowestProbability ?? 2)).length
      expect(found.targetShare).toBeCloseTo(contacted / p.length, 12)
    }),
  )
})

test('EMPC with a number is MPC at that number', () => {
  fc.assert(
    fc.property(
      rows,
      uniformOffer,
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ p, y }, money, accepted) => {
        const { profit, targetShare } = maximumProfit(p, y, { ...money, acceptance: accepted })
        expect(expectedMaximumProfit(p, y, { ...money, acceptance: accepted })).toEqual({
          profit,
          targetShare,
        })
      },
    ),
  )
})

test('EMPC is at least MPC at the mean acceptance, for the maximum is convex in it', () => {
  fc.assert(
    fc.property(rows, uniformOffer, acceptance, ({ p, y }, money, accepted) => {
      const of = { ...money, acceptance: accepted }
      expect(expectedMaximumProfit(p, y, of).profit).toBeGreaterThan(maximumProfit(p, y, of).profit - 1e-9)
    }),
  )
})

test('EMPC is the mean over 2,001 acceptances of the best of all thresholds, each tried', () => {
  // Beta(2, 1) has the distribution function x²: its quantile at u is √u, and the midpoint rule over u is the mean. The
  // integrand is piecewise smooth, so the rule is right to about 1 / 2001² of the range where a piece ends.
  fc.assert(
    fc.property(rows, uniformOffer, ({ p, y }, money) => {
      const draws = 2001
      let sum = 0
      for (let draw = 0; draw < draws; draw++) {
        sum += Math.max(...profits(p, y, money, Math.sqrt((draw + 0.5) / draws)))
      }
      const exact = expectedMaximumProfit(p, y, { ...money, acceptance: { alpha: 2, beta: 1 } }).profit
      expect(Math.abs(exact - sum / draws)).toBeLessThan(1e-4 * money.customerValue)
    }),
    { numRuns: 30 },
  )
})

test('with a narrower and narrower Beta, EMPC becomes MPC', () => {
  const p = [0.9, 0.7, 0.7, 0.4, 0.2]
  const y = [1, 0, 1, 1, 0]
  const gaps = [1, 100, 10_000].map((sharpness) => {
    const of = { ...offer, acceptance: { alpha: 0.1 * sharpness, beta: 0.9 * sharpness } }
    return expectedMaximumProfit(p, y, of).profit - maximumProfit(p, y, of).profit
  })
  expect(gaps[0]).toBeGreaterThan(gaps[1]!)
  expect(gaps[2]).toBeLessThan(1e-6)
  expect(quantileSorted([...gaps].sort(), 0)).toBeGreaterThan(-1e-12)
})

test('a list worse than chance is contacted as a whole or not at all', () => {
  const p = [0.9, 0.8, 0.2, 0.1]
  const y = [0, 0, 1, 1]
  // Everybody: 2 · (0.3 · 190 − 1) − 2 · 11 = 90.
  expect(maximumProfit(p, y, offer)).toEqual({ profit: 22.5, targetShare: 1, lowestProbability: 0.1 })
  // Nobody: 2 · (0.05 · 190 − 1) − 2 · 11 < 0.
  const refused = { ...offer, acceptance: 0.05 }
  expect(maximumProfit(p, y, refused)).toEqual({ profit: 0, targetShare: 0, lowestProbability: null })
})

test('where nothing costs anything every churner is worth a contact, and no stayer after the last', () => {
  const free = { customerValue: 1, offerCost: 0, contactCost: 0, acceptance: 1 }
  expect(maximumProfit([0.9, 0.5, 0.1], [1, 1, 0], free).targetShare).toBeCloseTo(2 / 3, 15)
})

test('the metrics of an offer are the profits', () => {
  const p = [0.9, 0.7, 0.7, 0.4, 0.2]
  const y = [1, 0, 1, 1, 0]
  const ranked = rankOutcomes(p, y)
  expect(maximumProfitMetric(offer)(ranked)).toBe(maximumProfit(p, y, offer).profit)
  expect(expectedMaximumProfitMetric(offer)(ranked)).toBe(expectedMaximumProfit(p, y, offer).profit)
})

describe('bad input', () => {
  const p = [0.9, 0.1]
  const y = [1, 0]
  const refusals: [string, object, RegExp][] = [
    [
      'amounts by customer, with the way out',
      { ...offer, customerValue: [1, 2] },
      /customerValue to be one number.*profitCurve/,
    ],
    [
      'negative costs',
      { ...offer, contactCost: -1 },
      /contactCost to be a finite number of at least 0, got -1.*5, not -5/,
    ],
    [
      'missing amounts',
      { ...offer, offerCost: Number.NaN },
      /offerCost to be a finite number of at least 0, got NaN/,
    ],
    [
      'a value that no offer is worth',
      { ...offer, customerValue: 10 },
      /above offerCost \(10\).*no contact can ever pay/,
    ],
    ['an acceptance above 1', { ...offer, acceptance: 30 }, /acceptance to be a number in \[0, 1\]/],
    ['an alpha of 0', { ...offer, acceptance: { alpha: 0, beta: 1 } }, /acceptance.*both above 0/],
    ['an unknown name', { ...offer, acceptence: 0.3 }, /Did you mean acceptance/],
    ['no offer', undefined as never, /customerValue to be a number/],
  ]
  test.each(refusals)('refuses %s', (_what, money, says) => {
    expect(() => maximumProfit(p, y, money as never)).toThrow(says)
    expect(() => expectedMaximumProfit(p, y, money as never)).toThrow(says)
    expect(() => maximumProfitMetric(money as never)).toThrow(says)
    expect(() => expectedMaximumProfitMetric(money as never)).toThrow(says)
  })

  test('names everything that is wrong at once', () => {
    const money = { customerValue: -5, offerCost: 'ten', contactCost: Infinity } as never
    expect(() => maximumProfit([2, 0.1], y, money)).toThrow(/4 problems/)
  })
})
