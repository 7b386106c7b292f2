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

/** Questions from the root to the deepest leaf. */
function deepest({ roots, right }: TreeEnsemble): number {
  const depthBelow = (node: number): number =>
    right[node] === 0 ? 0 : 1 + Math.max(depthBelow(node + 1), depthBelow(right[node]!))
  return Math.max(...Array.from(roots, depthBelow))
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
  // asked half of the 15 × 6 questions after 15 trees; it is looked at after 20, a third before it has asked them all.
  expect(counts.at(-2)).toBe(15 + 20 + 15 + 15)
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
