/** Values kept per row and per histogram bin: gradient, hessian, weight. */
export const statisticCount = 3

/**
 * Gradients, hessians and weights of the rows as whole numbers, three a row: `[gradient, hessian, weight, …]`.
 *
 * Whole numbers whose total stays below 2^53 are added without error, so sums do not depend on the order of rows,
 * a sibling is exactly its parent minus the other child, and a row of weight 2 is exactly the row twice.
 */
export interface RowStatistics {
  /** Shape (rows × 3). */
  readonly values: Float64Array
  /** Units in a gradient or hessian of 1; a power of two. */
  readonly gradientUnits: number
  /** Units in a weight of 1; a power of two. */
  readonly weightUnits: number
}

/** Returns the statistics of rows with their weights set and gradients still 0. */
export function rowStatistics(
  rowCount: number,
  weight: Float64Array | null,
  totalWeight: number,
): RowStatistics {
  // Gradients of log loss are at most the weight: 51 bits for the total leave one for rounding up and one for sign.
  const gradientUnits = 2 ** (51 - Math.ceil(Math.log2(totalWeight)))
  const isWhole = weight === null || (totalWeight < 2 ** 51 && weight.every(Number.isInteger))
  const weightUnits = isWhole ? 1 : gradientUnits
  const values = new Float64Array(rowCount * statisticCount)
  for (let row = 0; row < rowCount; row++) {
    values[row * statisticCount + 2] = weight === null ? 1 : Math.round(weight[row]! * weightUnits)
  }
  return { values, gradientUnits, weightUnits }
}

/**
 * Sets gradient and hessian of log loss: `w (p - y)` and `w p (1 - p)` with p the probability of the margin.
 * Rounded before weighting, so that whole weights keep the result exact.
 */
export function setLogLossGradients(
  statistics: RowStatistics,
  margin: Float64Array,
  outcome: Uint8Array,
  weight: Float64Array | null,
): void {
  const { values, gradientUnits } = statistics
  for (let row = 0, at = 0; row < margin.length; row++, at += statisticCount) {
    const probability = 1 / (1 + Math.exp(-margin[row]!))
    const gradient = Math.round((probability - outcome[row]!) * gradientUnits)
    const hessian = Math.round(probability * (1 - probability) * gradientUnits)
    values[at] = weight === null ? gradient : Math.round(gradient * weight[row]!)
    values[at + 1] = weight === null ? hessian : Math.round(hessian * weight[row]!)
  }
}
