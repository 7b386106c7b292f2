import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom, shuffledIndices } from '../../src/base/random.js'
import { orderFreeSum } from '../../src/evaluate/rows/orderFreeSum.js'

function sumOf(values: readonly number[], largest: number): number {
  return orderFreeSum(values.length, largest, (terms, from) => {
    terms.set(values.slice(from, from + terms.length))
  })
}

describe('sum without order', () => {
  test('does not depend on the order of its terms, to the last bit', () => {
    const values = fc.array(fc.double({ min: -745, max: 745, noNaN: true }), {
      minLength: 1,
      maxLength: 9000,
    })
    fc.assert(
      fc.property(values, fc.integer(), (terms, seed) => {
        const order = shuffledIndices(terms.length, seededRandom(seed))
        const shuffled = Array.from(order, (index) => terms[index]!)
        expect(sumOf(shuffled, 745)).toBe(sumOf(terms, 745))
      }),
      { numRuns: 50 },
    )
  })

  test('is right where plain addition loses everything', () => {
    // In the order of rows: (2^60 + 1) + 1 = 2^60, and 0 is left.
    expect(sumOf([2 ** 60, 1, 1, -(2 ** 60)], 2 ** 60)).toBe(2)
  })

  test('is exact for terms that are whole, over more terms than one chunk', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => index)
    expect(sumOf(values, 10_000)).toBe((10_000 * 9_999) / 2)
  })

  test('counts terms far below the largest', () => {
    // 2^-90 of the largest: below the last bit of any plain sum with a term of 1
    const small = Array<number>(1000).fill(2 ** -90)
    expect(sumOf(small, 1)).toBe(1000 * 2 ** -90)
  })
})
