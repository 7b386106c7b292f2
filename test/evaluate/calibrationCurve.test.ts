import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { sigmoid } from '../../src/base/statistics.js'
import {
  type CalibrationCurve,
  calibrationCurve,
  integratedCalibrationIndex,
} from '../../src/evaluate/calibration/calibrationCurve.js'

interface GoldenCase extends Omit<CalibrationCurve, 'probability' | 'churnRate'> {
  readonly name: string
  readonly probability: number[]
  readonly outcome: number[]
  readonly weight: number[] | null
  readonly span: number
  /** The distinct probabilities, ascending, and the curve there. */
  readonly at: number[]
  readonly churnRate: number[]
}

// Made by test/golden/evaluate/calibrationCurve.R.
const golden = JSON.parse(
  readFileSync(new URL('../golden/evaluate/calibrationCurve.json', import.meta.url), 'utf8'),
) as { readonly cases: GoldenCase[] }

const indices = [
  'integratedCalibrationIndex',
  'medianError',
  'ninetiethPercentileError',
  'maximumError',
] as const

function curveOf({ probability, outcome, weight, span }: GoldenCase): CalibrationCurve {
  return calibrationCurve(probability, outcome, { span, ...(weight === null ? {} : { weight }) })
}

const pointLimit = 201

describe.each(golden.cases.filter(({ at }) => at.length <= pointLimit))(
  'loess of R agrees: $name',
  (expected) => {
    const curve = curveOf(expected)
    test('at every probability, to 1e-9', () => {
      expect([...curve.probability]).toEqual(expected.at)
      expected.churnRate.forEach((rate, point) => {
        expect(Math.abs(curve.churnRate[point]! - rate), `at ${expected.at[point]}`).toBeLessThan(1e-9)
      })
    })
    test.each(indices)('%s, to 1e-9', (index) => {
      expect(Math.abs(curve[index] - expected[index])).toBeLessThan(1e-9)
    })
  },
)

describe.each(golden.cases.filter(({ at }) => at.length > pointLimit))(
  'loess of R agrees up to the straight lines between points: $name',
  (expected) => {
    const curve = curveOf(expected)
    test.each(indices)('%s, to 1e-4', (index) => {
      expect(Math.abs(curve[index] - expected[index])).toBeLessThan(1e-4)
    })
    test('the points are on the curve and reach from end to end', () => {
      expect(curve.probability.length).toBeLessThanOrEqual(pointLimit)
      expect(curve.probability[0]).toBe(expected.at[0])
      expect(curve.probability.at(-1)).toBe(expected.at.at(-1))
      curve.probability.forEach((at, point) => {
        const place = expected.at.indexOf(at)
        expect(Math.abs(curve.churnRate[point]! - expected.churnRate[place]!)).toBeLessThan(1e-9)
      })
    })
  },
)

describe('calibration curve', () => {
  test('of many customers is that of all their probabilities, up to cells of neighbours', () => {
    // The truth is logit = 0.6 · logit(p): the index of the curve must come near the one computed from the truth.
    const random = seededRandom(5)
    const margin = Float64Array.from({ length: 60_000 }, () => 1.2 * random.normal() - 1)
    const p = margin.map(sigmoid)
    const truth = margin.map((x) => sigmoid(0.6 * x))
    const y = Uint8Array.from(truth, (rate) => (random.uniform() < rate ? 1 : 0))
    const known = truth.reduce((sum, rate, row) => sum + Math.abs(rate - p[row]!), 0) / p.length
    // Standard error of a mean of 60,000 outcomes: 0.5 / sqrt(60,000) = 0.002; bias of the smoothing about as much.
    expect(Math.abs(integratedCalibrationIndex(p, y) - known)).toBeLessThan(0.008)
  })

  test('where one probability is shared by more than the span its own churn rate is the answer', () => {
    const curve = calibrationCurve([0.5, 0.5, 0.5, 0.5, 0.5, 0.9], [1, 1, 0, 0, 0, 1])
    expect(curve.churnRate[0]).toBeCloseTo(0.4, 12)
  })

  test('of one probability is the base rate', () => {
    const curve = calibrationCurve([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0])
    expect(curve).toMatchObject({ integratedCalibrationIndex: 0.25, medianError: 0.25, maximumError: 0.25 })
    expect([...curve.churnRate]).toEqual([0.25])
  })

  test('of two probabilities goes through both churn rates', () => {
    const curve = calibrationCurve([0.25, 0.25, 0.75, 0.75], [1, 0, 1, 1], { span: 1 })
    expect(curve.churnRate[0]).toBeCloseTo(0.5, 12)
    expect(curve.churnRate[1]).toBeCloseTo(1, 12)
  })

  test('does not depend on the unit of the weights', () => {
    const p = [0.1, 0.2, 0.35, 0.5, 0.55, 0.7, 0.8, 0.9]
    const y = [0, 0, 1, 0, 1, 1, 0, 1]
    const curveOfUnit = (unit: number) =>
      calibrationCurve(p, y, { weight: [1, 3, 1, 1, 5, 1, 3, 1].map((times) => (times * unit) / 2) })
    // Times a power of two everything is exact.
    for (const unit of [2 ** -60, 2 ** 60 + 2 ** 20]) {
      const curve = curveOfUnit(unit)
      curveOfUnit(1).churnRate.forEach((rate, point) => {
        expect(curve.churnRate[point]).toBeCloseTo(rate, 9)
      })
    }
  })

  test('has a point at each of up to 201 probabilities, and of more no further ones, both ends among them', () => {
    const pointsOf = (count: number) => {
      const p = Array.from({ length: count }, (_, row) => (row + 1) / 256)
      const { probability } = calibrationCurve(
        p,
        p.map((_, row) => row % 2),
      )
      return [probability.length, probability[0], probability.at(-1)]
    }
    expect(pointsOf(200)).toEqual([200, 1 / 256, 200 / 256])
    expect(pointsOf(201)).toEqual([201, 1 / 256, 201 / 256])
    const [points, ...ends] = pointsOf(202)
    expect(points).toBeLessThanOrEqual(201)
    expect(ends).toEqual([1 / 256, 202 / 256])
  })

  test('fractional weights count as whole ones of the same proportion', () => {
    const p = [0.1, 0.2, 0.35, 0.5, 0.55, 0.7, 0.8, 0.9]
    const y = [0, 0, 1, 0, 1, 1, 0, 1]
    const weight = [2, 1, 3, 1, 2, 2, 4, 1]
    // Of 16 customers the nearest 12 count, of 8 the nearest 6.
    const whole = integratedCalibrationIndex(p, y, { weight })
    const halves = integratedCalibrationIndex(p, y, { weight: weight.map((times) => times / 2) })
    expect(halves).toBeCloseTo(whole, 12)
  })

  test('a span of 0 is refused', () => {
    expect(() => calibrationCurve([0.5, 0.2], [1, 0], { span: 0 })).toThrow(/span to be a number above 0/)
  })
})
