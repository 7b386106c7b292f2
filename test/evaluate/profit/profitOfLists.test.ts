import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.js'
import { costThreshold, offerCosts } from '../../../src/evaluate/profit/costs.js'
import { expectedContactProfit, expectedProfit } from '../../../src/evaluate/profit/expectedProfit.js'
import { maximumProfit } from '../../../src/evaluate/profit/maximumProfit.js'
import { profitCurve } from '../../../src/evaluate/profit/profitCurve.js'
import { contactedUnits, realisedProfit } from '../../../src/evaluate/profit/realisedProfit.js'
import { acceptance, meanOf, rows, uniformOffer } from './offers.js'

const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.5 }

/** Rows with an amount of their own each. */
const rowsWithValues = rows.chain(({ p, y }) =>
  fc.record({
    p: fc.constant(p),
    y: fc.constant(y),
    value: fc.array(fc.integer({ min: 15, max: 400 }), { minLength: p.length, maxLength: p.length }),
  }),
)

describe('profitCurve', () => {
  test('is at each distinct probability what the customers above it earn, each with its own amounts', () => {
    fc.assert(
      fc.property(rowsWithValues, fc.boolean(), ({ p, y, value }, isAllTheirOwn) => {
        const cost = value.map((own) => (isAllTheirOwn ? own % 13 : 10))
        const contact = value.map((own) => (isAllTheirOwn ? own % 5 : 1))
        const listed = isAllTheirOwn ? { offerCost: cost, contactCost: contact } : {}
        const curve = profitCurve(p, y, { ...offer, ...listed, customerValue: value })
        const cuts = [...new Set(p)].sort((a, b) => b - a)
        const earned = cuts.map((cut) =>
          p.reduce((sum, probability, row) => {
            if (probability < cut) return sum
            const offered = cost[row]!
            return sum + (y[row] === 1 ? 0.5 * (value[row]! - offered) : -offered) - contact[row]!
          }, 0),
        )
        Array.from([0, ...earned]).forEach((amount, point) => {
          expect(curve.profit[point]).toBeCloseTo(amount, 9)
        })
        expect(curve.best.profit).toBeCloseTo(Math.max(0, ...earned), 9)
        expect(curve.everybody).toMatchObject({ contactedShare: 1, contacts: p.length })
        expect(curve.offer.customerValue).toBeCloseTo(value.reduce((a, b) => a + b) / value.length, 9)
      }),
    )
  })

  test('shows the offer that customers get on the mean, each as often as it weighs', () => {
    const own = { ...offer, customerValue: [100, 400], contactCost: [1, 4] }
    // (2 · 100 + 400) / 3 and (2 · 1 + 4) / 3
    expect(profitCurve([0.6, 0.5], [0, 1], own, { weight: [2, 1] }).offer).toMatchObject({
      customerValue: 200,
      contactCost: 2,
    })
  })

  test('has its best point at the maximum profit', () => {
    fc.assert(
      fc.property(rows, uniformOffer, acceptance, ({ p, y }, money, accepted) => {
        const of = { ...money, acceptance: accepted }
        const { best, customers } = profitCurve(p, y, of)
        const maximum = maximumProfit(p, y, of)
        expect(best.profit / customers).toBeCloseTo(maximum.profit, 9)
      }),
    )
  })

  test('by expected profit puts a customer worth much before one of higher risk', () => {
    const values = { ...offer, customerValue: [100, 1000] }
    expect(profitCurve([0.6, 0.5], [0, 1], values).profit).toEqual(Float64Array.of(0, -11, 483))
    const byProfit = profitCurve([0.6, 0.5], [0, 1], values, { orderBy: 'expectedProfit' })
    expect(byProfit.profit).toEqual(Float64Array.of(0, 494, 483))
    expect(byProfit.best).toEqual({
      contactedShare: 0.5,
      contacts: 1,
      churners: 1,
      lowestProbability: null,
      profit: 494,
    })
  })

  test('in equal steps lies on the lines between its corners, and keeps its best point', () => {
    const curve = profitCurve([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], offer, { points: 2 })
    expect(curve.contactedShare).toEqual(Float64Array.of(0, 0.5, 1))
    expect(curve.profit).toEqual(Float64Array.of(0, 33, 66))
    expect(curve.best.profit).toBe(77)
  })

  test('of equal profits takes the one of fewest contacts', () => {
    // A churner earns 44, one who stays costs 11: 44, 33, 22, 11, 0 and 44 again.
    const { best, everybody } = profitCurve([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [1, 0, 0, 0, 0, 1], offer)
    expect(best).toEqual({
      contactedShare: 1 / 6,
      contacts: 1,
      churners: 1,
      lowestProbability: 0.9,
      profit: 44,
    })
    expect(everybody).toEqual({
      contactedShare: 1,
      contacts: 6,
      churners: 2,
      lowestProbability: 0.4,
      profit: 44,
    })
  })

  test('contacts nobody where no cut earns anything', () => {
    const { best } = profitCurve([0.9, 0.1], [0, 1], { ...offer, acceptance: 0 })
    expect(best).toEqual({ contactedShare: 0, contacts: 0, churners: 0, lowestProbability: null, profit: 0 })
  })
})

describe('expectedProfit and expectedContactProfit', () => {
  test('with outcomes in place of probabilities they are the realised profit', () => {
    fc.assert(
      fc.property(rowsWithValues, uniformOffer, acceptance, ({ p, y, value }, money, accepted) => {
        const of = {
          ...money,
          customerValue: value.map((amount) => amount + money.offerCost),
          acceptance: accepted,
        }
        const list = { rows: p.flatMap((probability, row) => (probability >= 0.3 ? [row] : [])) }
        const realised = realisedProfit(p, y, of, { threshold: 0.3 }, { resamples: 20 })
        expect(realised.profit.value).toBeCloseTo(expectedProfit(y, of, list).expectedProfit, 8)
        expect(realised.predictedProfit).toBeCloseTo(expectedProfit(p, of, list).expectedProfit, 8)
      }),
    )
  })

  test('a contact pays above the cost threshold of the offer and not below', () => {
    fc.assert(
      fc.property(rowsWithValues, uniformOffer, acceptance, ({ p, value }, money, accepted) => {
        const of = {
          ...money,
          customerValue: value.map((amount) => amount + money.offerCost),
          acceptance: accepted,
        }
        const threshold = costThreshold(offerCosts(of)) as Float64Array
        expectedContactProfit(p, of).forEach((profit, row) => {
          if (Math.abs(profit) > 1e-9) expect(profit > 0, `row ${row}`).toBe(p[row]! > threshold[row]!)
        })
      }),
    )
  })

  test('a threshold contacts from itself upwards, and what pays is above 0', () => {
    // 55p − 11 is 0 at .2 and 1.1 at .22.
    const contacts = (policy: Parameters<typeof expectedProfit>[2]) =>
      expectedProfit([0.2, 0.22, 0.9], offer, policy).contacts
    expect([contacts('paying'), contacts({ threshold: 0.22 }), contacts({ threshold: 0.2 })]).toEqual([
      2, 2, 3,
    ])
    expect([contacts({ threshold: 0 }), contacts({ threshold: 1 }), contacts({ rows: [0, 2] })]).toEqual([
      3, 0, 2,
    ])
    expect(realisedProfit([0.2, 0.22, 0.9], [0, 1, 1], offer, 'paying', { resamples: 20 })).toMatchObject({
      contacts: 2,
      contactedShare: 2 / 3,
      churners: 2,
      profit: { value: 88 },
      predictedProfit: expect.closeTo(1.1 + 38.5, 9),
    })
  })

  test('the mean of a Beta is the acceptance', () => {
    fc.assert(
      fc.property(rows, uniformOffer, acceptance, ({ p }, money, accepted) => {
        const byMean = expectedContactProfit(p, { ...money, acceptance: meanOf(accepted) })
        expect(expectedContactProfit(p, { ...money, acceptance: accepted })).toEqual(byMean)
      }),
    )
  })
})

describe('the interval of a realised profit', () => {
  test('is drawn from rows, or groups, that weigh something', () => {
    const money = { ...offer, currency: undefined }
    const of = (options: object) => contactedUnits(Uint8Array.of(1, 0, 1, 1), [1, 0, 0, 1], money, options)
    // A churner keeps 100 − 10 and costs the contact, one who stays costs 1 + 10.
    expect(of({})).toEqual({ kept: Float64Array.of(90, 0, 90), paid: Float64Array.of(1, 11, 1), units: 4 })
    const weight = [1, 1, 2, 0]
    expect(of({ weight })).toEqual({ kept: Float64Array.of(90, 0), paid: Float64Array.of(1, 22), units: 3 })
    const groups = ['a', 'b', 'a', 'c']
    expect(of({ weight, groups })).toEqual({ kept: Float64Array.of(90), paid: Float64Array.of(23), units: 2 })
    expect(of({ groups })).toEqual({ kept: Float64Array.of(90, 90), paid: Float64Array.of(12, 1), units: 3 })
  })

  /** A campaign to 400 customers: 100 are contacted, of whom each is a churner with chance 0.4. */
  function campaign(seed: number) {
    const random = seededRandom(seed)
    const p = Array.from({ length: 400 }, (_, row) => (row < 100 ? 0.4 : 0.05))
    return { p, y: p.map((probability) => (random.uniform() < probability ? 1 : 0)) }
  }

  test('covers the expected profit about as often as it says', () => {
    // 100 · (0.4 · (0.5 · 90 − 1) − 0.6 · 11) = 1100; the number of the contacted varies too: 100 of 400 at random would,
    // here they are fixed, so the interval is wider than needed. 200 campaigns at 90 %: at least 180 − 3 · 4.2.
    let covered = 0
    for (let seed = 1; seed <= 200; seed++) {
      const { p, y } = campaign(seed)
      const { profit } = realisedProfit(p, y, offer, { threshold: 0.4 }, { level: 0.9, resamples: 200, seed })
      if (profit.lower <= 1100 && 1100 <= profit.upper) covered++
    }
    expect(covered).toBeGreaterThanOrEqual(167)
  })

  test('is wider where the acceptance is uncertain', () => {
    const { p, y } = campaign(1)
    const width = (accepted: number | { alpha: number; beta: number }): number => {
      const { profit } = realisedProfit(p, y, { ...offer, acceptance: accepted }, { threshold: 0.4 })
      return profit.upper - profit.lower
    }
    expect(width({ alpha: 2, beta: 2 })).toBeGreaterThan(1.5 * width(0.5))
  })

  test('is wider where customers come in groups that churn together', () => {
    // Ten groups of ten, each all churners or none.
    const p = new Array<number>(100).fill(0.5)
    const groups = p.map((_, row) => `household ${Math.floor(row / 10)}`)
    const y = p.map((_, row) => Math.floor(row / 10) % 2)
    const width = (options: object): number => {
      const { profit } = realisedProfit(p, y, offer, 'paying', options)
      return profit.upper - profit.lower
    }
    // The standard deviation of a sum of groups of ten equal ones is √10 times that of single rows.
    expect(width({ groups })).toBeGreaterThan(2 * width({}))
  })

  test('is the same for the same seed in any order of rows, and another for another seed', () => {
    const { p, y } = campaign(7)
    const limits = (seed: number, reversed: boolean) => {
      const list = <T>(values: T[]): T[] => (reversed ? [...values].reverse() : values)
      const { lower, upper } = realisedProfit(list(p), list(y), offer, 'paying', { seed }).profit
      return [lower, upper]
    }
    expect(limits(1, true)).toEqual(limits(1, false))
    expect(limits(2, false)).not.toEqual(limits(1, false))
  })

  test('is a point where nobody is contacted', () => {
    const nobody = realisedProfit([0.1, 0.1], [1, 0], offer, { rows: [] })
    expect(nobody).toEqual({
      contacts: 0,
      contactedShare: 0,
      churners: 0,
      profit: { value: 0, lower: 0, upper: 0 },
      predictedProfit: 0,
    })
  })

  test('a list without a churner is an answer', () => {
    expect(realisedProfit([0.9, 0.8], [0, 0], offer).profit.value).toBe(-22)
  })
})

describe('bad input', () => {
  const refusals: [string, () => unknown, RegExp][] = [
    [
      'a list with a row twice',
      () => expectedProfit([0.5, 0.5], offer, { rows: [1, 1] }),
      /name each row once, got 1/,
    ],
    [
      'a row that is not there',
      () => expectedProfit([0.5], offer, { rows: [1] }),
      /row numbers from 0 to 0, got 1/,
    ],
    [
      'a row before the first',
      () => expectedProfit([0.5], offer, { rows: [0, -1] }),
      /row 2: expected rows to hold row numbers/,
    ],
    ['a part of a row', () => expectedProfit([0.5, 0.5], offer, { rows: [0.5] }), /row numbers from 0 to 1/],
    ['a threshold below 0', () => expectedProfit([0.5], offer, { threshold: -0.1 }), /\[0, 1\]/],
    [
      'a threshold and rows',
      () => expectedProfit([0.5], offer, { threshold: 0.5, rows: [0] } as never),
      /'paying', \{ threshold \} or \{ rows \}/,
    ],
    ['an acceptance above 1', () => expectedProfit([0.5], { ...offer, acceptance: 1.01 }), /acceptance/],
    ['an acceptance below 0', () => expectedProfit([0.5], { ...offer, acceptance: -0.01 }), /acceptance/],
    [
      'a Beta of 0',
      () => expectedProfit([0.5], { ...offer, acceptance: { alpha: 0, beta: 1 } }),
      /acceptance/,
    ],
    [
      'a Beta without beta',
      () => expectedProfit([0.5], { ...offer, acceptance: { alpha: 1, beta: 0 } }),
      /acceptance/,
    ],
    [
      'costs below 0',
      () => expectedProfit([0.5], { ...offer, contactCost: -1 }),
      /State costs as amounts that are paid/,
    ],
    [
      'a cost that is missing',
      () => expectedProfit([0.5], { ...offer, contactCost: Number.NaN }),
      /expected contactCost to be/,
    ],
    [
      'a value that the offer takes up',
      () => expectedProfit([0.5], { ...offer, customerValue: 10 }),
      /customerValue to be above offerCost \(10\), got 10/,
    ],
    [
      'values by customer of whom none is above',
      () => expectedProfit([0.5, 0.4], { ...offer, customerValue: [10, 9] }),
      /above offerCost for somebody/,
    ],
    [
      'amounts by customer where one is asked for',
      () => maximumProfit([0.5, 0.1], [1, 0], { ...offer, customerValue: [100, 200] }),
      /customerValue to be one number for all customers/,
    ],
    [
      'a threshold in percent',
      () => expectedProfit([0.5], offer, { threshold: 50 }),
      /threshold to be a number in \[0, 1\]/,
    ],
    [
      'another policy',
      () => expectedProfit([0.5], offer, 'everybody' as never),
      /'paying', \{ threshold \} or \{ rows \}/,
    ],
    [
      'no policy',
      () => expectedProfit([0.5], offer, null as never),
      /'paying', \{ threshold \} or \{ rows \}/,
    ],
    [
      'amounts that are missing',
      () => profitCurve([0.5, 0.1], [1, 0], { ...offer, customerValue: [50, Number.NaN] }),
      /row 2: expected customerValue/,
    ],
    [
      'amounts below 0',
      () => expectedContactProfit([0.5], { ...offer, customerValue: [-5] }),
      /worth a contact/,
    ],
    [
      'groups of other rows',
      () => realisedProfit([0.5, 0.1], [1, 0], offer, 'paying', { groups: ['a'] }),
      /groups to have 2 values, got 1/,
    ],
    [
      'outcomes that are no outcomes',
      () => realisedProfit([0.5], [2], offer),
      /outcome to be 1 \(churned\) or 0/,
    ],
    ['few resamples', () => realisedProfit([0.5], [1], offer, 'paying', { resamples: 2 }), /resamples/],
    [
      'an unknown order',
      () => profitCurve([0.5, 0.1], [1, 0], offer, { orderBy: 'value' as never }),
      /orderBy/,
    ],
  ]
  test.each(refusals)('refuses %s', (_what, call, says) => {
    expect(call).toThrow(says)
  })
})
