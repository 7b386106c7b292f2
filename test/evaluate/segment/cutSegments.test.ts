import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberColumn, textColumn } from '../../../src/base/matrix.js'
import { rankRows } from '../../../src/evaluate/rows/rankedOutcomes.js'
import { attributeLevels } from '../../../src/evaluate/segment/attributes.js'
import { cutSegments, isSmall } from '../../../src/evaluate/segment/cutSegments.js'
import {
  calibrationInTheLarge,
  type MeasuredSegment,
  observedToExpected,
  ratioInterval,
  worstSegments,
} from '../../../src/evaluate/segment/measureSegment.js'

const rule = { bands: 4, edges: undefined }
const texts = (name: string, values: readonly (string | null)[]) =>
  attributeLevels(textColumn(name, values), rule)
const numbers = (name: string, values: readonly (number | null)[], edges?: number[]) =>
  attributeLevels(numberColumn(name, values), { bands: 4, edges })
const everySecond = (count: number) => ({
  outcome: Uint8Array.from({ length: count }, (_, row) => row % 2),
  weight: null,
})
const none = { minCustomers: 1, minChurners: 0 }
const named = (plans: ReturnType<typeof cutSegments>) => plans.map(({ name, rows }) => [name, rows.length])

describe('levels', () => {
  it('bands are half-open, texts in the order of the alphabet, missing last', () => {
    const tenure = numbers('tenure', [1, 6, null, 11, 12, 30], [6, 12])
    expect(named(cutSegments([tenure], everySecond(6), none))).toEqual([
      ['tenure below 6', 1],
      ['tenure 6 to below 12', 2],
      ['tenure 12 and more', 2],
      ['tenure missing', 1],
    ])
    const plan = texts('plan', ['b', null, 'a', 'b'])
    expect(named(cutSegments([plan], everySecond(4), none))).toEqual([
      ['plan = a', 1],
      ['plan = b', 2],
      ['plan missing', 1],
    ])
    expect(cutSegments([plan], everySecond(4), none).map(({ values }) => values)).toEqual([
      { plan: 'a' },
      { plan: 'b' },
      { plan: null },
    ])
  })

  it('bands hold about equally many customers; few distinct values are bands of their own', () => {
    const spread = numbers(
      'age',
      Array.from({ length: 40 }, (_, row) => row),
    )
    expect(named(cutSegments([spread], everySecond(40), none)).map(([, count]) => count)).toEqual([
      10, 10, 10, 10,
    ])
    const few = numbers('lines', [1, 2, 2, 3])
    expect(named(cutSegments([few], everySecond(4), none))).toEqual([
      ['lines = 1', 1],
      ['lines = 2', 2],
      ['lines = 3', 1],
    ])
  })
})

describe('bands of numbers', () => {
  const labels = (values: readonly (number | null)[], bands = 4, edges?: number[]) =>
    attributeLevels(numberColumn('x', values), { bands, edges })
  const names = (...given: Parameters<typeof labels>) => labels(...given).levels.map(({ name }) => name)

  it('are values where there are as many at most, to six digits', () => {
    expect(names([3, 1.2345678, 1.2345678, -2, 0])).toEqual(['x = -2', 'x = 0', 'x = 1.23457', 'x = 3'])
    expect(labels([3, 1, 3, null]).levelOf).toEqual(Int32Array.of(1, 0, 1, 2))
    expect(names([3, 1, 2, 5], 3)).toEqual(['x below 2', 'x 2 to below 3', 'x 3 and more'])
  })

  it('begin at quantiles, never at the least number, and once each', () => {
    // Of 16 the numbers 4, 8 and 12, from 0: 2, 2 and 9; of 11 the numbers 2, 5 and 8: 1 twice, the least, and 3.
    const twelve = [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 7, 8]
    expect(labels([...twelve, 9, 10, 11, 12]).edges).toEqual([2, 9])
    expect(labels([1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5]).edges).toEqual([3])
  })

  it('are one where no number is at or above an edge, none without numbers', () => {
    expect(names([1, 2, 3], 4, [5])).toEqual(['x below 5', 'x 5 and more'])
    expect(labels([1, 5, 9], 4, [5]).levelOf).toEqual(Int32Array.of(0, 1, 1))
    expect(names([null, null], 4, [5])).toEqual(['x missing'])
    expect(labels([null, null], 4, [5]).levelOf).toEqual(Int32Array.of(0, 0))
  })
})

describe('a group is small', () => {
  it('with fewer customers, churners or stayers than the least, not with as many', () => {
    const least = { minCustomers: 10, minChurners: 4 }
    expect([
      isSmall(10, 4, least),
      isSmall(10, 6, least),
      isSmall(9, 4, least),
      isSmall(10, 3, least),
      isSmall(10, 7, least),
    ]).toEqual([false, false, true, true, true])
  })
})

describe('how far the level is off', () => {
  const rows = {
    probability: Float64Array.of(0.2, 0.4, 0.4),
    outcome: Uint8Array.of(0, 1, 1),
    weight: null,
    customers: [1, 2, 2],
  }

  it('is churners over the sum of the predictions, its error by customers', () => {
    // Ratio 2: the first is off by −.4, the other customer by .2 twice; √(.16 + .16) / 2.
    expect(observedToExpected(rows)).toEqual({
      logRatio: expect.closeTo(Math.log(2), 12),
      standardError: expect.closeTo(Math.sqrt(0.32) / 2, 12),
    })
    // Weights 1, 2, 1: 3 over 1.4; off by −.2 · 3/1.4 and 3 · (1 − .4 · 3/1.4).
    const ratio = 3 / 1.4
    const weighted = observedToExpected({ ...rows, weight: Float64Array.of(1, 2, 1) })!
    expect(weighted.logRatio).toBeCloseTo(Math.log(ratio), 12)
    expect(weighted.standardError).toBeCloseTo(Math.hypot(0.2 * ratio, 3 * (1 - 0.4 * ratio)) / 3, 12)
    expect(observedToExpected({ ...rows, outcome: Uint8Array.of(0, 0, 0) })).toBeNull()
    expect(observedToExpected({ ...rows, probability: new Float64Array(3) })).toBeNull()
  })

  it('has an interval that is symmetric in its logarithm', () => {
    const { value, lower, upper } = ratioInterval({ logRatio: Math.log(2), standardError: 0.1 }, 0.9)
    // Φ⁻¹(.95) = 1.644854
    expect(value).toBeCloseTo(2, 12)
    expect(lower).toBeCloseTo(2 * Math.exp(-0.1644854), 6)
    expect(upper).toBeCloseTo(2 * Math.exp(0.1644854), 6)
  })

  it('is in log odds what makes the sum right, its error by the information', () => {
    // Two of four leave, of .2, .2, .8, .8, whose sum is 2: nothing is to be added. Information 4 · .16, squares
    // .8² + .2² + .8² + .2² of rows, .6² twice of customers of two rows.
    const probability = Float64Array.of(0.2, 0.2, 0.8, 0.8)
    const outcome = Uint8Array.of(1, 0, 0, 1)
    const of = (customers: number[], weight: Float64Array | null = null) => {
      const all = { probability, outcome, weight, customers }
      const { value, lower, upper } = calibrationInTheLarge(all, rankRows(all), 0.95)!
      expect(value).toBeCloseTo(0, 9)
      expect(upper).toBeCloseTo(-lower, 9)
      return upper
    }
    expect(of([1, 2, 3, 4])).toBeCloseTo((1.959964 * Math.sqrt(1.36)) / 0.64, 6)
    expect(of([1, 1, 2, 2])).toBeCloseTo((1.959964 * Math.sqrt(0.72)) / 0.64, 6)
    expect(of([1, 2, 3, 4], new Float64Array(4).fill(3))).toBeCloseTo((1.959964 * Math.sqrt(1.36)) / 0.64, 6)
    const constant = { ...rows, probability: new Float64Array(3).fill(0.5) }
    expect(calibrationInTheLarge(constant, rankRows(constant), 0.95)).toBeNull()
  })
})

describe('worst segments', () => {
  const all = {
    // Of the first 40 half leave, of the others a quarter, as predicted of all.
    probability: new Float64Array(80).fill(0.25),
    outcome: Uint8Array.from({ length: 80 }, (_, row) => (row < 40 ? row % 2 : row % 4 === 0 ? 1 : 0)),
    weight: null,
    customers: Array.from({ length: 80 }, (_, row) => row),
  }
  const measured = (name: string, from: number, to: number, auc: readonly number[] | null, small = false) => {
    const rows = Int32Array.from({ length: to - from }, (_, row) => from + row)
    const own = {
      ...all,
      probability: all.probability.slice(from, to),
      outcome: all.outcome.slice(from, to),
      customers: all.customers.slice(from, to),
    }
    const ratio = observedToExpected(own)
    const rocAuc = auc === null ? null : { value: auc[0]!, lower: auc[1]!, upper: auc[2]! }
    const segment = { name, observedToExpected: ratio === null ? null : ratioInterval(ratio, 0.9) }
    return { segment, plan: { small, rows }, ratio, rocAuc } as unknown as MeasuredSegment
  }

  it('are further off in level than the others, and wrong', () => {
    // Standard errors √10/20 and √7.5/10 of ln 2 and 0: 2.19 apart, p = .0284, twice that for two comparisons.
    const two = [measured('first', 0, 40, null), measured('second', 40, 80, null)]
    const [worst, ...others] = worstSegments(two, all, 0.9)
    expect(others).toEqual([])
    expect(worst).toMatchObject({ segment: 'first', metric: 'observedToExpected' })
    expect(worst!.adjustedPValue).toBeCloseTo(0.0568, 3)
    expect(worst!.sentence).toMatch(
      /^first: 2\.00 times as many churn as predicted, 90 % interval 1\.54 to 2\.59; 1\.00 times in the other segments\. 2 comparisons were made, and chance alone would hardly show this\.$/,
    )
    expect(worstSegments(two, all, 0.95)).toEqual([])
    expect(worstSegments([two[0]!, measured('second', 40, 80, null, true)], all, 0.9)).toEqual([])
  })

  it('are ranked worse than the others are within themselves', () => {
    // Half widths of .05 are standard errors of .0255 at 95 %; .6 beside .8 and .8 is −6.4 of √1.5 of them.
    const quiet = { ...all, outcome: new Uint8Array(80) }
    const of = (first: number) =>
      worstSegments(
        [first, 0.8, 0.8].map((auc, place) => ({
          ...measured(`s${place}`, place * 20, place * 20 + 20, [auc, auc - 0.05, auc + 0.05]),
          ratio: null,
        })),
        quiet,
        0.95,
      )
    expect(of(0.6)).toEqual([
      {
        segment: 's0',
        metric: 'rocAuc',
        adjustedPValue: expect.closeTo(0, 6),
        sentence:
          's0: customers are ranked worse, ROC AUC 0.6000 beside 0.8000 within the other segments. 3 comparisons were made, and chance alone would hardly show this.',
      },
    ])
    // −.08 / .03125 = −2.56: p = .0105, three times that; −.07 would be three times .025.
    expect(of(0.72)[0]!.adjustedPValue).toBeCloseTo(0.0314, 3)
    expect(of(0.73)).toEqual([])
    // Above the others is not worse; each of them is 3.2 errors below, in three comparisons.
    expect(of(1).map(({ segment }) => segment)).toEqual(['s1', 's2'])
  })
})

describe('merging', () => {
  const repeated = (counts: readonly (readonly [string | null, number])[]) =>
    counts.flatMap(([text, count]) => Array<string | null>(count).fill(text))
  const least = { minCustomers: 10, minChurners: 4 }

  it('small texts become other, which names them', () => {
    const region = texts(
      'region',
      repeated([
        ['a', 20],
        ['b', 6],
        ['c', 6],
        [null, 4],
      ]),
    )
    const plans = cutSegments([region], everySecond(36), least)
    expect(named(plans)).toEqual([
      ['region = a', 20],
      ['region = other', 16],
    ])
    expect(plans[1]?.mergedFrom).toEqual(['region = b', 'region = c', 'region missing'])
    expect(plans[1]?.small).toBe(false)
  })

  it('a text that is called other already is not taken for it', () => {
    const region = texts(
      'region',
      repeated([
        ['other', 20],
        ['b', 6],
        ['c', 6],
      ]),
    )
    expect(named(cutSegments([region], everySecond(32), least))).toEqual([
      ['region = other', 20],
      ['region = all others', 12],
    ])
    // Among the small ones it is one of those that are put together.
    const small = texts(
      'region',
      repeated([
        ['a', 20],
        ['other', 6],
        ['c', 6],
      ]),
    )
    expect(named(cutSegments([small], everySecond(32), least))).toEqual([
      ['region = a', 20],
      ['region = other', 12],
    ])
  })

  it('a group that is alone in being small keeps its name and is said to be small', () => {
    const region = texts(
      'region',
      repeated([
        ['a', 20],
        ['b', 6],
      ]),
    )
    const plans = cutSegments([region], everySecond(26), least)
    expect(named(plans)).toEqual([
      ['region = a', 20],
      ['region = b', 6],
    ])
    expect(plans.map(({ small }) => small)).toEqual([false, true])
  })

  it('a small band goes to the neighbour of fewer churners', () => {
    // Bands of 20, 4, 12, 20 customers, half of them churners: the second joins the third.
    const values = [20, 4, 12, 20].flatMap((count, band) => Array<number>(count).fill(band))
    const plans = cutSegments([numbers('x', values, [1, 2, 3])], everySecond(56), least)
    expect(named(plans)).toEqual([
      ['x below 1', 20],
      ['x 1 to below 3', 16],
      ['x 3 and more', 20],
    ])
    expect(plans[1]?.mergedFrom).toEqual(['x 1 to below 2', 'x 2 to below 3'])
  })

  it('of two attributes small cells merge within the first, and what is still small at the end', () => {
    const first = repeated([
      ['a', 60],
      ['b', 24],
      ['c', 24],
    ])
    // a: 20 of each; b: 12 of x, 6 of y and z; c: 8 of each.
    const second = [
      ...repeated([
        ['x', 20],
        ['y', 20],
        ['z', 20],
      ]),
      ...repeated([
        ['x', 12],
        ['y', 6],
        ['z', 6],
      ]),
      ...repeated([
        ['x', 8],
        ['y', 8],
        ['z', 8],
      ]),
    ]
    const plans = cutSegments([texts('one', first), texts('two', second)], everySecond(108), least)
    expect(named(plans)).toEqual([
      ['one = a, two = x', 20],
      ['one = a, two = y', 20],
      ['one = a, two = z', 20],
      ['one = b, two = x', 12],
      ['one = b, two = other', 12],
      ['one = c, two = other', 24],
    ])
    expect(plans[4]?.mergedFrom).toEqual(['one = b, two = y', 'one = b, two = z'])
  })

  it('every row is in exactly one segment, and at most one segment stays small', () => {
    const text = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { nil: null })
    const number = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, number, fc.integer({ min: 0, max: 1 })), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 0, max: 12 }),
        fc.boolean(),
        (rows, minChurners, crossed) => {
          const one = texts(
            'one',
            rows.map(([value]) => value),
          )
          const two = numbers(
            'two',
            rows.map(([, value]) => value),
          )
          const outcome = Uint8Array.from(rows, ([, , value]) => value)
          const counts = { minChurners, minCustomers: 10 }
          const plans = cutSegments(crossed ? [one, two] : [two], { outcome, weight: null }, counts)
          const all = plans.flatMap((plan) => [...plan.rows]).sort((a, b) => a - b)
          expect(all).toEqual(Array.from(rows.keys()))
          expect(plans.filter(({ small }) => small).length).toBeLessThanOrEqual(1)
          expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length)
        },
      ),
    )
  })
})
