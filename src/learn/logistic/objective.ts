import { total } from '../pairedLosses.js'
import type { Design } from './design.js'
import { ScoreBlocks } from './scoreBlocks.js'

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

/** Returns the objective's value and gradient. O(rows × columns) time. */
export function slopeAt({ design, outcome, share, penalty }: Objective, coefficients: Float64Array): Slope {
  const { columnCount } = design
  // One column more than there is takes what indicators without a column add.
  const gradient = new Float64Array(columnCount + 1)
  let loss = 0
  const blocks = new ScoreBlocks(design, coefficients)
  forEachBlock(blocks, coefficients, (margin, first, end) => {
    for (let row = first; row < end; row++) {
      const own = share[row]!
      if (own === 0) {
        margin[row - first] = 0
        continue
      }
      const value = margin[row - first]!
      const isChurned = outcome[row] === 1
      // Of the side that happened: e^-|margin| is in both the loss and its slope.
      const miss = isChurned ? -value : value
      const odds = Math.exp(-Math.abs(miss))
      loss += own * (Math.max(miss, 0) + Math.log(1 + odds))
      const pull = (miss < 0 ? odds : 1) / (1 + odds)
      margin[row - first] = isChurned ? -own * pull : own * pull
    }
    blocks.addPulls()
    addToOnes(design, margin, first, end, gradient)
  })
  gradient.set(blocks.sums())
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
  const all = new Float64Array(design.rowCount)
  forEachBlock(new ScoreBlocks(design, coefficients), coefficients, (margin, first, end) => {
    all.set(margin.subarray(0, end - first), first)
  })
  return all
}

/** Hands over the margins of the rows, block by block. */
function forEachBlock(
  blocks: ScoreBlocks,
  coefficients: Float64Array,
  visit: (margin: Float64Array, first: number, end: number) => void,
): void {
  const { rowCount, columnCount, slotCount, ones } = blocks.design
  // The coefficients, and 0 for "no column".
  const padded = new Float64Array(columnCount + 1)
  padded.set(coefficients)
  const intercept = coefficients[columnCount - 1]!
  for (let first = 0; first < rowCount; first += blocks.rows) {
    const end = Math.min(first + blocks.rows, rowCount)
    const margin = blocks.margins(first, end)
    for (let row = first, at = first * slotCount; row < end; row++) {
      let sum = intercept
      for (let slot = 0; slot < slotCount; slot++) sum += padded[ones[at++]!]!
      margin[row - first]! += sum
    }
    visit(margin, first, end)
  }
}

/** Adds what rows in [first, end) weigh to the sums of their indicators and to that of the intercept. */
function addToOnes(
  { slotCount, columnCount, ones }: Design,
  weight: Float64Array,
  first: number,
  end: number,
  sums: Float64Array,
): void {
  for (let row = first, at = first * slotCount; row < end; row++) {
    const own = weight[row - first]!
    for (let slot = 0; slot < slotCount; slot++) sums[ones[at++]!]! += own
    sums[columnCount - 1]! += own
  }
}

/**
 * Returns the second derivatives without the penalty, shape (columns × columns), of which the lower triangle is filled.
 *
 * O(rows × columns²) time at most; ones are cheaper than scores.
 */
export function curvatureAt({ design, share }: Objective, coefficients: Float64Array): Float64Array {
  const { scoreCount, columnCount: size } = design
  const curvature = new Float64Array(size * size)
  // The row of the intercept; one column more takes what indicators without a column add.
  const last = new Float64Array(size + 1)
  const blocks = new ScoreBlocks(design, coefficients, true)
  forEachBlock(blocks, coefficients, (margin, first, end) => {
    for (let row = first; row < end; row++) margin[row - first] = bend(margin[row - first]!, share[row]!)
    blocks.addPulls()
    blocks.addPairs()
    addToOnes(design, margin, first, end, last)
    addPairsOfOnes(design, margin, first, end, curvature)
  })
  for (let score = 0; score < scoreCount; score++) curvature.set(blocks.pairs(score), score * size)
  last.set(blocks.sums())
  curvature.set(last.subarray(0, size), (size - 1) * size)
  return curvature
}

/** Adds the weighted products of the indicators of rows in [first, end) with their scores, and with each other. */
function addPairsOfOnes(
  { columnCount, scoreCount, slotCount, width, scores, ones }: Design,
  weight: Float64Array,
  first: number,
  end: number,
  curvature: Float64Array,
): void {
  if (slotCount === 0) return
  for (let row = first; row < end; row++) {
    const own = weight[row - first]!
    const at = row * width
    for (let slot = 0; slot < slotCount; slot++) {
      const column = ones[row * slotCount + slot]!
      if (column === columnCount) continue
      const start = column * columnCount
      for (let score = 0; score < scoreCount; score++) curvature[start + score]! += own * scores[at + score]!
      for (let other = 0; other <= slot; other++) {
        const second = ones[row * slotCount + other]!
        if (second < columnCount) {
          curvature[Math.max(column, second) * columnCount + Math.min(column, second)]! += own
        }
      }
    }
  }
}

/** What a row adds to the second derivatives: share · p · (1 − p). */
function bend(margin: number, share: number): number {
  const probability = 1 / (1 + Math.exp(-margin))
  return share * probability * (1 - probability)
}

/** Returns every so manieth of the rows as an objective of their own, with their weights made to add up to 1. */
export function sampleOf(objective: Objective, step: number): Objective {
  const { design, outcome, share } = objective
  const { width, slotCount } = design
  const rows = Int32Array.from({ length: Math.ceil(design.rowCount / step) }, (_, place) => place * step)
  const scores = new Float64Array(rows.length * width)
  const ones = new Int32Array(rows.length * slotCount)
  rows.forEach((row, place) => {
    scores.set(design.scores.subarray(row * width, (row + 1) * width), place * width)
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
  const { scoreCount, columnCount, width, scores } = design
  const diagonal = new Float64Array(columnCount + 1)
  forEachBlock(new ScoreBlocks(design, coefficients), coefficients, (margin, first, end) => {
    for (let row = first; row < end; row++) {
      const own = bend(margin[row - first]!, share[row]!)
      const at = row * width
      for (let score = 0; score < scoreCount; score++) {
        diagonal[score]! += own * scores[at + score]! * scores[at + score]!
      }
      margin[row - first] = own
    }
    addToOnes(design, margin, first, end, diagonal)
  })
  for (let column = 0; column < columnCount - 1; column++) {
    const at = column * columnCount + column
    curvature[at] = Math.max(curvature[at]!, diagonal[column]!)
  }
}
