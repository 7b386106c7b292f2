import { logit, sigmoid } from '../base/statistics.js'

/** No finite data proves a certainty: a probability of exactly 0 or 1 would make log loss infinite. */
export const certainty = 1e-15

/** Returns the probabilities of log odds, shape (rows), each in [1e-15, 1 - 1e-15]: never exactly 0 or 1. */
export function probabilityOf(margin: Float64Array): Float64Array {
  // In loops: `map` calls a function for each of them, which took as long as 100 trees of depth 3
  const probability = new Float64Array(margin.length)
  for (let row = 0; row < margin.length; row++) probability[row] = uncertain(sigmoid(margin[row]!))
  return probability
}

/** Returns the probabilities, each in [1e-15, 1 - 1e-15]. */
export function withoutCertainty(probability: Float64Array): Float64Array {
  return probability.map(uncertain)
}

/**
 * Returns the constant that moves margins to a mean probability. Halves the interval from where nobody is above the rate
 * to where nobody is below it.
 */
export function shiftToMean(margin: Float64Array, rate: number, weight: Float64Array | null): number {
  const wanted = logit(rate)
  const total = weight === null ? margin.length : weight.reduce((sum, own) => sum + own, 0)
  const meanAt = (shift: number): number =>
    margin.reduce((sum, own, row) => sum + (weight === null ? 1 : weight[row]!) * sigmoid(own + shift), 0) /
    total
  let low = margin.reduce((least, own) => Math.min(least, wanted - own), Number.POSITIVE_INFINITY)
  let high = margin.reduce((most, own) => Math.max(most, wanted - own), Number.NEGATIVE_INFINITY)
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return middle
    if (meanAt(middle) < rate) low = middle
    else high = middle
  }
}

/** Returns the nearest probability in [1e-15, 1 - 1e-15]. */
export function uncertain(probability: number): number {
  return Math.min(Math.max(probability, certainty), 1 - certainty)
}

/** Log odds between churn rates that rows of one kind, drawn as they come, do not have. */
const otherRate = 0.5

/** Returns whether churn rates are farther apart than draws of the same customers: one was shifted, or drawn by outcome. */
export function isOtherRate(rate: number, other: number): boolean {
  return Math.abs(logit(rate) - logit(other)) > otherRate
}

/** Returns a churn rate for a sentence. */
export function shownRate(rate: number): string {
  return rate.toPrecision(3)
}
