import fc from 'fast-check'
import { expect, it } from 'vitest'
import { doubleThreshold } from '../../../src/learn/imported/singlePrecision.js'

const largest = (2 - 2 ** -23) * 2 ** 127
const least = 2 ** -149
const edges = [0, -0, 1, -1, least, -least, 2 ** -126, 2 ** 24, Math.fround(0.1), largest, -largest]
const single = fc.float({ noNaN: true, noDefaultInfinity: true })

function nextDouble(value: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigInt64(0)
  if (value === 0) return Number.MIN_VALUE
  view.setBigInt64(0, value > 0 ? bits + 1n : bits - 1n)
  return view.getFloat64(0)
}

it('is the largest double that single precision takes for a smaller number', () => {
  fc.assert(
    fc.property(single, (threshold) => {
      const found = doubleThreshold(threshold)
      expect(Math.fround(found)).toBeLessThan(threshold)
      expect(Math.fround(nextDouble(found))).toBeGreaterThanOrEqual(threshold)
    }),
    { examples: edges.map((edge): [number] => [edge]) },
  )
})

it('decides as single precision does', () => {
  fc.assert(
    fc.property(single, fc.double({ noNaN: true, noDefaultInfinity: true }), (threshold, value) => {
      expect(value <= doubleThreshold(threshold)).toBe(Math.fround(value) < threshold)
    }),
  )
})
