import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type CostMatrix, contactsByCost, savings, totalCost } from '../../../src/evaluate/profit/costs.js'
import { expectedMaximumProfit, maximumProfit } from '../../../src/evaluate/profit/maximumProfit.js'
import type { RetentionOffer } from '../../../src/evaluate/profit/offer.js'

interface ProfitCase {
  readonly name: string
  readonly probability: number[]
  readonly outcome: number[]
  readonly offer: RetentionOffer
  readonly maximumProfit: number
  readonly maximumTarget: number
  readonly expectedMaximumProfit: number
  readonly expectedTarget: number
}

interface CostCase {
  readonly name: string
  readonly probability: number[]
  readonly outcome: number[]
  readonly costs: CostMatrix
  readonly contacted: number[]
  readonly totalCost: number
  readonly savings: number
}

// Made by test/golden/evaluate/money.py.
const golden = JSON.parse(
  readFileSync(new URL('../../golden/evaluate/money.json', import.meta.url), 'utf8'),
) as { readonly profit: ProfitCase[]; readonly cost: CostCase[] }

function expectNear(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} and ${expected}`).toBeLessThan(
    1e-9 * Math.max(1, Math.abs(expected)),
  )
}

test.each(golden.profit)('empulse agrees to 1e-9 on the maximum profit: $name', (golden) => {
  const known = maximumProfit(golden.probability, golden.outcome, golden.offer)
  expectNear(known.profit, golden.maximumProfit)
  expectNear(known.targetShare, golden.maximumTarget)
  const expected = expectedMaximumProfit(golden.probability, golden.outcome, golden.offer)
  expectNear(expected.profit, golden.expectedMaximumProfit)
  expectNear(expected.targetShare, golden.expectedTarget)
})

describe.each(golden.cost)(
  'empulse agrees on costs: $name',
  ({ probability, outcome, costs, ...expected }) => {
    test('decisions, total cost and savings', () => {
      const contacted = contactsByCost(probability, costs)
      expect(Array.from(contacted)).toEqual(expected.contacted)
      expectNear(totalCost(contacted, outcome, costs), expected.totalCost)
      expectNear(savings(contacted, outcome, costs), expected.savings)
    })
  },
)
