import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RowSampler, sampledRows } from '../../src/base/sampledRows.js'

/** The rows of a sample after so many have come one by one. */
function sampledOneByOne(rowCount: number, most: number): number[] {
  const places: number[] = []
  let row = 0
  const store = {
    put: (place: number) => {
      places[place] = row
    },
    move: (from: number, to: number) => {
      places[to] = places[from]!
    },
  }
  const sampler = new RowSampler(store, most)
  for (; row < rowCount; row++) sampler.add()
  return places.slice(0, sampler.size)
}

describe('sampledRows', () => {
  test('as many rows as allowed are all taken', () => {
    expect([...sampledRows(16, 16)]).toEqual(Array.from({ length: 16 }, (_, row) => row))
  })

  test('of more rows, one of each stretch of equal length is taken, and more than half as many as allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 17, max: 5000 }), (rowCount) => {
        const rows = sampledRows(rowCount, 16)
        // The shortest stretch of 2, 4, 8, … rows of which at most 16 hold them all
        const stretch = 2 ** Math.ceil(Math.log2(rowCount / 16))
        expect(rows.length).toBe(Math.ceil(rowCount / stretch))
        rows.forEach((row, index) => {
          expect(Math.floor(row / stretch)).toBe(index)
          expect(row).toBeLessThan(rowCount)
        })
        expect(rows.length).toBeGreaterThan(8)
      }),
    )
  })

  test('either half of a stretch is taken about as often', () => {
    const rows = sampledRows(2 * 131_072)
    const second = rows.filter((row) => row % 2 === 1).length
    // 131,072 draws of 1/2: standard deviation 181
    expect(Math.abs(second - 65_536)).toBeLessThan(4 * 181)
  })

  test('rows that come one by one are sampled by the same rule', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(2, 16, 64), (rowCount, most) => {
        expect(sampledOneByOne(rowCount, most)).toEqual([...sampledRows(rowCount, most)])
      }),
    )
  })
})
