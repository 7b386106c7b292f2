import { sigmoid, softplus } from '../../base/statistics.js'
import { solveCholesky } from '../logistic/cholesky.js'

/** Rows that a calibration is fitted to, each of weight above 0. */
export interface CalibrationRows {
  /** Log odds that the model gave, shape (rows). */
  readonly margin: Float64Array
  /** Shape (rows), 1 = churned, 0 = stayed; both occur. */
  readonly outcome: Uint8Array
  /** Shape (rows); null where every row counts once. */
  readonly weight: Float64Array | null
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
/** Mean slope of the objective, per standard deviation of a column, at which the minimum counts as found. */
const flat = 1e-11
/** Of the objective: below it a change of its value is rounding. */
const rounding = 1e-14
/** Added to the curvature of each coefficient, as a share: where two of them do the same, neither runs away. */
const damping = 1e-10
/** A column of less spread, in log odds or as a share of its mean, is a constant: what is left of it is rounding. */
const leastSpread = 1e-9

/**
 * Returns the line of least log loss, by Newton's method, begun at slopes of 1: the maximum of the likelihood. A column
 * that is a constant keeps the slope 1.
 *
 * @param target shape (rows), each in [0, 1]: what the probabilities are to be
 *
 * O(steps × rows × columns²) time; four to ten steps.
 */
export function fitLogisticLine(
  columns: readonly Float64Array[],
  target: ArrayLike<number>,
  weight: Float64Array | null,
): LogisticLine {
  const scaled = columns.map((column) => standardised(column, weight))
  const offset = fixedPart(scaled, columns, target.length)
  const free = scaled.filter(({ deviation }) => deviation > 0)
  const objective = { scores: free.map(({ scores }) => scores), offset, target, weight }
  const start = [free.reduce((sum, { mean }) => sum + mean, 0), ...free.map(({ deviation }) => deviation)]
  const { coefficients, loss } = descend(objective, Float64Array.from(start))
  let next = 1
  const slopes = scaled.map(({ deviation }) => (deviation > 0 ? coefficients[next++]! / deviation : 1))
  const shift = scaled.reduce(
    (sum, { mean, deviation }, index) => sum + (deviation > 0 ? slopes[index]! * mean : 0),
    0,
  )
  return { intercept: coefficients[0]! - shift, slopes, loss }
}

interface StandardColumn {
  readonly mean: number
  /** 0 of a constant column. */
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

/** What constant columns add with their slope of 1. */
function fixedPart(
  scaled: readonly StandardColumn[],
  columns: readonly Float64Array[],
  rowCount: number,
): Float64Array {
  const offset = new Float64Array(rowCount)
  for (const [index, { deviation }] of scaled.entries()) {
    if (deviation > 0) continue
    for (let row = 0; row < rowCount; row++) offset[row]! += columns[index]![row]!
  }
  return offset
}

interface LineObjective {
  readonly scores: readonly Float64Array[]
  readonly offset: Float64Array
  readonly target: ArrayLike<number>
  readonly weight: Float64Array | null
}

function descend(
  objective: LineObjective,
  start: Float64Array,
): { coefficients: Float64Array; loss: number } {
  let coefficients = start
  let loss = lossAt(objective, coefficients)
  for (let step = 0; step < mostSteps; step++) {
    const direction = newtonDirection(objective, coefficients)
    if (direction === null) break
    let next: Float64Array | null = null
    for (let halving = 0, length = 1; halving < halvingsAtMost && next === null; halving++, length /= 2) {
      const tried = coefficients.map((value, index) => value - length * direction[index]!)
      if (lossAt(objective, tried) <= loss + rounding * Math.abs(loss)) next = tried
    }
    if (next === null) break
    coefficients = next
    loss = lossAt(objective, coefficients)
  }
  return { coefficients, loss }
}

/** Hessian⁻¹ · gradient; null at the minimum. */
function newtonDirection(
  { scores, offset, target, weight }: LineObjective,
  at: Float64Array,
): Float64Array | null {
  const size = at.length
  const gradient = new Float64Array(size)
  const hessian = new Float64Array(size * size)
  const values = new Float64Array(size).fill(1)
  let total = 0
  for (let row = 0; row < target.length; row++) {
    let margin = offset[row]! + at[0]!
    for (let index = 1; index < size; index++) {
      values[index] = scores[index - 1]![row]!
      margin += at[index]! * values[index]!
    }
    const own = weight === null ? 1 : weight[row]!
    const p = sigmoid(margin)
    total += own
    for (let i = 0; i < size; i++) {
      gradient[i]! += own * (p - target[row]!) * values[i]!
      const curvature = own * p * sigmoid(-margin) * values[i]!
      for (let j = 0; j <= i; j++) hessian[i * size + j]! += curvature * values[j]!
    }
  }
  if (gradient.every((slope) => Math.abs(slope) <= flat * total)) return null
  for (let index = 0; index < size; index++) hessian[index * size + index]! *= 1 + damping
  return solveCholesky(hessian, gradient) ? gradient : null
}

function lossAt({ scores, offset, target, weight }: LineObjective, at: Float64Array): number {
  let loss = 0
  for (let row = 0; row < target.length; row++) {
    let margin = offset[row]! + at[0]!
    for (let index = 1; index < at.length; index++) margin += at[index]! * scores[index - 1]![row]!
    loss += (weight === null ? 1 : weight[row]!) * (softplus(margin) - target[row]! * margin)
  }
  return loss
}
