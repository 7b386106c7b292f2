import { expect, it } from 'vitest'
import { standardErrorOfMean } from '../../src/select/blendFor.js'
import { rowPartsOf } from '../../src/select/foldTrainings.js'

it('the standard error of a mean counts customers', () => {
  const values = Float64Array.of(1, 3, 2, 6)
  // Mean 3, sample variance (4 + 0 + 1 + 9) / 3 = 14 / 3; √(14 / 3) / √4
  expect(standardErrorOfMean(values, Int32Array.of(0, 1, 2, 3))).toBeCloseTo(Math.sqrt(14 / 12), 12)
  // Two customers, off the mean by (1 - 3) + (3 - 3) = -2 and by 2: √(2 · 8) / 4 = 1
  expect(standardErrorOfMean(values, Int32Array.of(0, 0, 1, 1))).toBe(1)
  // Four copies of each tell no more than one
  const copies = Float64Array.from({ length: 16 }, (_, row) => values[row % 4]!)
  const customerOf = Int32Array.from({ length: 16 }, (_, row) => row % 4)
  expect(standardErrorOfMean(copies, customerOf)).toBeCloseTo(Math.sqrt(14 / 12), 12)
})

it('parts of a fold hold whole customers, and without ids the rows of either class in turn', () => {
  const outcome = Uint8Array.from({ length: 600 }, (_, row) => Number(row % 3 === 0))
  const ids = Array.from(outcome, (_, row) => `c${row % 150}`)
  const partOf = new Map<string, number>()
  const parts = rowPartsOf({ outcome, ids })
  expect(parts.length).toBe(5)
  for (const [part, rows] of parts.entries()) {
    for (const row of rows) {
      expect(partOf.get(ids[row]!) ?? part).toBe(part)
      partOf.set(ids[row]!, part)
    }
  }
  expect(partOf.size).toBe(150)
  // Rows 1, 2, 4, 5, 7, … stayed: the sixth of them, row 8, is in the part of the first again
  expect(Array.from(rowPartsOf({ outcome })[0]!.slice(0, 3))).toEqual([0, 1, 8])
})
