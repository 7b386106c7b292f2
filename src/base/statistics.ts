/** Returns the probability for log odds, 1 / (1 + e^-margin), without overflow at either end. */
export function sigmoid(margin: number): number {
  if (margin >= 0) return 1 / (1 + Math.exp(-margin))
  const odds = Math.exp(margin)
  return odds / (1 + odds)
}

/** Returns ln(1 + e^x), without overflow: the log loss if the outcome had the log odds −x. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** Returns the log odds of a probability in (0, 1). */
export function logit(probability: number): number {
  return Math.log(probability / (1 - probability))
}

/**
 * Adds numbers with an error that does not grow with their count (Neumaier 1974), so that the result hardly depends on
 * their order and batch and service agree.
 */
export class ExactSum {
  #sum = 0
  #lost = 0

  add(value: number): void {
    const total = this.#sum + value
    this.#lost +=
      Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - total + value : value - total + this.#sum
    this.#sum = total
  }

  get value(): number {
    return this.#sum + this.#lost
  }
}
