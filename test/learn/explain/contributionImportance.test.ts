import { describe, expect, it } from 'vitest'
import { numberColumn } from '../../../src/base/matrix.js'
import { trainPrior } from '../../../src/learn/baseline/train.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { contributionImportance } from '../../../src/learn/explain/contributionImportance.js'
import { trainForest } from '../../../src/learn/forest/train.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { rowsOf, sampleData } from '../sample.js'

const data = sampleData(400, 5)
const model = trainBoosting(data, { rounds: 30 })

describe('contributionImportance', () => {
  it('is mean |contribution|, the largest first, with shares of the sum', () => {
    const { scale, features } = contributionImportance(model, data.features)
    expect(scale).toBe('log-odds')
    // By brute force: each customer alone.
    const sums = new Map(model.features.map(({ name }) => [name, 0]))
    for (let row = 0; row < 400; row++) {
      const { values } = model.contributions(rowsOf(data, [row]).features)
      model.features.forEach(({ name }, index) => {
        sums.set(name, sums.get(name)! + Math.abs(values[index]![0]!) / 400)
      })
    }
    const total = [...sums.values()].reduce((sum, each) => sum + each, 0)
    for (const { feature, meanAbsolute, share } of features) {
      expect(meanAbsolute).toBeCloseTo(sums.get(feature)!, 12)
      expect(share).toBeCloseTo(sums.get(feature)! / total, 12)
    }
    const sizes = features.map(({ meanAbsolute }) => meanAbsolute)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })

  // Values 0 and 4, half and half: standard scores −1 and 1, so that every contribution has the size of the coefficient.
  it('is the coefficient of a standard score of ±1', () => {
    const features = { rowCount: 6, columns: [numberColumn('calls', [0, 0, 0, 4, 4, 4])] }
    const logistic = trainLogistic({ features, outcome: Uint8Array.of(0, 0, 1, 0, 1, 1) })
    const [own] = logistic.effects
    const [calls] = contributionImportance(logistic, features).features
    expect(own).toMatchObject({ kind: 'number', logUnit: null, mean: 2, deviation: 2 })
    expect(calls!.meanAbsolute).toBeCloseTo(Math.abs((own as { coefficient: number }).coefficient), 12)
    expect(calls!.share).toBe(1)
  })

  it('is in probabilities of a forest, empty of a model without features', () => {
    expect(contributionImportance(trainForest(data, { trees: 5 }), data.features).scale).toBe('probability')
    expect(contributionImportance(trainPrior(data), data.features).features).toEqual([])
  })

  it('has no share where nothing moves a prediction', () => {
    const features = { rowCount: 4, columns: [numberColumn('noise', [1, 2, 1, 2])] }
    const flat = trainBoosting({ features, outcome: Uint8Array.of(0, 0, 1, 1) })
    expect(contributionImportance(flat, features).features).toEqual([
      { feature: 'noise', meanAbsolute: 0, share: 0 },
    ])
  })

  it('reads weight 2 as the row twice, weight 0 as the row absent', () => {
    const weight = Array.from({ length: 400 }, (_, row) => row % 3)
    const rows = weight.flatMap((times, row) => Array<number>(times).fill(row))
    const weighted = contributionImportance(model, data.features, { weight }).features
    const repeated = contributionImportance(model, rowsOf(data, rows).features).features
    weighted.forEach(({ feature, meanAbsolute }, index) => {
      expect(repeated[index]!.feature).toBe(feature)
      expect(meanAbsolute).toBeCloseTo(repeated[index]!.meanAbsolute, 12)
    })
  })

  it('takes a sample of many rows, the same for the same seed', () => {
    const of = (options: object) => contributionImportance(model, data.features, { maxRows: 50, ...options })
    expect(of({ seed: 2 })).toEqual(of({ seed: 2 }))
    expect(of({ seed: 2 })).not.toEqual(of({}))
    expect(of({ maxRows: 400 })).toEqual(contributionImportance(model, data.features))
  })

  it('refuses everything that is wrong at once', () => {
    const broken = { ...data.features, columns: data.features.columns.slice(1) }
    const options = { maxRows: 0, wieght: [] } as object
    expect(() => contributionImportance(model, broken, options)).toThrow('3 problems')
    const ofWeight = (weight: number[]) => () => contributionImportance(model, data.features, { weight })
    expect(ofWeight([1])).toThrow('expected weight to have 400 values')
    expect(ofWeight(new Array(400).fill(0))).toThrow('above 0 somewhere')
    expect(ofWeight(new Array(400).fill(1).with(7, -1))).toThrow('row 8: expected weight')
    expect(() => contributionImportance(model, { rowCount: 0, columns: [] })).toThrow('at least 1 row')
  })
})
