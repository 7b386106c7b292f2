import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { intervalByWeights } from '../../src/evaluate/interval/intervalByWeights.js'
import { concordance } from '../../src/evaluate/survival/concordance.js'
import { qiniCoefficient } from '../../src/evaluate/uplift/upliftFigures.js'

const random = seededRandom(8)
const values = Array.from({ length: 400 }, () => random.normal())
const meanOf =
  (list: readonly number[]) =>
  (weight: Float64Array): number => {
    const total = weight.reduce((sum, each) => sum + each, 0)
    return list.reduce((sum, value, row) => sum + weight[row]! * value, 0) / total
  }
const widthOf = ({ lower, upper }: { readonly lower: number; readonly upper: number }): number =>
  upper - lower

describe('intervalByWeights', () => {
  // Of a mean: 2 · 1.96 · deviation / √n. 2000 resamples know the limits to about 5 % of the width.
  test('of a mean is that of its standard error', () => {
    const mean = values.reduce((sum, value) => sum + value, 0) / 400
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 400)
    const interval = intervalByWeights(400, meanOf(values), { resamples: 2000 })
    expect(interval.value).toBeCloseTo(mean, 12)
    expect(widthOf(interval) / ((2 * 1.959964 * deviation) / 20)).toBeGreaterThan(0.9)
    expect(widthOf(interval) / ((2 * 1.959964 * deviation) / 20)).toBeLessThan(1.1)
  })

  test('rows of one customer are drawn together: twice the same rows say no more than once', () => {
    const twice = values.flatMap((value) => [value, value])
    const groups = twice.map((_, row) => `c${row >> 1}`)
    const once = intervalByWeights(400, meanOf(values), { seed: 3 })
    const together = intervalByWeights(800, meanOf(twice), { groups, seed: 3 })
    expect(together.lower).toBeCloseTo(once.lower, 12)
    expect(together.upper).toBeCloseTo(once.upper, 12)
    expect(widthOf(intervalByWeights(800, meanOf(twice), { seed: 3 }))).toBeLessThan(0.85 * widthOf(once))
  })

  test('takes metrics of time to churn and of treatment data; same seed, same interval', () => {
    const duration = values.map((value) => Math.ceil(30 * Math.exp(-value)))
    const churned = values.map((_, row) => (row % 3 === 0 ? 0 : 1))
    const treated = values.map((_, row) => row % 2)
    const ofConcordance = (weight: Float64Array) => concordance(values, duration, churned, { weight })
    expect(intervalByWeights(400, ofConcordance)).toEqual(intervalByWeights(400, ofConcordance))
    expect(ofConcordance(new Float64Array(400).fill(1))).toBeGreaterThan(0.99)
    const ofQini = intervalByWeights(400, (weight) => qiniCoefficient(values, churned, treated, { weight }))
    expect(ofQini.lower).toBeLessThan(0)
    expect(ofQini.upper).toBeGreaterThan(0)
  })

  test('a wider level holds a narrower one', () => {
    const [wide, narrow] = [0.99, 0.5].map((level) => intervalByWeights(400, meanOf(values), { level }))
    expect(wide!.lower).toBeLessThan(narrow!.lower)
    expect(wide!.upper).toBeGreaterThan(narrow!.upper)
  })

  test('refuses resamples without a figure, with what the metric says as the cause', () => {
    const figure = (weight: Float64Array): number => concordance([1, 2, 3], [1, 2, 3], [1, 0, 0], { weight })
    expect(() => intervalByWeights(3, figure)).toThrow('Take more customers')
    try {
      intervalByWeights(3, figure)
    } catch (error) {
      expect(String((error as Error).cause)).toContain('concordance')
    }
    expect(() => intervalByWeights(3, () => Number.NaN)).toThrow('got NaN')
    expect(() =>
      intervalByWeights(3, () => {
        throw new RangeError('mine')
      }),
    ).toThrow(RangeError)
  })

  test('refuses broken options and rows at once', () => {
    const options = { groups: ['a'], level: 1.5 }
    expect(() => intervalByWeights(3, () => 1, options)).toThrow('level')
    expect(() => intervalByWeights(3, () => 1, { groups: ['a'] })).toThrow('groups to have 3 values')
    expect(() => intervalByWeights(3, () => 1, { groups: ['a', 'a', 'a'] })).toThrow('at least two customers')
    expect(() => intervalByWeights(1, () => 1)).toThrow('rowCount')
  })
})
