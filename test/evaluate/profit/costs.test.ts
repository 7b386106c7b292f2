import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CostMatrix,
  contactsByCost,
  costThreshold,
  offerCosts,
  savings,
  totalCost,
} from '../../../src/evaluate/profit/costs.js'
import { expectedContactProfit } from '../../../src/evaluate/profit/expectedProfit.js'
import { acceptance, rows, uniformOffer } from './offers.js'

const amount = fc.integer({ min: 0, max: 100 })
const costs = fc
  .record({ truePositive: amount, falsePositive: amount, falseNegative: amount, trueNegative: amount })
  .map((some) => ({ ...some, falsePositive: some.falsePositive + some.trueNegative }))

test('the threshold decides as the expected costs of both decisions do', () => {
  fc.assert(
    fc.property(costs, fc.integer({ min: 0, max: 100 }), (some, percent) => {
      const p = percent / 100
      const ofContact = p * some.truePositive + (1 - p) * some.falsePositive
      const ofNone = p * some.falseNegative + (1 - p) * some.trueNegative
      if (Math.abs(ofContact - ofNone) < 1e-9) return
      expect(contactsByCost([p], some)[0]).toBe(ofContact < ofNone ? 1 : 0)
    }),
  )
})

test('no decisions by one threshold for all cost less than contactsByCost in expectation', () => {
  fc.assert(
    fc.property(rows, costs, ({ p }, some) => {
      const expected = (contacted: ArrayLike<number>): number =>
        p.reduce((sum, probability, row) => {
          const [churner, stayer] =
            contacted[row] === 1
              ? [some.truePositive, some.falsePositive]
              : [some.falseNegative, some.trueNegative]
          return sum + probability * churner + (1 - probability) * stayer
        }, 0)
      const best = expected(contactsByCost(p, some))
      for (const cut of [0, 0.2, 0.5, 0.8, 2]) {
        expect(best).toBeLessThanOrEqual(expected(p.map((value) => (value >= cut ? 1 : 0))) + 1e-9)
      }
    }),
  )
})

test('what an offer costs less than doing nothing is its expected profit', () => {
  fc.assert(
    fc.property(rows, uniformOffer, acceptance, ({ p }, money, accepted) => {
      const of = { ...money, acceptance: accepted }
      const { truePositive, falsePositive, falseNegative, trueNegative } = offerCosts(of) as Record<
        keyof CostMatrix,
        number
      >
      expectedContactProfit(p, of).forEach((profit, row) => {
        const none = p[row]! * falseNegative + (1 - p[row]!) * trueNegative
        const contact = p[row]! * truePositive + (1 - p[row]!) * falsePositive
        expect(none - contact).toBeCloseTo(profit, 9)
      })
    }),
  )
})

test('the threshold of equal mistakes is .5, and 1 where a contact does not help', () => {
  expect(costThreshold({ truePositive: 0, falsePositive: 1, falseNegative: 1, trueNegative: 0 })).toBe(0.5)
  expect(costThreshold({ truePositive: 5, falsePositive: 1, falseNegative: 5, trueNegative: 0 })).toBe(1)
  const listed = costThreshold({
    truePositive: 0,
    falsePositive: 10,
    falseNegative: [90, 30],
    trueNegative: 0,
  })
  expect(listed).toEqual(Float64Array.of(0.1, 0.25))
})

describe('savings', () => {
  const some: CostMatrix = {
    truePositive: 2,
    falsePositive: 10,
    falseNegative: [100, 50, 50],
    trueNegative: 0,
  }

  test('are 0 for the better of the two policies without a model', () => {
    // Nobody: 100 + 50 = 150. Everybody: 2 + 2 + 10 = 14.
    expect(savings([1, 1, 1], [1, 1, 0], some)).toBe(0)
    expect(savings([1, 1, 0], [1, 1, 0], some)).toBeCloseTo(1 - 4 / 14, 15)
    expect(savings([0, 0, 0], [1, 1, 0], some)).toBeCloseTo(1 - 150 / 14, 12)
  })

  test('do not depend on the unit of money nor on the order of rows; weight 2 is the row twice', () => {
    fc.assert(
      fc.property(rows, costs, ({ p, y }, each) => {
        const priced = { ...each, falseNegative: each.falseNegative + 1, truePositive: each.truePositive + 1 }
        const scaled = Object.fromEntries(Object.entries(priced).map(([name, cost]) => [name, cost * 8]))
        const contacted = contactsByCost(p, priced)
        const value = savings(contacted, y, { ...priced, falsePositive: priced.falsePositive + 1 })
        expect(
          savings(contacted, y, {
            ...(scaled as never as CostMatrix),
            falsePositive: scaled['falsePositive']! + 8,
          }),
        ).toBeCloseTo(value, 9)
        const dearer = { ...priced, falsePositive: priced.falsePositive + 1 }
        expect(savings([...contacted].reverse(), [...y].reverse(), dearer)).toBeCloseTo(value, 9)
        const twice = savings([...contacted, ...contacted], [...y, ...y], dearer)
        expect(savings(contacted, y, dearer, { weight: y.map(() => 2) })).toBeCloseTo(twice, 9)
      }),
    )
  })

  test('are refused where the best policy without a model costs nothing', () => {
    const gains = { truePositive: -50, falsePositive: 10, falseNegative: 0, trueNegative: 0 }
    expect(() => savings([1], [1], gains)).toThrow(/offerCosts/)
    expect(totalCost([1], [1], gains)).toBe(-50)
  })
})

describe('bad input', () => {
  const some: CostMatrix = { truePositive: 0, falsePositive: 1, falseNegative: 2, trueNegative: 0 }
  const refusals: [string, () => unknown, RegExp][] = [
    [
      'probabilities as decisions',
      () => savings([0.7], [1], some),
      /contacted to be 1 \(contact\) or 0.*contactsByCost/,
    ],
    [
      'unequal lengths',
      () => totalCost([1, 0], [1], some),
      /outcome to have one value per contacted \(2\), got 1/,
    ],
    ['no rows', () => totalCost([], [], some), /at least one row/],
    ['weights below 0', () => totalCost([1], [1], some, { weight: [-1] }), /weight/],
    [
      'costs of other customers',
      () => contactsByCost([0.5], { ...some, falseNegative: [1, 2] }),
      /one amount per customer \(1\), got 2/,
    ],
    [
      'lists of different lengths',
      () => costThreshold({ ...some, truePositive: [0, 0], falseNegative: [1] }),
      /one amount per customer \(2\), got 1/,
    ],
    [
      'missing costs',
      () => costThreshold({ ...some, falseNegative: Number.NaN }),
      /falseNegative to be a finite number/,
    ],
    ['a cost left out', () => costThreshold({ truePositive: 0 } as never), /3 problems/],
    [
      'stayers whose contact brings money',
      () => costThreshold({ ...some, trueNegative: 5 }),
      /falsePositive to be at least trueNegative \(5\)/,
    ],
  ]
  test.each(refusals)('refuses %s', (_what, call, says) => {
    expect(call).toThrow(says)
  })
})
