import { expect, test } from 'vitest'
import { bootstrapInterval } from '../../../src/evaluate/interval/bootstrapInterval.js'
import { jackknife } from '../../../src/evaluate/interval/influence.js'
import { intervalByWeights } from '../../../src/evaluate/interval/intervalByWeights.js'
import { bcaShare } from '../../../src/evaluate/interval/intervalLimits.js'

test('the jackknife takes the mean of each stratum off where it is stratified, of all where it is not', () => {
  // Two churners with influences 1 and 3, two stayers with 10 and 14.
  const units = {
    copies: Float64Array.of(1, 1, 1, 1),
    unitsWithChurner: 2,
    rowStart: Int32Array.of(0, 1, 2, 3, 4),
    churned: Uint8Array.of(1, 1, 0, 0),
    weight: Float64Array.of(1, 1, 1, 1),
    groups: [Int32Array.of(0, 1, 0, 1)],
  }
  const influence = { churned: Float64Array.of(1, 3), stayed: Float64Array.of(10, 14) }
  // Off the mean 7: −6, −4, 3, 7, whose squares are 110 in all; (4 − 1) / 4 of it.
  expect(jackknife(units, [influence], false).standardError).toBeCloseTo(Math.sqrt(82.5), 12)
  // Off the means 2 and 12: −1, 1, −2, 2, squares 10; the cubes cancel out.
  expect(jackknife(units, [influence], true)).toEqual({ standardError: Math.sqrt(7.5), acceleration: 0 })
})

test('of two models the influences of the second are taken off those of the first', () => {
  const units = {
    copies: Float64Array.of(1, 1),
    unitsWithChurner: 1,
    rowStart: Int32Array.of(0, 1, 2),
    churned: Uint8Array.of(1, 0),
    weight: Float64Array.of(1, 2),
    groups: [Int32Array.of(0, 0), Int32Array.of(0, 0)],
  }
  const first = { churned: Float64Array.of(5), stayed: Float64Array.of(3) }
  const second = { churned: Float64Array.of(1), stayed: Float64Array.of(2) }
  // 5 − 1 = 4 and 2 · (3 − 2) = 2, off their mean 3: 1 and −1; (2 − 1) / 2 of the squares, 2.
  expect(jackknife(units, [first, second], false).standardError).toBeCloseTo(1, 12)
})

test('where the correction of BCa has no limit the outermost resample is left', () => {
  // Φ⁻¹(.9) = 1.2816: with an acceleration of 1 the denominator is −.28, with −1 it is so for .1.
  expect(bcaShare(0.9, { bias: 0, acceleration: 1 })).toBe(1)
  expect(bcaShare(0.1, { bias: 0, acceleration: -1 })).toBe(0)
  expect(bcaShare(0.9, { bias: 0, acceleration: 0 })).toBeCloseTo(0.9, 8)
})

test('a stratified jackknife interval has no width where rows of one outcome are all alike', () => {
  // Squared errors .01 of churners and .16 of stayers: only how many there are of each could vary, and that is held.
  const churned = [1, 1, 1, 0, 0]
  const probability = churned.map((outcome) => (outcome === 1 ? 0.9 : 0.4))
  const of = (stratified: boolean) =>
    bootstrapInterval(probability, churned, 'brierScore', { method: 'jackknife', stratified, resamples: 50 })
  const { lower, upper } = of(true)
  expect(lower).toBeCloseTo(0.07, 12)
  expect(upper).toBeCloseTo(0.07, 12)
  expect(of(false).upper - of(false).lower).toBeGreaterThan(0.05)
})

test('intervalByWeights draws by its seed: the same again, others with another', () => {
  const figure = (weight: Float64Array): number =>
    weight.reduce((sum, own, row) => sum + own * row, 0) / weight.reduce((sum, own) => sum + own, 0)
  const of = (seed: number) => intervalByWeights(40, figure, { seed, resamples: 50 })
  expect(of(7)).toEqual(of(7))
  expect([of(8).lower, of(8).upper]).not.toEqual([of(7).lower, of(7).upper])
})
