import { expect, it } from 'vitest'
import { numberColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { sigmoid } from '../../../src/base/statistics.js'
import { boostingOptions } from '../../../src/learn/boosting/options.js'
import { partsOf } from '../../../src/learn/boosting/parts.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import type { TrainingData } from '../../../src/learn/contract.js'
import type { TreeEnsemble } from '../../../src/learn/tree/ensemble.js'

/** Customers in the cells of a grid of 16 × 16 × 8, each cell with a risk of its own: only deep trees tell them apart. */
function grid(rowCount: number, seed: number): TrainingData {
  const [random, cells] = [seededRandom(seed), seededRandom(99)]
  const risk = Array.from({ length: 16 * 16 * 8 }, () => (cells.uniform() < 0.5 ? -3 : 3))
  return drawn(rowCount, random, [16, 16, 8], (at) => risk[(at[0]! * 16 + at[1]!) * 8 + at[2]!]!)
}

function additive(rowCount: number, seed: number): TrainingData {
  const random = seededRandom(seed)
  return drawn(
    rowCount,
    random,
    [16, 16, 8],
    (at) => 0.3 * (at[0]! - 8) - 0.2 * (at[1]! - 8) + 0.3 * (at[2]! - 4),
  )
}

function drawn(
  rowCount: number,
  random: ReturnType<typeof seededRandom>,
  sizes: readonly number[],
  marginOf: (at: readonly number[]) => number,
): TrainingData {
  const columns = sizes.map((size) => Array.from({ length: rowCount }, () => random.integer(size)))
  const outcome = Uint8Array.from({ length: rowCount }, (_, row) =>
    random.uniform() < sigmoid(marginOf(columns.map((column) => column[row]!))) ? 1 : 0,
  )
  return {
    features: { rowCount, columns: columns.map((values, index) => numberColumn(`c${index}`, values)) },
    outcome,
  }
}

/** Questions from a node to the deepest leaf below it. */
function depthBelow(ensemble: TreeEnsemble, node: number): number {
  const right = ensemble.right[node]!
  if (right === 0) return 0
  return 1 + Math.max(...[node + 1, right].map((below) => depthBelow(ensemble, below)))
}

/** Questions from the root to the deepest leaf. */
function deepest(ensemble: TreeEnsemble): number {
  return Math.max(...Array.from(ensemble.roots, (root) => depthBelow(ensemble, root)))
}

const small = { rounds: 60, repeats: 1 }

it('trees deeper than six are taken where the rows kept from the training are predicted better', () => {
  expect(deepest(trainBoosting(grid(6000, 1), small).ensemble)).toBeGreaterThan(6)
})

it('where effects add up, the parts are of depth three and six', () => {
  const { ensemble } = trainBoosting(additive(3000, 2), small)
  expect(deepest(ensemble)).toBeLessThanOrEqual(6)
})

it('of fewer than 2,048 rows no larger trees are grown', () => {
  expect(deepest(trainBoosting(grid(2000, 3), small).ensemble)).toBeLessThanOrEqual(6)
})

it('a size that is given is the only one', () => {
  const { usual, larger } = partsOf(boostingOptions.parse({ maxDepth: 4 }))
  expect([usual.map(({ maxDepth }) => maxDepth), larger]).toEqual([[4], []])
  expect(deepest(trainBoosting(grid(3000, 4), { ...small, maxDepth: 4 }).ensemble)).toBe(4)
})

it('a shallow part that is far behind is left off before it has asked as many questions as the deep one', () => {
  const counts: number[] = []
  const onProgress = ({ step, done }: { step: string; done: number }) => {
    if (step === 'inner tree') counts.push(done)
  }
  trainBoosting(grid(6000, 1), small, { onProgress })
  // Of at most 60 trees the deep and both larger parts may have a quarter, 15, which learn to the end. The shallow one has
  // asked half of the 15 × 6 questions after 15 trees; three looks, after 10, 20 and 30, tell its pace, at which it would
  // not catch up.
  expect(counts.at(-2)).toBe(15 + 30 + 15 + 15)
})

it('a shallow part that is behind but on its way is grown on: many rows where effects add up', () => {
  const random = seededRandom(8)
  const rowCount = 60_000
  const columns = Array.from({ length: 8 }, () =>
    Float64Array.from({ length: rowCount }, () => random.normal()),
  )
  const outcome = Uint8Array.from({ length: rowCount }, (_, row) =>
    random.uniform() < sigmoid(columns.reduce((sum, values) => sum + values[row]!, -1)) ? 1 : 0,
  )
  const features = { rowCount, columns: columns.map((values, index) => numberColumn(`c${index}`, values)) }
  const { ensemble } = trainBoosting({ features, outcome }, { rounds: 240 })
  const depths = Array.from(ensemble.roots, (root) => depthBelow(ensemble, root))
  expect(new Set(depths)).toEqual(new Set([3, 6]))
})

it('of 400,000 customers an eighth is kept, and the trees of the others are the model', () => {
  const random = seededRandom(9)
  const rowCount = 400_000
  const values = Array.from({ length: rowCount }, () => random.integer(4))
  // Shares of churners .1, .2, .3, .4, whose standard errors with 87,500 trained rows each are below .0017.
  const outcome = Uint8Array.from(values, (value) => (random.uniform() < 0.1 * (value + 1) ? 1 : 0))
  const features = { rowCount, columns: [numberColumn('x', values)] }
  const countsOf = (options: { innerFolds?: number }): [number, number] => {
    const steps: string[] = []
    const onProgress = ({ step }: { step: string }) => steps.push(step)
    const model = trainBoosting({ features, outcome }, { rounds: 40, ...options }, { onProgress })
    const known = { rowCount: 4, columns: [numberColumn('x', [0, 1, 2, 3])] }
    model.probability(known).forEach((share, value) => {
      expect(Math.abs(share - 0.1 * (value + 1))).toBeLessThan(0.008)
    })
    return [steps.filter((step) => step === 'tree').length, model.ensemble.roots.length]
  }
  expect(countsOf({})[0]).toBe(1)
  // A fifth is kept of customers of whom fewer than 20,000 leave, and where two rows are one customer: all train again.
  const few = outcome.map((value, row) => (row % 16 === 0 ? value : 0))
  const ids = Array.from({ length: rowCount }, (_, row) => String(row >> 1))
  for (const data of [
    { features, outcome: few },
    { features, outcome, ids },
  ]) {
    let trained = 0
    const onProgress = ({ step }: { step: string }): void => {
      if (step === 'tree') trained++
    }
    const { ensemble } = trainBoosting(data, { rounds: 20 }, { onProgress })
    expect(trained).toBe(ensemble.roots.length)
  }
  // A number of folds that is given trains again on all rows.
  const [trained, trees] = countsOf({ innerFolds: 1 })
  expect(trained).toBe(trees)
})

it('progress ends at its total, however many sizes were tried', () => {
  const steps: [string, number, number][] = []
  const onProgress = ({ step, done, total }: { step: string; done: number; total: number }) => {
    steps.push([step, done, total])
  }
  trainBoosting(grid(3000, 5), { rounds: 20, repeats: 1 }, { onProgress })
  const inner = steps.filter(([step]) => step === 'inner tree')
  expect(inner.at(-1)![1]).toBe(inner.at(-1)![2])
  expect(inner.every(([, done, total]) => done <= total)).toBe(true)
})
