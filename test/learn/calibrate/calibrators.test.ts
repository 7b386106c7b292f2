import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitLogisticLine } from '../../../src/base/fitLogisticLine.js'
import { seededRandom, shuffledIndices } from '../../../src/base/random.js'
import { logit, sigmoid } from '../../../src/base/statistics.js'
import { fitBeta } from '../../../src/learn/calibrate/beta.js'
import {
  type CalibrationMethod,
  type Calibrator,
  calibrationMethods,
  calibratorSchema,
  curveOf,
  fitMethod,
} from '../../../src/learn/calibrate/calibrator.js'
import { fitIsotonic } from '../../../src/learn/calibrate/isotonic.js'
import { fitPlatt } from '../../../src/learn/calibrate/platt.js'
import { pooledRates } from '../../../src/learn/calibrate/pooledRates.js'
import { type CalibrationRows, plattTargets } from '../../../src/learn/calibrate/separation.js'

interface GoldenCase {
  readonly name: string
  readonly margin: number[]
  readonly outcome: number[]
  readonly weight: number[]
  readonly plattSmoothed: { readonly intercept: number; readonly slope: number }
  readonly platt: readonly [slope: number, intercept: number]
  readonly beta: { readonly a: number; readonly b: number; readonly c: number }
  readonly at: number[]
  readonly betacal: number[]
  readonly isotonic: number[]
  readonly isotonicOfRows: number[]
}

const golden: { readonly cases: GoldenCase[] } = JSON.parse(
  readFileSync(new URL('../../golden/learn/calibrate.json', import.meta.url), 'utf8'),
)

function rowsOf({
  margin,
  outcome,
  weight,
}: Pick<GoldenCase, 'margin' | 'outcome' | 'weight'>): CalibrationRows {
  return {
    margin: Float64Array.from(margin),
    outcome: Uint8Array.from(outcome),
    weight: Float64Array.from(weight),
  }
}

function calibrated(calibrator: Calibrator, probability: ArrayLike<number>): number[] {
  const { margin } = curveOf(calibrator)
  return Array.from(probability, (p) => sigmoid(margin(logit(p))))
}

function expectNear(values: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(values).toHaveLength(expected.length)
  for (let at = 0; at < expected.length; at++) {
    expect(Math.abs(values[at]! - expected[at]!), `at ${at}`).toBeLessThan(tolerance)
  }
}

describe.each(golden.cases)('beside other programs: $name', (one) => {
  const rows = rowsOf(one)

  it('Platt’s line is the maximum of the likelihood', () => {
    const { intercept, slope } = fitPlatt(rows)
    // where the slope would be below 0, it is 0 and the intercept the churn rate
    const [wantedSlope, wantedIntercept] = one.platt
    if (wantedSlope < 0) {
      const total = one.weight.reduce((sum, own) => sum + own, 0)
      const churned = one.weight.reduce((sum, own, row) => sum + own * one.outcome[row]!, 0)
      expect(slope).toBe(0)
      expect(intercept).toBeCloseTo(logit(churned / total), 9)
      return
    }
    // the other goes on to rounding, ours to a slope of the mean loss of 1e-11
    expectNear([slope, intercept], [wantedSlope, wantedIntercept], 1e-9)
  })

  it('Platt’s line through his smoothed targets is that of scikit-learn', () => {
    const line = fitLogisticLine({ columns: [rows.margin], target: plattTargets(rows), weight: rows.weight })
    // scikit-learn stops L-BFGS at a gradient of 1e-6
    const { intercept, slope } = one.plattSmoothed
    expectNear([line.slopes[0]!, line.intercept], [slope, intercept], 1e-5)
  })

  it('beta calibration is the best that the constraint allows', () => {
    const { a, b, c } = fitBeta(rows)
    expectNear([a, b, c], [one.beta.a, one.beta.b, one.beta.c], 1e-8)
  })

  it('beta calibration is that of betacal', () => {
    // betacal stops L-BFGS at a gradient of 1e-4 of the mean loss, hence three digits
    expectNear(calibrated(fitBeta(rows), one.at), one.betacal, 2e-3)
  })

  it('the isotonic curve is that of scikit-learn, in between and at the rows', () => {
    const calibrator = fitIsotonic(rows)
    // sums in another order, and log odds there and back: rounding alone
    expectNear(calibrated(calibrator, one.at), one.isotonic, 1e-12)
    expectNear(calibrated(calibrator, rows.margin.map(sigmoid)), one.isotonicOfRows, 1e-12)
  })
})

// Margins apart by rounding alone are equal once they are calibrated, and may then separate the classes.
const thousandths = fc.integer({ min: -9000, max: 9000 }).map((whole) => whole / 1000)
const row = fc.record({
  margin: fc.oneof(fc.integer({ min: -4, max: 4 }), thousandths),
  outcome: fc.constantFrom(0, 1),
  weight: fc.integer({ min: 1, max: 4 }),
})
const someRows = fc
  .array(row, { minLength: 2, maxLength: 40 })
  .filter((given) => new Set(given.map(({ outcome }) => outcome)).size === 2)
  .map((given) =>
    rowsOf({
      margin: given.map(({ margin }) => margin),
      outcome: given.map(({ outcome }) => outcome),
      weight: given.map(({ weight }) => weight),
    }),
  )
const fitted = fc.constantFrom<CalibrationMethod>(...calibrationMethods)

function logLossOf({ margin, outcome, weight }: CalibrationRows, calibrator: Calibrator): number {
  const curve = curveOf(calibrator)
  return margin.reduce((sum, own, at) => {
    const z = outcome[at] === 1 ? -curve.margin(own) : curve.margin(own)
    return sum + (weight?.[at] ?? 1) * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))))
  }, 0)
}

function takeRowsOf({ margin, outcome, weight }: CalibrationRows, order: ArrayLike<number>): CalibrationRows {
  return {
    margin: Float64Array.from(order, (at) => margin[at]!),
    outcome: Uint8Array.from(order, (at) => outcome[at]!),
    weight: weight === null ? null : Float64Array.from(order, (at) => weight[at]!),
  }
}

function isSeparable({ margin, outcome }: CalibrationRows): boolean {
  const of = (kind: number): number[] => [...margin].filter((_, at) => outcome[at] === kind)
  return Math.max(...of(0)) <= Math.min(...of(1))
}

describe('every calibrator', () => {
  it('never fits its rows worse than the model itself, but where smoothed targets say so', () => {
    fc.assert(
      fc.property(someRows, fitted, (rows, method) => {
        fc.pre(method === 'isotonic' || !isSeparable(rows))
        const before = logLossOf(rows, { method: 'none' })
        expect(logLossOf(rows, fitMethod(method, rows))).toBeLessThanOrEqual(before * (1 + 1e-9) + 1e-9)
      }),
      { numRuns: 500 },
    )
  })

  it('never falls, is never 0 or 1 by its own doing, and rises as fast as it says', () => {
    fc.assert(
      fc.property(someRows, fitted, (rows, method) => {
        const curve = curveOf(fitMethod(method, rows))
        for (let at = -12; at < 12; at += 0.37) {
          const [low, high] = [curve.margin(at), curve.margin(at + 0.37)]
          expect(high).toBeGreaterThanOrEqual(low - 1e-9 * (1 + Math.abs(low)))
          const step = 1e-6
          const quotient = (curve.margin(at + step) - curve.margin(at - step)) / (2 * step)
          const nearCorner = Math.abs(curve.slope(at + step) - curve.slope(at - step)) > 1e-2 * (1 + quotient)
          if (!nearCorner) expect(Math.abs(curve.slope(at) - quotient)).toBeLessThan(1e-3 * (1 + quotient))
        }
        for (const far of [-1e6, -40, 40, 1e6]) expect(Number.isFinite(curve.margin(far))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('does not depend on the order of rows, and reads weight 2 as the row twice', () => {
    fc.assert(
      fc.property(someRows, fitted, fc.integer(), (rows, method, seed) => {
        const order = shuffledIndices(rows.margin.length, seededRandom(seed))
        const repeated = Array.from(rows.weight!).flatMap((times, at) => new Array<number>(times).fill(at))
        const same = [takeRowsOf(rows, order), { ...takeRowsOf(rows, repeated), weight: null }]
        // at the rows: two different margins do not tell three coefficients of beta apart elsewhere
        const probability = rows.margin.map(sigmoid)
        const expected = calibrated(fitMethod(method, rows), probability)
        for (const other of same)
          expectNear(calibrated(fitMethod(method, other), probability), expected, 1e-6)
      }),
      { numRuns: 200 },
    )
  })

  it('changes nothing more when the calibrated rows are calibrated again, but beta', () => {
    const lines = fc.constantFrom<CalibrationMethod>('none', 'platt', 'isotonic')
    fc.assert(
      fc.property(someRows, lines, (rows, method) => {
        fc.pre(!isSeparable(rows))
        const curve = curveOf(fitMethod(method, rows))
        const margin = rows.margin.map(curve.margin)
        // a block of everybody, or of nobody, that is held at the rate of its neighbour becomes one with it
        const blocks = (given: CalibrationRows): string =>
          `${pooledRates(given).map((block) => block.weight)}`
        fc.pre(method !== 'isotonic' || blocks(rows) === blocks({ ...rows, margin }))
        const again = curveOf(fitMethod(method, { ...rows, margin }))
        expectNear(
          margin.map((own) => sigmoid(again.margin(own))),
          margin.map(sigmoid),
          1e-4,
        )
      }),
      { numRuns: 300 },
    )
  })

  it('changes little more by beta, whose curves after each other are no such curve', () => {
    const random = seededRandom(5)
    const margin = Float64Array.from({ length: 20_000 }, () => 1.5 * random.normal())
    const outcome = Uint8Array.from(margin, (own) =>
      random.uniform() < sigmoid(own > 0 ? 2 * own : own / 2) ? 1 : 0,
    )
    const rows = { margin, outcome, weight: null }
    const calibratedRows = { ...rows, margin: margin.map(curveOf(fitBeta(rows)).margin) }
    const again = curveOf(fitBeta(calibratedRows))
    const { margin: once } = calibratedRows
    expectNear(
      once.map((own) => sigmoid(again.margin(own))),
      once.map(sigmoid),
      0.02,
    )
  })

  it('is plain frozen data that its own schema reads', () => {
    fc.assert(
      fc.property(someRows, fitted, (rows, method) => {
        const calibrator = fitMethod(method, rows)
        expect(Object.isFrozen(calibrator)).toBe(true)
        expect(calibratorSchema.parse(JSON.parse(JSON.stringify(calibrator)))).toEqual(calibrator)
      }),
    )
  })

  it('gives the mean of the outcomes on its rows, but isotonic at blocks of one kind', () => {
    const random = seededRandom(3)
    const margin = Float64Array.from({ length: 500 }, () => random.normal())
    const outcome = Uint8Array.from(margin, (own) => (random.uniform() < sigmoid(own - 1) ? 1 : 0))
    const rate = outcome.reduce((sum, one) => sum + one, 0) / 500
    for (const method of ['platt', 'beta'] as const) {
      const curve = curveOf(fitMethod(method, { margin, outcome, weight: null }))
      expect(margin.reduce((sum, own) => sum + sigmoid(curve.margin(own)), 0) / 500).toBeCloseTo(rate, 9)
    }
  })
})

describe('pooledRates', () => {
  it('is the min of the max of the rates of all stretches, row by row', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const places = [...new Set(rows.margin)].sort((a, b) => a - b)
        const of = (from: number, to: number): number => {
          let [all, churned] = [0, 0]
          for (let at = 0; at < rows.margin.length; at++) {
            if (rows.margin[at]! < places[from]! || rows.margin[at]! > places[to]!) continue
            all += rows.weight![at]!
            churned += rows.weight![at]! * rows.outcome[at]!
          }
          return churned / all
        }
        const blocks = pooledRates(rows)
        for (let place = 0; place < places.length; place++) {
          const highest = places.slice(place).map((_, more) => {
            const stretches = places.slice(0, place + 1).map((_, from) => of(from, place + more))
            return Math.max(...stretches)
          })
          const block = blocks.find(({ from, to }) => from <= places[place]! && places[place]! <= to)!
          expect(block.churned / block.weight).toBeCloseTo(Math.min(...highest), 12)
        }
      }),
    )
  })
})

describe('fitIsotonic', () => {
  const margins = (probability: readonly number[]): Float64Array => Float64Array.from(probability, logit)

  it('keeps what the model says of a block of nobody, up to half a churner more and the next block', () => {
    // 0.05 and 0.3: nobody of 2 × 4 = 8 churned: at most ½ / 9; then half of them
    const outcome = Uint8Array.of(...new Array<number>(8).fill(0), 0, 1)
    const probability = [...new Array<number>(4).fill(0.05), ...new Array<number>(4).fill(0.3), 0.6, 0.6]
    const calibrator = fitIsotonic({ margin: margins(probability), outcome, weight: null })
    expectNear(calibrated(calibrator, [0.01, 0.05, 0.3, 0.6]), [0.01, 0.05, 1 / 18, 0.5], 1e-12)
    // half way from the last of nobody to the first of the others
    expectNear(calibrated(calibrator, [0.45, 0.9]), [(1 / 18 + 0.5) / 2, 0.5], 1e-12)
  })

  it('treats a block of everybody as the mirror image', () => {
    const outcome = Uint8Array.of(0, 1, ...new Array<number>(8).fill(1))
    const probability = [0.4, 0.4, ...new Array<number>(4).fill(0.7), ...new Array<number>(4).fill(0.95)]
    const calibrator = fitIsotonic({ margin: margins(probability), outcome, weight: null })
    expectNear(calibrated(calibrator, [0.4, 0.7, 0.95, 0.99]), [0.5, 17 / 18, 0.95, 0.99], 1e-12)
  })
})

describe('fitPlatt and fitBeta', () => {
  it('take smoothed targets where the margin separates the classes: no infinite slope', () => {
    const rows = { margin: Float64Array.of(-2, -1, 1, 2), outcome: Uint8Array.of(0, 0, 1, 1), weight: null }
    // 2 of each: targets 3/4 and 1/4, symmetric about 0
    const { intercept, slope } = fitPlatt(rows)
    expect(intercept).toBeCloseTo(0, 9)
    const mean = (Math.abs(sigmoid(slope) - 0.75) + Math.abs(sigmoid(2 * slope) - 0.75)) / 2
    expect(mean).toBeLessThan(0.2)
    const { a, b } = fitBeta(rows)
    expect(a).toBeCloseTo(b, 6)
    expect(a).toBeLessThan(5)
  })

  it('give everybody the churn rate where the order is upside down', () => {
    const rows = { margin: Float64Array.of(-2, -1, 1, 2), outcome: Uint8Array.of(1, 1, 1, 0), weight: null }
    for (const calibrator of [fitPlatt(rows), fitBeta(rows)]) {
      expectNear(calibrated(calibrator, [0.1, 0.9]), [0.75, 0.75], 1e-9)
    }
  })

  it('move all alike where the model says the same of all', () => {
    const rows = { margin: Float64Array.of(-2, -2, -2, -2), outcome: Uint8Array.of(1, 0, 0, 0), weight: null }
    for (const method of ['platt', 'beta', 'isotonic'] as const) {
      expectNear(calibrated(fitMethod(method, rows), [sigmoid(-2)]), [0.25], 1e-9)
    }
    expect(fitPlatt(rows).slope).toBe(1)
  })
})
