import { normalQuantile } from './distributions.js'

/**
 * Returns the interval of a rate counted in `trials`.
 *
 * Wilson's score interval (1927), which stays in [0, 1] and has positive width at rates of 0 and 1.
 */
export function rateInterval(rate: number, trials: number, level: number): { lower: number; upper: number } {
  const z = normalQuantile((1 + level) / 2)
  const spread = z * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials))
  const [middle, scale] = [rate + (z * z) / (2 * trials), 1 + (z * z) / trials]
  return { lower: Math.max(0, (middle - spread) / scale), upper: Math.min(1, (middle + spread) / scale) }
}
