import { softplus } from '../../base/statistics.js'
import { total } from '../pairedLosses.js'
import type { Design } from './design.js'

/** What is minimised: Σ share · log loss + penalty · ½ ‖coefficients without the intercept‖². */
export interface Objective {
  readonly design: Design
  readonly outcome: Uint8Array
  /** Shape (rows): weight of each row, adding up to 1; 0 = the row is not looked at. */
  readonly share: Float64Array
  readonly penalty: number
}

/** Value and slope of the objective at one point. */
export interface Slope {
  readonly value: number
  /** Shape (columns). */
  readonly gradient: Float64Array
  /** Largest absolute gradient. */
  readonly steepness: number
}

// Rows whose margins and slopes are computed together: their scores stay in the nearest cache for both.
const blockRows = 64

/** Returns the objective's value and gradient. O(rows × columns) time. */

export function slopeAt(objective: Objective, coefficients: Float64Array): Slope {
  const { design, outcome, share, penalty } = objective
  const { columnCount, rowCount } = design
  // One column more than there is takes what indicators without a column add.
  const gradient = new Float64Array(columnCount + 1)
  const padded = paddedOf(coefficients)
  const pull = new Float64Array(blockRows)
  let loss = 0
  for (let first = 0; first < rowCount; first += blockRows) {
    const end = Math.min(first + blockRows, rowCount)
    addMargins(design, padded, first, end, pull)
    for (let row = first; row < end; row++) {
      const own = share[row]!
      const margin = pull[row - first]!
      const isChurned = outcome[row] === 1
      if (own > 0) loss += own * softplus(isChurned ? -margin : margin)
      pull[row - first] = own === 0 ? 0 : own * (1 / (1 + Math.exp(-margin)) - (isChurned ? 1 : 0))
    }
    addPulls(design, pull, first, end, gradient)
  }
  let square = 0
  for (let column = 0; column < columnCount - 1; column++) {
    gradient[column]! += penalty * coefficients[column]!
    square += coefficients[column]! ** 2
  }
  const used = gradient.slice(0, columnCount)
  return {
    value: loss + (penalty * square) / 2,
    gradient: used,
    steepness: used.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0),
  }
}

/** Returns the margin of every row. */
export function marginsOf(design: Design, coefficients: Float64Array): Float64Array {
  const margin = new Float64Array(design.rowCount)
  addMargins(design, paddedOf(coefficients), 0, design.rowCount, margin)
  return margin
}

/** The coefficients, and 0 for "no column". */
function paddedOf(coefficients: Float64Array): Float64Array {
  const padded = new Float64Array(coefficients.length + 1)
  padded.set(coefficients)
  return padded
}

/** Writes the margins of rows in [first, end); four rows at a time, so that no addition waits for the one before. */
function addMargins(
  { scoreCount, slotCount, columnCount, scores, ones }: Design,
  coefficients: Float64Array,
  first: number,
  end: number,
  margin: Float64Array,
): void {
  const intercept = coefficients[columnCount - 1]!
  let row = first
  for (; row + 3 < end; row += 4) {
    let [a, b, c, d] = [intercept, intercept, intercept, intercept]
    const at = row * scoreCount
    for (let score = 0; score < scoreCount; score++) {
      const coefficient = coefficients[score]!
      a += coefficient * scores[at + score]!
      b += coefficient * scores[at + scoreCount + score]!
      c += coefficient * scores[at + 2 * scoreCount + score]!
      d += coefficient * scores[at + 3 * scoreCount + score]!
    }
    margin[row - first] = a
    margin[row - first + 1] = b
    margin[row - first + 2] = c
    margin[row - first + 3] = d
  }
  for (; row < end; row++) {
    let sum = intercept
    for (let score = 0; score < scoreCount; score++) {
      sum += coefficients[score]! * scores[row * scoreCount + score]!
    }
    margin[row - first] = sum
  }
  for (row = first; row < end; row++) {
    let sum = 0
    for (let slot = 0; slot < slotCount; slot++) sum += coefficients[ones[row * slotCount + slot]!]!
    margin[row - first]! += sum
  }
}

/** Adds what rows in [first, end) pull at each coefficient. */
function addPulls(
  { scoreCount, slotCount, columnCount, scores, ones }: Design,
  pull: Float64Array,
  first: number,
  end: number,
  gradient: Float64Array,
): void {
  let row = first
  for (; row + 3 < end; row += 4) {
    const [a, b, c, d] = [
      pull[row - first]!,
      pull[row - first + 1]!,
      pull[row - first + 2]!,
      pull[row - first + 3]!,
    ]
    const at = row * scoreCount
    for (let score = 0; score < scoreCount; score++) {
      gradient[score]! +=
        a * scores[at + score]! +
        b * scores[at + scoreCount + score]! +
        c * scores[at + 2 * scoreCount + score]! +
        d * scores[at + 3 * scoreCount + score]!
    }
  }
  for (; row < end; row++) {
    const own = pull[row - first]!
    for (let score = 0; score < scoreCount; score++) {
      gradient[score]! += own * scores[row * scoreCount + score]!
    }
  }
  for (row = first; row < end; row++) {
    const own = pull[row - first]!
    for (let slot = 0; slot < slotCount; slot++) gradient[ones[row * slotCount + slot]!]! += own
    gradient[columnCount - 1]! += own
  }
}

/**
 * Returns the second derivatives without the penalty, shape (columns × columns), of which the lower triangle is filled.
 *
 * O(rows × columns²) time at most; ones are cheaper than scores.
 */
export function curvatureAt({ design, share }: Objective, coefficients: Float64Array): Float64Array {
  const { rowCount, scoreCount, slotCount, columnCount, scores, ones } = design
  const size = columnCount
  const bend = bendOf(marginsOf(design, coefficients), share)
  const curvature = new Float64Array(size * size)
  addScorePairs(design, bend, curvature)
  for (let row = 0; row < rowCount; row++) {
    const own = bend[row]!
    const at = row * scoreCount
    for (let slot = 0; slot < slotCount; slot++) {
      const column = ones[row * slotCount + slot]!
      if (column === columnCount) continue
      for (let score = 0; score < scoreCount; score++) {
        curvature[column * size + score]! += own * scores[at + score]!
      }
      for (let other = 0; other <= slot; other++) {
        const second = ones[row * slotCount + other]!
        if (second < columnCount) {
          curvature[Math.max(column, second) * size + Math.min(column, second)]! += own
        }
      }
      curvature[(size - 1) * size + column]! += own
    }
    for (let score = 0; score < scoreCount; score++) {
      curvature[(size - 1) * size + score]! += own * scores[at + score]!
    }
    curvature[size * size - 1]! += own
  }
  return curvature
}

/** What each row adds to the second derivatives: share · p · (1 − p). */
function bendOf(margin: Float64Array, share: Float64Array): Float64Array {
  return margin.map((value, row) => {
    const probability = 1 / (1 + Math.exp(-value))
    return share[row]! * probability * (1 - probability)
  })
}

/** Adds the products of all pairs of scores; four rows at a time, so that each sum is read and written once for them. */
function addScorePairs(
  { rowCount, scoreCount, columnCount, scores }: Design,
  bend: Float64Array,
  curvature: Float64Array,
): void {
  for (let row = 0; row < rowCount; row += 4) {
    // Beyond the last row the first of the four is read again, and weighs nothing.
    const rest = rowCount - row
    const a = row * scoreCount
    const b = rest > 1 ? a + scoreCount : a
    const c = rest > 2 ? b + scoreCount : a
    const d = rest > 3 ? c + scoreCount : a
    const p = bend[row]!
    const q = rest > 1 ? bend[row + 1]! : 0
    const r = rest > 2 ? bend[row + 2]! : 0
    const s = rest > 3 ? bend[row + 3]! : 0
    for (let i = 0; i < scoreCount; i++) {
      const w = p * scores[a + i]!
      const x = q * scores[b + i]!
      const y = r * scores[c + i]!
      const z = s * scores[d + i]!
      const start = i * columnCount
      for (let j = 0; j <= i; j++) {
        curvature[start + j]! +=
          w * scores[a + j]! + x * scores[b + j]! + y * scores[c + j]! + z * scores[d + j]!
      }
    }
  }
}

/** Returns every so manieth of the rows as an objective of their own, with their weights made to add up to 1. */
export function sampleOf(objective: Objective, step: number): Objective {
  const { design, outcome, share } = objective
  const { scoreCount, slotCount } = design
  const rows = Int32Array.from({ length: Math.ceil(design.rowCount / step) }, (_, place) => place * step)
  const scores = new Float64Array(rows.length * scoreCount)
  const ones = new Int32Array(rows.length * slotCount)
  rows.forEach((row, place) => {
    scores.set(design.scores.subarray(row * scoreCount, (row + 1) * scoreCount), place * scoreCount)
    ones.set(design.ones.subarray(row * slotCount, (row + 1) * slotCount), place * slotCount)
  })
  const own = Float64Array.from(rows, (row) => share[row]!)
  const all = total(own)
  return {
    design: { ...design, rowCount: rows.length, scores, ones },
    outcome: Uint8Array.from(rows, (row) => outcome[row]!),
    share: own.map((value) => value / all),
    penalty: objective.penalty,
  }
}

/**
 * Makes the diagonal of second derivatives of a sample at least that of all rows: a column that few rows have, and none of
 * the sample, is not taken for one without any. O(rows × columns).
 */
export function raiseDiagonal(
  curvature: Float64Array,
  { design, share }: Objective,
  coefficients: Float64Array,
): void {
  const { rowCount, scoreCount, slotCount, columnCount, scores, ones } = design
  const bend = bendOf(marginsOf(design, coefficients), share)
  const diagonal = new Float64Array(columnCount + 1)
  for (let row = 0; row < rowCount; row++) {
    const own = bend[row]!
    const at = row * scoreCount
    for (let score = 0; score < scoreCount; score++) {
      diagonal[score]! += own * scores[at + score]! * scores[at + score]!
    }
    for (let slot = 0; slot < slotCount; slot++) diagonal[ones[row * slotCount + slot]!]! += own
  }
  for (let column = 0; column < columnCount - 1; column++) {
    const at = column * columnCount + column
    curvature[at] = Math.max(curvature[at]!, diagonal[column]!)
  }
}
