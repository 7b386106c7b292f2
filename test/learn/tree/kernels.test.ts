import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BoostLimits } from '../../../src/learn/tree/boostTrees.js'
import {
  type Grown,
  growTrees,
  plainLimits,
  randomRoles,
  randomWeights,
  type TreeCase,
  treeCase,
} from './treeCases.js'

const variety = fc.record({
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  rows: fc.integer({ min: 2, max: 700 }),
  weights: fc.constantFrom('none', 'whole', 'fractions'),
  roles: fc.boolean(),
  maxBins: fc.constantFrom(2, 7, 64, 255),
  growth: fc.constantFrom('leaf' as const, 'depth' as const),
  maxLeaves: fc.integer({ min: 2, max: 24 }),
  maxDepth: fc.integer({ min: 1, max: 8 }),
  minRowsPerLeaf: fc.constantFrom(1, 2, 9.5, 30),
  minHessianPerLeaf: fc.constantFrom(0, 0.3, 2),
  l1: fc.constantFrom(0, 0, 0.7),
  l2: fc.constantFrom(0, 1, 20),
  minGain: fc.constantFrom(0, 0.5),
  rowShare: fc.constantFrom(1, 0.6),
  monotone: fc.boolean(),
})
type Variety = typeof variety extends fc.Arbitrary<infer Value> ? Value : never

function caseOf({ rows, seed, weights, roles }: Variety): TreeCase {
  return {
    ...treeCase(rows, seed),
    weight: weights === 'none' ? null : randomWeights(rows, weights === 'whole', seed),
    roles: roles ? randomRoles(rows, seed) : null,
  }
}

function limitsOf(drawn: Variety): BoostLimits {
  return { ...plainLimits, ...drawn, directions: drawn.monotone ? [1, 0, -1, 1, 0, 0, -1] : null }
}

describe('kernels in TypeScript', () => {
  it('grow the trees of those in WebAssembly, to the bit', () => {
    fc.assert(
      fc.property(variety, fc.constantFrom(1, 2, 3, 8), (drawn, threads) => {
        const [data, limits] = [caseOf(drawn), limitsOf(drawn)]
        const { maxBins } = drawn
        const expected = growTrees(data, limits, { maxBins })
        expectSame(growTrees(data, limits, { maxBins, threads, kernels: 'plain', together: true }), expected)
      }),
      { numRuns: 60 },
    )
  })
})

function expectSame(actual: Grown, expected: Grown): void {
  expect(actual.trees).toEqual(expected.trees)
  expect(actual.margin).toEqual(expected.margin)
}
