import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Bitmap } from '../../../src/base/bitmap.js'
import { takeRows } from '../../../src/base/matrix.js'
import type { AlignedColumn } from '../../../src/learn/align.js'
import { TreeExplainer } from '../../../src/learn/tree/explain/treeExplainer.js'
import { loadKernels } from '../../../src/learn/tree/loadKernels.js'
import { addMargins } from '../../../src/learn/tree/predict.js'
import { rowPlanOf } from '../../../src/learn/tree/score/rowPlan.js'
import { scoreRows } from '../../../src/learn/tree/score/scoreRows.js'
import { ScoringKernels } from '../../../src/learn/tree/score/scoringKernels.js'
import { scoringPlanOf } from '../../../src/learn/tree/score/scoringPlan.js'
import { TreePredictor } from '../../../src/learn/tree/score/treePredictor.js'
import {
  alignedRows,
  type EnsembleShape,
  type RandomEnsemble,
  randomEnsemble,
  randomRows,
} from './randomEnsemble.js'

loadKernels()
const kernels = ScoringKernels.get()!

const shapes: Record<string, EnsembleShape> = {
  'trees of a few leaves': { trees: 9, splits: 7, numbers: 4, texts: 2, categories: 5 },
  'one tree': { trees: 1, splits: 30, numbers: 3, texts: 0, categories: 0 },
  'no trees': { trees: 0, splits: 0, numbers: 2, texts: 1, categories: 3 },
  'trees of one leaf': { trees: 6, splits: 0, numbers: 1, texts: 0, categories: 0 },
  'trees of 31 leaves': { trees: 12, splits: 30, numbers: 6, texts: 3, categories: 40 },
  'one long branch each': { trees: 5, splits: 40, numbers: 3, texts: 1, categories: 3, chain: true },
  'a branch of 400': { trees: 2, splits: 400, numbers: 3, texts: 1, categories: 70, chain: true },
  'trees of some hundred leaves': { trees: 4, splits: 600, numbers: 5, texts: 2, categories: 130 },
  'trees that are walked': { trees: 3, splits: 4000, numbers: 5, texts: 2, categories: 9 },
  'few distinct thresholds': { trees: 20, splits: 20, numbers: 2, texts: 0, categories: 0, levels: 4 },
  'many distinct thresholds': { trees: 30, splits: 60, numbers: 1, texts: 0, categories: 0 },
  'texts only, of one category': { trees: 5, splits: 6, numbers: 0, texts: 2, categories: 1 },
}

describe('kernels of prediction', () => {
  it.each(Object.entries(shapes))('give the sums of the plain walk to the bit: %s', (_, shape) => {
    for (const seed of [1, 2, 3]) {
      const random = randomEnsemble(shape, seed)
      for (const rowCount of [1, 511, 2049 + seed * 700]) expectSameBits(random, rowCount, seed)
    }
  })

  it('give the sums of the plain walk to the bit: any shape, any number of rows', () => {
    const shape = fc.record({
      trees: fc.integer({ min: 0, max: 12 }),
      splits: fc.integer({ min: 0, max: 120 }),
      numbers: fc.integer({ min: 1, max: 5 }),
      texts: fc.integer({ min: 0, max: 3 }),
      categories: fc.integer({ min: 1, max: 80 }),
      chain: fc.boolean(),
    })
    const count = fc.integer({ min: 1, max: 3000 })
    fc.assert(
      fc.property(shape, count, fc.integer({ min: 0, max: 1e6 }), (each, rowCount, seed) => {
        expectSameBits(randomEnsemble(each, seed), rowCount, seed)
      }),
      { numRuns: 60 },
    )
  })

  it('give −0 where every leaf says −0', () => {
    const random = randomEnsemble({ trees: 3, splits: 20, numbers: 2, texts: 0, categories: 0 }, 4)
    random.ensemble.value.fill(-0)
    expectSameBits(random, 600, 1, -0)
  })

  it('read a column without a dictionary, all missing', () => {
    const random = randomEnsemble({ trees: 3, splits: 20, numbers: 1, texts: 1, categories: 4 }, 4)
    const rows = alignedRows(random.specs, randomRows(random, 600, 1))
    const missing = rows[1]!.missing
    const empty = rows.map(
      (column): AlignedColumn =>
        column.kind === 'text'
          ? { ...column, categoryOf: new Int32Array(0), missing: Bitmap.where(600, () => true) }
          : column,
    )
    expect(missing).not.toBeNull()
    expectSameBitsOf(random, empty, 600, 0)
  })

  it('do not mind what stands behind a missing bit', () => {
    const random = randomEnsemble({ trees: 3, splits: 20, numbers: 2, texts: 1, categories: 4 }, 7)
    const rows = alignedRows(random.specs, randomRows(random, 700, 2))
    const wrong = rows.map((column): AlignedColumn => {
      const copy = column.kind === 'text' ? column.codes.slice() : column.values.slice()
      for (let row = 0; row < 700; row++) if (column.missing?.has(row)) copy[row] = row % 2 === 0 ? 1e9 : -7
      return column.kind === 'text'
        ? { ...column, codes: copy as Int32Array }
        : { ...column, values: copy as Float64Array }
    })
    expectSameBitsOf(random, wrong, 700, 0.5)
  })

  it('hold no memory for models that come and go', () => {
    const models = Array.from({ length: 20 }, (_, seed) =>
      randomEnsemble(shapes['trees of 31 leaves']!, seed),
    )
    const sizes = Array.from({ length: 100 }, (_, turn) => {
      models.forEach((random, seed) => {
        const rows = alignedRows(random.specs, randomRows(random, 64, seed))
        const predictor = new TreePredictor(random.ensemble, random.specs)
        predictor.addMargins('test', rows, new Float64Array(64))
        if (turn % 50 === 0) {
          const plan = scoringPlanOf(random.ensemble, random.specs)!
          scoreRows(kernels, plan, rows, new Float64Array(64))
        }
      })
      return kernels.memory.buffer.byteLength
    })
    expect(sizes.at(-1)).toBe(sizes[0])
  })
})

describe('TreePredictor', () => {
  it('gives one row what it gives many, before and after it has made the form for blocks', () => {
    const random = randomEnsemble(shapes['trees of 31 leaves']!, 5)
    const matrix = randomRows(random, 9000, 9)
    const predictor = new TreePredictor(random.ensemble, random.specs)
    const few = takeRows(matrix, [7, 8, 9])
    const margin = (rows: typeof matrix): Float64Array => {
      const sums = new Float64Array(rows.rowCount).fill(0.25)
      predictor.addMargins('test', alignedRows(random.specs, rows), sums)
      return sums
    }
    const before = margin(few)
    const all = margin(matrix)
    expect(before).toEqual(all.slice(7, 10))
    expect(margin(few)).toEqual(before)
    expect(
      margin(
        takeRows(
          matrix,
          Int32Array.from({ length: 100 }, (_, row) => row),
        ),
      ),
    ).toEqual(all.slice(0, 100))
  })
})

describe('without kernels', () => {
  it.each(['not loaded', 'no WebAssembly'] as const)(
    'a model gives the same margins and contributions to the bit: %s',
    async (why) => {
      const random = randomEnsemble(shapes['trees of 31 leaves']!, 8)
      const rowCount = 9000
      const rows = { columns: alignedRows(random.specs, randomRows(random, rowCount, 3)), rowCount }
      const margin = new Float64Array(rowCount)
      new TreePredictor(random.ensemble, random.specs).addMargins('test', rows.columns, margin)
      const contributions = new TreeExplainer(random.ensemble, random.specs).contributions(rows)
      vi.resetModules()
      if (why === 'no WebAssembly') vi.stubGlobal('WebAssembly', undefined)
      try {
        const plain = await import('../../../src/learn/tree/score/treePredictor.js')
        const explain = await import('../../../src/learn/tree/explain/treeExplainer.js')
        const loader = await import('../../../src/learn/tree/loadKernels.js')
        if (why === 'no WebAssembly') loader.loadKernels()
        const walked = new Float64Array(rowCount)
        new plain.TreePredictor(random.ensemble, random.specs).addMargins('test', rows.columns, walked)
        expect(walked).toEqual(margin)
        const explainer = new explain.TreeExplainer(random.ensemble, random.specs)
        expect(explainer.contributions(rows)).toEqual(contributions)
      } finally {
        vi.unstubAllGlobals()
      }
    },
  )
})

function expectSameBits(random: RandomEnsemble, rowCount: number, seed: number, base = 0.1): void {
  expectSameBitsOf(random, alignedRows(random.specs, randomRows(random, rowCount, seed)), rowCount, base)
}

function expectSameBitsOf(
  { ensemble, specs }: RandomEnsemble,
  columns: readonly AlignedColumn[],
  rowCount: number,
  base: number,
): void {
  const walked = new Float64Array(rowCount).fill(base)
  addMargins(ensemble, columns, walked)
  const inBlocks = new Float64Array(rowCount).fill(base)
  scoreRows(kernels, scoringPlanOf(ensemble, specs)!, columns, inBlocks)
  const oneByOne = new Float64Array(rowCount).fill(base)
  kernels.addRowMargins(rowPlanOf(ensemble, specs), columns, oneByOne)
  expect(firstDifference(inBlocks, walked)).toBe(-1)
  expect(firstDifference(oneByOne, walked)).toBe(-1)
}

function firstDifference(a: Float64Array, b: Float64Array): number {
  return a.findIndex((value, row) => !Object.is(value, b[row]))
}
