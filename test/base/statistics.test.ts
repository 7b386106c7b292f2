import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalCumulative } from '../../src/base/distributions.js'
import { seededRandom, shuffledIndices } from '../../src/base/random.js'
import { ExactSum, logit, sigmoid } from '../../src/base/statistics.js'

function exactSum(values: readonly number[]): number {
  const sum = new ExactSum()
  for (const value of values) sum.add(value)
  return sum.value
}

describe('normalCumulative', () => {
  it('is 0 and 1 at the ends, a half in the middle', () => {
    expect(
      [Number.NEGATIVE_INFINITY, -1.959964, 0, 1.959964, Number.POSITIVE_INFINITY].map(normalCumulative),
    ).toEqual([0, expect.closeTo(0.025, 6), 0.5, expect.closeTo(0.975, 6), 1])
    expect(normalCumulative(Number.NaN)).toBeNaN()
  })
})

describe('sigmoid', () => {
  it('is a half at 0 and odds 3 at ln 3', () => {
    expect(sigmoid(0)).toBe(0.5)
    expect(sigmoid(Math.log(3))).toBeCloseTo(0.75, 15)
  })

  it('does not overflow at either end', () => {
    expect(sigmoid(1000)).toBe(1)
    expect(sigmoid(-1000)).toBe(0)
    expect(sigmoid(-700)).toBeGreaterThan(0)
  })

  it('the two sides add up to 1', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (margin) => {
        expect(sigmoid(margin) + sigmoid(-margin)).toBeCloseTo(1, 15)
      }),
    )
  })

  it('takes logit back', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (probability) => {
        expect(sigmoid(logit(probability))).toBeCloseTo(probability, 12)
      }),
    )
  })
})

describe('ExactSum', () => {
  it('keeps what a plain sum loses', () => {
    // Next to 1e100 a plain sum loses the 1; the textbook compensation of Kahan loses it as well.
    expect(exactSum([1, 1e100, 1, -1e100])).toBe(2)
    expect(exactSum(new Array(10).fill(0.1))).toBe(1)
  })

  it('is 0 for nothing', () => {
    expect(exactSum([])).toBe(0)
  })

  it('amounts of money add up to the same number in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1e8, max: 1e8 }), { maxLength: 300 }),
        fc.integer(),
        (cents, seed) => {
          const amounts = cents.map((cent) => cent / 100)
          const shuffled = Array.from(
            shuffledIndices(amounts.length, seededRandom(seed)),
            (index) => amounts[index]!,
          )
          expect(exactSum(shuffled)).toBeCloseTo(exactSum(amounts), 7)
          // The cents are exact as integers; every amount is off by at most half a last digit of 1e6, 300 of them by less than 1e-7.
          expect(exactSum(amounts)).toBeCloseTo(cents.reduce((sum, cent) => sum + cent, 0) / 100, 6)
        },
      ),
    )
  })
})
