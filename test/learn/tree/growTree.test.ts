import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberColumn } from '../../../src/base/matrix.js'
import { seededRandom, shuffledIndices } from '../../../src/base/random.js'
import type { KernelTeam } from '../../../src/learn/tree/grow/kernelTeam.js'
import { histogramColumnBytes } from '../../../src/learn/tree/grow/storedColumns.js'
import {
  answerOf,
  growTrees,
  leafOf,
  numberCase,
  onJobs,
  plainLimits,
  randomRoles,
  randomWeights,
  rowsOfNumbers,
  takeCase,
  treeCase,
} from './treeCases.js'

const seeds = fc.integer({ min: 0, max: 1_000_000 })

describe('growTree', () => {
  it('sends every row of a node to one child, in its old order, by the side of its code', () => {
    let partitions = 0
    const prepare = (team: KernelTeam): void =>
      onJobs(team, (operation, parameters, work) => {
        if (operation !== 'partitionRows') {
          work()
          return
        }
        const [rows, ranges, , node, left, right, codes, sides] = parameters as number[]
        const rowsOf = (of: number): number[][] => rowsByThread(team, rows!, ranges!, of)
        const before = rowsOf(node!)
        work()
        const code = new Uint8Array(team.memory.buffer, codes)
        const side = new Uint8Array(team.memory.buffer, sides)
        before.forEach((all, thread) => {
          expect(rowsOf(left!)[thread]).toEqual(all.filter((row) => side[code[row]!] === 1))
          expect(rowsOf(right!)[thread]).toEqual(all.filter((row) => side[code[row]!] === 0))
        })
        partitions++
      })
    growTrees({ ...treeCase(9000, 1), roles: randomRoles(9000, 1) }, plainLimits, { threads: 2, prepare })
    expect(partitions).toBeGreaterThan(20)
  })

  it('finds the histogram of a sibling by subtraction as counting its rows again finds it', () => {
    let siblings = 0
    const prepare = (team: KernelTeam): void => {
      let filled: readonly number[] = []
      let columns: Uint8Array[] = []
      onJobs(team, (operation, parameters, work) => {
        if (operation === 'fillHistogram') filled = parameters
        if (operation === 'interleave') columns = columnsOf(team, parameters)
        work()
        const parent = parameters[1]!
        if (operation !== 'searchSplits' || parent === 0) return
        const [rows, ranges, statistics, , , node] = filled as number[]
        const sibling = node! % 2 === 1 ? node! + 1 : node! - 1
        const own = rowsByThread(team, rows!, ranges!, sibling).flat()
        columns.forEach((codes, column) => {
          const found = cellsAt(team, parent + column * histogramColumnBytes)
          expect(found).toEqual(recount(team, statistics!, own, codes))
        })
        siblings++
      })
    }
    growTrees(treeCase(1000, 2), plainLimits, { threads: 2, together: true, prepare })
    expect(siblings).toBeGreaterThan(10)
  })

  it('gives the same trees for whole weights and for rows repeated', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const data = { ...treeCase(300, seed), weight: randomWeights(300, true, seed), margin: 0 }
        const rows = [...data.weight].flatMap((times, row) => new Array<number>(times).fill(row))
        const repeated = { ...takeCase(data, rows), weight: null }
        const limits = { ...plainLimits, minRowsPerLeaf: 7 }
        expect(growTrees(data, limits, { maxBins: 30 }).trees).toEqual(
          growTrees(repeated, limits, { maxBins: 30 }).trees,
        )
      }),
      { numRuns: 8 },
    )
  })

  it('gives the same trees where rows are held out or absent as where they are not in the data', () => {
    // Bins are made of all rows: few values, all of which occur in either.
    const random = seededRandom(4)
    const values = Array.from({ length: 600 }, (_, row) => (row < 500 ? random.integer(9) : row % 9))
    const base = numberCase(600, 2, 3)
    const columns = [numberColumn('few', values)]
    const data = { ...base, features: { rowCount: 600, columns }, margin: 0.2 }
    const kept = Int32Array.from({ length: 500 }, (_, row) => row)
    const outside = Uint8Array.from({ length: 600 }, (_, row) => (row < 500 ? 0 : row % 2 === 0 ? 1 : 2))
    const withRoles = growTrees({ ...data, roles: outside }, plainLimits)
    const without = growTrees(takeCase(data, kept), plainLimits)
    expect(withRoles.trees).toEqual(without.trees)
    // Rows held out are answered too, absent ones are not.
    expect(withRoles.margin[500]).not.toBe(0.2)
    expect(withRoles.margin[501]).toBe(0.2)
  })

  it('gives the same trees whatever the order of the rows', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const data = { ...treeCase(400, seed), weight: randomWeights(400, seed % 2 === 0, seed) }
        const order = shuffledIndices(400, seededRandom(seed))
        const limits = { ...plainLimits, minRowsPerLeaf: 5 }
        expect(growTrees(takeCase(data, order), limits).trees).toEqual(growTrees(data, limits).trees)
      }),
      { numRuns: 10 },
    )
  })

  it('gives the same trees with a constant column beside the others', () => {
    const data = treeCase(400, 3)
    const constant = numberColumn('constant', new Array<number>(400).fill(7))
    const features = { rowCount: 400, columns: [...data.features.columns, constant] }
    expect(growTrees({ ...data, features }, plainLimits)).toEqual(growTrees(data, plainLimits))
  })

  it('never lowers an answer that must not fall, nor raises one that must not rise', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom('leaf' as const, 'depth' as const), (seed, growth) => {
        const directions = [1, -1, 0, 1]
        const limits = { ...plainLimits, growth, directions, l1: seed % 3, minHessianPerLeaf: 0 }
        const { ensemble } = growTrees(numberCase(300, 4, seed), limits, { rounds: 10 })
        const random = seededRandom(seed)
        for (let probe = 0; probe < 200; probe++) {
          const feature = random.integer(4)
          const row = Array.from({ length: 4 }, () =>
            random.uniform() < 0.1 ? Number.NaN : 3 * random.normal(),
          )
          const [low, high] = [random.normal(), random.normal()].sort((a, b) => a - b)
          const rise =
            answerOf(ensemble, row.with(feature, high!)) - answerOf(ensemble, row.with(feature, low!))
          expect(rise * directions[feature]!).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 10 },
    )
  })

  it('keeps the least weight of rows and the least hessian in every leaf, counted again', () => {
    const weights = fc.constantFrom('none', 'whole', 'fractions')
    fc.assert(
      fc.property(
        seeds,
        weights,
        fc.constantFrom(2, 9.5, 40),
        fc.constantFrom(0, 3),
        (seed, kind, rows, h) => {
          const weight = kind === 'none' ? null : randomWeights(400, kind === 'whole', seed)
          const data = { ...numberCase(400, 3, seed), weight, margin: 0 }
          const limits = { ...plainLimits, minRowsPerLeaf: rows, minHessianPerLeaf: h, maxLeaves: 30 }
          const { ensemble } = growTrees(data, limits)
          const numbers = rowsOfNumbers(data)
          ensemble.roots.forEach((root, tree) => {
            const total = new Map<number, number>()
            numbers.forEach((row, index) => {
              const leaf = leafOf(ensemble, root, row)
              total.set(leaf, (total.get(leaf) ?? 0) + (weight?.[index] ?? 1))
            })
            for (const [leaf, own] of total) {
              // Fractions are rounded to 2^-20 and less.
              expect(own).toBeGreaterThan(rows - 1e-3)
              expect(ensemble.cover[leaf]).toBeCloseTo(own, 3)
              // The hessian of the first tree is a quarter of the weight.
              if (tree === 0) expect(own / 4).toBeGreaterThan(h - 1e-3)
            }
          })
        },
      ),
      { numRuns: 20 },
    )
  })

  it('sends values missing only later to the side that is heavier', () => {
    const random = seededRandom(6)
    const values = Array.from({ length: 300 }, () => random.normal())
    const data = {
      ...numberCase(300, 1, 6),
      features: { rowCount: 300, columns: [numberColumn('x', values)] },
    }
    const { ensemble } = growTrees(data, plainLimits)
    const inner = [...ensemble.right.keys()].filter((node) => ensemble.right[node] !== 0)
    expect(inner.length).toBeGreaterThan(10)
    for (const node of inner) {
      const isLeft = ensemble.cover[node + 1]! >= ensemble.cover[ensemble.right[node]!]!
      expect(ensemble.missingLeft[node]).toBe(isLeft ? 1 : 0)
    }
  })

  it('divides the root where the gain is largest of all cuts, by direct sums in float64', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(0, 2),
        fc.constantFrom(0, 5),
        fc.boolean(),
        (seed, l1, l2, weighted) => {
          const weight = weighted ? randomWeights(60, false, seed) : null
          const data = { ...numberCase(60, 3, seed), weight, margin: 0 }
          const limits = { ...plainLimits, l1, l2, maxLeaves: 2, minHessianPerLeaf: 1 }
          const { trees } = growTrees(data, limits, { rounds: 1 })
          const best = bestRootGain(rowsOfNumbers(data), data.outcome, weight, l1, l2, 1)
          expect(trees[0]![0]!.split?.gain ?? 0).toBeCloseTo(best, 3)
        },
      ),
      { numRuns: 30 },
    )
  })
})

/** The rows of a node, thread by thread. */
function rowsByThread(team: KernelTeam, rows: number, ranges: number, node: number): number[][] {
  const words = new Int32Array(team.memory.buffer)
  return Array.from({ length: team.threadCount }, (_, thread) => {
    const range = ranges / 4 + 2 * (node * team.threadCount + thread)
    return [...words.subarray(rows / 4 + words[range]!, rows / 4 + words[range + 1]!)]
  })
}

/** The stored columns, from the job that lays them row by row. */
function columnsOf(team: KernelTeam, [addresses, blocks, blockCount]: readonly number[]): Uint8Array[] {
  const words = new Uint32Array(team.memory.buffer)
  let count = 0
  for (let block = 0; block < blockCount!; block++) count += words[blocks! / 4 + 2 * block + 1]!
  return Array.from(
    { length: count },
    (_, column) => new Uint8Array(team.memory.buffer, words[addresses! / 4 + column]!),
  )
}

/** Hessian and gradient of each of 256 codes. */
function cellsAt(team: KernelTeam, address: number): number[] {
  return [...new Int32Array(team.memory.buffer, address, 512)]
}

function recount(team: KernelTeam, statistics: number, rows: readonly number[], codes: Uint8Array): number[] {
  const words = new Int32Array(team.memory.buffer)
  const cells = new Int32Array(512)
  for (const row of rows) {
    cells[2 * codes[row]!]! += words[statistics / 4 + 2 * row]!
    cells[2 * codes[row]! + 1]! += words[statistics / 4 + 2 * row + 1]!
  }
  return [...cells]
}

/** The largest gain of log loss at margin 0 over every value of every feature, missing values on either side. */
function bestRootGain(
  rows: readonly number[][],
  outcome: Uint8Array,
  weight: Float64Array | null,
  l1: number,
  l2: number,
  leastHessian: number,
): number {
  const scoreOf = (isIn: (row: readonly number[]) => boolean): { score: number; hessian: number } => {
    let [gradient, hessian] = [0, 0]
    rows.forEach((row, index) => {
      if (!isIn(row)) return
      gradient += (0.5 - outcome[index]!) * (weight?.[index] ?? 1)
      hessian += 0.25 * (weight?.[index] ?? 1)
    })
    return { score: Math.max(Math.abs(gradient) - l1, 0) ** 2 / (hessian + l2), hessian }
  }
  const whole = scoreOf(() => true).score
  let best = 0
  for (let feature = 0; feature < rows[0]!.length; feature++) {
    for (const cut of new Set(rows.map((row) => row[feature]!))) {
      for (const missingLeft of [true, false]) {
        const isLeft = (row: readonly number[]): boolean =>
          Number.isNaN(row[feature]!) ? missingLeft : Number.isNaN(cut) || row[feature]! <= cut
        const [left, right] = [scoreOf(isLeft), scoreOf((row) => !isLeft(row))]
        if (Math.min(left.hessian, right.hessian) < leastHessian) continue
        best = Math.max(best, left.score + right.score - whole)
      }
    }
  }
  return best
}
