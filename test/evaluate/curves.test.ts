import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calibrationError, maximumCalibrationError } from '../../src/evaluate/calibration/calibrationTable.js'
import { brierDecomposition, brierScore } from '../../src/evaluate/calibration/probabilityScores.js'
import {
  averagePrecision,
  giniCoefficient,
  kolmogorovSmirnov,
  rocAuc,
} from '../../src/evaluate/ranking/ranking.js'
import { gainsCurve, precisionRecallCurve, rocCurve } from '../../src/evaluate/ranking/rankingCurves.js'
import { liftAt, precisionAt, recallAt } from '../../src/evaluate/ranking/topOfList.js'
import { confusionAt, fBeta, matthewsCorrelation } from '../../src/evaluate/threshold/confusion.js'

const rows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 4,
    maxLength: 80,
  })
  .map((some) => [...some, [10, 1], [10, 0]] as const)
  .map((all) => ({ p: all.map(([step]) => step / 40), y: all.map(([, outcome]) => outcome) }))

function everywhere(holds: (p: number[], y: number[]) => void): void {
  fc.assert(fc.property(rows, ({ p, y }) => holds(p, y)))
}

describe('ROC curve', () => {
  test('its area by trapezoids is the AUC, and its largest distance from the diagonal KS', () => {
    everywhere((p, y) => {
      const { falsePositiveRate: x, truePositiveRate: height } = rocCurve(p, y)
      let area = 0
      for (let i = 1; i < x.length; i++) area += ((x[i]! - x[i - 1]!) * (height[i]! + height[i - 1]!)) / 2
      expect(area).toBeCloseTo(rocAuc(p, y), 12)
      const distances = Array.from(x, (rate, point) => Math.abs(height[point]! - rate))
      expect(Math.max(...distances)).toBeCloseTo(kolmogorovSmirnov(p, y), 12)
    })
  })

  test('with a number of points it keeps points of the whole curve, ends and thresholds included', () => {
    everywhere((p, y) => {
      const whole = rocCurve(p, y)
      const few = rocCurve(p, y, { points: 5 })
      expect(few.truePositiveRate.length).toBeLessThanOrEqual(7)
      expect([few.falsePositiveRate.at(-1), few.truePositiveRate.at(-1)]).toEqual([1, 1])
      expect([few.falsePositiveRate[0], few.truePositiveRate[0]]).toEqual([0, 0])
      few.threshold.forEach((threshold, point) => {
        const place = whole.threshold.indexOf(threshold)
        expect(few.truePositiveRate[point + 1]).toBe(whole.truePositiveRate[place + 1])
        expect(few.falsePositiveRate[point + 1]).toBe(whole.falsePositiveRate[place + 1])
      })
    })
  })
})

test('curves end at 1 to the last bit, also where fractional weights do not add up to it', () => {
  const weight = [0.7, 0.7, 0.7, 0.4, 0.7]
  const rows = [
    [0.9, 0.8, 0.7, 0.6, 0.5],
    [1, 0, 1, 0, 0],
  ] as const
  const roc = rocCurve(...rows, { weight })
  expect([roc.falsePositiveRate.at(-1), roc.truePositiveRate.at(-1)]).toEqual([1, 1])
  expect(precisionRecallCurve(...rows, { weight }).recall.at(-1)).toBe(1)
  const { contactedShare, caughtShare } = gainsCurve(...rows, { weight })
  expect([contactedShare.at(-1), caughtShare.at(-1)]).toEqual([1, 1])
  expect(rocCurve(...rows, { points: 1 }).threshold).toEqual(Float64Array.of(0.6, 0.5))
  for (const curve of [rocCurve, precisionRecallCurve, gainsCurve])
    expect(() => curve(...rows, { points: 0 })).toThrow('points')
})

describe('precision-recall curve', () => {
  test('the area below its steps is the average precision, and each point is a confusion', () => {
    everywhere((p, y) => {
      const { recall, precision, threshold } = precisionRecallCurve(p, y)
      let area = 0
      recall.forEach((share, i) => {
        area += (share - (recall[i - 1] ?? 0)) * precision[i]!
      })
      expect(area).toBeCloseTo(averagePrecision(p, y), 12)
      const middle = Math.floor(threshold.length / 2)
      const confusion = confusionAt(p, y, threshold[middle]!)
      expect(precision[middle]).toBeCloseTo(confusion.precision!, 12)
      expect(recall[middle]).toBeCloseTo(confusion.recall, 12)
    })
  })

  test('with a number of points it keeps the first and the last, and points of the whole', () => {
    const p = Array.from({ length: 1000 }, (_, row) => row / 1000)
    const y = p.map((_, row) => (row % 3 === 0 ? 1 : 0))
    const few = precisionRecallCurve(p, y, { points: 10 })
    expect(few.recall.length).toBeLessThanOrEqual(12)
    expect([few.threshold[0], few.threshold.at(-1)]).toEqual([0.999, 0])
    expect([few.recall.at(-1), few.precision.at(-1)]).toEqual([1, 334 / 1000])
  })

  test('points must be a whole number of at least 1', () => {
    expect(() => precisionRecallCurve([0.5, 0.1], [1, 0], { points: 0 })).toThrow(/points to be an integer/)
    expect(() => rocCurve([0.5, 0.1], [1, 0], { points: 1.5 })).toThrow(/points to be an integer/)
  })
})

describe('figures of a ranking', () => {
  test('Gini is 2 · AUC − 1 and KS lies between it and 1', () => {
    everywhere((p, y) => {
      expect(giniCoefficient(p, y)).toBeCloseTo(2 * rocAuc(p, y) - 1, 14)
      // The curve lies below the tangent at its farthest point: AUC ≤ 1 − (1 − KS)² / 2, so |Gini| ≤ 1 − (1 − KS)².
      const distance = kolmogorovSmirnov(p, y)
      expect(Math.abs(giniCoefficient(p, y))).toBeLessThanOrEqual(1 - (1 - distance) ** 2 + 1e-12)
    })
  })

  test('KS of equal probabilities for all is 0, of a model that is always wrong 1', () => {
    expect(kolmogorovSmirnov([0.5, 0.5, 0.5], [1, 0, 0])).toBe(0)
    expect(kolmogorovSmirnov([0.1, 0.8, 0.9], [1, 0, 0])).toBe(1)
  })

  test('precision of a share is lift times base rate, recall lift times share', () => {
    const p = Array.from({ length: 40 }, (_, row) => ((row * 7) % 40) / 40)
    const y = p.map((value) => (value > 0.6 ? 1 : 0))
    const baseRate = y.reduce<number>((sum, outcome) => sum + outcome, 0) / 40
    expect(precisionAt(p, y, 0.25)).toBeCloseTo(liftAt(p, y, 0.25) * baseRate, 12)
    expect(recallAt(p, y, 0.25)).toBeCloseTo(liftAt(p, y, 0.25) * 0.25, 12)
    expect(recallAt(p, y, 1)).toBe(1)
  })

  test('a percentage for the share is refused with the way out', () => {
    expect(() => precisionAt([0.5, 0.1], [1, 0], 10)).toThrow(/Did you mean 0.1\?/)
    expect(() => recallAt([0.5, 0.1], [1, 0], 0)).toThrow(/share to be a number above 0/)
  })
})

describe('figures of a threshold', () => {
  test('Matthews is Pearson’s correlation of contacted and churned', () => {
    everywhere((p, y) => {
      const contacted: number[] = p.map((value) => (value >= 0.25 ? 1 : 0))
      const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
      const covariance = (a: readonly number[], b: readonly number[]): number =>
        mean(a.map((value, row) => (value - mean(a)) * (b[row]! - mean(b))))
      const spread = Math.sqrt(covariance(contacted, contacted) * covariance(y, y))
      const expected = spread === 0 ? 0 : covariance(contacted, y) / spread
      expect(matthewsCorrelation(p, y, 0.25)).toBeCloseTo(expected, 10)
    })
  })

  test('Matthews is 0 where nobody or everybody is contacted, F is 0 where nobody is', () => {
    expect(matthewsCorrelation([0.5, 0.1], [1, 0], 0.9)).toBe(0)
    expect(matthewsCorrelation([0.5, 0.1], [1, 0], 0)).toBe(0)
    expect(fBeta([0.5, 0.1], [1, 0], 0.9)).toBe(0)
  })

  test('F of a very large beta is recall, of a very small one precision', () => {
    // contacted 3 of which 2 of 3 churners
    const [p, y] = [
      [0.9, 0.8, 0.7, 0.1],
      [1, 0, 1, 1],
    ]
    expect(fBeta(p, y, 0.5, { beta: 1e200 })).toBeCloseTo(2 / 3, 12)
    expect(fBeta([0.9, 0.8, 0.7, 0.6], [1, 0, 0, 0], 0.5, { beta: 1e-200 })).toBeCloseTo(1 / 4, 12)
    expect(fBeta(p, y, 0.5)).toBeCloseTo(confusionAt(p, y, 0.5).f1, 14)
  })

  test('a threshold that is none and a beta that is none are refused', () => {
    expect(() => matthewsCorrelation([0.5, 0.1], [1, 0], 50)).toThrow(/Did you mean 0.5\?/)
    expect(() => fBeta([0.5, 0.1], [1, 0], Number.NaN)).toThrow(/threshold to be a number/)
    expect(() => fBeta([0.5, 0.1], [1, 0], 0.5, { beta: 0 })).toThrow(/beta to be a number above 0/)
  })
})

describe('parts of the Brier score', () => {
  const binnings = ['equal-width', 'equal-count', 'distinct'] as const
  test.each(binnings)('add up to it: %s', (binning) => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), ({ p, y }, bins) => {
        const parts = brierDecomposition(p, y, { bins, binning })
        const { reliability, resolution, uncertainty, withinBinVariance, withinBinCovariance } = parts
        const sum = reliability - resolution + uncertainty + withinBinVariance - withinBinCovariance
        expect(sum).toBeCloseTo(brierScore(p, y), 13)
        expect(parts.brierScore).toBeCloseTo(brierScore(p, y), 13)
      }),
    )
  })

  test('by distinct probabilities there is nothing within the bins', () => {
    everywhere((p, y) => {
      const { withinBinVariance, withinBinCovariance } = brierDecomposition(p, y, { binning: 'distinct' })
      expect(Math.abs(withinBinVariance) + Math.abs(withinBinCovariance)).toBeLessThan(1e-15)
    })
  })

  test('the base rate for all has skill 0, reliability 0 and resolution 0', () => {
    expect(brierDecomposition([0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0])).toMatchObject({
      reliability: 0,
      resolution: 0,
      skill: 0,
    })
  })
})

test('the maximum calibration error is at least the mean one, in any binning', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 12 }), fc.boolean(), ({ p, y }, bins, wide) => {
      const options = { bins, binning: wide ? 'equal-width' : 'equal-count' } as const
      expect(maximumCalibrationError(p, y, options)).toBeGreaterThanOrEqual(
        calibrationError(p, y, options) - 1e-14,
      )
    }),
  )
})
