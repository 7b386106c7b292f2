import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom, shuffledIndices } from '../../../src/base/random.js'
import { bootstrapInterval } from '../../../src/evaluate/interval/bootstrapInterval.js'
import { compareFolds } from '../../../src/evaluate/interval/compareFolds.js'
import { compareModels } from '../../../src/evaluate/interval/compareModels.js'
import { delongInterval } from '../../../src/evaluate/interval/delongInterval.js'
import { drawBinomial } from '../../../src/evaluate/interval/drawBinomial.js'
import { multinomialDraw } from '../../../src/evaluate/interval/drawUnits.js'
import { enoughChurners } from '../../../src/evaluate/interval/enoughChurners.js'
import { metricsWithoutInterval } from '../../../src/evaluate/interval/resampledMetric.js'
import { metricNames } from '../../../src/evaluate/metrics.js'

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

  test('classes that are separated by all of few customers prove little', () => {
    // Clopper and Pearson: 3 successes of 3 exclude shares below 0.025^(1/3).
    const { lower, upper } = delongInterval([0.9, 0.8, 0.7, 0.3, 0.2, 0.1], [1, 1, 1, 0, 0, 0])
    expect(lower).toBeCloseTo(0.025 ** (1 / 3), 10)
    expect(upper).toBe(1)
  })
})

describe('two models on the same customers', () => {
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
    const copies = Float64Array.of(5, 1, 3, 1).map((one) => one * scale)
    const draw = multinomialDraw(copies, 1, 4)
    const times = Int32Array.of(7, 0, 0, 0)
    const random = seededRandom(13)
    const sums = [0, 0, 0, 0]
    for (let round = 0; round < 4000; round++) {
      draw(times, random)
      expect(times[1]! + times[2]! + times[3]!).toBe(5 * scale)
      times.forEach((count, unit) => {
        sums[unit]! += count
      })
    }
    expect(sums[0]).toBe(7 * 4000)
    const drawn = 4000 * 5 * scale
    // Five standard deviations of a binomial count.
    expect(Math.abs(sums[2]! - 0.6 * drawn)).toBeLessThan(5 * Math.sqrt(drawn * 0.24))
  }
})
