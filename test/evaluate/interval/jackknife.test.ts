import { expect, test } from 'vitest'
import { bootstrapInterval } from '../../../src/evaluate/interval/bootstrapInterval.js'
import { compareModels } from '../../../src/evaluate/interval/compareModels.js'
import { influenceOf, jackknife } from '../../../src/evaluate/interval/influence.js'
import { intervalByWeights } from '../../../src/evaluate/interval/intervalByWeights.js'
import {
  bcaLimits,
  bcaShare,
  limitsByMethod,
  medianBias,
  percentileLimits,
} from '../../../src/evaluate/interval/intervalLimits.js'
import type { RankedOutcomes } from '../../../src/evaluate/rows/rankedOutcomes.js'

/** Customers of distinct probabilities, so many of each who churned and who stayed. */
function ranked(churned: readonly number[], stayed: readonly number[]): RankedOutcomes {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
  return {
    probability: Float64Array.from(churned, (_, group) => 1 - group / churned.length),
    churned: Float64Array.from(churned),
    stayed: Float64Array.from(stayed),
    churners: sum(churned),
    customers: sum(churned) + sum(stayed),
    wholeWeights: [...churned, ...stayed].every(Number.isInteger),
  }
}

/** Σ group · churned: one churner less of a group is its number less. */
const placesOfChurners = ({ churned }: RankedOutcomes): number =>
  churned.reduce((sum, count, group) => sum + group * count, 0)

test('without a row are its class and the customers one less, of one alone half of it', () => {
  // 1² − (1 − ½)² over ½; the class of stayers has three, 4² − 3².
  const { churned } = influenceOf(({ churners }) => churners ** 2, ranked([1, 0], [1, 2]))
  expect(churned).toEqual(Float64Array.of(1.5, 0))
  const { stayed } = influenceOf(({ customers }) => customers ** 2, ranked([1, 0], [1, 2]))
  expect(stayed).toEqual(Float64Array.of(7, 7))
  expect(influenceOf(({ churners }) => churners ** 2, ranked([1, 0], [1, 2])).stayed).toEqual(
    Float64Array.of(0, 0),
  )
})

test('of weights that count no rows a thousandth of the class is taken out, of less than that all there is', () => {
  // 3.5² − (3.5 − t)² over t is 7 − t, t = 3.5 / 1000, or .001 where that is all.
  const { churned } = influenceOf(({ churners }) => churners ** 2, ranked([0.001, 3.499], [1, 1]))
  expect(churned[0]).toBeCloseTo(7 - 0.001, 9)
  expect(churned[1]).toBeCloseTo(7 - 0.0035, 9)
})

test('no metric is asked to round a number of contacts', () => {
  const asked = new Set<boolean>()
  influenceOf(
    (form) => {
      asked.add(form.wholeWeights)
      return 0
    },
    ranked([1, 2], [2, 1]),
  )
  expect([...asked]).toEqual([false])
})

test('up to 100 probabilities of a class have a value each, more are taken together', () => {
  const of = (churned: number[]): number[] => [
    ...influenceOf(
      placesOfChurners,
      ranked(
        churned,
        churned.map(() => 1),
      ),
    ).churned,
  ]
  // 100 that are there, of unequal weight, and 50 that are not.
  const hundred = Array.from({ length: 150 }, (_, group) => (group % 3 === 0 ? 0 : 1 + (group % 2)))
  of(hundred).forEach((value, group) => {
    if (hundred[group]! > 0) expect(value).toBeCloseTo(group, 9)
  })
  // 203: at least 2.03 in each, so three of them, and two are left at the end.
  const values = of(Array<number>(203).fill(1))
  values.forEach((value, group) => {
    expect(value).toBeCloseTo(group < 201 ? 3 * Math.floor(group / 3) + 1 : 201.5, 8)
  })
  // 101: at least 1.01 in each, so two of them, and one is left.
  expect(of(Array<number>(101).fill(1)).slice(-3)).toEqual([
    expect.closeTo(98.5, 8),
    expect.closeTo(98.5, 8),
    expect.closeTo(100, 8),
  ])
})

test('the acceleration is Σ d³ / (6 · (Σ d²)^1.5), each row as often as it is there', () => {
  const units = {
    copies: Float64Array.of(2, 1),
    unitsWithChurner: 2,
    rowStart: Int32Array.of(0, 1, 2),
    churned: Uint8Array.of(1, 1),
    weight: Float64Array.of(1, 1),
    cells: null,
    groups: [Int32Array.of(0, 1)],
  }
  // 0, 0 and 3 off their mean 1: −1, −1, 2; squares 6, cubes 6.
  const { standardError, acceleration } = jackknife(
    units,
    [{ churned: Float64Array.of(0, 3), stayed: Float64Array.of(9, 9) }],
    false,
  )
  expect(standardError).toBeCloseTo(Math.sqrt((2 / 3) * 6), 12)
  expect(acceleration).toBeCloseTo(6 / (6 * 6 ** 1.5), 12)
  const nothing = { churned: Float64Array.of(3, 3), stayed: Float64Array.of(0, 0) }
  expect(jackknife(units, [nothing], false)).toEqual({ standardError: 0, acceleration: 0 })
})

test('the difference of two models is jackknifed by stratum where it is stratified', () => {
  // Kolmogorov-Smirnov of C S C S S is 2/3: without the first churner it is 2/3, without the second 1, without the first
  // stayer 1, without one of the others 1/2. Influences 0, −1/3 and −1/3, 1/6, 1/6; a constant has none. Off their mean
  // −1/15 the squares are 23/90; off those of the classes, −1/6 and 0, 2/9; 4/5 of them.
  const of = (stratified: boolean): number =>
    compareModels([0.9, 0.7, 0.5, 0.3, 0.2], Array<number>(5).fill(0.5), [1, 0, 1, 0, 0], {
      metric: 'kolmogorovSmirnov',
      stratified,
      resamples: 20,
    }).standardError
  expect(of(false)).toBeCloseTo(Math.sqrt(((4 / 5) * 23) / 90), 9)
  expect(of(true)).toBeCloseTo(Math.sqrt(((4 / 5) * 2) / 9), 9)
})

test('quantiles of resamples are of type 6: a further one lies below them with that chance', () => {
  // At places .1 · 5 − 1 < 0 and .9 · 5 − 1 > 3: the ends; at .25 and .75: ¼ of the way from 1, ¾ from the third.
  const four = Float64Array.of(1, 2, 4, 8)
  expect(percentileLimits(four, 0.8)).toEqual([1, 8])
  expect(percentileLimits(four, 0.5)).toEqual([1.25, 7])
  expect(percentileLimits(four, 0.2)).toEqual([2, 4])
})

test('the bias of the median is that of the share of resamples below, equal ones half', () => {
  expect(medianBias(Float64Array.of(1, 2, 2, 3), 2)).toBeCloseTo(0, 9)
  // Φ(−.6745) = .25, Φ(.6745) = .75
  expect(medianBias(Float64Array.of(1, 2, 2, 3), 1.5)).toBeCloseTo(-0.67449, 4)
  expect(medianBias(Float64Array.of(1, 2, 2, 3), 2.5)).toBeCloseTo(0.67449, 4)
  // None and all are half a resample: Φ⁻¹(1/8) = −1.15035.
  expect(medianBias(Float64Array.of(1, 2, 2, 3), 0)).toBeCloseTo(-1.15035, 4)
  expect(medianBias(Float64Array.of(1, 2, 2, 3), 9)).toBeCloseTo(1.15035, 4)
})

test('BCa moves the quantiles by bias and acceleration', () => {
  // z0 = .2, a = .1: z = Φ⁻¹(.9) = 1.28155, 1.48155 / (1 − .148155) + .2 = 1.93923, Φ = .97376.
  expect(bcaShare(0.9, { bias: 0.2, acceleration: 0.1 })).toBeCloseTo(0.97376, 4)
  // .5244 / (1 − 3 · .5244) is below 0.
  expect(bcaShare(0.7, { bias: 0, acceleration: 3 })).toBe(1)
  // A share of 1 is the highest of the resamples, one of 0 the lowest: of .3 it is Φ(−.5244 / (1 + 3 · .5244)) = .4192.
  const ends = bcaLimits(Float64Array.of(1, 2, 4, 8), 0.4, { bias: 0, acceleration: 3 })
  expect(ends[1]).toBe(8)
  expect(ends[0]).toBeCloseTo(2 + (0.4192 * 5 - 2) * 2, 2)
  expect(bcaLimits(Float64Array.of(1, 2, 4, 8), 0.4, { bias: 0, acceleration: -3 })[0]).toBe(1)
  const figures = Float64Array.of(1, 2, 4, 8, 9, 11, 15)
  const [lower, upper] = bcaLimits(figures, 0.5, { bias: 0, acceleration: 0 })
  expect(lower).toBeCloseTo(percentileLimits(figures, 0.5)[0], 5)
  expect(upper).toBeCloseTo(percentileLimits(figures, 0.5)[1], 5)
  // −1.08155 / (1 + .108155) + .2 = −.77599, Φ = .21888.
  expect(bcaShare(0.1, { bias: 0.2, acceleration: 0.1 })).toBeCloseTo(0.21888, 4)
})

test('the jackknife interval takes the bias of the resamples out, and widens to where none is known', () => {
  // Resamples of mean 3. Φ⁻¹(.975) = 1.959964.
  const of = (value: number) =>
    limitsByMethod(
      { value, sorted: Float64Array.of(2, 3, 4), jackknife: () => ({ standardError: 1, acceleration: 0 }) },
      'jackknife',
      0.95,
    )
  const reach = 1.959964
  // Bias 1: the lower end is put off by 2, the upper by 1.
  expect(of(2)[0]).toBeCloseTo(2 - 2 - reach, 5)
  expect(of(2)[1]).toBeCloseTo(2 - 1 + reach, 5)
  // Bias −1: the other way round.
  expect(of(4)[0]).toBeCloseTo(4 + 1 - reach, 5)
  expect(of(4)[1]).toBeCloseTo(4 + 2 + reach, 5)
})

test('the jackknife takes the mean of each stratum off where it is stratified, of all where it is not', () => {
  // Two churners with influences 1 and 3, two stayers with 10 and 14.
  const units = {
    copies: Float64Array.of(1, 1, 1, 1),
    unitsWithChurner: 2,
    rowStart: Int32Array.of(0, 1, 2, 3, 4),
    churned: Uint8Array.of(1, 1, 0, 0),
    weight: Float64Array.of(1, 1, 1, 1),
    cells: null,
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
    cells: null,
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

test('a stratified interval of rows that are all alike in a class reaches as far as their number excludes', () => {
  // Squared errors .01 of churners and .16 of stayers: only how many there are of each could vary, and that is held. But
  // two stayers who are alike leave 1 − .025^(1/2) = .841886 of stayers who may be at .9 in place of .4: .81 for .16.
  const churned = [1, 1, 1, 0, 0]
  const probability = churned.map((outcome) => (outcome === 1 ? 0.9 : 0.4))
  const of = (stratified: boolean) =>
    bootstrapInterval(probability, churned, 'brierScore', { method: 'jackknife', stratified, resamples: 50 })
  const { lower, upper } = of(true)
  expect(lower).toBeCloseTo(0.07, 12)
  expect(upper).toBeCloseTo(0.07 + (2 * 0.841886 * (0.81 - 0.16)) / 5, 6)
  expect(of(false).upper - of(false).lower).toBeGreaterThan(0.05)
})

test('intervalByWeights draws as many as there are by its seed: the same again, others with another', () => {
  const figure = (weight: Float64Array): number =>
    weight.reduce((sum, own, row) => sum + own * row, 0) / weight.reduce((sum, own) => sum + own, 0)
  const of = (seed: number) => intervalByWeights(40, figure, { seed, resamples: 50 })
  const sums = new Set<number>()
  intervalByWeights(40, (weight) => sums.add(weight.reduce((sum, own) => sum + own, 0)).size, {
    resamples: 20,
  })
  expect([...sums]).toEqual([40])
  const two = intervalByWeights(2, ([first]) => first!, { resamples: 200 })
  expect(two).toEqual({ value: 1, lower: 0, upper: 2 })
  expect(() => intervalByWeights(2, () => 1, { groups: ['a', 'a'] })).toThrow('nothing to draw from, got 1')
  expect(of(7)).toEqual(of(7))
  expect([of(8).lower, of(8).upper]).not.toEqual([of(7).lower, of(7).upper])
})
