import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { qiniCurve, upliftCurve } from '../../../src/evaluate/uplift/upliftCurves.js'
import {
  areaUnderUplift,
  qiniCoefficient,
  upliftAtShare,
} from '../../../src/evaluate/uplift/upliftFigures.js'
import { describeMetrics, type MetricCase } from '../metricProperties.js'
import { type UpliftMetricTraits, upliftMetricTraits } from './upliftMetricTraits.js'

type Name = 'score' | 'outcome' | 'treated'

const entries = Object.entries<UpliftMetricTraits>(upliftMetricTraits)
const flag = fc.integer({ min: 0, max: 1 })
const row = fc.record({ score: fc.integer({ min: -4, max: 4 }), outcome: flag, treated: flag })

describeMetrics<Name>({
  metrics: Object.fromEntries(
    entries.map(([name, { figures }]): [string, MetricCase<Name>] => [
      name,
      {
        figures: ({ score, outcome, treated }, weight) =>
          figures(score, outcome, treated, weight === undefined ? {} : { weight }),
        rankOnly: true,
        classSwap: null,
      },
    ]),
  ),
  row,
  // More than half of the treated stay and less than half of the others, whatever up to 60 rows of up to weight 3 do, and
  // one of each does not: the total effect and the room for a better order, the units of some figures, are never 0.
  always: Array.from({ length: 400 }, (_, index) => {
    const treated = index % 2
    return { score: (index % 11) - 5, outcome: index < 2 ? treated : 1 - treated, treated }
  }),
  score: 'score',
  rising: (score) => score ** 3 + score,
  swapped: null,
  refused: [
    { columns: { score: [1, 2], outcome: [1, 0], treated: [1, 1] }, says: /both treated \(1\) and control/ },
    { columns: { score: [1, 2], outcome: [1, 1], treated: [1, 0] }, says: /both churned \(1\) and stayed/ },
    {
      columns: { score: [1, 2], outcome: [1, 0], treated: [0, 0] },
      says: /both treated \(1\) and control.*only 0/,
    },
    {
      columns: { score: [1, 2], outcome: [0, 0], treated: [1, 0] },
      says: /both churned \(1\) and stayed.*only 0/,
    },
    { columns: { score: [1, Number.NaN], outcome: [1, 0], treated: [1, 0] }, says: /row 2: expected score/ },
    { columns: { score: [1, 2], outcome: [1, 0.5], treated: [1, 0] }, says: /row 2: expected outcome/ },
    { columns: { score: [1, 2], outcome: [1, 0], treated: [2, 0] }, says: /row 1: expected treated/ },
    {
      columns: { score: [1, 2], outcome: [1, 0], treated: [1] },
      says: /treated to have one value per score/,
    },
    { columns: { score: [], outcome: [], treated: [] }, says: /at least one row/ },
  ],
})

const rowsOf = fc
  .array(row, { minLength: 1, maxLength: 30 })
  .map((some) => [...some, { score: 0, outcome: 0, treated: 1 }, { score: 0, outcome: 1, treated: 0 }])
const columnsOf = (rows: readonly Readonly<Record<Name, number>>[]) =>
  [
    rows.map(({ score }) => score),
    rows.map(({ outcome }) => outcome),
    rows.map(({ treated }) => treated),
  ] as const

/** Rates of the good outcome among the treated and the others with at least this score. */
function seenFrom(rows: readonly Readonly<Record<Name, number>>[], lowest: number) {
  const top = rows.filter(({ score }) => score >= lowest)
  const count = (treated: number, good?: boolean): number =>
    top.filter((each) => each.treated === treated && (good === undefined || each.outcome === 0)).length
  return { treated: count(1), control: count(0), treatedGood: count(1, true), controlGood: count(0, true) }
}

describe('the same as the definition, score by score', () => {
  test('qiniCurve and upliftCurve', () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const scores = [...new Set(rows.map(({ score }) => score))].sort((a, b) => b - a)
        const [qini, uplift] = [qiniCurve(...columnsOf(rows)), upliftCurve(...columnsOf(rows))]
        expect(qini.gain).toHaveLength(scores.length + 1)
        scores.forEach((lowest, index) => {
          const { treated, control, treatedGood, controlGood } = seenFrom(rows, lowest)
          expect(qini.customers[index + 1]).toBe(treated + control)
          const expected = treatedGood - (control === 0 ? 0 : (controlGood / control) * treated)
          expect(qini.gain[index + 1]).toBeCloseTo(expected, 10)
          const rates = (treated && treatedGood / treated) - (control && controlGood / control)
          expect(uplift.gain[index + 1]).toBeCloseTo(rates * (treated + control), 10)
        })
      }),
    )
  })

  // Each treated stays, each other leaves: q counts the treated.
  test('a curve goes to all customers, and a random order in a straight line to the same gain', () => {
    expect(qiniCurve([4, 3, 2, 1], [0, 1, 0, 1], [1, 0, 1, 0])).toEqual({
      customers: Float64Array.of(0, 1, 2, 3, 4),
      contactedShare: Float64Array.of(0, 0.25, 0.5, 0.75, 1),
      gain: Float64Array.of(0, 1, 1, 2, 2),
      randomGain: Float64Array.of(0, 0.5, 1, 1.5, 2),
    })
  })

  test('goodOutcome 1 is the outcome exchanged', () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const [score, outcome, treated] = columnsOf(rows)
        const exchanged = outcome.map((each) => 1 - each)
        for (const { figures } of [upliftMetricTraits.qiniCurve, upliftMetricTraits.upliftCurve]) {
          expect(figures(score, exchanged, treated, { goodOutcome: 1 })).toEqual(
            figures(score, outcome, treated),
          )
        }
      }),
    )
  })
})

describe('qiniCoefficient and areaUnderUplift', () => {
  // The treated who stay first, the others who stay last; or by scikit-uplift's levels for the area: 3, 2, 1, 0.
  test('of-perfect is 1 in the perfect order, and 0 where all scores are equal', () => {
    const [outcome, treated] = [
      [0, 0, 1, 1, 0, 1, 0, 1],
      [1, 1, 1, 1, 0, 0, 0, 0],
    ]
    const qiniLevel = outcome.map((left, row) => (left === 1 ? 0 : treated[row] === 1 ? 1 : -1))
    expect(qiniCoefficient(qiniLevel, outcome, treated)).toBe(1)
    const upliftLevel = outcome.map((left, row) => (left !== treated[row] ? 2 : 0) + treated[row]!)
    expect(areaUnderUplift(upliftLevel, outcome, treated)).toBe(1)
    const equal = outcome.map(() => 7)
    expect(qiniCoefficient(equal, outcome, treated)).toBe(0)
    expect(areaUnderUplift(equal, outcome, treated)).toBe(0)
  })

  // One treated who stayed, one other who left: q is 1, 1 in the perfect order and 0, 1 in the other; areas above the straight
  // line from 0 to 1 are 1.5 − 1 and 0.5 − 1.
  test('of-perfect of two customers is 1 or −1', () => {
    expect(qiniCoefficient([2, 1], [0, 1], [1, 0])).toBe(1)
    expect(qiniCoefficient([1, 2], [0, 1], [1, 0])).toBe(-1)
  })

  test('of-total has no unit where the total effect is 0', () => {
    const rows = [
      [1, 2, 3, 4],
      [1, 0, 1, 0],
      [1, 1, 0, 0],
    ] as const
    expect(() => qiniCoefficient(...rows, { definition: 'of-total' })).toThrow("Use definition: 'of-perfect'")
    expect(() => areaUnderUplift(...rows, { definition: 'of-total' })).toThrow(
      'total effect other than 0, which is the unit of this definition, got 0',
    )
    expect(Number.isFinite(qiniCoefficient(...rows))).toBe(true)
  })

  // All treated stay and all others leave: u(k) = k in this order and in any that sees both rates, so nothing can be gained.
  test('of-perfect is refused where no order is better than another', () => {
    const rows = [
      [4, 3, 2, 1],
      [0, 0, 1, 1],
      [1, 1, 0, 0],
    ] as const
    expect(() => areaUnderUplift(...rows)).toThrow("use definition: 'of-total'")
    expect(qiniCoefficient(...rows)).toBe(1)
  })

  test('refuses an unknown definition and a wrong good outcome at once', () => {
    const options = { definition: 'scikit-uplift', goodOutcome: 2 } as object
    expect(() => qiniCoefficient([1, 2], [1, 0], [1, 0], options)).toThrow('2 problems')
  })
})

describe('upliftAtShare', () => {
  const churned = [0, 1, 1, 0]
  const treated = [1, 0, 1, 0]

  // Of two tied groups of (treated, control) half is taken: rates are those of the whole group.
  test('shares ties at the boundary', () => {
    expect(upliftAtShare([1, 1, 1, 1], churned, treated, 0.5)).toBe(0)
    expect(upliftAtShare([2, 2, 1, 1], churned, treated, 0.5)).toBe(1)
    // The top, and half of the two below: treated 1 of 1.5 stayed, of the others .5 of 1.5.
    expect(upliftAtShare([2, 2, 1, 1], churned, treated, 0.75)).toBeCloseTo(1 / 3, 12)
  })

  test('rounds customers up, and weights that count no rows not at all', () => {
    // .6 of 4 are 3: as above. .6 of a weight of 2 is 1.2: all of the two above and a fifth of those below.
    expect(upliftAtShare([2, 2, 1, 1], churned, treated, 0.6)).toBeCloseTo(1 / 3, 12)
    const weight = [0.5, 0.5, 0.5, 0.5]
    expect(upliftAtShare([2, 2, 1, 1], churned, treated, 0.6, { weight })).toBeCloseTo(5 / 6 - 1 / 6, 12)
  })

  test('is the effect over everybody at share 1', () => {
    expect(upliftAtShare([4, 3, 2, 1], [0, 1, 0, 0], treated, 1)).toBe(0.5)
  })

  test('refuses a share that holds one group only, and percentages', () => {
    expect(() => upliftAtShare([4, 3, 2, 1], churned, treated, 0.25)).toThrow('Take a larger share')
    expect(() => upliftAtShare([3, 4, 2, 1], churned, treated, 0.25)).toThrow('Take a larger share')
    expect(() => upliftAtShare([4, 3, 2, 1], churned, treated, 50)).toThrow('Did you mean 0.5?')
  })
})
