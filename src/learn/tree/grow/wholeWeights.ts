/** Row weights as whole numbers, so that sums of them are exact. */
export interface WholeWeights {
  /** Shape (rows), each at least 1. */
  readonly values: Uint32Array
  /** How many there are in a weight of 1. */
  readonly units: number
  /** True where the weights were whole numbers themselves. */
  readonly areWhole: boolean
  readonly total: number
}

/** Totals up to here leave the sums of gradients enough bits. */
const mostWhole = 2 ** 28
const mostTotal = 2 ** 36
const mostWeight = 2 ** 28

/** Returns the weights as they are where they are whole and not too many, else rounded multiples of them. */
export function wholeWeights(weight: Float64Array, totalWeight: number): WholeWeights {
  let largest = 0
  let areWhole = totalWeight <= mostWhole
  for (const value of weight) {
    largest = Math.max(largest, value)
    areWhole &&= Number.isInteger(value)
  }
  if (areWhole) return { values: Uint32Array.from(weight), units: 1, areWhole, total: totalWeight }
  const units = powerOfTwoBelow(Math.min(mostTotal / totalWeight, mostWeight / largest))
  let total = 0
  const values = Uint32Array.from(weight, (value) => {
    const rounded = Math.max(1, Math.round(value * units))
    total += rounded
    return rounded
  })
  return { values, units, areWhole, total }
}

function powerOfTwoBelow(limit: number): number {
  let power = 1
  while (power > limit) power /= 2
  while (power * 2 <= limit) power *= 2
  return power
}
