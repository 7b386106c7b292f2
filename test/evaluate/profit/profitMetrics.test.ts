import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Columns, describeMetrics, type MetricCase } from '../metricProperties.js'
import { acceptance, rows, uniformOffer } from './offers.js'
import { type ProfitMetricTraits, profitMetricTraits } from './profitMetricTraits.js'

type Name = 'probability' | 'outcome' | 'value'

const offer = { customerValue: 200, offerCost: 10, contactCost: 1 }
const entries = Object.entries<ProfitMetricTraits>(profitMetricTraits)

function figuresOf(
  metric: ProfitMetricTraits,
  money: 'uniform' | 'by customer',
): MetricCase<Name>['figures'] {
  return ({ probability, outcome, value }: Columns<Name>, weight) => {
    const customerValue = money === 'uniform' ? offer.customerValue : value
    const options = weight === undefined ? {} : { weight }
    const found = metric.figures(probability, outcome, { ...offer, customerValue }, options)
    return [...found.money, ...found.others]
  }
}

const cases: Record<string, MetricCase<Name>> = {}
for (const [name, metric] of entries) {
  const traits = { rankOnly: metric.rankOnly, classSwap: false }
  // Money of customers is summed in the order of the rows.
  cases[name] = {
    ...traits,
    figures: figuresOf(metric, 'uniform'),
    orderTolerance: name === 'realisedProfit' ? 1e-9 : 0,
  }
  if (metric.amountsByCustomer) {
    cases[`${name}, amounts by customer`] = {
      ...traits,
      figures: figuresOf(metric, 'by customer'),
      orderTolerance: 1e-9,
    }
  }
}

describeMetrics<Name>({
  metrics: cases,
  row: fc.record({
    probability: fc.integer({ min: 0, max: 127 }).map((step) => (2 * step + 1) / 256),
    outcome: fc.integer({ min: 0, max: 1 }),
    value: fc.integer({ min: 0, max: 500 }),
  }),
  always: [
    { probability: 65 / 256, outcome: 1, value: 100 },
    { probability: 65 / 256, outcome: 0, value: 30 },
    { probability: 191 / 256, outcome: 1, value: 250 },
    { probability: 191 / 256, outcome: 0, value: 5 },
  ],
  score: 'probability',
  rising: (probability) => probability * probability,
  swapped: (row) => ({ ...row, probability: 1 - row.probability, outcome: 1 - row.outcome }),
  refused: [
    {
      columns: { probability: [0.25, 0.75], outcome: [1, 2], value: [100, 100] },
      says: /row 2: expected outcome/,
    },
    {
      columns: { probability: [Number.NaN, 0.75], outcome: [1, 0], value: [100, 100] },
      says: /row 1: expected probability/,
    },
    {
      columns: { probability: [0.25, 1.5], outcome: [1, 0], value: [100, 100] },
      says: /row 2: expected probability/,
    },
    {
      columns: { probability: [0.25], outcome: [1, 0], value: [100] },
      says: /expected outcome to have one value per/,
    },
    { columns: { probability: [], outcome: [], value: [] }, says: /at least one row/ },
  ],
})

describe.each(entries)('%s', (_name, metric) => {
  test('all money doubled is the profit doubled, and nothing else moves', () => {
    fc.assert(
      fc.property(rows, uniformOffer, acceptance, ({ p, y }, money, accepted) => {
        const doubled = {
          customerValue: money.customerValue * 2,
          offerCost: money.offerCost * 2,
          contactCost: money.contactCost * 2,
        }
        const once = metric.figures(p, y, { ...money, acceptance: accepted })
        const twice = metric.figures(p, y, { ...doubled, acceptance: accepted })
        expect(twice).toEqual({ money: once.money.map((amount) => amount * 2), others: once.others })
      }),
    )
  })

  test('the same amount for each customer is the amount for all', () => {
    if (!metric.amountsByCustomer) {
      expect(() => metric.figures([0.5, 0.1], [1, 0], { ...offer, customerValue: [1, 2] })).toThrow(
        /expectedProfit/,
      )
      return
    }
    fc.assert(
      fc.property(rows, uniformOffer, acceptance, ({ p, y }, money, accepted) => {
        const list = (amount: number): Float64Array => new Float64Array(p.length).fill(amount)
        const listed = {
          customerValue: list(money.customerValue),
          offerCost: list(money.offerCost),
          contactCost: list(money.contactCost),
        }
        const each = metric.figures(p, y, { ...listed, acceptance: accepted })
        const all = metric.figures(p, y, { ...money, acceptance: accepted })
        for (const [place, amount] of each.money.entries()) expect(amount).toBeCloseTo(all.money[place]!, 8)
        expect(each.others).toEqual(all.others)
      }),
    )
  })

  test('the highest profit is no higher where a contact costs more', () => {
    fc.assert(
      fc.property(rows, uniformOffer, acceptance, ({ p, y }, money, accepted) => {
        const dearer = { ...money, contactCost: money.contactCost + 1, acceptance: accepted }
        const [before] = metric.figures(p, y, { ...money, acceptance: accepted }).money.slice(-1)
        const [after] = metric.figures(p, y, dearer).money.slice(-1)
        expect(after).toBeLessThanOrEqual(before! + 1e-9)
      }),
    )
  })
})
