import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { KernelMemory } from '../../../src/base/kernelMemory.js'
import type { BoostLimits } from '../../../src/learn/tree/grow/boostTrees.js'
import { type KernelTeam, type Operation, operations } from '../../../src/learn/tree/grow/kernelTeam.js'
import { plainKernels } from '../../../src/learn/tree/grow/plainKernels.js'
import {
  type Grown,
  growTrees,
  onJobs,
  plainLimits,
  randomRoles,
  randomWeights,
  type TreeCase,
  treeCase,
} from './treeCases.js'

const variety = fc.record({
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  rows: fc.integer({ min: 2, max: 900 }),
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
  featureShare: fc.constantFrom(1, 0.5),
  monotone: fc.boolean(),
})
type Variety = typeof variety extends fc.Arbitrary<infer Value> ? Value : never

function caseOf({
  rows,
  seed,
  weights,
  roles,
}: Pick<Variety, 'rows' | 'seed' | 'weights' | 'roles'>): TreeCase {
  return {
    ...treeCase(rows, seed),
    weight: weights === 'none' ? null : randomWeights(rows, weights === 'whole', seed),
    roles: roles ? randomRoles(rows, seed) : null,
  }
}

function limitsOf(drawn: Variety): BoostLimits {
  return { ...plainLimits, ...drawn, directions: drawn.monotone ? [1, 0, -1, 0, 1, 1, 0, 0, -1] : null }
}

describe('kernels in TypeScript', () => {
  it('leave the same memory as those in WebAssembly after every operation', () => {
    const seen = new Set<Operation>()
    const threads = fc.constantFrom(1, 2, 3)
    fc.assert(
      fc.property(variety, threads, fc.boolean(), (drawn, threads, together) => {
        const { maxBins, featureShare } = drawn
        const prepare = (team: KernelTeam): void => compareOperations(team, seen)
        growTrees(caseOf(drawn), limitsOf(drawn), {
          maxBins,
          featureShare,
          threads,
          together,
          prepare,
          rounds: 2,
        })
      }),
      { numRuns: 40 },
    )
    // Enough numbers for a kernel to sort them.
    const prepare = (team: KernelTeam): void => compareOperations(team, seen)
    growTrees(treeCase(2000, 1), { ...plainLimits, maxLeaves: 4 }, { prepare, rounds: 1 })
    expect([...seen].sort()).toEqual(
      Object.keys(operations)
        .filter((name) => name !== 'stop')
        .sort(),
    )
  })

  it('grow the trees of those in WebAssembly, to the bit', () => {
    fc.assert(
      fc.property(variety, fc.constantFrom(1, 2, 3, 8), (drawn, threads) => {
        const [data, limits] = [caseOf(drawn), limitsOf(drawn)]
        const { maxBins, featureShare } = drawn
        const expected = growTrees(data, limits, { maxBins, featureShare })
        const plain = { maxBins, featureShare, threads, kernels: 'plain', together: true } as const
        expectSame(growTrees(data, limits, plain), expected)
      }),
      { numRuns: 60 },
    )
  })

  it('take over where there is no WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined)
    try {
      expect(growTrees(treeCase(200, 1), plainLimits).trees).toHaveLength(3)
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('a training', () => {
  it('gives the same model on 1, 2 and 8 threads and with kernels in TypeScript, to the bit', () => {
    const drawn = { rows: 3000, seed: 5, weights: 'fractions', roles: true } as const
    const data = caseOf(drawn)
    const limits = { ...plainLimits, rowShare: 0.7, minRowsPerLeaf: 5, l1: 0.1 }
    const expected = growTrees(data, limits)
    expect(expected.ensemble.right.length).toBeGreaterThan(30)
    for (const threads of [2, 8]) {
      expectSame(growTrees(data, limits, { threads, together: true }), expected)
      expectSame(growTrees(data, limits, { threads, kernels: 'plain' }), expected)
    }
  })

  it('gives the same model on 1 and 2 threads where jobs are large enough to be shared', () => {
    const data = treeCase(60_000, 2)
    const expected = growTrees(data, plainLimits, { rounds: 1 })
    expectSame(growTrees(data, plainLimits, { rounds: 1, threads: 2 }), expected)
  })
})

function expectSame(actual: Grown, expected: Grown): void {
  expect(actual.trees).toEqual(expected.trees)
  expect(actual.margin).toEqual(expected.margin)
}

/** Does every job with the other kernels too, from the same memory, and compares what it leaves. */
function compareOperations(team: KernelTeam, seen: Set<Operation>): void {
  const memory = KernelMemory.forPlain()
  const run = plainKernels(memory)
  let roles = 0
  onJobs(team, (operation, parameters, work) => {
    seen.add(operation)
    if (operation === 'sumGradients') roles = parameters[1]!
    const { size } = team.memory
    if (memory.size < size) memory.allocate(size - memory.size)
    const plain = new Uint8Array(memory.buffer, 0, size)
    plain.set(new Uint8Array(team.memory.buffer, 0, size))
    work()
    plain.set(new Uint8Array(team.memory.buffer, controlBegin, controlEnd - controlBegin), controlBegin)
    for (let thread = 0; thread < team.threadCount; thread++) run(thread)
    const expected = new Uint8Array(team.memory.buffer, 0, size).slice()
    const room = rooms[operation]?.(parameters, team.threadCount) ?? []
    if (operation === 'packGradients') room.push(...rowsOutside(expected, roles, parameters))
    for (const [begin, length] of [[0, controlBegin] as const, ...room]) {
      for (const bytes of [expected, plain]) bytes.fill(0, begin, begin + length)
    }
    const isSame = Buffer.compare(expected, plain) === 0
    const first = isSame ? -1 : expected.findIndex((byte, at) => byte !== plain[at])
    expect({ operation, first }).toEqual({ operation, first: -1 })
  })
}

const controlBegin = 64
const controlEnd = 64 + 512
const scratchBytes = 8192

/**
 * Statistics of the rows outside of a training: units are chosen for the rows in it, so that those of an outside row can
 * be larger than 32 bits, and nobody reads them.
 */
function rowsOutside(memory: Uint8Array, roles: number, parameters: readonly number[]): Room[] {
  if (roles === 0) return []
  const [statistics, , , rowCount] = parameters as [number, number, number, number]
  return Array.from({ length: rowCount }, (_, row) => row)
    .filter((row) => memory[roles + row] !== 0)
    .map((row) => [statistics + 8 * row, 8])
}

type Room = [address: number, byteCount: number]

/** Where operations write what nobody reads afterwards. */
const rooms: Readonly<Record<string, (parameters: readonly number[], threads: number) => Room[]>> = {
  searchSplits: (parameters, threads) => [[parameters[12]!, threads * scratchBytes]],
  searchCounted: (parameters) => [[parameters[5]!, scratchBytes]],
  describeSplit: (parameters) => [[parameters[5]!, scratchBytes]],
  sortNumbers: (parameters) => [
    [parameters[1]!, parameters[3]! * 8],
    [parameters[2]!, 6 * 2048 * 4],
  ],
}
