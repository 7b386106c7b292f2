import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.js'
import { evaluateProbabilities } from '../../../src/evaluate/evaluate.js'
import {
  bootstrapInterval,
  metricsWithoutInterval,
} from '../../../src/evaluate/interval/bootstrapInterval.js'
import { compareModels } from '../../../src/evaluate/interval/compareModels.js'
import { metricNames, metrics } from '../../../src/evaluate/metrics.js'

const offered = metricNames.filter((name) => metricsWithoutInterval[name] === undefined)
const perfect = (churners: number, stayers: number) => {
  const outcome = Array.from({ length: churners + stayers }, (_, row) => (row < churners ? 1 : 0))
  return { outcome, probability: outcome.map((_, row) => 0.95 - (0.9 * row) / outcome.length) }
}

describe('limits lie where the figure can be', () => {
  const methods = ['percentile', 'bca', 'jackknife'] as const

  test.each(offered)('%s, by every method, alone and as a difference', (metric) => {
    const [lowest, highest] = metrics[metric].range
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        (seed, signal) => {
          const random = seededRandom(seed)
          const outcome = Array.from({ length: 40 }, (_, row) => (row < 6 ? 1 : 0))
          const scored = () => outcome.map((y) => 1 / (1 + Math.exp(2 - signal * y - 0.7 * random.normal())))
          const [a, b] = [scored(), scored()]
          for (const method of methods) {
            const { lower, upper } = bootstrapInterval(a, outcome, metric, { method, resamples: 40 })
            expect(lower).toBeGreaterThanOrEqual(lowest)
            expect(upper).toBeLessThanOrEqual(highest)
            expect(lower).toBeLessThanOrEqual(upper)
          }
          const { difference } = compareModels(a, b, outcome, { metric, resamples: 40 })
          expect(Math.abs(difference.lower)).toBeLessThanOrEqual(highest - lowest)
          expect(Math.abs(difference.upper)).toBeLessThanOrEqual(highest - lowest)
        },
      ),
      { numRuns: 8 },
    )
  })

  test('the Kolmogorov-Smirnov distance of worthless predictions may be 0', () => {
    // 95 of 100 intervals hold it; of 40 at least 33 with a chance of .99.
    const lower = Array.from({ length: 40 }, (_, seed) => {
      const random = seededRandom(seed)
      const probability = Array.from({ length: 200 }, () => random.uniform())
      const outcome = probability.map(() => (random.uniform() < 0.2 ? 1 : 0))
      return bootstrapInterval(probability, outcome, 'kolmogorovSmirnov', { resamples: 50 }).lower
    })
    expect(lower.filter((limit) => limit === 0).length).toBeGreaterThan(32)
  })
})

describe('what no customer at hand shows', () => {
  // 20 churners above all stayers exclude only that more than 1 − .025^(1/20) = .168433 of churners lie elsewhere.
  const unseen = 0.168433

  test('a perfect ranking of 20 churners may be one that ranks a sixth of them last', () => {
    const { outcome, probability } = perfect(20, 380)
    const limit = (metric: (typeof offered)[number]) => bootstrapInterval(probability, outcome, metric)
    // Last in the group of the lowest stayer: half of a pair in 380.
    expect(limit('rocAuc').lower).toBeCloseTo(1 - unseen * (1 - 0.5 / 380), 5)
    expect(limit('kolmogorovSmirnov').lower).toBeCloseTo(1 - unseen, 5)
    expect(limit('recallAt').lower).toBeCloseTo(1 - unseen, 5)
    expect(limit('rocAuc').upper).toBe(1)
    // 380 · (1 − .025^(1/380)) = 3.671 stayers in the group of the first churner lower every precision more.
    const precisions = outcome.slice(0, 20).map((_, place) => (place + 1) / (place + 1 + 3.6710322))
    const average = precisions.reduce((sum, one) => sum + one, 0) / 20
    expect(limit('averagePrecision').lower).toBeCloseTo(average, 5)
    const { rocAuc, gini } = evaluateProbabilities(probability, outcome)
    expect(rocAuc.lower).toBeLessThan(0.84)
    expect(gini.lower).toBeCloseTo(2 * rocAuc.lower - 1, 12)
  })

  test('one stayer among the churners makes no interval of nearly no width', () => {
    const { outcome, probability } = perfect(20, 380)
    probability[20] = probability[19]! + 1e-6
    const { lower, value } = bootstrapInterval(probability, outcome, 'rocAuc')
    expect(value).toBeGreaterThan(0.999)
    expect(lower).toBeLessThan(0.84)
  })

  test('nobody above the threshold, or no churner in the top, may be chance', () => {
    const { outcome, probability } = perfect(20, 380)
    const low = probability.map((p) => p / 2)
    const { value, lower, upper } = bootstrapInterval(low, outcome, 'matthewsCorrelation')
    expect([value, lower < 0, upper > 0.3]).toEqual([0, true, true])
    const last = [...outcome].reverse()
    const missed = bootstrapInterval(probability, last, 'liftAt')
    // A sixth of the churners in the top tenth.
    expect([missed.value, missed.lower]).toEqual([0, 0])
    expect(missed.upper).toBeCloseTo(unseen / 0.1, 4)
  })

  test('equal losses of all customers are no certainty about others', () => {
    const outcome = Array.from({ length: 400 }, (_, row) => (row < 20 ? 1 : 0))
    const probability = outcome.map((y) => (y === 1 ? 0.9 : 0.1))
    const { value, lower, upper } = bootstrapInterval(probability, outcome, 'brierScore')
    expect([value, lower]).toEqual([expect.closeTo(0.01, 9), expect.closeTo(0.01, 9)])
    // 380 · (1 − .025^(1/380)) = 3.671 stayers at .9, more than a sixth of 20 churners at .1.
    expect(upper).toBeCloseTo(0.01 + (3.6710322 * (0.81 - 0.01)) / 400, 6)
  })

  test('equal probabilities for all have their figures on any customers', () => {
    const outcome = [1, 0, 0, 1, 0, 0]
    const half = outcome.map(() => 0.5)
    expect(bootstrapInterval(half, outcome, 'rocAuc')).toEqual({ value: 0.5, lower: 0.5, upper: 0.5 })
    expect(bootstrapInterval(half, outcome, 'brierScore')).toEqual({ value: 0.25, lower: 0.25, upper: 0.25 })
  })

  test('several rows of a customer are one customer', () => {
    const { outcome, probability } = perfect(20, 380)
    const groups = outcome.map((_, row) => row >> 1)
    // Ten customers: 1 − .025^(1/10) = .308497.
    expect(bootstrapInterval(probability, outcome, 'recallAt', { groups }).lower).toBeCloseTo(1 - 0.308497, 5)
  })

  test('where predictions are certain and all of them right, log loss has no interval, and the notes say so', () => {
    const certain = [1, 1, 0, 0]
    expect(() => bootstrapInterval(certain, certain, 'logLoss')).toThrow(/finite/)
    const { logLoss, notes } = evaluateProbabilities(certain, certain)
    expect(logLoss).toBeNull()
    expect(notes.join(' ')).toContain(
      'No log loss: customers were predicted with certainty (0 or 1). All of them rightly',
    )
  })

  test('two models that are perfect on the same customers may differ on others', () => {
    const { outcome, probability } = perfect(20, 380)
    const other = probability.map((p, row) => (row === 0 ? probability[1]! - 1e-6 : p))
    for (const method of ['bootstrap', 'delong'] as const) {
      const { difference, sentence } = compareModels(probability, other, outcome, { method })
      expect(difference.value).toBe(0)
      expect(difference.lower).toBeLessThan(-0.1)
      expect(difference.upper).toBeGreaterThan(0.1)
      expect(sentence).toMatch(/^No difference/)
    }
  })

  test('a difference that fewer than 20 churners show is not claimed', () => {
    const claim = (churners: number) => {
      const { outcome, probability } = perfect(churners, 19 * churners)
      const poor = probability.map((_, row) => ((row * 37) % 101) / 101)
      return compareModels(probability, poor, outcome, { names: ['good', 'poor'] }).sentence
    }
    expect(claim(19)).toMatch(
      /^No difference can be shown: good is better by .* With 19 churners such an interval is/,
    )
    expect(claim(20)).toMatch(/^good is better by/)
  })
})
