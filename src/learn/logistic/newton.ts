import { softplus } from '../../base/statistics.js'
import type { CheckedTraining } from '../check.js'
import { solveCholesky } from './cholesky.js'
import type { Design } from './design.js'

/** What is minimised: mean log loss + penalty · ½ ‖coefficients without the intercept‖². */
export interface Objective {
  readonly design: Design
  readonly outcome: Uint8Array
  readonly weight: CheckedTraining<unknown>['weight']
  readonly totalWeight: number
  readonly penalty: number
}

/** Value and derivatives of the objective at one point. */
export interface Slope {
  readonly value: number
  /** Shape (columns). */
  readonly gradient: Float64Array
  /** Shape (columns × columns); the lower triangle is filled. */
  readonly hessian: Float64Array
  /** Largest absolute gradient. */
  readonly steepness: number
}

/** Returns the objective's value, gradient and hessian. O(rows × columns²) time at most; ones are cheaper than scores. */
export function slopeAt(objective: Objective, coefficients: Float64Array): Slope {
  const { design, outcome, weight, totalWeight, penalty } = objective
  const { columnCount, rowCount } = design
  // One column more than there is takes what indicators without a column add.
  const gradient = new Float64Array(columnCount + 1)
  const hessian = new Float64Array((columnCount + 1) * (columnCount + 1))
  const columns = new Int32Array(design.scoreCount + design.slotCount + 1)
  const values = new Float64Array(columns.length).fill(1)
  let loss = 0
  for (let row = 0; row < rowCount; row++) {
    const margin = readRow(design, row, coefficients, columns, values)
    const share = (weight === null ? 1 : weight[row]!) / totalWeight
    const probability = 1 / (1 + Math.exp(-margin))
    loss += share * logLoss(margin, outcome[row]!)
    addOuter(
      gradient,
      share * (probability - outcome[row]!),
      hessian,
      share * probability * (1 - probability),
    )
  }
  const bare = withoutSpare(hessian, columnCount)
  let square = 0
  for (let column = 0; column < columnCount - 1; column++) {
    gradient[column]! += penalty * coefficients[column]!
    bare[column * columnCount + column]! += penalty
    square += coefficients[column]! ** 2
  }
  const used = gradient.slice(0, columnCount)
  return {
    value: loss + (penalty * square) / 2,
    gradient: used,
    hessian: bare,
    steepness: used.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0),
  }

  function addOuter(first: Float64Array, slope: number, second: Float64Array, curvature: number): void {
    const size = columnCount + 1
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!
      const value = values[i]!
      first[column]! += slope * value
      const scaled = curvature * value
      for (let j = 0; j <= i; j++) second[column * size + columns[j]!]! += scaled * values[j]!
    }
  }
}

/** Returns the objective's value alone. O(rows × columns) time. */
export function valueAt(objective: Objective, coefficients: Float64Array): number {
  const { design, outcome, weight, totalWeight, penalty } = objective
  const columns = new Int32Array(design.scoreCount + design.slotCount + 1)
  const values = new Float64Array(columns.length).fill(1)
  let loss = 0
  for (let row = 0; row < design.rowCount; row++) {
    const margin = readRow(design, row, coefficients, columns, values)
    loss += ((weight === null ? 1 : weight[row]!) / totalWeight) * logLoss(margin, outcome[row]!)
  }
  let square = 0
  for (let column = 0; column < design.columnCount - 1; column++) square += coefficients[column]! ** 2
  return loss + (penalty * square) / 2
}

/** Log loss of a margin, without overflow: ln(1 + e^-m) or ln(1 + e^m). */
function logLoss(margin: number, outcome: number): number {
  return softplus(outcome === 1 ? -margin : margin)
}

/** Writes the row's columns and values that are not 0, in ascending kinds: scores, ones, intercept; returns the margin. */
function readRow(
  design: Design,
  row: number,
  coefficients: Float64Array,
  columns: Int32Array,
  values: Float64Array,
): number {
  const { scoreCount, slotCount, columnCount, scores, ones } = design
  let margin = coefficients[columnCount - 1]!
  for (let score = 0; score < scoreCount; score++) {
    const value = scores[row * scoreCount + score]!
    columns[score] = score
    values[score] = value
    margin += coefficients[score]! * value
  }
  for (let slot = 0; slot < slotCount; slot++) {
    const column = ones[row * slotCount + slot]!
    columns[scoreCount + slot] = column
    if (column < columnCount) margin += coefficients[column]!
  }
  columns[scoreCount + slotCount] = columnCount - 1
  return margin
}

/** Both triangles put into the lower one, without the spare column. */
function withoutSpare(hessian: Float64Array, columnCount: number): Float64Array {
  const size = columnCount + 1
  const bare = new Float64Array(columnCount * columnCount)
  for (let row = 0; row < columnCount; row++) {
    for (let column = 0; column <= row; column++) {
      const upper = row === column ? 0 : hessian[column * size + row]!
      bare[row * columnCount + column] = hessian[row * size + column]! + upper
    }
  }
  return bare
}

const halvingsAtMost = 50
const sufficientDecrease = 1e-4
// Of the objective: below it a change of its value is rounding.
const rounding = 1e-14

/**
 * Returns the coefficients one Newton step further down, halved until the objective falls enough (Armijo); null where
 * no step does.
 */
export function newtonStep(
  objective: Objective,
  coefficients: Float64Array,
  slope: Slope,
): Float64Array | null {
  const direction = newtonDirection(slope)
  if (direction === null) return null
  let descent = 0
  for (let column = 0; column < direction.length; column++) {
    descent += slope.gradient[column]! * direction[column]!
  }
  for (let halving = 0, length = 1; halving < halvingsAtMost; halving++, length /= 2) {
    const next = coefficients.map((value, column) => value - length * direction[column]!)
    const allowed = slope.value - sufficientDecrease * length * descent + rounding * Math.abs(slope.value)
    if (valueAt(objective, next) <= allowed) return next
  }
  return null
}

/** Hessian⁻¹ · gradient; where floating point finds the hessian not definite, with more and more added to its diagonal. */
function newtonDirection(slope: Slope): Float64Array | null {
  const size = slope.gradient.length
  for (let ridge = 0; ridge <= 1; ridge = ridge === 0 ? 1e-12 : ridge * 100) {
    const matrix = slope.hessian.slice()
    for (let column = 0; column < size; column++) matrix[column * size + column]! += ridge
    const direction = slope.gradient.slice()
    if (solveCholesky(matrix, direction)) return direction
  }
  return null
}
