/** LightGBM takes numbers as near to zero as this for zero; a single-precision number there. */
export const lightgbmZero = Math.fround(1e-35)

const bits = new DataView(new ArrayBuffer(8))

/**
 * Returns the largest number d for which `Math.fround(d) < threshold`: so that `x <= d` in double precision decides as
 * `float32(x) < threshold` does, for every x.
 *
 * @param threshold a number of single precision
 */
export function doubleThreshold(threshold: number): number {
  // What would be the next number below the lowest one; beyond halfway to it single precision is −∞.
  const below = Math.max(previousSingle(threshold), -(2 ** 128))
  // Halfway numbers round to the neighbour whose last bit is 0; everything below halfway rounds down.
  const middle = below + (threshold - below) / 2
  return Math.fround(middle) < threshold ? middle : previousDouble(middle)
}

function previousSingle(value: number): number {
  bits.setFloat32(0, value)
  const word = bits.getInt32(0)
  // Sign and magnitude: towards −∞ the magnitude falls above zero and grows below it.
  bits.setInt32(0, value === 0 ? 0x80000001 | 0 : value > 0 ? word - 1 : word + 1)
  return bits.getFloat32(0)
}

function previousDouble(value: number): number {
  bits.setFloat64(0, value)
  const word = bits.getBigInt64(0)
  bits.setBigInt64(0, value === 0 ? -0x7fffffffffffffffn : value > 0 ? word - 1n : word + 1n)
  return bits.getFloat64(0)
}
