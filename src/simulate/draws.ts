import type { Random } from '../base/random.js'

/** Returns an index with the given shares (they add up to 1; the last takes the rounding error). */
export function drawIndex(random: Random, shares: readonly number[]): number {
  let rest = random.uniform()
  for (let index = 0; index < shares.length - 1; index++) {
    rest -= shares[index]!
    if (rest < 0) return index
  }
  return shares.length - 1
}

/** Returns a uniform number between two bounds. */
export function drawBetween(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform()
}

/** Returns a positive number with the given median and spread of its logarithm. */
export function drawLogNormal(random: Random, median: number, spread: number): number {
  return median * Math.exp(spread * random.normal())
}

/** Returns the number rounded to cents, as money and volumes are recorded. */
export function cents(value: number): number {
  return Math.round(value * 100) / 100
}
