import { describe, expect, it, vi } from 'vitest'
import { type FeatureColumn, numberColumn, textColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { TreeWorkspace } from '../../../src/learn/tree/grow/treeWorkspace.js'
import { type Grown, growTrees, numberCase, plainLimits, type TreeCase, treeCase } from './treeCases.js'

/** Nothing holds a leaf back. */
const free = { ...plainLimits, minHessianPerLeaf: 0, l2: 0, learningRate: 1 }

describe('BoostedTrees', () => {
  it('divides one row per class', () => {
    const { margin, trees } = growBoth(caseOf([0, 1], [numberColumn('x', [3, 4])]))
    // Gradients ±1/2, hessian 1/4: 2 either way in the first tree.
    expect(trees[0]!.map(({ value }) => value)).toEqual([0, -2, 2])
    expect(margin[0]).toBe(-margin[1]!)
  })

  it('has nothing to ask of columns that are constant or all missing: one leaf', () => {
    const rows = [0, 0, 1, 1]
    const columns = [
      numberColumn(
        'constant',
        rows.map(() => 5),
      ),
      textColumn(
        'oneText',
        rows.map(() => 'a'),
      ),
      numberColumn(
        'noNumber',
        rows.map(() => null),
      ),
      textColumn(
        'noText',
        rows.map(() => null),
      ),
    ]
    const { trees, margin } = growBoth(caseOf(rows, columns))
    expect(trees.map(({ length }) => length)).toEqual([1, 1, 1])
    expect([...margin]).toEqual([0, 0, 0, 0])
  })

  it('asks for missing values where they are all that differs', () => {
    const columns = [numberColumn('x', [null, null, 2, 2])]
    const { trees } = growBoth(caseOf([1, 1, 0, 0], columns))
    expect([...trees[0]![0]!.split!.sides]).toEqual([1, 0])
  })

  it('tells the largest numbers, denormals and neighbours apart, and takes −0 for 0', () => {
    const values = [-Number.MAX_VALUE, -5e-324, -0, 0, 5e-324, 1, 1 + Number.EPSILON, Number.MAX_VALUE]
    const outcome = [1, 0, 1, 1, 0, 1, 0, 1]
    const { margin } = growBoth(caseOf(outcome, [numberColumn('x', values)]))
    expect([...margin].map((value) => (value > 0 ? 1 : 0))).toEqual(outcome)
    expect(margin[2]).toBe(margin[3])
  })

  it('finds the one feature of 5,000 that says something', () => {
    const random = seededRandom(1)
    const outcome = Array.from({ length: 40 }, (_, row) => row % 2)
    const columns = Array.from({ length: 5000 }, (_, column) =>
      numberColumn(
        `x${column}`,
        outcome.map((churned) => (column === 4321 ? churned + random.uniform() / 2 : random.uniform())),
      ),
    )
    const limits = { ...plainLimits, maxLeaves: 4, minRowsPerLeaf: 5 }
    const grown = growTrees(caseOf(outcome, columns), limits, { rounds: 1, threads: 2 })
    expect(grown.trees[0]![0]!.split?.feature).toBe(4321)
  })

  it('reads a category that training has not seen, or has seen too rarely, as a missing one', () => {
    // Two categories fit: the third is read as missing, which is what the split then knows it by.
    const plans = ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', null]
    const outcome = [0, 0, 0, 0, 0, 0, 1, 1, 1]
    const { trees, margin } = growBoth(caseOf(outcome, [textColumn('plan', plans)]), 2)
    const { sides } = trees[0]![0]!.split!
    expect(sides[0]).toBe(sides[1])
    expect(sides[2]).not.toBe(sides[0])
    expect(margin[6]).toBe(margin[8])
  })

  it('grows the same trees where there is no room to keep histograms', () => {
    const data = treeCase(400, 5)
    const expected = growTrees(data, plainLimits)
    const room = vi.spyOn(TreeWorkspace.prototype, 'hasRoom', 'get').mockReturnValue(false)
    try {
      expect(growTrees(data, plainLimits)).toEqual(expected)
    } finally {
      room.mockRestore()
    }
  })

  it('adds to the margins what its trees say, of rows sampled or not', () => {
    const limits = { ...plainLimits, rowShare: 0.5 }
    const data = { ...numberCase(500, 3, 2), margin: 0.25 }
    const { trees, margin } = growTrees(data, limits, { threads: 3 })
    const leaves = new Set(
      trees
        .at(-1)!
        .filter(({ split }) => split === null)
        .map(({ value }) => value),
    )
    const before = growTrees(data, limits, { rounds: 2, threads: 3 })
    margin.forEach((value, row) => {
      const step = [...leaves].some((leaf) => before.margin[row]! + leaf === value)
      expect(step).toBe(true)
    })
  })
})

function caseOf(outcome: readonly number[], columns: readonly FeatureColumn[]): TreeCase {
  return {
    features: { rowCount: outcome.length, columns },
    outcome: Uint8Array.from(outcome),
    weight: null,
    roles: null,
    margin: 0,
  }
}

/** Grows with either kernels, which must agree. */
function growBoth(data: TreeCase, maxBins = 255): Grown {
  const grown = growTrees(data, free, { maxBins })
  expect(growTrees(data, free, { maxBins, kernels: 'plain' })).toEqual(grown)
  return grown
}
