import { solveCholesky } from './cholesky.js'
import { sigmoid, softplus } from './statistics.js'

/** Columns whose weighted sum is fitted to the log odds of targets. */
export interface LogisticRows {
  /** Shape (columns)(rows). */
  readonly columns: readonly Float64Array[]
  /** Shape (rows), each in [0, 1]: the probabilities to fit. */
  readonly target: ArrayLike<number>
  /** Shape (rows); null if every row counts once. */
  readonly weight: Float64Array | null
  /** Shape (rows): log odds added unchanged. */
  readonly offset?: Float64Array
}

/** Log odds as a sum: `intercept + Σ slopes[i] · columns[i]`. */
export interface LogisticLine {
  readonly intercept: number
  readonly slopes: readonly number[]
  /** Summed log loss, weighted. */
  readonly loss: number
}

const mostSteps = 100
const halvingsAtMost = 50
/** Slope of the objective, per standard deviation of a column and per curvature, at which the minimum counts as found. */
const flat = 1e-11
/** Of the objective: a smaller change of its value is rounding. */
const rounding = 1e-14
/** Added to the curvature of each coefficient, as a share, so that redundant ones do not diverge. */
const damping = 1e-10
/** A column with less spread, in log odds or as a share of its mean, is constant: the rest is rounding. */
const leastSpread = 1e-9

/**
 * Returns the line with the least log loss (maximum likelihood), by Newton's method from slopes of 1. A constant column
 * keeps the slope 1.
 *
 * O(steps × rows × columns²) time; four to ten steps.
 */
export function fitLogisticLine({ columns, target, weight, offset: given }: LogisticRows): LogisticLine {
  const scaled = columns.map((column) => standardised(column, weight))
  const offset = given?.slice() ?? new Float64Array(target.length)
  for (const { deviation, scores } of scaled)
    if (deviation === 0) for (let row = 0; row < offset.length; row++) offset[row]! += scores[row]!
  const free = scaled.filter(({ deviation }) => deviation > 0)
  const rows = { columns: free.map(({ scores }) => scores), offset, target, weight }
  const start = [free.reduce((sum, { mean }) => sum + mean, 0), ...free.map(({ deviation }) => deviation)]
  const { coefficients, loss } = descend(rows, Float64Array.from(start))
  let intercept = coefficients[0]!
  let next = 1
  const slopes = scaled.map(({ mean, deviation }) => {
    if (deviation === 0) return 1
    const slope = coefficients[next++]! / deviation
    intercept -= slope * mean
    return slope
  })
  return { intercept, slopes, loss }
}

interface StandardColumn {
  readonly mean: number
  /** 0 for a constant column. */
  readonly deviation: number
  readonly scores: Float64Array
}

function standardised(column: Float64Array, weight: Float64Array | null): StandardColumn {
  let [total, sum] = [0, 0]
  for (let row = 0; row < column.length; row++) {
    const own = weight === null ? 1 : weight[row]!
    total += own
    sum += own * column[row]!
  }
  const mean = sum / total
  let squares = 0
  for (let row = 0; row < column.length; row++) {
    squares += (weight === null ? 1 : weight[row]!) * (column[row]! - mean) ** 2
  }
  const spread = Math.sqrt(squares / total)
  if (!(spread > leastSpread * Math.max(1, Math.abs(mean)))) return { mean, deviation: 0, scores: column }
  return { mean, deviation: spread, scores: column.map((value) => (value - mean) / spread) }
}

function descend(rows: LogisticRows, start: Float64Array): { coefficients: Float64Array; loss: number } {
  let coefficients = start
  let loss = logisticLossAt(rows, coefficients)
  for (let step = 0; step < mostSteps; step++) {
    const direction = newtonDirection(rows, coefficients)
    if (direction === null) break
    let next: Float64Array | null = null
    for (let halving = 0, length = 1; halving < halvingsAtMost && next === null; halving++, length /= 2) {
      const tried = coefficients.map((value, index) => value - length * direction[index]!)
      if (logisticLossAt(rows, tried) <= loss + rounding * Math.abs(loss)) next = tried
    }
    if (next === null) break
    coefficients = next
    loss = logisticLossAt(rows, coefficients)
  }
  return { coefficients, loss }
}

/** Hessian⁻¹ · gradient; null at the minimum. */
function newtonDirection(rows: LogisticRows, at: Float64Array): Float64Array | null {
  const { gradient, hessian } = logisticSlopesAt(rows, at)
  if (gradient.every((slope) => Math.abs(slope) <= flat * hessian[0]!)) return null
  for (let index = 0; index < at.length; index++) hessian[index * at.length + index]! *= 1 + damping
  return solveCholesky(hessian, gradient) ? gradient : null
}

/** Derivatives of the summed log loss by the intercept and each slope. */
export interface LogisticSlopes {
  readonly gradient: Float64Array
  /** Shape (size × size), row by row, the lower triangle. */
  readonly hessian: Float64Array
}

/** Returns the derivatives at the intercept and the slopes `at`. */
export function logisticSlopesAt(
  { columns, offset, target, weight }: LogisticRows,
  at: Float64Array,
): LogisticSlopes {
  const size = at.length
  const gradient = new Float64Array(size)
  const hessian = new Float64Array(size * size)
  const values = new Float64Array(size).fill(1)
  for (let row = 0; row < target.length; row++) {
    let margin = (offset?.[row] ?? 0) + at[0]!
    for (let index = 1; index < size; index++) {
      values[index] = columns[index - 1]![row]!
      margin += at[index]! * values[index]!
    }
    const own = weight === null ? 1 : weight[row]!
    const p = sigmoid(margin)
    for (let i = 0; i < size; i++) {
      gradient[i]! += own * (p - target[row]!) * values[i]!
      const curvature = own * p * sigmoid(-margin) * values[i]!
      for (let j = 0; j <= i; j++) hessian[i * size + j]! += curvature * values[j]!
    }
  }
  return { gradient, hessian }
}

/** Returns the summed log loss at the intercept and the slopes `at`. */
export function logisticLossAt({ columns, offset, target, weight }: LogisticRows, at: Float64Array): number {
  let loss = 0
  for (let row = 0; row < target.length; row++) {
    let margin = (offset?.[row] ?? 0) + at[0]!
    for (let index = 1; index < at.length; index++) margin += at[index]! * columns[index - 1]![row]!
    loss += (weight === null ? 1 : weight[row]!) * (softplus(margin) - target[row]! * margin)
  }
  return loss
}
