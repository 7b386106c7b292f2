import { describe, expect, it } from 'vitest'
import { numberColumn } from '../../../src/base/matrix.js'
import { isStronglySkewed, momentsOf, shapeOf, standardScore } from '../../../src/learn/logistic/moments.js'

// 19 customers with 1 order and one with 40: skewness (n − 2) / √(n − 1) = 18 / √19 = 4.13
const orders = numberColumn('orders', [...new Array<number>(19).fill(1), 40])

describe('a column more skewed than an exponential distribution', () => {
  it('enters as logarithms in units of its mean above 0', () => {
    const { logUnit, mean } = momentsOf(shapeOf(orders, null), true)
    expect(logUnit).toBeCloseTo(59 / 20, 12)
    expect(mean).toBeCloseTo((19 * Math.log1p(20 / 59) + Math.log1p(800 / 59)) / 20, 12)
  })

  it('gives the same scores whatever the unit', () => {
    const cents = numberColumn(
      'orders',
      Array.from(orders.values, (value) => 100 * value),
    )
    const [inOne, inCents] = [momentsOf(shapeOf(orders, null), true), momentsOf(shapeOf(cents, null), true)]
    for (const value of [0, 1, 7, 40, 500]) {
      expect(standardScore(100 * value, inCents)).toBeCloseTo(standardScore(value, inOne), 12)
    }
  })

  it('reads a negative value, which training had not, as the mirror image of the positive one', () => {
    const moments = { ...momentsOf(shapeOf(orders, null), true), mean: 0 }
    expect(standardScore(-5, moments)).toBe(-standardScore(5, moments))
  })

  it('stays finite for huge and for tiny values', () => {
    for (const factor of [1e300, 1e-305]) {
      const column = numberColumn(
        'x',
        Array.from(orders.values, (value) => value * factor),
      )
      const moments = momentsOf(shapeOf(column, null), true)
      expect(Number.isFinite(standardScore(Number.MAX_VALUE, moments))).toBe(true)
    }
  })
})

describe('a column enters as it is', () => {
  it('where that is asked for, and where it has negative values', () => {
    expect(momentsOf(shapeOf(orders, null), false).logUnit).toBeNull()
    expect(momentsOf(shapeOf(numberColumn('x', [-1, ...orders.values]), null), true).logUnit).toBeNull()
  })

  it('is strongly skewed above a skewness of 2 only', () => {
    // one in four is 1: skewness (1 − 2p) / √(p(1 − p)) = 0.5 / 0.433 = 1.15; one in twenty: 0.9 / 0.218 = 4.13
    const flags = (ones: number, rows: number) =>
      shapeOf(
        numberColumn('x', [...new Array<number>(rows - ones).fill(0), ...new Array<number>(ones).fill(1)]),
        null,
      )
    expect(flags(1, 4).skewness).toBeCloseTo(0.5 / Math.sqrt(3 / 16), 12)
    expect([flags(1, 4), flags(1, 20)].map(isStronglySkewed)).toEqual([false, true])
  })
})
