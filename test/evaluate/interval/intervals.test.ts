import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalCumulative } from '../../../src/base/distributions.js'
import { HoldfastError } from '../../../src/base/errors.js'
import { seededRandom, shuffledIndices } from '../../../src/base/random.js'
import {
  bootstrapInterval,
  metricsWithoutInterval,
  sortedFigures,
} from '../../../src/evaluate/interval/bootstrapInterval.js'
import { compareFolds } from '../../../src/evaluate/interval/compareFolds.js'
import { compareModels } from '../../../src/evaluate/interval/compareModels.js'
import { delongInterval } from '../../../src/evaluate/interval/delongInterval.js'
import { enoughChurners } from '../../../src/evaluate/interval/enoughChurners.js'
import { modelComparison } from '../../../src/evaluate/interval/modelComparison.js'
import { drawBinomial, multinomialDraw } from '../../../src/evaluate/interval/multinomialDraw.js'
import { resampleUnits } from '../../../src/evaluate/interval/resampleUnits.js'
import { metricNames } from '../../../src/evaluate/metrics.js'
import { rankOutcomes } from '../../../src/evaluate/rows/checkedOutcomes.js'

const offered = metricNames.filter((name) => metricsWithoutInterval[name] === undefined)

/** Calibrated probabilities of customers with two rows each, and a second model that is noisier. */
function population(rows: number, seed: number) {
  const random = seededRandom(seed)
  const p = Float64Array.from({ length: rows }, () => Math.round(random.uniform() * 98 + 1) / 100)
  const y = Uint8Array.from(p, (value) => (random.uniform() < value ? 1 : 0))
  const noisy = p.map((value) => Math.min(0.99, Math.max(0.01, value + 0.3 * random.normal())))
  const groups = Array.from(p, (_, row) => `customer ${row >> 1}`)
  return { p, y, noisy, groups }
}

const seeds = fc.integer({ min: 0, max: 1_000_000 })

describe.each(offered)('interval of %s', (metric) => {
  test.each(['percentile', 'bca', 'jackknife'] as const)('%s is wider at a higher level', (method) => {
    const { noisy, y } = population(300, 1)
    const limits = [0.5, 0.8, 0.95].map((level) =>
      bootstrapInterval(noisy, y, metric, { level, method, resamples: 200 }),
    )
    limits.slice(1).forEach((wide, place) => {
      expect(wide.lower).toBeLessThan(limits[place]!.lower)
      expect(wide.upper).toBeGreaterThan(limits[place]!.upper)
    })
  })

  test('does not depend on the order of rows, with customers of several rows and with the difference of two models', () => {
    const { p, y, noisy, groups } = population(120, 2)
    const order = Array.from(shuffledIndices(120, seededRandom(3)))
    const [p2, y2, noisy2] = [p, y, noisy].map((values) => order.map((row) => values[row]!))
    const options = { resamples: 30, groups }
    const shuffled = { resamples: 30, groups: order.map((row) => groups[row]!) }
    expect(bootstrapInterval(p2!, y2!, metric, shuffled)).toEqual(bootstrapInterval(p, y, metric, options))
    expect(compareModels(p2!, noisy2!, y2!, { ...shuffled, metric })).toEqual(
      compareModels(p, noisy, y, { ...options, metric }),
    )
  })

  test('resamples lie around the value, or the interval takes their bias out', () => {
    // The mean of 300 resamples is known to a 17th of their standard deviation; what lies a third away is biased.
    const { p, y } = population(2000, 4)
    const interval = bootstrapInterval(p, y, metric, { resamples: 300, level: 0.5 })
    const half = (interval.upper - interval.lower) / 2
    const middle = (interval.upper + interval.lower) / 2
    // The quartiles are 0.67 standard deviations out.
    if (metric !== 'kolmogorovSmirnov') expect(Math.abs(middle - interval.value) / half).toBeLessThan(0.5)
    else expect(middle).toBeLessThan(interval.value)
  })
})

describe('customers of several rows', () => {
  test('weight 2 is the row twice in the same customer', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { p, y, groups } = population(60, seed)
        const weight = Array.from(p, (_, row) => 1 + (row % 2))
        const twice = weight.flatMap((times, row) => Array<number>(times).fill(row))
        const at = <T>(values: ArrayLike<T>): T[] => twice.map((row) => values[row]!)
        const weighted = bootstrapInterval(p, y, 'averagePrecision', { groups, weight, resamples: 20 })
        const repeated = bootstrapInterval(at(p), at(y), 'averagePrecision', {
          groups: at(groups),
          resamples: 20,
        })
        expect(weighted.lower).toBeCloseTo(repeated.lower, 12)
        expect(weighted.upper).toBeCloseTo(repeated.upper, 12)
        const delong = delongInterval(p, y, { groups, weight })
        expect(delong.standardError).toBeCloseTo(
          delongInterval(at(p), at(y), { groups: at(groups) }).standardError,
          12,
        )
      }),
      { numRuns: 20 },
    )
  })

  test('each row three times is no more than each row once', () => {
    // The same customers: a third of the variance would be claimed if rows were taken for customers.
    const { p, y } = population(400, 5)
    const thrice = Array.from({ length: 1200 }, (_, row) => row % 400)
    const [p3, y3] = [p, y].map((values) => thrice.map((row) => values[row]!))
    const once = delongInterval(p, y).standardError
    const byCustomer = delongInterval(p3!, y3!, { groups: thrice }).standardError
    // But for the k / (k − 1) of the cross products nothing differs.
    expect(byCustomer / once).toBeCloseTo(1, 2)
    expect(delongInterval(p3!, y3!).standardError / once).toBeCloseTo(1 / Math.sqrt(3), 2)
    const width = (options: object): number => {
      const { lower, upper } = bootstrapInterval(p3!, y3!, 'brierScore', options)
      return upper - lower
    }
    expect(width({}) / width({ groups: thrice })).toBeCloseTo(1 / Math.sqrt(3), 1)
  })

  test('a customer of his own for each row is no customers at all', () => {
    const { p, y } = population(200, 6)
    const groups = Array.from(p.keys())
    expect(delongInterval(p, y, { groups }).standardError).toBeCloseTo(delongInterval(p, y).standardError, 12)
  })
})

describe('DeLong', () => {
  test('whole weights count rows', () => {
    const { p, y } = population(100, 7)
    const weight = Array.from(p, (_, row) => row % 3)
    const repeated = weight.flatMap((times, row) => Array<number>(times).fill(row))
    const { standardError } = delongInterval(
      repeated.map((row) => p[row]!),
      repeated.map((row) => y[row]!),
    )
    expect(delongInterval(p, y, { weight }).standardError).toBeCloseTo(standardError, 12)
  })

  test('the logit interval stays inside (0, 1) and holds the AUC', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { p, y } = population(30, seed)
        fc.pre(
          y.includes(1) && y.filter((one) => one === 1).length > 1 && y.filter((one) => one === 0).length > 1,
        )
        const { value, lower, upper } = delongInterval(p, y)
        expect(lower > 0 && lower <= value && value <= upper && upper <= 1).toBe(true)
      }),
    )
  })

  test('is symmetric without the transform and cut at 1, and on the log odds with it', () => {
    const { p, y } = population(60, 14)
    const { value, lower, upper, standardError } = delongInterval(p, y, { transform: 'none', level: 0.9 })
    // Φ⁻¹(.95)
    const reach = 1.644854 * standardError
    expect(lower).toBeCloseTo(value - reach, 6)
    expect(upper).toBeCloseTo(Math.min(1, value + reach), 6)
    const logit = (share: number): number => Math.log(share / (1 - share))
    const onLogit = delongInterval(p, y, { level: 0.9 })
    const half = reach / (value * (1 - value))
    expect(logit(onLogit.lower)).toBeCloseTo(logit(value) - half, 5)
    expect(logit(onLogit.upper)).toBeCloseTo(logit(value) + half, 5)
    // 3 of 4 pairs in order: .75 and a standard error of √(1/8 / 2 + 1/8 / 2).
    const few = delongInterval([0.9, 0.4, 0.5, 0.1], [1, 1, 0, 0], { transform: 'none' })
    expect(few).toEqual({
      value: 0.75,
      lower: expect.closeTo(0.0571, 3),
      upper: 1,
      standardError: expect.closeTo(Math.sqrt(1 / 8), 12),
    })
    expect(delongInterval([0.1, 0.6, 0.5, 0.9], [1, 1, 0, 0], { transform: 'none' }).lower).toBe(0)
  })

  test('classes that are separated the wrong way round prove as little', () => {
    const { lower, upper } = delongInterval([0.1, 0.2, 0.3, 0.7, 0.8, 0.9], [1, 1, 1, 0, 0, 0], {
      level: 0.9,
    })
    expect(lower).toBe(0)
    expect(upper).toBeCloseTo(1 - 0.05 ** (1 / 3), 10)
  })

  test('one customer of a class has no variance, two have', () => {
    expect(() => delongInterval([0.9, 0.4, 0.5], [1, 0, 0])).toThrow('at least two churned and two stayed')
    expect(() => delongInterval([0.9, 0.4, 0.5], [0, 1, 1])).toThrow('at least two churned and two stayed')
    const groups = ['a', 'a', 'b', 'c']
    expect(() => delongInterval([0.9, 0.8, 0.4, 0.5], [1, 1, 0, 0], { groups })).toThrow(
      'at least two churned',
    )
  })

  test('classes that are separated by all of few customers prove little', () => {
    // Clopper and Pearson: 3 successes of 3 exclude shares below 0.025^(1/3).
    const { lower, upper } = delongInterval([0.9, 0.8, 0.7, 0.3, 0.2, 0.1], [1, 1, 1, 0, 0, 0])
    expect(lower).toBeCloseTo(0.025 ** (1 / 3), 10)
    expect(upper).toBe(1)
  })
})

describe('what is drawn', () => {
  const outcome = [0, 1, 1, 0, 0]
  const probability = [0.2, 0.9, 0.2, 0.2, 0.9]
  const scoring = (of: readonly number[], weight?: number[]) => ({
    probability: of,
    ranked: rankOutcomes(of, outcome, weight === undefined ? {} : { weight }),
  })

  test('of one model rows of equal probability and outcome are one unit, churners first', () => {
    const rows = { outcome, weight: undefined, customers: undefined, scorings: [scoring(probability)] }
    expect(resampleUnits(rows)).toEqual({
      copies: Float64Array.of(1, 1, 1, 2),
      unitsWithChurner: 2,
      rowStart: Int32Array.of(0, 1, 2, 3, 4),
      churned: Uint8Array.of(1, 1, 0, 0),
      weight: Float64Array.of(1, 1, 1, 1),
      groups: [Int32Array.of(0, 1, 0, 1)],
      cells: { churnedAt: Int32Array.of(0, 1), stayedAt: Int32Array.of(2, 3) },
    })
  })

  test('of two models those that both give the same, as often as they weigh', () => {
    const outcomes = [0, 1, 1, 0, 0, 0]
    const weight = [1, 1, 3, 2, 5, 0]
    const scorings = [
      [0.2, 0.9, 0.9, 0.2, 0.9, 0.2],
      [0.5, 0.4, 0.4, 0.5, 0.5, 0.5],
    ].map((of) => ({ probability: of, ranked: rankOutcomes(of, outcomes, { weight }) }))
    expect(resampleUnits({ outcome: outcomes, weight, customers: undefined, scorings })).toEqual({
      copies: Float64Array.of(4, 5, 3),
      unitsWithChurner: 1,
      rowStart: Int32Array.of(0, 1, 2, 3),
      churned: Uint8Array.of(1, 0, 0),
      weight: Float64Array.of(1, 1, 1),
      groups: [Int32Array.of(0, 0, 1), Int32Array.of(1, 0, 0)],
      cells: null,
    })
  })

  test('weights that count no rows stay with rows of their own, the lightest of equal ones first', () => {
    const weight = [0.5, 1, 1, 0.25, 0]
    const rows = { outcome, weight, customers: undefined, scorings: [scoring(probability, weight)] }
    expect(resampleUnits(rows)).toEqual({
      copies: Float64Array.of(1, 1, 1, 1),
      unitsWithChurner: 2,
      rowStart: Int32Array.of(0, 1, 2, 3, 4),
      churned: Uint8Array.of(1, 1, 0, 0),
      weight: Float64Array.of(1, 1, 0.25, 0.5),
      groups: [Int32Array.of(0, 1, 1, 1)],
      cells: null,
    })
  })

  test('customers are units of their rows: who churned in any first, numbers before texts, each kind in order', () => {
    // c churned in one of two rows; 10 and 9 stayed; the row of a has no weight.
    const weight = [1, 0, 2, 1, 3]
    const rows = {
      outcome,
      weight,
      customers: [10, 'a', 'c', 'c', 9],
      scorings: [scoring(probability, weight)],
    }
    expect(resampleUnits(rows)).toEqual({
      copies: Float64Array.of(1, 1, 1),
      unitsWithChurner: 1,
      rowStart: Int32Array.of(0, 2, 3, 4),
      churned: Uint8Array.of(1, 0, 0, 0),
      weight: Float64Array.of(2, 1, 3, 1),
      groups: [Int32Array.of(1, 1, 0, 1)],
      cells: null,
    })
    const texts = { ...rows, customers: ['b', 1, 'd', 2, 'a'], weight: undefined }
    const { churned, unitsWithChurner, groups } = resampleUnits({
      ...texts,
      scorings: [scoring(probability)],
    })
    // 1 and d churned; then 2, a, b: rows 1, 2, 3, 4, 0.
    expect(unitsWithChurner).toBe(2)
    expect(churned).toEqual(Uint8Array.of(1, 1, 0, 0, 0))
    expect(groups).toEqual([Int32Array.of(0, 1, 1, 0, 1)])
  })

  test('rows of weight 0 name no customer to draw from', () => {
    const draw = (groups: string[], weight: number[]) =>
      bootstrapInterval([0.9, 0.4, 0.3, 0.2], [1, 0, 1, 0], 'brierScore', { groups, weight, resamples: 20 })
    expect(() => draw(['a', 'a', 'a', 'b'], [1, 1, 1, 0])).toThrow('at least two customers')
    expect(() => draw(['b', 'a', 'a', 'a'], [0, 1, 1, 1])).toThrow('at least two customers')
    expect(draw(['a', 'b', 'a', 'b'], [1, 1, 0, 0]).value).toBeCloseTo((0.01 + 0.16) / 2, 12)
  })

  test('resamples without a figure are counted, and the first is told', () => {
    expect(() => sortedFigures('f', Float64Array.of(2, Number.POSITIVE_INFINITY, 1, Number.NaN))).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            code: 'value-not-finite',
            received: Number.POSITIVE_INFINITY,
            count: 2,
          }),
        ],
      }),
    )
    expect(sortedFigures('f', Float64Array.of(2, 1))).toEqual(Float64Array.of(1, 2))
  })

  test('stratified, a churned row of weight 0 makes no churner of its customer', () => {
    const p = [0.9, 0.4, 0.3, 0.2, 0.6, 0.7]
    const y = [1, 0, 1, 0, 1, 0]
    const groups = ['a', 'b', 'c', 'd', 'b', 'e']
    const weight = [1, 1, 1, 1, 0, 1]
    const options = { stratified: true, resamples: 50 }
    const without = (list: readonly unknown[]) => list.filter((_, row) => row !== 4) as never
    expect(bootstrapInterval(p, y, 'brierScore', { ...options, groups, weight })).toEqual(
      bootstrapInterval(without(p), without(y), 'brierScore', { ...options, groups: without(groups) }),
    )
  })

  test('stratified, where every customer has churned once, they are one stratum', () => {
    const groups = ['a', 'a', 'b', 'b']
    const of = (stratified: boolean) =>
      bootstrapInterval([0.9, 0.4, 0.3, 0.2], [1, 0, 1, 0], 'brierScore', {
        groups,
        stratified,
        resamples: 50,
      })
    expect(of(true)).toEqual(of(false))
  })
})

describe('two models on the same customers', () => {
  const z = 1.959964

  test('the p-value of resamples counts those on the other side, and one more', () => {
    const { p, noisy, y } = population(80, 11)
    const { pValue, shareABetter } = compareModels(p, noisy, y, { resamples: 99, metric: 'logLoss' })
    // Log loss has no ties: A is lower, so better, in as many as its share says.
    const better = Math.round(99 * shareABetter)
    expect(better).toBeGreaterThan(50)
    expect(pValue).toBeCloseTo((2 * (99 - better + 1)) / 100, 12)
    // An AUC of 1 beside one of 1/2 in every resample: two churners who agree do so by chance in 2 · (1/2)² of cases.
    const sure = compareModels([0.9, 0.8, 0.2, 0.1], [0.5, 0.5, 0.5, 0.5], [1, 1, 0, 0], { resamples: 20 })
    expect(sure).toMatchObject({ standardError: 0, shareABetter: 1, churnersNeeded: null })
    expect(sure.pValue).toBeCloseTo(0.5, 12)
    const worse = compareModels([0.5, 0.5, 0.5, 0.5], [0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], { resamples: 20 })
    expect(worse).toMatchObject({ shareABetter: 0, pValue: sure.pValue })
  })

  test('DeLong is normal: interval, p-value, share and churners needed follow from one standard error', () => {
    const { p, noisy, y } = population(200, 8)
    const of = (level: number) => compareModels(p, noisy, y, { method: 'delong', level })
    const { difference, standardError, pValue, shareABetter, churners, churnersNeeded } = of(0.95)
    expect(difference.value - difference.lower).toBeCloseTo(z * standardError, 6)
    expect(difference.upper - difference.value).toBeCloseTo(z * standardError, 6)
    expect(pValue).toBeCloseTo(2 * (1 - shareABetter), 9)
    // Φ⁻¹(.975) + Φ⁻¹(.8) = 2.801585; Φ⁻¹(.95) + Φ⁻¹(.8) = 2.486475 at 90 %.
    const needed = (deviations: number) => churners * ((deviations * standardError) / difference.value) ** 2
    expect(churnersNeeded).toBe(Math.ceil(needed(2.801585)))
    expect(of(0.9).churnersNeeded).toBe(Math.ceil(needed(2.486475)))
    const [constant, perfect] = [y.map(() => 0.5), Float64Array.from(y, (one) => 0.1 + 0.8 * one)]
    const share = (a: ArrayLike<number>, b: ArrayLike<number>) => {
      const { shareABetter, pValue } = compareModels(a, b, y, { method: 'delong' })
      return [shareABetter, pValue]
    }
    // Without a variance all of the rarer class speak for one side, which each does by chance in half of the cases.
    const churned = y.reduce((sum, one) => sum + one, 0)
    const byChance = 2 * 0.5 ** Math.min(churned, y.length - churned)
    expect([share(perfect, constant), share(constant, perfect), share(constant, constant)]).toEqual([
      [1, byChance],
      [0, byChance],
      [0.5, 1],
    ])
  })

  test('with a bias taken out, p is that of the nearest center of the two limits to 0', () => {
    for (const seed of [8, 9, 10]) {
      const { p, noisy, y } = population(150, seed)
      for (const [a, b] of [
        [p, noisy],
        [noisy, p],
        [p, p.map((one, row) => (row % 20 === 0 ? one / 2 : one))],
      ] as const) {
        const { difference, standardError, pValue } = compareModels(a, b, y, {
          metric: 'kolmogorovSmirnov',
          resamples: 40,
        })
        const [low, high] = [difference.lower + z * standardError, difference.upper - z * standardError]
        const deviations = Math.max(low, -high, 0) / standardError
        expect(pValue).toBeCloseTo(2 * normalCumulative(-deviations), 5)
      }
    }
  })

  test('the sentence says how sure it is, and how many churners it takes', () => {
    expect(
      modelComparison(
        {
          difference: { value: 1, lower: 0, upper: 2 },
          standardError: 1,
          pValue: 0.3,
          shareAHigher: 0.75,
          rarer: 10,
        },
        {
          metric: (form) => form.churners,
          better: 'lower',
          method: 'bootstrap',
          level: 0.95,
          names: ['new', 'old'],
          notes: [],
          churners: 10,
          valueA: 2,
          valueB: 1,
        },
      ),
    ).toMatchObject({ metric: null, shareABetter: 0.25, churnersNeeded: 79 })
    const sentence = (
      [value, lower, upper]: readonly number[],
      { standardError = 0.01, pValue = 0.2, churners = 1000, better = 'higher' as 'higher' | 'lower' } = {},
    ): string =>
      modelComparison(
        {
          difference: { value: value!, lower: lower!, upper: upper! },
          standardError,
          pValue,
          shareAHigher: 0.75,
          rarer: churners,
        },
        {
          metric: better === 'higher' ? 'rocAuc' : 'brierScore',
          better,
          method: 'bootstrap',
          level: 0.95,
          names: ['new', 'old'],
          notes: [],
          churners,
          valueA: 0.8,
          valueB: 0.7,
        },
      ).sentence
    const lower = { better: 'lower' as const, pValue: 0.001 }
    expect(sentence([-0.02, -0.03, -0.01], lower)).toBe(
      'new is better by .020 (Brier score), 95 % interval .010 to .030: on new customers of the same kind this will nearly surely hold.',
    )
    expect(sentence([-0.02, -0.03, -0.01], { pValue: 0.01 })).toBe(
      'old is better by .020 (ROC AUC), 95 % interval .010 to .030: on new customers of the same kind this will very likely hold.',
    )
    // 1000 · (2.8016 · .01 / .01)² = 7849
    const few = '1,000 churners are too few for a difference of this size'
    expect(sentence([0.01, -0.01, 0.03])).toBe(
      `No difference can be shown: new is better by .010 (ROC AUC) on these customers, 95 % interval −.010 to .030. ${few}: about 7,800 would be needed to show it in four of five samples.`,
    )
    expect(sentence([0.01, 0, 0.03], { standardError: 0.001 })).toContain(
      `interval .000 to .030. ${few} to show in every sample.`,
    )
    expect(sentence([0.01, 0, 0.03], { standardError: 0, churners: 1 })).toContain(
      '1 churners are too few for a difference of this size to show in every sample.',
    )
    expect(sentence([0, -0.01, 0.02])).toContain('The 1,000 churners at hand show none.')
    expect(sentence([0, -0.01, 0.02], { better: 'lower' })).toContain('new is better by .000')
    expect(sentence([0, 0, 0], { standardError: 0 })).toBe(
      'No difference: new and old have the same ROC AUC in every sample of these customers.',
    )
    expect(sentence([0.5, 0.5, 0.5], { standardError: 0, pValue: 0.09 })).toMatch(/^new is better by \.5000/)
  })

  test('swapping them turns the difference round', () => {
    const { p, noisy, y } = population(200, 8)
    for (const method of ['bootstrap', 'delong'] as const) {
      const there = compareModels(p, noisy, y, { method, resamples: 99 })
      const back = compareModels(noisy, p, y, { method, resamples: 99 })
      expect(back.difference.value).toBeCloseTo(-there.difference.value, 12)
      expect(back.valueA).toBe(there.valueB)
    }
  })

  test('the p-value is below 5 % where the 95 % interval leaves out 0', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { p, noisy, y } = population(60, seed)
      for (const method of ['bootstrap', 'delong'] as const) {
        const { difference, pValue } = compareModels(p, noisy, y, { method, resamples: 399, seed })
        const leavesOut = difference.lower > 0 || difference.upper < 0
        if (Math.abs(pValue - 0.05) > 0.006) expect(pValue < 0.05, `seed ${seed}`).toBe(leavesOut)
      }
    }
  })

  test('lower is better for losses, and the sentence names the better one', () => {
    const { p, noisy, y } = population(1000, 9)
    const options = { metric: 'brierScore', names: ['plain', 'noisy'], resamples: 200 } as const
    const comparison = compareModels(p, noisy, y, options)
    expect(comparison.difference.value).toBeLessThan(0)
    expect(comparison.shareABetter).toBe(1)
    expect(comparison.sentence).toMatch(
      /^plain is better by \.\d+ \(Brier score\), 95 % interval \.\d+ to \.\d+: /,
    )
  })

  test('the same model twice is no difference', () => {
    const { p, y } = population(100, 10)
    const { pValue, shareABetter, churnersNeeded, sentence } = compareModels(p, p, y, { resamples: 20 })
    expect([pValue, shareABetter, churnersNeeded]).toEqual([1, 0.5, null])
    expect(sentence).toMatch(/^No difference/)
  })

  test('bad input is refused, all at once', () => {
    expect(() => compareModels([0.5, 2], [Number.NaN, 0.5], [1, 0])).toThrow(
      /probabilityA[\s\S]*probabilityB/,
    )
    // What is wrong with the outcomes is said once, and so is a metric without a value.
    const problemsOf = (call: () => unknown): string[] => {
      try {
        call()
      } catch (error) {
        if (error instanceof HoldfastError) return error.problems.map(({ parameter }) => `${parameter}`)
      }
      return []
    }
    expect(problemsOf(() => compareModels([2, 0.5], [3, 0.5], [1, 2]))).toEqual([
      'probabilityA',
      'outcome',
      'probabilityB',
    ])
    expect(problemsOf(() => compareModels([0, 0.1], [0, 0.1], [1, 0], { metric: 'logLoss' }))).toEqual([
      'metric',
    ])
    expect(
      problemsOf(() => compareModels([0.4, 0.1], [0.4, 0.1], [1, 0], { names: ['', 'b'] })),
    ).toHaveLength(1)
    expect(
      problemsOf(() => compareModels([0.4, 0.1], [0.4, 0.1], [1, 0], { names: ['a', ''] })),
    ).toHaveLength(1)
    expect(() => compareFolds(null as never, [1])).toThrow('compareFolds')
    for (const wrong of [
      { names: ['', 'b'] },
      { names: ['a', ''] },
      { level: 1 },
      { level: 0 },
      { testShare: 1 },
    ])
      expect(problemsOf(() => compareFolds([1, 2], [2, 3], wrong as object))).toHaveLength(1)
    for (const level of [0, 1]) expect(() => delongInterval([0.5, 0.4], [1, 0], { level })).toThrow('level')
    expect(() => compareModels([0.5, 0.4], [0.5], [1, 0])).toThrow(
      /outcome to have one value per probability/,
    )
    expect(() =>
      compareModels([0.5, 0.4], [0.5, 0.4], [1, 0], { metric: 'logLoss', method: 'delong' }),
    ).toThrow(/"bootstrap"/)
    expect(() => compareModels([0.5, 0.4], [0.5, 0.4], [1, 0], { method: 'delong' })).toThrow(
      /at least two churned/,
    )
    expect(() => compareModels([0.5, 0.4], [0.5, 0.4], [1, 0], { level: 95 })).toThrow(/level/)
    expect(() => delongInterval([0.5, 0.4], [1, 0], { groups: ['a'] })).toThrow(/groups to have \d+ values/)
    expect(() => delongInterval([0.5, 0.4], [1, 0], { groups: ['a', 'a'] })).toThrow(/at least two customers/)
    expect(() => delongInterval([0.5, 0.4], [1, 0], { groups: ['a', Number.NaN] })).toThrow(
      /row 2: expected groups/,
    )
    for (const metric of Object.keys(metricsWithoutInterval)) {
      expect(() => bootstrapInterval([0.5, 0.4], [1, 0], metric as never)).toThrow(/resampling does not bias/)
    }
  })
})

test('folds: swapping turns the difference round, more shared training rows make it less sure', () => {
  const [a, b] = [
    [0.8, 0.82, 0.79, 0.83],
    [0.78, 0.81, 0.79, 0.8],
  ]
  const there = compareFolds(a, b)
  expect(compareFolds(b, a).difference.value).toBeCloseTo(-there.difference.value, 12)
  expect(compareFolds(b, a).pValue).toBe(there.pValue)
  expect(compareFolds(a, b, { testShare: 0.5 }).standardError).toBeGreaterThan(there.standardError)
  expect(compareFolds(b, a, { better: 'lower', names: ['new', 'old'] }).sentence).toMatch(/new is better/)
  expect(() => compareFolds([1], [1, Number.NaN])).toThrow(
    /at least two folds[\s\S]*one value per fold[\s\S]*finite/,
  )
})

test('churners needed bring exactly the wished half width, and no fewer do', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 500 }), fc.integer({ min: 1, max: 50 }), (churners, ratio) => {
      const wish = { halfWidth: 0.04, auc: 0.75 }
      const { churnersNeeded } = enoughChurners(churners, churners * ratio, wish)
      expect(enoughChurners(churnersNeeded, churnersNeeded * ratio, wish).enough).toBe(true)
      const fewer = churnersNeeded - 1
      expect(enoughChurners(fewer, fewer * ratio, wish).enough).toBe(false)
    }),
  )
})

test('what so many churners can say of an AUC, by the variance of Hanley and McNeil', () => {
  // A = .8: (.16 + 19 · .026667 + 979 · .071111) / (20 · 980) = .0035859, its root times 1.96 is .11737.
  const few = enoughChurners(20, 980)
  expect(few.expectedHalfWidth).toBeCloseTo(0.11737, 4)
  expect(few).toMatchObject({ enough: false, churnersNeeded: 28 })
  expect(few.sentence).toBe(
    'Too few churners: with 20 the 95 % interval of an AUC of .80 reaches .117 to either side. About 28 churners would bring it to .100.',
  )
  // (.16 + 99 · .026667 + 899 · .071111) / 90000 = .00074143
  const { enough, sentence } = enoughChurners(100, 900)
  expect(enough).toBe(true)
  expect(sentence).toBe(
    'Enough churners: with 100 the 95 % interval of an AUC of .80 reaches .053 to either side.',
  )
  expect(enoughChurners(1, 1, { auc: 0.5 }).churnersNeeded).toBeGreaterThan(1)
  for (const wrong of [
    () => enoughChurners(0.5, 9),
    () => enoughChurners(9, 0),
    () => enoughChurners(9, 9, { auc: 1 }),
    () => enoughChurners(9, 9, { auc: 0.4 }),
    () => enoughChurners(9, 9, { halfWidth: 0.5 }),
    () => enoughChurners(9, 9, { halfWidth: 0 }),
    () => enoughChurners(9, 9, { level: 1 }),
    () => enoughChurners(9, 9, { level: 0 }),
  ])
    expect(wrong).toThrow('enoughChurners')
})

// So that an interval of a seed is the same in the next version.
test.each([
  [12, 0.3, [2, 4, 5, 1, 2, 3], 10803],
  [40, 0.25, [7, 8, 11, 9, 11, 6], 29995],
  [70, 0.8, [59, 59, 54, 57, 54, 61], 167986],
  [1000, 0.04, [34, 35, 43, 38, 43, 30], 120121],
  [100_000, 0.5, [49855, 49869, 50079, 49946, 50071, 49741], 150009443],
])('binomial draws of seed 5 are those of version 0.1: %i at %f', (trials, share, first, total) => {
  const random = seededRandom(5)
  const drawn = Array.from({ length: 3000 }, () => drawBinomial(trials, share, random))
  expect(drawn.slice(0, 6)).toEqual(first)
  expect(drawn.reduce((sum, one) => sum + one, 0)).toBe(total)
})

test('nothing is drawn of nothing or at no chance, all at certainty', () => {
  const random = seededRandom(1)
  expect([
    drawBinomial(0, 0.4, random),
    drawBinomial(0, 0.9, random),
    drawBinomial(7, 0, random),
    drawBinomial(7, 1, random),
  ]).toEqual([0, 0, 0, 7])
})

test('up to sixteen copies of a unit are drawn one by one, more by their number', () => {
  const countDraws = (copies: number): number => {
    let drawn = 0
    const uint32s = (into: Uint32Array): void => {
      drawn += into.length
    }
    const random = { ...seededRandom(1), uint32s }
    multinomialDraw(Float64Array.of(copies, copies), 0, 2)(new Int32Array(2), random)
    return drawn
  }
  expect([countDraws(16), countDraws(17)]).toEqual([32, 0])
})

test('binomial draws have the mean, the variance and the skew of the distribution', () => {
  const random = seededRandom(12)
  for (const [trials, share] of [
    [12, 0.3],
    [60, 0.5],
    [1000, 0.03],
    [100_000, 0.9],
  ] as const) {
    const count = 40_000
    const variance = trials * share * (1 - share)
    const off = Array.from(
      { length: count },
      () => (drawBinomial(trials, share, random) - trials * share) / Math.sqrt(variance),
    )
    const moment = (power: number): number => off.reduce((sum, one) => sum + one ** power, 0) / count
    // Standard errors of 40,000 draws: 1/200 of the mean, about √2/200 of the variance and √15/200 of the third moment.
    expect(Math.abs(moment(1))).toBeLessThan(5 / 200)
    expect(Math.abs(moment(2) - 1)).toBeLessThan((5 * Math.SQRT2) / 200)
    expect(Math.abs(moment(3) - (1 - 2 * share) / Math.sqrt(variance))).toBeLessThan(
      (5 * Math.sqrt(15)) / 200,
    )
  }
})

test('both ways of drawing give each unit its share, and as many draws as there are', () => {
  for (const scale of [1, 40]) {
    const copies = Float64Array.of(5, 1, 3, 1, 2).map((one) => one * scale)
    const draw = multinomialDraw(copies, 1, 4)
    const times = Int32Array.of(7, 0, 0, 0, 9)
    const random = seededRandom(13)
    const sums = [0, 0, 0, 0, 0]
    for (let round = 0; round < 4000; round++) {
      draw(times, random)
      expect(times[1]! + times[2]! + times[3]!).toBe(5 * scale)
      times.forEach((count, unit) => {
        sums[unit]! += count
      })
    }
    expect([sums[0], sums[4]]).toEqual([7 * 4000, 9 * 4000])
    const drawn = 4000 * 5 * scale
    // Five standard deviations of a binomial count.
    expect(Math.abs(sums[2]! - 0.6 * drawn)).toBeLessThan(5 * Math.sqrt(drawn * 0.24))
  }
})
