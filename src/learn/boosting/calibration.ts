import { sigmoid, softplus } from '../../base/statistics.js'

/** A line through margins: `intercept + slope · margin`. */
export interface MarginLine {
  readonly intercept: number
  readonly slope: number
}

/** The line that changes nothing. */
export const sameMargin: MarginLine = { intercept: 0, slope: 1 }

const mostSteps = 20
const smallStep = 1e-10
/** Weight of the belief that the slope is 1: that of a single row far from the others. */
const slopeRidge = 1

/**
 * Returns the line that makes margins fit the outcomes best (log loss), by Newton's method from the line that changes
 * nothing. The mean of two models is less certain than it could be; this gives the certainty back.
 */
export function fitMarginLine(
  margin: Float64Array,
  outcome: Uint8Array,
  weight: Float64Array | null,
): MarginLine {
  let [intercept, slope] = [0, 1]
  for (let step = 0; step < mostSteps; step++) {
    let [g0, g1, h00, h01, h11] = [0, slopeRidge * (slope - 1), 0, 0, slopeRidge]
    for (let row = 0; row < margin.length; row++) {
      const z = margin[row]!
      const w = weight === null ? 1 : weight[row]!
      const p = sigmoid(intercept + slope * z)
      const gradient = w * (p - outcome[row]!)
      const hessian = w * p * (1 - p)
      g0 += gradient
      g1 += gradient * z
      h00 += hessian
      h01 += hessian * z
      h11 += hessian * z * z
    }
    const determinant = h00 * h11 - h01 * h01
    if (!(determinant > 0)) return sameMargin
    const [down, tilt] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant]
    intercept -= down
    slope -= tilt
    if (Math.abs(down) + Math.abs(tilt) < smallStep) break
  }
  // A slope of 0 or less would turn the order of the customers around: the held-out rows say nothing then.
  return Number.isFinite(intercept) && slope > 0 ? { intercept, slope } : sameMargin
}

/** Log loss of each row, weighted. */
export function rowLosses(
  margin: Float64Array,
  outcome: Uint8Array,
  weight: Float64Array | null,
  line: MarginLine = sameMargin,
): Float64Array {
  const losses = new Float64Array(margin.length)
  for (let row = 0; row < margin.length; row++) {
    const z = line.intercept + line.slope * margin[row]!
    losses[row] = softplus(outcome[row] === 1 ? -z : z) * (weight === null ? 1 : weight[row]!)
  }
  return losses
}
