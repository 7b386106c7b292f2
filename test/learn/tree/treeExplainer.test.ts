import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FeatureMatrix, numberColumn, takeRows } from '../../../src/base/matrix.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import type { TreeEnsemble } from '../../../src/learn/tree/ensemble.js'
import { quadratureOf } from '../../../src/learn/tree/explain/quadrature.js'
import { TreeExplainer } from '../../../src/learn/tree/explain/treeExplainer.js'
import { addMargins, forEachBlock, goesLeft } from '../../../src/learn/tree/predict.js'
import { sampleData } from '../sample.js'
import {
  alignedRows,
  type EnsembleShape,
  type RandomEnsemble,
  randomEnsemble,
  randomRows,
} from './randomEnsemble.js'

const small = fc.record({
  trees: fc.integer({ min: 0, max: 3 }),
  splits: fc.integer({ min: 0, max: 25 }),
  numbers: fc.integer({ min: 1, max: 4 }),
  texts: fc.integer({ min: 0, max: 2 }),
  categories: fc.integer({ min: 1, max: 6 }),
  chain: fc.boolean(),
  levels: fc.constant(4),
})
const seeds = fc.integer({ min: 0, max: 1e6 })
const rowCount = 10

describe('TreeExplainer', () => {
  it('gives contributions equal to brute force over all sets of features', () => {
    fc.assert(
      fc.property(small, seeds, (shape, seed) => {
        const { random, rows, values } = sample(shape, seed)
        const got = new TreeExplainer(random.ensemble, random.specs).contributions(rows)
        values.forEach((row, index) => {
          const worth = worthOfSets(row.length, (known) => expectation(random.ensemble, row, known))
          shapley(worth, row.length).forEach((expected, feature) => {
            expect(Math.abs(got[feature]![index]! - expected)).toBeLessThan(1e-10)
          })
        })
      }),
      { numRuns: 60 },
    )
  })

  it('gives interventional contributions equal to brute force over all sets and background rows', () => {
    fc.assert(
      fc.property(small, seeds, (shape, seed) => {
        const { random, rows, values } = sample(shape, seed)
        const background = sample(shape, seed, seed + 1)
        const explainer = new TreeExplainer(random.ensemble, random.specs)
        const { values: got } = explainer.interventional(rows, background.rows)
        values.slice(0, 3).forEach((row, index) => {
          const worth = worthOfSets(row.length, (known) => {
            const mixed = background.values.map((other) =>
              row.map((value, feature) => ((known >> feature) & 1 ? value : other[feature]!)),
            )
            return mean(mixed.map((each) => marginOf(random.ensemble, each)))
          })
          shapley(worth, row.length).forEach((expected, feature) => {
            expect(Math.abs(got[feature]![index]! - expected)).toBeLessThan(1e-10)
          })
        })
      }),
      { numRuns: 40 },
    )
  })

  it('gives interactions equal to brute force, symmetric, and adding up to the contributions', () => {
    fc.assert(
      fc.property(small, seeds, (shape, seed) => {
        const { random, rows, values } = sample(shape, seed)
        const explainer = new TreeExplainer(random.ensemble, random.specs)
        const got = explainer.interactions(rows)
        const own = explainer.contributions(rows)
        const width = random.specs.length
        values.forEach((row, index) => {
          const worth = worthOfSets(width, (known) => expectation(random.ensemble, row, known))
          for (let one = 0; one < width; one++) {
            let sum = 0
            for (let other = 0; other < width; other++) {
              const value = got[one]![other]![index]!
              sum += value
              if (other === one) continue
              expect(value).toBe(got[other]![one]![index]!)
              expect(Math.abs(value - interaction(worth, width, one, other) / 2)).toBeLessThan(1e-10)
            }
            expect(Math.abs(sum - own[one]![index]!)).toBeLessThan(1e-10)
          }
        })
      }),
      { numRuns: 40 },
    )
  })

  const large: Record<string, EnsembleShape> = {
    'trees of 31 leaves': { trees: 8, splits: 30, numbers: 8, texts: 3, categories: 12 },
    'leaves that ask up to 16 features': {
      trees: 2,
      splits: 40,
      numbers: 14,
      texts: 2,
      categories: 5,
      chain: true,
    },
    'leaves that ask more than 16': {
      trees: 2,
      splits: 90,
      numbers: 30,
      texts: 0,
      categories: 0,
      chain: true,
    },
  }

  it.each(Object.entries(large))('adds up to the sum of the trees within 1e-9: %s', (_, shape) => {
    const { random, rows } = sample(shape, 3, 4, 700)
    const background = sample(shape, 3, 5, 20)
    const explainer = new TreeExplainer(random.ensemble, random.specs)
    const margin = marginsOf(random.ensemble, rows)
    const means = mean([...marginsOf(random.ensemble, background.rows)])
    const own = explainer.contributions(rows)
    const interventional = explainer.interventional(rows, background.rows)
    expect(interventional.mean).toBeCloseTo(means, 12)
    margin.forEach((expected, row) => {
      expect(Math.abs(sumAt(own, row) + explainer.expectedValue - expected)).toBeLessThan(1e-9)
      expect(Math.abs(sumAt(interventional.values, row) + means - expected)).toBeLessThan(1e-9)
    })
  })

  it.each(Object.entries(large))(
    'gives the same bits with kernels and without, and for one row: %s',
    (_, shape) => {
      const { random, rows, matrix } = sample(shape, 6, 7, 1100)
      const explainer = new TreeExplainer(random.ensemble, random.specs)
      const background = sample(shape, 6, 8, 12).rows
      expect(explainer.contributions(rows)).toEqual(explainer.contributions(rows, null))
      expect(explainer.interventional(rows, background)).toEqual(
        explainer.interventional(rows, background, null),
      )
      const first = takeRows(matrix, [513])
      const one = explainer.contributions({ columns: alignedRows(random.specs, first), rowCount: 1 })
      expect(one.map((values) => values[0])).toEqual(
        explainer.contributions(rows).map((values) => values[513]),
      )
    },
  )

  it('gives a feature that no tree asks exactly 0', () => {
    const data = sampleData(200, 1)
    const idle = numberColumn('idle', new Array(200).fill(1))
    const features = { rowCount: 200, columns: [...data.features.columns, idle] }
    const model = trainBoosting({ ...data, features }, { rounds: 20 })
    const index = model.features.findIndex((feature) => feature.name === 'idle')
    expect(model.contributions(features).values[index]!.every((value) => value === 0)).toBe(true)
  })
})

describe('quadratureOf', () => {
  it.each([1, 2, 5, 8, 30])('integrates polynomials of degree below 2 × %i exactly', (count) => {
    const { points, weights } = quadratureOf(count)
    for (let degree = 0; degree < 2 * count; degree++) {
      const integral = points.reduce((sum, point, index) => sum + weights[index]! * point ** degree, 0)
      expect(Math.abs(integral - 1 / (degree + 1))).toBeLessThan(1e-14)
    }
  })
})

interface Sample {
  readonly random: RandomEnsemble
  readonly matrix: FeatureMatrix
  readonly rows: { readonly columns: ReturnType<typeof alignedRows>; readonly rowCount: number }
  /** Each row as trees read it: categories as indices, missing as NaN. */
  readonly values: readonly (readonly number[])[]
}

function sample(shape: EnsembleShape, seed: number, rowSeed = seed, count = rowCount): Sample {
  const random = randomEnsemble(shape, seed)
  const matrix = randomRows(random, count, rowSeed)
  const columns = alignedRows(random.specs, matrix)
  const values: number[][] = []
  forEachBlock(columns, count, (block, _, blockRows) => {
    for (let row = 0; row < blockRows; row++) {
      values.push([...block.subarray(row * columns.length, (row + 1) * columns.length)])
    }
  })
  return { random, matrix, rows: { columns, rowCount: count }, values }
}

function marginsOf(ensemble: TreeEnsemble, rows: Sample['rows']): Float64Array {
  const margin = new Float64Array(rows.rowCount)
  addMargins(ensemble, rows.columns, margin)
  return margin
}

function marginOf(ensemble: TreeEnsemble, row: readonly number[]): number {
  return expectation(ensemble, row, -1)
}

/** What the trees say where only the features in `known` are: elsewhere both sides by their cover. */
function expectation(ensemble: TreeEnsemble, row: readonly number[], known: number): number {
  const below = (node: number): number => {
    const right = ensemble.right[node]!
    if (right === 0) return ensemble.value[node]!
    const feature = ensemble.feature[node]!
    if ((known >> feature) & 1) return below(goesLeft(ensemble, node, row[feature]!) ? node + 1 : right)
    const share = ensemble.cover[node + 1]! / ensemble.cover[node]!
    return share * below(node + 1) + (1 - share) * below(right)
  }
  return ensemble.roots.reduce((sum, root) => sum + below(root), 0)
}

function worthOfSets(count: number, worth: (known: number) => number): number[] {
  return Array.from({ length: 2 ** count }, (_, known) => worth(known))
}

/** Shapley's formula: the weighted mean over all sets S of what the feature adds to S. */
function shapley(worth: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, feature) => {
    let total = 0
    worth.forEach((without, known) => {
      if ((known >> feature) & 1) return
      const size = sizeOf(known)
      const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count)
      total += weight * (worth[known | (1 << feature)]! - without)
    })
    return total
  })
}

/** The Shapley interaction index of Grabisch and Roubens (1999). */
function interaction(worth: readonly number[], count: number, one: number, other: number): number {
  const both = (1 << one) | (1 << other)
  let total = 0
  worth.forEach((without, known) => {
    if ((known & both) !== 0) return
    const size = sizeOf(known)
    const weight = (factorial(size) * factorial(count - size - 2)) / factorial(count - 1)
    total +=
      weight * (worth[known | both]! - worth[known | (1 << one)]! - worth[known | (1 << other)]! + without)
  })
  return total
}

function sizeOf(set: number): number {
  return set.toString(2).replaceAll('0', '').length
}

function factorial(count: number): number {
  return count < 2 ? 1 : count * factorial(count - 1)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function sumAt(values: readonly Float64Array[], row: number): number {
  return values.reduce((sum, each) => sum + each[row]!, 0)
}
