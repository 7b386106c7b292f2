import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { type Design, designOf } from '../../../src/learn/logistic/design.js'
import { scalesBySkewness, shapesOf } from '../../../src/learn/logistic/scales.js'
import {
  plainWorkspace,
  ScoreBlocks,
  type ScoreWorkspace,
  webAssemblyWorkspace,
} from '../../../src/learn/logistic/scoreBlocks.js'

function randomDesign(rowCount: number, columnCount: number, seed: number): Design {
  const random = seededRandom(seed)
  const columns = Array.from({ length: columnCount }, (_, column) =>
    numberColumn(
      `c${column}`,
      Array.from({ length: rowCount }, () => random.normal()),
    ),
  )
  const features = { rowCount, columns }
  const shapes = shapesOf(features, null)
  return designOf(features, null, { minCategoryRows: 1, shapes, asLog: scalesBySkewness(shapes, 'raw') })
}

interface Sums {
  readonly margins: number[]
  readonly sums: number[]
  readonly pairs: number[][]
}

/** All sums of a design, each row's weight being its margin squared. */
function sumsOf(design: Design, coefficients: Float64Array, workspace: ScoreWorkspace): Sums {
  const blocks = new ScoreBlocks(design, coefficients, true, workspace)
  const margins: number[] = []
  for (let first = 0; first < design.rowCount; first += blocks.rows) {
    const end = Math.min(first + blocks.rows, design.rowCount)
    const margin = blocks.margins(first, end)
    margins.push(...margin.subarray(0, end - first))
    for (let row = 0; row < end - first; row++) margin[row]! *= margin[row]!
    blocks.addPulls()
    blocks.addPairs()
  }
  const pairs = Array.from({ length: design.scoreCount }, (_, column) => [...blocks.pairs(column)])
  return { margins, sums: [...blocks.sums()], pairs }
}

/** The same by their definitions. */
function expectedSums({ scores, width, scoreCount, rowCount }: Design, coefficients: Float64Array): Sums {
  const row = (index: number): number[] => [...scores.subarray(index * width, index * width + scoreCount)]
  const rows = Array.from({ length: rowCount }, (_, index) => row(index))
  const margins = rows.map((own) => own.reduce((sum, score, place) => sum + score * coefficients[place]!, 0))
  const weighted = (of: (own: number[]) => number): number =>
    rows.reduce((sum, own, index) => sum + margins[index]! ** 2 * of(own), 0)
  const columns = Array.from({ length: scoreCount }, (_, column) => column)
  return {
    margins,
    sums: columns.map((one) => weighted((own) => own[one]!)),
    pairs: columns.map((one) =>
      columns.slice(0, one + 1).map((other) => weighted((own) => own[one]! * own[other]!)),
    ),
  }
}

describe('sums over scores', () => {
  const webAssembly = webAssemblyWorkspace()!
  const plain = plainWorkspace()

  it('are the same in WebAssembly and in TypeScript to the bit, and those of their definitions to 1e-9', () => {
    // Fewer rows than a block, several blocks, rows and columns that are no multiples of 4.
    const shapes = fc.record({
      rows: fc.integer({ min: 2, max: 700 }),
      columns: fc.integer({ min: 1, max: 13 }),
      seed: fc.integer({ min: 1, max: 1e6 }),
    })
    fc.assert(
      fc.property(shapes, ({ rows, columns, seed }) => {
        const design = randomDesign(rows, columns, seed)
        const random = seededRandom(seed + 1)
        const coefficients = Float64Array.from({ length: design.columnCount }, () => random.normal())
        const found = sumsOf(design, coefficients, webAssembly)
        expect(sumsOf(design, coefficients, plain)).toEqual(found)
        const expected = expectedSums(design, coefficients)
        const pairs: [number[], number[]][] = [
          [found.margins, expected.margins],
          [found.sums, expected.sums],
          [found.pairs.flat(), expected.pairs.flat()],
        ]
        for (const [one, other] of pairs) {
          expect(one.length).toBe(other.length)
          one.forEach((value, place) => {
            expect(Math.abs(value - other[place]!)).toBeLessThan(1e-9 * (1 + rows * Math.abs(other[place]!)))
          })
        }
      }),
      { numRuns: 40 },
    )
  })

  it('of a design without numbers are empty', () => {
    const design: Design = { ...randomDesign(5, 1, 1), scoreCount: 0, width: 0, scores: new Float64Array(0) }
    for (const workspace of [webAssembly, plain]) {
      expect(sumsOf(design, new Float64Array(1), workspace)).toEqual({
        margins: [0, 0, 0, 0, 0],
        sums: [],
        pairs: [],
      })
    }
  })
})
