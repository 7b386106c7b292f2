import { sigmoid } from '../base/statistics.js'

/** No finite data proves a certainty: a probability of exactly 0 or 1 would make log loss infinite. */
export const certainty = 1e-15

/** Returns the probabilities of log odds, shape (rows), each in [1e-15, 1 - 1e-15]: never exactly 0 or 1. */
export function probabilityOf(margin: Float64Array): Float64Array {
  return withoutCertainty(margin.map(sigmoid))
}

/** Returns the probabilities, each in [1e-15, 1 - 1e-15]. */
export function withoutCertainty(probability: Float64Array): Float64Array {
  return probability.map(uncertain)
}

/** Returns the nearest probability in [1e-15, 1 - 1e-15]. */
export function uncertain(probability: number): number {
  return Math.min(Math.max(probability, certainty), 1 - certainty)
}
