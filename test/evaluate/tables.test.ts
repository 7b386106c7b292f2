import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calibrationLine } from '../../src/evaluate/calibration/calibrationLine.js'
import { calibrationError, calibrationTable } from '../../src/evaluate/calibration/calibrationTable.js'
import { contactSavingsLine, contactsForSameCatch } from '../../src/evaluate/ranking/contactsForSameCatch.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { gainsCurve } from '../../src/evaluate/ranking/rankingCurves.js'
import { liftAt, liftTable } from '../../src/evaluate/ranking/topOfList.js'
import { confusionAt } from '../../src/evaluate/threshold/confusion.js'

const rows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 8,
    maxLength: 50,
  })
  .map((some) => [...some, [10, 1], [10, 0]] as const)
  .map((all) => ({ p: all.map(([step]) => step / 20), y: all.map(([, outcome]) => outcome) }))

describe('gains curve', () => {
  test('its area above the diagonal is (AUC − 1/2) · (1 − base rate)', () => {
    // Caught share against contacted share x = b·caught + (1 − b)·falsePositives: ∫ = b/2 + (1 − b)·AUC.
    fc.assert(
      fc.property(rows, ({ p, y }) => {
        const { contactedShare: x, caughtShare } = gainsCurve(p, y)
        let area = 0
        for (let i = 1; i < x.length; i++)
          area += ((x[i]! - x[i - 1]!) * (caughtShare[i]! + caughtShare[i - 1]!)) / 2
        const baseRate = y.reduce<number>((sum, outcome) => sum + outcome, 0) / y.length
        expect(area - 0.5).toBeCloseTo((rocAuc(p, y) - 0.5) * (1 - baseRate), 12)
      }),
    )
  })
  test('in equal steps it lies on the same lines', () => {
    const curve = gainsCurve([0.9, 0.9, 0.1, 0.1], [1, 0, 1, 1], { points: 4 })
    expect([...curve.contactedShare]).toEqual([0, 0.25, 0.5, 0.75, 1])
    // 1 of 3 churners in the tied top half, 2 of 3 in the tied lower half
    expect([...curve.caughtShare].map((share) => Math.round(share * 6))).toEqual([0, 1, 2, 4, 6])
  })
})

describe('lift table', () => {
  test('cumulative lift is liftAt, and the parts add up', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 10 }), ({ p, y }, parts) => {
        const table = liftTable(p, y, { parts })
        expect(table).toHaveLength(parts)
        for (const row of table) expect(row.cumulativeLift).toBeCloseTo(liftAt(p, y, row.topShare), 12)
        expect(table.reduce((sum, row) => sum + row.customers, 0)).toBe(y.length)
        expect(table.at(-1)!.caughtShare).toBeCloseTo(1, 12)
      }),
    )
  })
  test('fewer customers than parts are refused', () => {
    expect(() => liftTable([0.1, 0.2], [1, 0])).toThrow(
      /parts to be at most the number of customers \(2\), got 10/,
    )
  })
  test('each part names its lowest probability', () => {
    const table = liftTable([0.1, 0.2, 0.3, 0.4], [1, 0, 1, 0], { parts: 2 })
    expect(table.map((row) => row.lowestProbability)).toEqual([0.3, 0.1])
  })
})

describe('calibration table', () => {
  test('a probability at the end of a bin belongs to the next, 1 to the last', () => {
    const table = calibrationTable([0, 0.1, 0.3, 0.29, 1], [0, 1, 0, 1, 1])
    expect(table.map(({ lower, customers }) => [lower, customers])).toEqual([
      [0, 1],
      [0.1, 1],
      [0.2, 1],
      [0.3, 1],
      [0.9, 1],
    ])
  })
  test('0.29 begins the bin of 0.29 among 100 bins', () => {
    // 0.29 · 100 is 28.999999999999996 in floating point
    expect(calibrationTable([0.29, 0.5], [1, 0], { bins: 100 })[0]!.lower).toBe(0.29)
  })
  test('bins of equal count hold equal counts where nothing is tied', () => {
    const p = Array.from({ length: 20 }, (_, row) => (row / 20) ** 2)
    const y = p.map((_, row) => row % 2)
    const table = calibrationTable(p, y, { bins: 5, binning: 'equal-count' })
    expect(table.map(({ customers }) => customers)).toEqual([4, 4, 4, 4, 4])
    expect(table[0]).toMatchObject({ lower: 0, upper: (3 / 20) ** 2, churnRate: 0.5 })
  })
  test('customers, churners and predictions add up to all, in any binning', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), fc.boolean(), ({ p, y }, bins, wide) => {
        const table = calibrationTable(p, y, { bins, binning: wide ? 'equal-width' : 'equal-count' })
        const sum = (pick: (bin: (typeof table)[number]) => number): number =>
          table.reduce((total, bin) => total + pick(bin), 0)
        expect(sum((bin) => bin.customers)).toBe(y.length)
        expect(sum((bin) => bin.customers * bin.churnRate)).toBeCloseTo(
          y.reduce<number>((a, b) => a + b, 0),
          9,
        )
        expect(sum((bin) => bin.customers * bin.meanProbability)).toBeCloseTo(
          p.reduce((a, b) => a + b, 0),
          9,
        )
        for (const bin of table) {
          expect(bin.meanProbability).toBeGreaterThanOrEqual(bin.lower - 1e-12)
          expect(bin.meanProbability).toBeLessThanOrEqual(bin.upper + 1e-12)
        }
      }),
    )
  })
  test('the base rate for all has calibration error 0', () => {
    expect(calibrationError([0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0])).toBe(0)
  })
})

describe('calibration line', () => {
  test('log odds doubled have slope one half', () => {
    // 25 % and 75 % observed at predicted logits ∓2·ln 3: p = 0.1 and 0.9
    const line = calibrationLine([0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9], [1, 0, 0, 0, 1, 1, 1, 0])
    expect(line.slope).toBeCloseTo(0.5, 12)
    expect(line.intercept).toBeCloseTo(0, 12)
    expect(line.interceptAtSlopeOne).toBeCloseTo(0, 12)
  })
  test('a shift of the base rate shows in the level and leaves the slope', () => {
    // observed 1/2 and 3/4 where 1/4 and 1/2 were predicted: both ln 3 too low
    const line = calibrationLine([0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5], [1, 1, 0, 0, 1, 1, 1, 0])
    expect(line.slope).toBeCloseTo(1, 12)
    expect(line.interceptAtSlopeOne).toBeCloseTo(Math.log(3), 12)
  })
  test('is refused without overlap, for equal predictions and for certainties', () => {
    expect(() => calibrationLine([0.9, 0.1], [1, 0])).toThrow(/overlap/)
    expect(() => calibrationLine([0.1, 0.9], [1, 0])).toThrow(/overlap/)
    // All who stayed lie at or above all who churned, or below: only the middle has both.
    expect(() => calibrationLine([0.9, 0.5, 0.5, 0.1], [0, 1, 0, 1])).toThrow(/overlap/)
    expect(() => calibrationLine([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0])).toThrow(/overlap/)
    expect(() => calibrationLine([0, 0.5, 0.6], [0, 0, 1])).toThrow(/above 0 and below 1.*got 0/)
    expect(() => calibrationLine([0.5, 0.5], [1, 0])).toThrow(
      'expected probability to differ between customers, for the slope of one value has no limit, got 0.5',
    )
    expect(() => calibrationLine([0.2, 0.5, 0.5], [1, 1, 0], { weight: [0, 1, 1] })).toThrow(/to differ/)
    expect(() => calibrationLine([1, 0.5, 0.6], [1, 0, 1])).toThrow(/above 0 and below 1/)
  })
})

describe('confusion', () => {
  test('the threshold itself is contacted', () => {
    expect(confusionAt([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], 0.8)).toMatchObject({
      truePositives: 1,
      falsePositives: 1,
      falseNegatives: 1,
      trueNegatives: 1,
      contactedShare: 0.5,
    })
  })
  test('every figure of ten customers is its quotient of the four counts', () => {
    // At .5: 3 churners and 2 stayers are contacted, 1 churner and 4 stayers are not.
    const outcome = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    const probability = outcome.map((_, row) => (row < 5 ? 0.5 : 0.4))
    expect(confusionAt(probability, outcome, 0.5)).toEqual({
      threshold: 0.5,
      truePositives: 3,
      falsePositives: 2,
      falseNegatives: 1,
      trueNegatives: 4,
      contactedShare: 5 / 10,
      precision: 3 / 5,
      recall: 3 / 4,
      specificity: 4 / 6,
      negativePredictiveValue: 4 / 5,
      f1: 6 / 9,
      accuracy: 7 / 10,
    })
  })
  test('precision is null where nobody is contacted, and F1 is 0', () => {
    expect(confusionAt([0.5, 0.1], [1, 0], 0.75)).toMatchObject({ precision: null, recall: 0, f1: 0 })
  })
  test('the negative predictive value is null where everyone is contacted', () => {
    expect(confusionAt([0.5, 0.1], [1, 0], 0)).toMatchObject({
      negativePredictiveValue: null,
      specificity: 0,
    })
  })
  test('a threshold above 1 is refused with the way out', () => {
    expect(() => confusionAt([0.5, 0.1], [1, 0], 50)).toThrow(/Did you mean 0.5\?/)
  })
})

describe('contacts for the same catch', () => {
  test('equal probabilities spare nothing', () => {
    const p = [0.5, 0.5, 0.5, 0.5]
    expect(contactsForSameCatch(p, [1, 0, 1, 0], { caughtShare: 0.5 })).toMatchObject({ sparedShare: 0 })
  })
  test('a model that is worse than chance needs more contacts', () => {
    const savings = contactsForSameCatch([0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], { caughtShare: 0.5 })
    // the only churner is the last of four: 3.5 contacts for half of it, rounded up
    expect(savings).toMatchObject({ withoutModel: 2, withModel: 4 })
    expect(contactSavingsLine(savings)).toMatch(/100 % more$/)
  })
  test('all churners take the list down to the last of them', () => {
    const savings = contactsForSameCatch([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], { caughtShare: 1 })
    expect(savings).toMatchObject({ churnersCaught: 2, withoutModel: 4, withModel: 3 })
  })
  test('more contacts than customers are refused', () => {
    expect(() => contactsForSameCatch([0.9, 0.8], [1, 0], { contactsWithoutModel: 3 })).toThrow(
      /at most the number of customers \(2\)/,
    )
  })
})
