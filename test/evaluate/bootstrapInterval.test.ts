import { describe, expect, test } from 'vitest'
import { seededRandom, shuffledIndices } from '../../src/base/random.js'
import { brierScore } from '../../src/evaluate/calibration/probabilityScores.js'
import { evaluateProbabilities } from '../../src/evaluate/evaluate.js'
import {
  countText,
  decimal,
  intervalHeading,
  limits,
  notesAt,
  shareText,
} from '../../src/evaluate/figureTexts.js'
import { bootstrapInterval, metricsWithoutInterval } from '../../src/evaluate/interval/bootstrapInterval.js'
import { resampleCount } from '../../src/evaluate/interval/bootstrapOptions.js'
import { meanWithError, measureRows } from '../../src/evaluate/measureRows.js'
import { metricNames } from '../../src/evaluate/metrics.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import type { RankedOutcomes } from '../../src/evaluate/rows/rankedOutcomes.js'

function population(customers: number, seed: number): { p: Float64Array; y: Uint8Array } {
  const random = seededRandom(seed)
  const p = Float64Array.from({ length: customers }, () => Math.round(random.uniform() * 98 + 1) / 100)
  return { p, y: Uint8Array.from(p, (value) => (random.uniform() < value ? 1 : 0)) }
}

describe('bootstrap interval', () => {
  test('same seed, same data, same interval, in any order of rows', () => {
    const { p, y } = population(300, 1)
    const order = shuffledIndices(300, seededRandom(2))
    const shuffledP = Float64Array.from(order, (row) => p[row]!)
    const shuffledY = Uint8Array.from(order, (row) => y[row]!)
    for (const metric of metricNames.filter((name) => metricsWithoutInterval[name] === undefined)) {
      const interval = bootstrapInterval(p, y, metric, { resamples: 50 })
      expect(bootstrapInterval(shuffledP, shuffledY, metric, { resamples: 50 })).toEqual(interval)
    }
    const seeds = [1, 2].map((seed) => bootstrapInterval(p, y, 'rocAuc', { resamples: 50, seed }))
    expect(seeds[0]).not.toEqual(seeds[1])
  })

  test('its value is the metric on all rows', () => {
    const { p, y } = population(200, 3)
    expect(bootstrapInterval(p, y, 'rocAuc', { resamples: 20 }).value).toBe(rocAuc(p, y))
  })

  test('has the width of the standard error that formulas give', () => {
    // The Brier score is a mean: standard error sd / √n, stratified sqrt(Σ_class n_c · var_c) / n, 95 % = ± 1.96 of it.
    // 2000 resamples know their quantiles to some percent.
    const { p, y } = population(1000, 4)
    const losses = [0, 1].map((side) =>
      [...p].filter((_, i) => y[i] === side).map((value) => (value - side) ** 2),
    )
    const sumOfSquares = losses.flatMap((loss) => {
      const mean = loss.reduce((a, b) => a + b, 0) / loss.length
      return loss.map((value) => (value - mean) ** 2)
    })
    const standardError = Math.sqrt(sumOfSquares.reduce((a, b) => a + b, 0)) / 1000
    const value = brierScore(p, y)
    const variance = losses.flat().reduce((sum, loss) => sum + (loss - value) ** 2, 0) / 1000
    const widthOf = (stratified: boolean): number => {
      const interval = bootstrapInterval(p, y, 'brierScore', { resamples: 2000, stratified })
      expect(interval.value).toBe(value)
      return (interval.upper - interval.lower) / (2 * 1.96)
    }
    for (const ratio of [widthOf(true) / standardError, widthOf(false) / Math.sqrt(variance / 1000)]) {
      expect(ratio).toBeGreaterThan(0.93)
      expect(ratio).toBeLessThan(1.07)
    }
  })

  test('covers the expected value about as often as it says', () => {
    // p is the true probability, so the expected Brier score is E p(1 − p) over p uniform on the grid 0.01 … 0.99
    // (ends half as likely). Stratifying takes the class sizes as given, hence a little below 95 %.
    const grid = Array.from({ length: 99 }, (_, step) => (step + 1) / 100)
    const share = grid.map((_, step) => (step === 0 || step === 98 ? 0.5 : 1) / 98)
    const truth = grid.reduce((sum, p, step) => sum + share[step]! * p * (1 - p), 0)
    let covered = 0
    for (let seed = 0; seed < 200; seed++) {
      const { p, y } = population(300, 100 + seed)
      const { lower, upper } = bootstrapInterval(p, y, 'brierScore', { resamples: 200, seed })
      if (lower <= truth && truth <= upper) covered++
    }
    expect(covered).toBeGreaterThanOrEqual(181)
    expect(covered).toBeLessThanOrEqual(199)
  })

  test('whole weights draw as the rows repeated', () => {
    const { p, y } = population(100, 5)
    const weight = Array.from(p, (_, row) => row % 3)
    const repeated = weight.flatMap((times, row) => Array<number>(times).fill(row))
    const twice = bootstrapInterval(
      repeated.map((row) => p[row]!),
      repeated.map((row) => y[row]!),
      'averagePrecision',
      { resamples: 30 },
    )
    expect(bootstrapInterval(p, y, 'averagePrecision', { resamples: 30, weight })).toEqual(twice)
  })

  test('counts of more rows than 32 bits hold are drawn as others are', () => {
    // Standard error of a mean: sd / √rows.
    const { p, y } = population(200, 21)
    const losses = [...p].map((value, row) => (value - y[row]!) ** 2)
    const mean = losses.reduce((a, b) => a + b, 0) / 200
    const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / 200
    for (const each of [2 ** 21, 2 ** 24, 2 ** 33]) {
      const weight = new Float64Array(200).fill(each)
      const expected = 2 * 1.96 * Math.sqrt(variance / (200 * each))
      const one = bootstrapInterval(p, y, 'brierScore', { weight, resamples: 1000 })
      const headline = evaluateProbabilities(p, y, { weight, resamples: 1000 }).brierScore
      for (const { lower, upper } of [one, headline]) expect((upper - lower) / expected).toBeCloseTo(1, 0.5)
    }
  })

  test('fractional weights stay with their rows', () => {
    const { p, y } = population(200, 6)
    const weight = Array.from(p, (_, row) => 0.5 + (row % 2))
    const { value, lower, upper } = bootstrapInterval(p, y, 'rocAuc', { weight, resamples: 100 })
    expect(value).toBeCloseTo(rocAuc(p, y, { weight }), 14)
    expect(lower).toBeLessThan(value)
    expect(upper).toBeGreaterThan(value)
    const surplus = (ranked: RankedOutcomes): number =>
      ranked.churned.reduce((sum, churned) => sum + churned, 0) - ranked.churners
    const drawn = bootstrapInterval(p, y, surplus, { weight, resamples: 100 })
    expect(Math.max(Math.abs(drawn.lower), Math.abs(drawn.upper))).toBeLessThan(1e-9)
  })

  test('equal fractional weights draw as no weights', () => {
    // Rows in the order of rank, no ties: unit k is then row k either way.
    const p = Array.from({ length: 100 }, (_, row) => 1 - (row + 0.5) / 100)
    const y = p.map((_, row) => ((row * 7) % 10 < 4 ? 1 : 0))
    const weight = p.map(() => 0.5)
    expect(bootstrapInterval(p, y, 'brierScore', { weight })).toEqual(bootstrapInterval(p, y, 'brierScore'))
  })

  test('a higher level is wider', () => {
    const { p, y } = population(200, 7)
    const narrow = bootstrapInterval(p, y, 'rocAuc', { level: 0.5, resamples: 100 })
    const wide = bootstrapInterval(p, y, 'rocAuc', { level: 0.99, resamples: 100 })
    expect(wide.lower).toBeLessThan(narrow.lower)
    expect(wide.upper).toBeGreaterThan(narrow.upper)
  })

  test('an unknown metric, an infinite metric and a bad option are refused', () => {
    expect(() => bootstrapInterval([0.5, 0.1], [1, 0], 'auc' as never)).toThrow(/metric to be one of rocAuc/)
    expect(() => bootstrapInterval([0, 0.1], [1, 0], 'logLoss')).toThrow(/finite value/)
    expect(() => bootstrapInterval([0.5, 0.1], [1, 0], 'rocAuc', { level: 95 })).toThrow(/level/)
  })

  test('any function of the sorted form will do', () => {
    const { p, y } = population(100, 8)
    const baseRate = (ranked: RankedOutcomes): number => ranked.churners / ranked.customers
    const interval = bootstrapInterval(p, y, baseRate, { resamples: 50 })
    expect(interval.lower).toBeLessThan(interval.value)
    expect(interval.upper).toBeGreaterThan(interval.value)
    // Stratified, the base rate is the same in every resample.
    const { value, lower, upper } = bootstrapInterval(p, y, baseRate, { resamples: 50, stratified: true })
    expect([lower, upper]).toEqual([value, value])
  })

  test('a figure without a value on some resample is refused, or null where several are measured', () => {
    // Without the heavy one of those who stayed their weight is lost in that of the churners.
    const p = [0.9, 0.8, 0.2, 0.1]
    const y = [1, 1, 0, 0]
    const weight = [1, 1, 1, 1e-20]
    expect(() => bootstrapInterval(p, y, 'rocAuc', { weight, resamples: 50 })).toThrow(
      'to have a finite value on every resample',
    )
    const rows = {
      probability: Float64Array.from(p),
      outcome: Uint8Array.from(y),
      weight: Float64Array.from(weight),
      customers: [1, 2, 3, 4],
    }
    const rule = { metrics: ['brierScore', 'rocAuc'], level: 0.95, resamples: 50, seed: 1 } as const
    const { figures, notes } = measureRows(rows, rule)
    expect(figures).toEqual({
      brierScore: bootstrapInterval(p, y, 'brierScore', { weight, resamples: 50 }),
      rocAuc: null,
    })
    expect(notes).toEqual([
      'fewer than 30 churners: figures and intervals are rough guesses',
      'fewer than 30 customers who stayed: figures and intervals are rough guesses',
      'ROC AUC has no finite value, on these customers or on samples of them',
    ])
  })

  test('what is measured of one outcome, or of nobody, is nothing', () => {
    const of = (outcome: number[], weight: Float64Array | null = null) =>
      measureRows(
        {
          probability: Float64Array.from(outcome, () => 0.5),
          outcome: Uint8Array.from(outcome),
          weight,
          customers: outcome.map((_, row) => row),
        },
        { metrics: ['rocAuc'], level: 0.95, resamples: 20, seed: 1 },
      )
    const nothing = (why: string) => ({ figures: { rocAuc: null }, notes: [`no figure is defined: ${why}`] })
    expect(of([1, 1])).toEqual(nothing('all 2 tested customers churned'))
    expect(of([0, 0, 0])).toEqual(nothing('all 3 tested customers stayed'))
    expect(of([1, 0], Float64Array.of(0, 3))).toEqual(nothing('all 3 tested customers stayed'))
    expect(of([])).toEqual(nothing('there is no customer to test'))
    // From 30 on nothing is said of few.
    const half = (churners: number, stayers: number) =>
      of([...Array<number>(churners).fill(1), ...Array<number>(stayers).fill(0)]).notes
    expect([half(30, 30).length, half(29, 30).length, half(30, 29).length]).toEqual([0, 1, 1])
  })

  test('the mean of rows has the standard error of their distances from it', () => {
    // Weights 1, 2, 1: mean (0 + 2 + 3) / 4; off by −1.25, 2 · −.25 and 1.75, over 4.
    const { value, standardError } = meanWithError([0, 1, 3], Float64Array.of(1, 2, 1))!
    expect(value).toBe(1.25)
    expect(standardError).toBeCloseTo(Math.sqrt(1.25 ** 2 + 0.5 ** 2 + 1.75 ** 2) / 4, 12)
    expect(meanWithError([0, 1], null)).toEqual({
      value: 0.5,
      standardError: expect.closeTo(Math.sqrt(0.5) / 2, 12),
    })
    expect(meanWithError([1], Float64Array.of(0))).toBeNull()
  })

  test('figures are written to four digits, shares to tenths of a percent', () => {
    expect([decimal(0.12345), decimal(-0.00001), decimal(-0.5), decimal(undefined)]).toEqual([
      '0.1235',
      '0.0000',
      '-0.5000',
      '-',
    ])
    expect([countText(1234.56), countText(7), shareText(0.1234), shareText(null)]).toEqual([
      '1,234.6',
      '7',
      '12.3 %',
      '-',
    ])
    expect([limits({ value: 1, lower: 0.5, upper: 2 }), limits(null), intervalHeading(0.999)]).toEqual([
      '0.5000 to 2.0000',
      '',
      '99.9 % interval',
    ])
    const at = (name: string, note: string | null) => ({ name, note })
    expect(notesAt([at('one', 'few'), at('two', null), at('three', 'few'), at('four', 'none')])).toEqual([
      'one, three: few.',
      'four: none.',
    ])
  })

  test('many customers get fewer resamples unless asked for', () => {
    const rule = { level: 0.95, seed: 1, resamples: undefined }
    const counts = [1000, 100_000, 150_000, 400_000, 10_000_000].map((customers) =>
      resampleCount(rule, { customers }),
    )
    expect(counts).toEqual([1000, 1000, 666, 250, 100])
    expect(resampleCount({ ...rule, resamples: 2000 }, { customers: 10_000_000 })).toBe(2000)
  })
})
