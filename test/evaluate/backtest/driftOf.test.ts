import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.js'
import { driftOf, slopePerMonth } from '../../../src/evaluate/backtest/drift.js'

const points = (values: readonly number[], errors: readonly number[]) =>
  values.map((value, month) => ({ month, value, standardError: errors[month]! }))

describe('slopePerMonth', () => {
  it('is the weighted least-squares slope with the t interval of the noise within cutoffs', () => {
    // y = .8, .7, .75 with weights 1, 4, 1 (× 1e4), months 0, 1, 2: mean month 1, mean y (.8 + 2.8 + .75) / 6 = .725;
    // S = 2e4; b = (−1 · .075 + 1 · .025) · 1e4 / 2e4 = −.025. Residuals .05, −.025, .05, squares weighted
    // 1e4 · (.0025 + 4 · .000625 + .0025) = 75 = φ with one degree of freedom, t = 12.706204736432095:
    // half = t · √(75 / 2e4) = .7780928...
    const slope = slopePerMonth(points([0.8, 0.7, 0.75], [0.01, 0.005, 0.01]), 0.95)
    const half = 12.706204736432095 * Math.sqrt(75 / 2e4)
    expect(slope.value).toBeCloseTo(-0.025, 12)
    expect(slope.lower).toBeCloseTo(-0.025 - half, 9)
    expect(slope.upper).toBeCloseTo(-0.025 + half, 9)
  })

  it('is never surer than the noise within each cutoff allows, however straight the line', () => {
    // An exact line of −.01 with s = .02: φ = 1, S = 10 / .0004, t(3) = 3.182446305284263.
    const slope = slopePerMonth(points([0.84, 0.83, 0.82, 0.81, 0.8], Array(5).fill(0.02)), 0.95)
    const half = 3.182446305284263 * Math.sqrt(0.0004 / 10)
    expect(slope.value).toBeCloseTo(-0.01, 12)
    expect(slope.upper - slope.value).toBeCloseTo(half, 12)
  })

  it('without standard errors takes the spread of the points alone', () => {
    const slope = slopePerMonth(points([1, 1, 1, 1], [0, 0, 0, 0]), 0.95)
    expect(slope).toEqual({ value: 0, lower: 0, upper: 0 })
  })

  it('holds 0 in at least 95 % of series without drift, with noise between cutoffs that nobody told it of', () => {
    const random = seededRandom(1)
    let held = 0
    for (let run = 0; run < 2000; run++) {
      const noise = run % 2 === 0 ? 0 : 0.03
      const values = Array.from({ length: 6 }, () => 0.8 + 0.01 * random.normal() + noise * random.normal())
      const slope = slopePerMonth(points(values, Array(6).fill(0.01)), 0.95)
      if (slope.lower <= 0 && slope.upper >= 0) held++
    }
    // Of 2000 runs at 95 % the count has a standard deviation of 9.7; four of them below 1900.
    expect(held).toBeGreaterThanOrEqual(1861)
  })
})

describe('driftOf', () => {
  it('says what falls, by how much, and between what limits', () => {
    const drift = driftOf('rocAuc', points([0.84, 0.82, 0.8, 0.78, 0.76], Array(5).fill(0.002)), 0.95)
    // half = 3.1824 · √(4e-6 / 10) = .0020
    expect(drift.shown).toBe(true)
    expect(drift.sentence).toBe('ROC AUC falls by 0.0200 a month (95 % interval 0.0180 to 0.0220).')
  })

  it('says what rises, and of what level the limits are', () => {
    const drift = driftOf('baseRate', points([0.16, 0.18, 0.2, 0.22, 0.24], Array(5).fill(0.002)), 0.9)
    // t(3) of 90 % is 2.3534: half = 2.3534 · √(4e-6 / 10) = .0015
    expect(drift).toMatchObject({ metric: 'baseRate', cutoffs: 5, shown: true })
    expect(drift.sentence).toBe('Base rate rises by 0.0200 a month (90 % interval 0.0185 to 0.0215).')
  })

  it('one that is the same at every cutoff does not drift', () => {
    expect(driftOf('meanProbability', points([1, 1, 1], [0, 0, 0]), 0.95)).toMatchObject({
      shown: false,
      sentence: 'No drift of mean probability can be shown over 3 cutoffs: 0.0000 to 0.0000 a month.',
    })
  })

  it('says that none can be shown where the interval holds 0', () => {
    const drift = driftOf('baseRate', points([0.02, 0.021, 0.02], Array(3).fill(0.01)), 0.95)
    expect(drift.shown).toBe(false)
    // S = 2 / .0001, t(1) · √(1 / 2e4) = .0898
    expect(drift.sentence).toBe(
      'No drift of base rate can be shown over 3 cutoffs: -0.0898 to 0.0898 a month.',
    )
  })
})
