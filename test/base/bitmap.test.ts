import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bitmap, isMissing } from '../../src/base/bitmap.js'

const bits = fc.array(fc.boolean(), { maxLength: 200 })
const bitmapOf = (set: readonly boolean[]) => Bitmap.where(set.length, (row) => set[row]!)

describe('Bitmap', () => {
  it('has what was set and nothing else', () => {
    fc.assert(
      fc.property(bits, (set) => {
        const bitmap = bitmapOf(set)
        expect(set.map((_, row) => isMissing(bitmap, row))).toEqual(set)
        expect(bitmap?.count() ?? 0).toBe(set.filter(Boolean).length)
      }),
    )
  })

  it('is null where nothing is set', () => {
    expect(bitmapOf([])).toBeNull()
    expect(bitmapOf([false, false])).toBeNull()
    expect(isMissing(null, 0)).toBe(false)
  })

  it('the last bit of a word is counted', () => {
    // Bit 31 makes a word negative as a signed integer.
    const bitmap = Bitmap.where(64, (row) => row === 31 || row === 63)!
    expect([bitmap.has(30), bitmap.has(31), bitmap.has(32), bitmap.has(63)]).toEqual([
      false,
      true,
      false,
      true,
    ])
    expect(bitmap.count()).toBe(2)
  })

  it('takes rows in any order, and more than once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 100 }),
        fc.array(fc.nat()),
        (set, picks) => {
          const rows = picks.map((pick) => pick % set.length)
          const taken = bitmapOf(set)?.take(rows) ?? null
          expect(rows.map((_, index) => isMissing(taken, index))).toEqual(rows.map((row) => set[row]))
        },
      ),
    )
  })
})
