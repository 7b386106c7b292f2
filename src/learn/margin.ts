import { sigmoid } from '../base/statistics.js'

// No finite data proves a certainty: a probability of exactly 0 or 1 would make log loss infinite.
const certainty = 1e-15

/** Returns the probabilities of log odds, shape (rows), each in [1e-15, 1 - 1e-15]: never exactly 0 or 1. */
export function probabilityOf(margin: Float64Array): Float64Array {
  return margin.map((value) => Math.min(Math.max(sigmoid(value), certainty), 1 - certainty))
}
