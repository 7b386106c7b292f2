import { describe, expect, it } from 'vitest'
import { takeRows } from '../../../src/base/matrix.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import {
  coverImportance,
  gainImportance,
  splitImportance,
} from '../../../src/learn/tree/explain/importance.js'
import { sampleData } from '../sample.js'

const data = sampleData(400, 1)
const model = trainBoosting(data, { rounds: 30 })

describe('importance in trees', () => {
  it('adds up to the totals of the trees, the highest first', () => {
    const { right, gain, cover } = model.ensemble
    const splits = [...right.keys()].filter((node) => right[node] !== 0)
    const totals: [typeof gainImportance, (node: number) => number][] = [
      [gainImportance, (node) => gain[node]!],
      [coverImportance, (node) => cover[node]!],
      [splitImportance, () => 1],
    ]
    for (const [importanceOf, amountOf] of totals) {
      const given = importanceOf(model).map(({ importance }) => importance)
      const total = splits.reduce((sum, node) => sum + amountOf(node), 0)
      expect(given.reduce((sum, each) => sum + each, 0) / total).toBeCloseTo(1, 12)
      expect(given).toEqual(given.toSorted((a, b) => b - a))
    }
  })

  it('names every feature of the model once, and finds more gain in tenure than in noise', () => {
    const order = gainImportance(model).map(({ feature }) => feature)
    expect(order.toSorted()).toEqual(model.features.map(({ name }) => name).toSorted())
    expect(order.indexOf('tenureMonths')).toBeLessThan(order.indexOf('noise'))
  })
})

describe('explanations of a model of trees', () => {
  const rows = takeRows(data.features, [3, 5, 8, 13])
  const background = takeRows(data.features, [1, 2, 30, 40, 50, 60])
  const margin = model.margin(rows)

  it('interventional contributions add up to the margin, from the mean margin of the background', () => {
    const { base, values, scale } = model.interventionalContributions(rows, background)
    const margins = model.margin(background)
    expect(scale).toBe('log-odds')
    expect(base).toBeCloseTo(margins.reduce((sum, value) => sum + value, 0) / 6, 12)
    margin.forEach((expected, row) => {
      expect(Math.abs(values.reduce((sum, value) => sum + value[row]!, base) - expected)).toBeLessThan(1e-9)
    })
  })

  it('a row against itself has contributions of 0', () => {
    const own = takeRows(data.features, [7])
    const { values } = model.interventionalContributions(own, own)
    expect(values.every((value) => value[0] === 0)).toBe(true)
  })

  it('interactions add up to the contributions, and all together to the margin', () => {
    const { base, values } = model.interactions(rows)
    const contributions = model.contributions(rows)
    margin.forEach((expected, row) => {
      const sums = values.map((pairs) => pairs.reduce((sum, pair) => sum + pair[row]!, 0))
      sums.forEach((sum, feature) => {
        expect(Math.abs(sum - contributions.values[feature]![row]!)).toBeLessThan(1e-9)
      })
      expect(Math.abs(sums.reduce((sum, value) => sum + value, base) - expected)).toBeLessThan(1e-9)
    })
  })

  it('a background without rows is refused', () => {
    const none = takeRows(data.features, [])
    expect(() => model.interventionalContributions(rows, none)).toThrow(
      'BoostingModel.interventionalContributions: expected background to have at least 1 row, got 0 (number).',
    )
  })
})
