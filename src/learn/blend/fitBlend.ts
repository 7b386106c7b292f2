import {
  type LogisticRows,
  type LogisticSlopes,
  logisticLossAt,
  logisticSlopesAt,
} from '../../base/fitLogisticLine.js'

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
  const rows: LogisticRows = { columns: margins, target: outcome, weight }
  const lossAt = (at: Float64Array): number => logisticLossAt(rows, at) + penalty(at)
  let at: Float64Array = new Float64Array(count + 1).fill(1 / count)
  at[0] = 0
  let loss = lossAt(at)
  for (let step = 0; step < mostSteps; step++) {
    const goal = leastOfQuadratic(at, slopesAt(rows, at))
    let next = goal
    let nextLoss = lossAt(next)
    for (let halving = 0; nextLoss > loss && halving < 30; halving++) {
      next = next.map((value, index) => (value + at[index]!) / 2)
      nextLoss = lossAt(next)
    }
    if (!(nextLoss <= loss)) break
    const moved = next.reduce((sum, value, index) => sum + Math.abs(value - at[index]!), 0)
    at = next
    loss = nextLoss
    if (moved < smallStep) break
  }
  return fitOf(rows, at)
}

/** Intercept and weights with what they fit. */
function fitOf(rows: LogisticRows, at: Float64Array): BlendFit {
  const { columns, target, weight } = rows
  const own = at.subarray(1)
  const slope = own.reduce((sum, value) => sum + value, 0)
  let [total, churned] = [0, 0]
  for (let row = 0; row < target.length; row++) {
    total += weight?.[row] ?? 1
    churned += target[row]! * (weight?.[row] ?? 1)
  }
  // Where no model tells anything the plain mean is left, hardly listened to.
  const weights = Array.from(own, (value) => (slope > 0 ? value / slope : 1 / columns.length))
  return {
    weights,
    intercept: at[0]!,
    slope: Math.max(slope, smallStep),
    logLoss: logisticLossAt(rows, at) / total,
    baseRate: churned / total,
  }
}

function penalty(at: Float64Array): number {
  const mean = 1 / (at.length - 1)
  return (ridge / 2) * at.subarray(1).reduce((sum, weight) => sum + (weight - mean) ** 2, 0)
}

/** Derivatives of loss and penalty. */
function slopesAt(rows: LogisticRows, at: Float64Array): LogisticSlopes {
  const size = at.length
  const slopes = logisticSlopesAt(rows, at)
  for (let i = 1; i < size; i++) {
    slopes.gradient[i]! += ridge * (at[i]! - 1 / (size - 1))
    slopes.hessian[i * size + i]! += ridge
  }
  return slopes
}

function leastOfQuadratic(at: Float64Array, { gradient, hessian }: LogisticSlopes): Float64Array {
  const size = at.length
  const next = at.slice()
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = 0
    for (let i = 0; i < size; i++) {
      let slope = gradient[i]!
      for (let j = 0; j < size; j++)
        slope += hessian[Math.max(i, j) * size + Math.min(i, j)]! * (next[j]! - at[j]!)
      const curvature = hessian[i * size + i]!
      if (!(curvature > 0)) continue
      const free = next[i]! - slope / curvature
      const value = i === 0 ? free : Math.max(free, 0)
      moved += Math.abs(value - next[i]!)
      next[i] = value
    }
    if (moved < smallStep) break
  }
  return next
}
