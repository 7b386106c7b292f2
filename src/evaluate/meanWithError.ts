/** A weighted mean and its standard error. */
export interface MeanWithError {
  readonly value: number
  readonly standardError: number
}

/**
 * Returns the weighted mean with its standard error √(Σ w² (x − x̄)²) / Σ w, or null where all weights are 0.
 */
export function meanWithError(
  values: ArrayLike<number>,
  weight: Float64Array | null | undefined,
): MeanWithError | null {
  let whole = 0
  let total = 0
  for (let row = 0; row < values.length; row++) {
    const share = weight?.[row] ?? 1
    whole += share
    total += share * values[row]!
  }
  if (whole === 0) return null
  const mean = total / whole
  let squares = 0
  for (let row = 0; row < values.length; row++) squares += ((weight?.[row] ?? 1) * (values[row]! - mean)) ** 2
  return { value: mean, standardError: Math.sqrt(squares) / whole }
}
