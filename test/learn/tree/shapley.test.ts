import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberColumn, takeRows, textColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { FeatureAligner } from '../../../src/learn/align.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import type { TrainingData } from '../../../src/learn/contract.js'
import type { TreeEnsemble } from '../../../src/learn/tree/ensemble.js'
import { goesLeft } from '../../../src/learn/tree/predict.js'
import { addShapleyValues } from '../../../src/learn/tree/shapley.js'
import { ShapleyTables } from '../../../src/learn/tree/shapleyTables.js'
import { sampleData } from '../sample.js'

describe('addShapleyValues', () => {
  it('equals brute force over all subsets of features, with missing values and categories', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 6 }), (seed, maxDepth) => {
        const data = randomData(60, seed)
        const model = trainBoosting(data, {
          rounds: 3,
          maxDepth,
          seed,
          learningRate: 0.5,
          minHessianPerLeaf: 0.1,
          categorySmoothing: 0,
        })
        const rows = takeRows(data.features, [0, 1, 2, 3, 4, 5])
        const { values } = model.contributions(rows)
        for (let row = 0; row < 6; row++) {
          const expected = bruteForce(model.ensemble, rowValues(model.features, rows, row))
          expected.forEach((value, feature) => {
            expect(values[feature]![row]).toBeCloseTo(value, 10)
          })
        }
      }),
      { numRuns: 40 },
    )
  })

  it('gives by tables what it gives by the walk', () => {
    const data = sampleData(300, 5)
    const model = trainBoosting(data, { rounds: 40, maxDepth: 4 })
    const aligned = new FeatureAligner(model.features).align('test', data.features)
    const walked = model.features.map(() => new Float64Array(300))
    addShapleyValues(model.ensemble, aligned, 300, walked)
    const tables = ShapleyTables.of(model.ensemble)
    expect(tables).not.toBeNull()
    const looked = model.features.map(() => new Float64Array(300))
    tables!.addValues(aligned, 300, looked)
    walked.forEach((values, feature) => {
      values.forEach((value, row) => {
        expect(looked[feature]![row]).toBeCloseTo(value, 12)
      })
    })
  })

  it('has no tables for trees of more than 31 questions', () => {
    const model = trainBoosting(sampleData(800, 3), {
      rounds: 1,
      maxDepth: 24,
      maxLeaves: 200,
      minHessianPerLeaf: 0.01,
    })
    expect(ShapleyTables.of(model.ensemble)).toBeNull()
  })

  it('adds up to the margin for deep trees that ask the same features again and again', () => {
    const data = sampleData(800, 3)
    const model = trainBoosting(data, { rounds: 20, maxDepth: 24, maxLeaves: 200, minHessianPerLeaf: 0.01 })
    const { base, values } = model.contributions(data.features)
    model.margin(data.features).forEach((margin, row) => {
      const sum = values.reduce((total, contribution) => total + contribution[row]!, base)
      expect(Math.abs(sum - margin)).toBeLessThan(1e-9)
    })
  })

  it('gives a feature that no tree asks exactly 0', () => {
    const data = sampleData(200, 1)
    const idle = numberColumn('idle', new Array(200).fill(1))
    const columns = [...data.features.columns, idle]
    const features = { rowCount: 200, columns }
    const model = trainBoosting({ ...data, features }, { rounds: 20 })
    const index = model.features.findIndex((feature) => feature.name === 'idle')
    expect(model.contributions(features).values[index]!.every((value) => value === 0)).toBe(true)
  })
})

function randomData(rowCount: number, seed: number): TrainingData {
  const random = seededRandom(seed)
  const number = (): (number | null)[] =>
    Array.from({ length: rowCount }, () => (random.uniform() < 0.2 ? null : random.integer(8)))
  const text = Array.from({ length: rowCount }, () => [null, 'a', 'b', 'c', 'd'][random.integer(5)]!)
  const columns = [
    numberColumn('one', number()),
    numberColumn('two', number()),
    textColumn('three', text),
    numberColumn('four', number()),
  ]
  const outcome = Uint8Array.from({ length: rowCount }, (_, row) => (row < 2 ? row : random.integer(2)))
  return { features: { rowCount, columns }, outcome }
}

/** A row as the trees read it, by the model's own features: categories as indices, missing as NaN. */
function rowValues(
  features: ReturnType<typeof trainBoosting>['features'],
  matrix: TrainingData['features'],
  row: number,
): number[] {
  return features.map((spec) => {
    const column = matrix.columns.find((candidate) => candidate.name === spec.name)!
    if (column.missing?.has(row) === true) return Number.NaN
    if (column.kind === 'number') return column.values[row]!
    const category =
      spec.kind === 'text' ? spec.categories.indexOf(column.dictionary[column.codes[row]!]!) : -1
    return category < 0 ? Number.NaN : category
  })
}

/** Shapley's formula: the weighted mean over all subsets S of what the feature adds to S. */
function bruteForce(ensemble: TreeEnsemble, row: readonly number[]): number[] {
  const count = row.length
  const worth = Array.from({ length: 2 ** count }, (_, known) =>
    ensemble.roots.reduce((sum, root) => sum + expectation(ensemble, root, row, known), 0),
  )
  return row.map((_, feature) => {
    let total = 0
    for (let known = 0; known < 2 ** count; known++) {
      if ((known >> feature) & 1) continue
      const size = known.toString(2).replaceAll('0', '').length
      const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count)
      total += weight * (worth[known | (1 << feature)]! - worth[known]!)
    }
    return total
  })
}

/** What a tree says where only the features in `known` are: elsewhere both sides by their cover. */
function expectation(ensemble: TreeEnsemble, node: number, row: readonly number[], known: number): number {
  const right = ensemble.right[node]!
  if (right === 0) return ensemble.value[node]!
  const feature = ensemble.feature[node]!
  if ((known >> feature) & 1) {
    const next = goesLeft(ensemble, node, row[feature]!) ? node + 1 : right
    return expectation(ensemble, next, row, known)
  }
  const share = ensemble.cover[node + 1]! / ensemble.cover[node]!
  return (
    share * expectation(ensemble, node + 1, row, known) +
    (1 - share) * expectation(ensemble, right, row, known)
  )
}

function factorial(count: number): number {
  return count < 2 ? 1 : count * factorial(count - 1)
}
