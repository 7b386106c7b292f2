import { describe, expect, it } from 'vitest'
import { type FeatureMatrix, numberColumn, textColumn, wideColumn } from '../../../src/base/matrix.js'
import { seededRandom, shuffledIndices } from '../../../src/base/random.js'
import type { BoostingOptions } from '../../../src/learn/boosting/options.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { encodeModel } from '../../../src/learn/store.js'
import type { TreeEnsemble } from '../../../src/learn/tree/ensemble.js'
import { rowsOf, sampleData } from '../sample.js'

/** One tree of one question, nothing held back. */
const stump: BoostingOptions = {
  rounds: 1,
  maxDepth: 1,
  learningRate: 1,
  l2: 0,
  minHessianPerLeaf: 0,
  rowShare: 1,
  columnSharePerNode: 1,
  earlyStopping: false,
}

/** Nothing left to chance: no draws, no inner folds. */
const exact: BoostingOptions = { rowShare: 1, columnSharePerNode: 1, earlyStopping: false }

describe('trainBoosting', () => {
  it('moves each side of a split by the Newton step', () => {
    // Base rate 1/2: gradient ±1/2, hessian 1/4 a row. Left 4 rows, 1 churned: -(3/2 - 1/2) / 1 = -1.
    const features = matrixOf(numberColumn('x', [1, 1, 1, 1, 5, 5, 5, 5]))
    const outcome = Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 0)
    const model = trainBoosting({ features, outcome }, stump)
    expect([...model.margin(matrixOf(numberColumn('x', [1, 3, 3.1, 5])))]).toEqual([-1, -1, 1, 1])
    // With l2 = 1 and half the learning rate: 1/2 · 1 / (1 + 1).
    const slower = trainBoosting({ features, outcome }, { ...stump, l2: 1, learningRate: 0.5 })
    expect([...slower.margin(matrixOf(numberColumn('x', [1, 5])))]).toEqual([-0.25, 0.25])
  })

  it('learns on which side missing values belong', () => {
    const x = numberColumn('x', [1, 2, 3, 4, null, null, null, null])
    for (const churned of [0, 1] as const) {
      const outcome = Uint8Array.from([0, 0, 1, 1, 0, 0, 0, 0], (value, row) => (row < 4 ? value : churned))
      const margin = trainBoosting({ features: matrixOf(x), outcome }, stump).margin(matrixOf(x))
      expect(margin[4]).toBe(margin[churned === 1 ? 3 : 0])
    }
  })

  it('can ask whether a value is missing', () => {
    const features = matrixOf(numberColumn('x', [1, 2, 3, 4, null, null]))
    const model = trainBoosting({ features, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1) }, stump)
    const [low, high, missing] = model.margin(matrixOf(numberColumn('x', [-1e308, 1e308, null])))
    expect(low).toBe(high)
    expect(missing).toBeGreaterThan(low!)
  })

  it('sends missing values that training did not see to the heavier side', () => {
    const features = matrixOf(numberColumn('x', [1, 1, 2, 2, 2, 2]))
    const model = trainBoosting({ features, outcome: Uint8Array.of(1, 1, 0, 0, 0, 0) }, stump)
    const [missing, heavier] = model.margin(matrixOf(numberColumn('x', [null, 2])))
    expect(missing).toBe(heavier)
  })

  it('reads an unseen category as a missing one', () => {
    const plan = ['a', 'a', 'b', 'b', 'c', 'c', null, null, null, null]
    const features = matrixOf(textColumn('plan', plan))
    const outcome = Uint8Array.of(0, 0, 1, 1, 0, 0, 1, 1, 1, 1)
    const model = trainBoosting({ features, outcome }, stump)
    const [unseen, missing, churning, staying] = model.margin(
      matrixOf(textColumn('plan', ['new', null, 'b', 'a'])),
    )
    expect(unseen).toBe(missing)
    expect(missing).toBe(churning)
    expect(missing).toBeGreaterThan(staying!)
  })

  it('tells apart sets of more than 32 categories', () => {
    const plan = Array.from({ length: 400 }, (_, row) => `plan ${row % 80}`)
    const outcome = Uint8Array.from(plan, (_, row) => ((row % 80) % 2 === 0 ? 1 : 0))
    const features = matrixOf(textColumn('plan', plan))
    const probability = trainBoosting({ features, outcome }, stump).probability(features)
    expect(probability.every((value, row) => value > 0.5 === (outcome[row] === 1))).toBe(true)
  })

  it('does not ask a column of many categories that means nothing', () => {
    const random = seededRandom(1)
    const noise = textColumn(
      'noise',
      Array.from({ length: 400 }, () => `c${random.integer(40)}`),
    )
    const signal = numberColumn(
      'signal',
      Array.from({ length: 400 }, () => random.normal()),
    )
    const outcome = Uint8Array.from(signal.values, (value) => (value + 2 * random.normal() > 0 ? 1 : 0))
    const features = { rowCount: 400, columns: [noise, signal] }
    const { ensemble } = trainBoosting({ features, outcome }, { rounds: 20 })
    const asked = innerNodes(ensemble).filter((node) => ensemble.feature[node] === 0).length
    expect(asked / innerNodes(ensemble).length).toBeLessThan(0.2)
  })

  it('keeps to leaves, depth and rows a leaf', () => {
    const data = sampleData(500, 1)
    const limits = { maxLeaves: 5, maxDepth: 3, minRowsPerLeaf: 40, ...exact }
    const { ensemble } = trainBoosting(data, { ...limits, rounds: 10 })
    ensemble.roots.forEach((root, tree) => {
      const end = ensemble.roots[tree + 1] ?? ensemble.right.length
      const leaves = Array.from({ length: end - root }, (_, index) => root + index).filter(
        (node) => ensemble.right[node] === 0,
      )
      expect(leaves.length).toBeLessThanOrEqual(5)
      expect(Math.min(...leaves.map((node) => ensemble.cover[node]!))).toBeGreaterThanOrEqual(40)
      expect(depthOf(ensemble, root)).toBeLessThanOrEqual(3)
      expect(ensemble.cover[root]).toBe(500)
    })
  })

  it('gives the same bytes whatever the order of rows, where no rows are sampled', () => {
    const data = sampleData(400, 1)
    const options = { ...exact, rounds: 20, maxDepth: 5 }
    const shuffled = rowsOf(data, shuffledIndices(400, seededRandom(9)))
    expect(encodeModel(trainBoosting(shuffled, options))).toEqual(encodeModel(trainBoosting(data, options)))
  })

  it('gives the same bytes for whole weights and for rows repeated', () => {
    const data = sampleData(300, 2)
    const weight = Float64Array.from({ length: 300 }, (_, row) => 1 + (row % 3))
    const repeated = rowsOf(
      data,
      [...weight].flatMap((times, row) => new Array<number>(times).fill(row)),
    )
    const options = { ...exact, rounds: 20, maxBins: 30, minRowsPerLeaf: 7 }
    expect(encodeModel(trainBoosting({ ...data, weight }, options))).toEqual(
      encodeModel(trainBoosting(repeated, options)),
    )
  })

  it('chooses at every node the split with the largest gain', () => {
    for (let seed = 0; seed < 12; seed++) expectBestSplits(seed)
  })

  it('stays finite where nothing holds the leaves back and one row contradicts', () => {
    const features = matrixOf(
      numberColumn(
        'x',
        Array.from({ length: 60 }, (_, row) => row),
      ),
    )
    const outcome = Uint8Array.from({ length: 60 }, (_, row) => (row === 3 || row >= 30 ? 1 : 0))
    const model = trainBoosting({ features, outcome }, { ...stump, rounds: 400, maxDepth: 6 })
    expect(model.margin(features).every(Number.isFinite)).toBe(true)
  })

  it('trains where no split is allowed: the base rate for all', () => {
    const data = sampleData(100, 1)
    const model = trainBoosting(data, { ...exact, rounds: 3, maxDepth: 3, minRowsPerLeaf: 90 })
    // Gradients are whole numbers of 2^-24: what is left of their sum moves the margin by less than that.
    expect(model.probability(data.features)[0]).toBeCloseTo(model.baseRate, 7)
    expect(model.ensemble.right.length).toBe(3)
  })
})

/**
 * Grows one tree and tries, at each of its nodes, every cut of every number with missing values on either side and every
 * set of categories. Without l2 and smoothing the order of means holds the best set (Fisher 1958).
 */
function expectBestSplits(seed: number): void {
  const data = sampleData(120, seed)
  const limits = { minRowsPerLeaf: 4, minHessianPerLeaf: 0.5 }
  const options = { ...stump, ...limits, maxDepth: 4, categorySmoothing: 0 }
  const model = trainBoosting(data, options)
  const { ensemble, features } = model
  const rate = model.baseRate
  const gainOf = (rows: readonly number[], isLeft: (row: number) => boolean): number => {
    const sums = [
      [0, 0, 0],
      [0, 0, 0],
    ]
    for (const row of rows) {
      const side = sums[isLeft(row) ? 0 : 1]!
      side[0]! += rate - data.outcome[row]!
      side[1]! += rate * (1 - rate)
      side[2]!++
    }
    const [left, right] = sums as [number[], number[]]
    if (Math.min(left[2]!, right[2]!) < limits.minRowsPerLeaf) return 0
    if (Math.min(left[1]!, right[1]!) < limits.minHessianPerLeaf) return 0
    return (
      left[0]! ** 2 / left[1]! +
      right[0]! ** 2 / right[1]! -
      (left[0]! + right[0]!) ** 2 / (left[1]! + right[1]!)
    )
  }
  const byName = new Map(data.features.columns.map((column) => [column.name, column]))
  const value = (feature: number, row: number): number | string | null => {
    const column = byName.get(features[feature]!.name)!
    if (column.missing?.has(row) === true) return null
    return column.kind === 'number' ? column.values[row]! : column.dictionary[column.codes[row]!]!
  }
  const chanceOf = (feature: number, rows: readonly number[]): number => {
    if (features[feature]!.kind === 'number') return 0
    const kinds = new Set(rows.map((row) => value(feature, row))).size
    return (2 / Math.PI) * Math.max(kinds - 2, 0)
  }
  const bestGain = (rows: readonly number[]): number => {
    let best = 0
    features.forEach((spec, feature) => {
      const kinds = [...new Set(rows.map((row) => value(feature, row)))]
      const cuts: ((row: number) => boolean)[] = []
      if (spec.kind === 'number') {
        for (const cut of kinds) {
          if (cut === null) cuts.push((row) => value(feature, row) === null)
          else {
            const known = (row: number): number =>
              (value(feature, row) as number | null) ?? Number.POSITIVE_INFINITY
            cuts.push((row) => known(row) <= (cut as number))
            cuts.push((row) => value(feature, row) === null || known(row) <= (cut as number))
          }
        }
      } else {
        for (let set = 1; set < 2 ** kinds.length - 1; set++) {
          cuts.push((row) => ((set >> kinds.indexOf(value(feature, row))) & 1) === 1)
        }
      }
      for (const cut of cuts) best = Math.max(best, gainOf(rows, cut) - chanceOf(feature, rows))
    })
    return best
  }
  const visit = (node: number, rows: readonly number[], depth: number): void => {
    if (ensemble.right[node] === 0) {
      if (depth < 4) expect(bestGain(rows)).toBeLessThan(1e-9)
      return
    }
    const isLeft = (row: number): boolean =>
      passesLeft(ensemble, node, value(ensemble.feature[node]!, row), features)
    const left = rows.filter(isLeft)
    const right = rows.filter((row) => !isLeft(row))
    expect(ensemble.cover[node + 1]).toBe(left.length)
    const gain = gainOf(rows, isLeft) - chanceOf(ensemble.feature[node]!, rows)
    expect(gain).toBeCloseTo(bestGain(rows), 9)
    visit(node + 1, left, depth + 1)
    visit(ensemble.right[node]!, right, depth + 1)
  }
  visit(
    0,
    Array.from({ length: 120 }, (_, row) => row),
    0,
  )
}

function passesLeft(
  ensemble: TreeEnsemble,
  node: number,
  value: number | string | null,
  features: ReturnType<typeof trainBoosting>['features'],
): boolean {
  if (value === null) return ensemble.missingLeft[node] === 1
  if (typeof value === 'number') return value <= ensemble.threshold[node]!
  const spec = features[ensemble.feature[node]!]!
  const category = spec.kind === 'text' ? spec.categories.indexOf(value) : -1
  return ((ensemble.leftCategories[ensemble.categoryStart[node]!]! >>> category) & 1) === 1
}

function innerNodes(ensemble: TreeEnsemble): number[] {
  return [...ensemble.right.keys()].filter((node) => ensemble.right[node] !== 0)
}

function depthOf(ensemble: TreeEnsemble, node: number): number {
  const right = ensemble.right[node]!
  return right === 0 ? 0 : 1 + Math.max(depthOf(ensemble, node + 1), depthOf(ensemble, right))
}

function matrixOf(column: FeatureMatrix['columns'][number]): FeatureMatrix {
  return {
    rowCount: column.kind === 'number' ? column.values.length : column.codes.length,
    columns: [column],
  }
}

describe('columns of 32 bits', () => {
  it('give the model of the same numbers in 64 bits, in training and in scoring', () => {
    const { features, outcome } = sampleData(300, 1)
    const columns = features.columns.map((column) => {
      if (column.kind === 'text') return column
      const values =
        column.name === 'complaints' ? Int32Array.from(column.values) : Float32Array.from(column.values)
      return { ...column, values }
    })
    const narrow = { rowCount: 300, columns }
    const wide = {
      rowCount: 300,
      columns: columns.map((column) => (column.kind === 'number' ? wideColumn(column) : column)),
    }
    const model = trainBoosting({ features: wide, outcome })
    expect(encodeModel(trainBoosting({ features: narrow, outcome }))).toEqual(encodeModel(model))
    expect(model.margin(narrow)).toEqual(model.margin(wide))
    expect(model.contributions(narrow)).toEqual(model.contributions(wide))
  })
})
