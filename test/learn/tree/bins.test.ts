import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FeatureMatrix, numberColumn, textColumn } from '../../../src/base/matrix.js'
import { binsOf, encodeColumn, type FeatureBins } from '../../../src/learn/tree/bins.js'

/** How a matrix of one column is cut, and the bin of each of its values. */
function binMatrix(
  matrix: FeatureMatrix,
  weight: Float64Array | null,
  maxBins: number,
): { features: FeatureBins[]; codes: Uint8Array } {
  const features = binsOf(matrix, weight, maxBins)
  const codes = new Uint8Array(matrix.rowCount)
  encodeColumn(matrix.columns[0]!, features[0]!, codes)
  return { features, codes }
}

function edgesOf(bins: FeatureBins): number[] {
  return bins.kind === 'number' ? [...bins.edges] : []
}

describe('binsOf and encodeColumn', () => {
  it('gives each of a few distinct values a bin of its own, edges halfway, missing the one after the last', () => {
    const { features, codes } = binMatrix(matrixOf(numberColumn('x', [5, 1, null, 2, 5])), null, 255)
    expect(edgesOf(features[0]!)).toEqual([1.5, 3.5])
    expect([...codes]).toEqual([2, 0, 3, 1, 2])
  })

  it('keeps neighbouring floating-point numbers apart', () => {
    const [low, high] = [1, 1 + Number.EPSILON]
    const { codes } = binMatrix(matrixOf(numberColumn('x', [low, high])), null, 255)
    expect([...codes]).toEqual([0, 1])
  })

  it('keeps the largest numbers apart', () => {
    const values = [-Number.MAX_VALUE, 0, Number.MAX_VALUE]
    expect([...binMatrix(matrixOf(numberColumn('x', values)), null, 255).codes]).toEqual([0, 1, 2])
  })

  it('cuts many distinct values into bins of equal weight', () => {
    const values = Array.from({ length: 1000 }, (_, row) => row)
    const { codes, features } = binMatrix(matrixOf(numberColumn('x', values)), null, 10)
    expect(features[0]!.binCount).toBe(10)
    const counts = new Array(10).fill(0)
    for (const code of codes) counts[code]++
    expect(counts).toEqual(new Array(10).fill(100))
  })

  it('gives a value that fills more than its share a bin of its own', () => {
    // 500 zeros and 1 … 500: with 5 bins the zeros take one, the others 125 each.
    const values = Array.from({ length: 1000 }, (_, row) => Math.max(row - 499, 0))
    const { codes } = binMatrix(matrixOf(numberColumn('x', values)), null, 5)
    const counts = new Array(5).fill(0)
    for (const code of codes) counts[code]++
    expect(counts).toEqual([500, 125, 125, 125, 125])
  })

  it('cuts before a heavy value rather than let it join the light ones before it', () => {
    // 10 light values, one of weight 100, 10 light ones: the fair share of 3 bins is 40.
    const values = Array.from({ length: 21 }, (_, row) => row)
    const weight = Float64Array.from(values, (value) => (value === 10 ? 100 : 1))
    const { features } = binMatrix(matrixOf(numberColumn('x', values)), weight, 3)
    expect(edgesOf(features[0]!)).toEqual([9.5, 10.5])
  })

  it('puts bins in the order of the values and never uses more than allowed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 2, max: 20 }),
        (values, maxBins) => {
          const { codes, features } = binMatrix(matrixOf(numberColumn('x', values)), null, maxBins)
          expect(features[0]!.binCount).toBeLessThanOrEqual(maxBins)
          for (let row = 1; row < values.length; row++) {
            if (values[row - 1]! < values[row]!) expect(codes[row - 1]).toBeLessThanOrEqual(codes[row]!)
            if (values[row - 1]! === values[row]!) expect(codes[row - 1]).toBe(codes[row]!)
          }
        },
      ),
    )
  })

  it('reads weight 2 as the value twice', () => {
    const values = Array.from({ length: 200 }, (_, row) => (row * 37) % 199)
    const weight = Float64Array.from(values, (_, row) => 1 + (row % 2))
    const repeated = values.flatMap((value, row) => new Array<number>(weight[row]!).fill(value))
    const weighted = binMatrix(matrixOf(numberColumn('x', values)), weight, 20).features[0]!
    expect(edgesOf(weighted)).toEqual(
      edgesOf(binMatrix(matrixOf(numberColumn('x', repeated)), null, 20).features[0]!),
    )
  })

  it('gives categories bins in the order of their texts, and reads those beyond the heaviest as missing', () => {
    const column = textColumn('x', ['c', 'a', 'b', 'a', 'c', null])
    const { features, codes } = binMatrix(matrixOf(column), null, 2)
    expect(features[0]).toEqual({ kind: 'text', name: 'x', categories: ['a', 'c'], binCount: 2 })
    expect([...codes]).toEqual([1, 0, 2, 0, 1, 2])
  })
})

function matrixOf(column: ReturnType<typeof numberColumn> | ReturnType<typeof textColumn>) {
  const rowCount = column.kind === 'number' ? column.values.length : column.codes.length
  return { rowCount, columns: [column] }
}
