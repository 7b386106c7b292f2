import { sigmoid, softplus } from '../../base/statistics.js'

/** Weights of a blend, how its mean is read, and how well that fits. */
export interface BlendFit {
  /** One per model, each at least 0, adding up to 1. */
  readonly weights: readonly number[]
  /** Log odds. */
  readonly intercept: number
  /** Above 0. */
  readonly slope: number
  /** Mean log loss of the rows. */
  readonly logLoss: number
  /** Weighted share of churners among the rows: what the blend's probabilities stand for. In (0, 1). */
  readonly baseRate: number
}

const mostSteps = 50
const smallStep = 1e-9
/** Weight of the belief in the plain mean: that of a single row far from the others. */
const ridge = 1
const sweeps = 200

/**
 * Returns the blend of least log loss with no weight below 0: Newton steps, each to the least of the quadratic with
 * that limit (by coordinates), halved until the loss falls.
 */
export function fitBlend(
  margins: readonly Float64Array[],
  outcome: Uint8Array,
  weight: Float64Array | null,
): BlendFit {
  const count = margins.length
  const rows: Rows = { margins, outcome, weight }
  let at: Float64Array = new Float64Array(count + 1).fill(1 / count)
  at[count] = 0
  let loss = lossAt(rows, at)
  for (let step = 0; step < mostSteps; step++) {
    const goal = leastOfQuadratic(at, ...slopesAt(rows, at))
    let next = goal
    let nextLoss = lossAt(rows, next)
    for (let halving = 0; nextLoss > loss && halving < 30; halving++) {
      next = next.map((value, index) => (value + at[index]!) / 2)
      nextLoss = lossAt(rows, next)
    }
    if (!(nextLoss <= loss)) break
    const moved = next.reduce((sum, value, index) => sum + Math.abs(value - at[index]!), 0)
    at = next
    loss = nextLoss
    if (moved < smallStep) break
  }
  return fitOf(rows, at)
}

interface Rows {
  readonly margins: readonly Float64Array[]
  readonly outcome: Uint8Array
  readonly weight: Float64Array | null
}

function fitOf({ margins, outcome, weight }: Rows, at: Float64Array): BlendFit {
  const count = margins.length
  const slope = at.subarray(0, count).reduce((sum, value) => sum + value, 0)
  const total = weight === null ? outcome.length : weight.reduce((sum, value) => sum + value, 0)
  const churned = outcome.reduce((sum, value, row) => sum + value * (weight?.[row] ?? 1), 0)
  const loss = lossAt({ margins, outcome, weight }, at) - penalty(at)
  // Where no model tells anything the plain mean is left, hardly listened to.
  const weights = Array.from(at.subarray(0, count), (value) => (slope > 0 ? value / slope : 1 / count))
  return {
    weights,
    intercept: at[count]!,
    slope: Math.max(slope, smallStep),
    logLoss: loss / total,
    baseRate: churned / total,
  }
}

function penalty(at: Float64Array): number {
  const count = at.length - 1
  let sum = 0
  for (let index = 0; index < count; index++) sum += (at[index]! - 1 / count) ** 2
  return (ridge / 2) * sum
}

function marginAt(margins: readonly Float64Array[], at: Float64Array, row: number): number {
  let margin = at[margins.length]!
  for (let index = 0; index < margins.length; index++) margin += at[index]! * margins[index]![row]!
  return margin
}

function lossAt({ margins, outcome, weight }: Rows, at: Float64Array): number {
  let sum = penalty(at)
  for (let row = 0; row < outcome.length; row++) {
    const margin = marginAt(margins, at, row)
    const loss = softplus(outcome[row] === 1 ? -margin : margin)
    sum += weight === null ? loss : weight[row]! * loss
  }
  return sum
}

/** Gradient, and hessian in rows. */
function slopesAt({ margins, outcome, weight }: Rows, at: Float64Array): [Float64Array, Float64Array[]] {
  const count = margins.length
  const gradient = new Float64Array(count + 1)
  const hessian = Array.from({ length: count + 1 }, () => new Float64Array(count + 1))
  const values = new Float64Array(count + 1).fill(1)
  for (let row = 0; row < outcome.length; row++) {
    const probability = sigmoid(marginAt(margins, at, row))
    const own = weight === null ? 1 : weight[row]!
    const [g, h] = [own * (probability - outcome[row]!), own * probability * (1 - probability)]
    for (let index = 0; index < count; index++) values[index] = margins[index]![row]!
    for (let i = 0; i <= count; i++) {
      gradient[i]! += g * values[i]!
      for (let j = 0; j <= i; j++) hessian[i]![j]! += h * values[i]! * values[j]!
    }
  }
  for (let i = 0; i <= count; i++) {
    for (let j = 0; j < i; j++) hessian[j]![i] = hessian[i]![j]!
    if (i === count) continue
    gradient[i]! += ridge * (at[i]! - 1 / count)
    hessian[i]![i]! += ridge
  }
  return [gradient, hessian]
}

function leastOfQuadratic(at: Float64Array, gradient: Float64Array, hessian: Float64Array[]): Float64Array {
  const last = at.length - 1
  const next = at.slice()
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = 0
    for (let i = 0; i <= last; i++) {
      let slope = gradient[i]!
      for (let j = 0; j <= last; j++) slope += hessian[i]![j]! * (next[j]! - at[j]!)
      const curvature = hessian[i]![i]!
      if (!(curvature > 0)) continue
      const free = next[i]! - slope / curvature
      const value = i === last ? free : Math.max(free, 0)
      moved += Math.abs(value - next[i]!)
      next[i] = value
    }
    if (moved < smallStep) break
  }
  return next
}
