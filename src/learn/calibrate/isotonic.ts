import * as z from '../../base/schema.js'
import { logit, sigmoid } from '../../base/statistics.js'
import { certainty, uncertain } from '../margin.js'
import type { MarginCurve } from './marginCurve.js'
import { pooledRates, type RateBlock } from './pooledRates.js'
import type { CalibrationRows } from './separation.js'

/** Corners of a curve at most: a billion rows give about a million blocks. */
const mostCorners = 2_000_000
const share = z.number().min(0).max(1)

/** Rules of {@link IsotonicCalibrator}. */
export const isotonicCalibrator = z
  .strictObject({
    method: z.literal('isotonic'),
    probability: z.array(share).min(1).max(mostCorners),
    calibrated: z.array(share).min(1).max(mostCorners),
  })
  .refine(({ probability, calibrated }) => probability.length === calibrated.length, {
    message: 'to have as many calibrated values as probabilities',
  })
  .refine(({ probability }) => probability.every((value, at) => at === 0 || value > probability[at - 1]!), {
    message: 'to have probabilities that grow',
  })
  .refine(({ calibrated }) => calibrated.every((value, at) => at === 0 || value >= calibrated[at - 1]!), {
    message: 'to have calibrated values that never fall',
  })

/**
 * A curve through corners: `calibrated[i]` at `probability[i]`, straight lines between them, the first and the last value
 * beyond; at most 1 − 1e-15, at least 1e-15.
 */
export interface IsotonicCalibrator {
  readonly method: 'isotonic'
  /** Of the model, growing, in [0, 1]. */
  readonly probability: readonly number[]
  /** As many, never falling, in [0, 1]. */
  readonly calibrated: readonly number[]
}

/**
 * Returns the curve through the pooled churn rates: flat over each block, a straight line (in probability) from the
 * highest probability of a block to the lowest of the next. See {@link pooledRates}.
 *
 * Blocks in which nobody churned, or everybody, are no proof of 0 or 1. With n their weight, the first of nobody says
 * what the model says, at most ½ / (n + 1) (as if half a churner more had been seen) and at most the rate of the next block;
 * the last of everybody likewise. So the rows are never fitted worse than by the model itself.
 */
export function fitIsotonic(rows: CalibrationRows): IsotonicCalibrator {
  const blocks = pooledRates({ ...rows, margin: rows.margin.map(uncertainProbability) })
  const corners = new Corners()
  for (const [index, block] of blocks.entries()) {
    if (block.churned === 0) addNobody(corners, block, blocks[index + 1])
    else if (block.churned === block.weight) addEverybody(corners, block, blocks[index - 1])
    else corners.add(block.from, block.to, block.churned / block.weight)
  }
  const { probability, calibrated } = corners
  return Object.freeze({
    method: 'isotonic',
    probability: Object.freeze(probability),
    calibrated: Object.freeze(calibrated),
  })
}

function uncertainProbability(margin: number): number {
  return uncertain(sigmoid(margin))
}

class Corners {
  readonly probability: number[] = []
  readonly calibrated: number[] = []

  /** A flat piece, at least as high as those before it: 1 − (1 − x) may round to less than x. */
  add(from: number, to: number, value: number): void {
    for (const at of [from, to]) {
      if (this.probability.length > 0 && at <= this.probability.at(-1)!) continue
      this.probability.push(at)
      this.calibrated.push(Math.max(value, this.calibrated.at(-1) ?? 0))
    }
  }
}

function addNobody(corners: Corners, { to, weight }: RateBlock, next: RateBlock | undefined): void {
  const most = Math.min(0.5 / (weight + 1), next === undefined ? 1 : next.churned / next.weight, to)
  corners.add(0, 0, 0)
  corners.add(most, to, most)
}

function addEverybody(corners: Corners, { from, weight }: RateBlock, before: RateBlock | undefined): void {
  const most = Math.min(
    0.5 / (weight + 1),
    before === undefined ? 1 : 1 - before.churned / before.weight,
    1 - from,
  )
  corners.add(from, 1 - most, 1 - most)
  corners.add(1, 1, 1)
}

/** Returns the curve of the calibrator over log odds. */
export function isotonicCurve({ probability, calibrated }: IsotonicCalibrator): MarginCurve {
  const corners = { x: Float64Array.from(probability), y: Float64Array.from(calibrated) }
  return {
    margin: (margin) => {
      const { value } = valueAt(corners, uncertainProbability(margin))
      return logit(uncertain(value))
    },
    slope: (margin) => {
      const p = uncertainProbability(margin)
      const { value, slope } = valueAt(corners, p)
      if (value <= certainty || value >= 1 - certainty) return 0
      return (slope * p * (1 - p)) / (value * (1 - value))
    },
  }
}

function valueAt(
  { x, y }: { readonly x: Float64Array; readonly y: Float64Array },
  at: number,
): { value: number; slope: number } {
  const last = x.length - 1
  if (at <= x[0]!) return { value: y[0]!, slope: 0 }
  if (at >= x[last]!) return { value: y[last]!, slope: 0 }
  let [low, high] = [0, last]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (x[middle]! <= at) low = middle
    else high = middle
  }
  const slope = (y[high]! - y[low]!) / (x[high]! - x[low]!)
  return { value: Math.min(y[low]! + slope * (at - x[low]!), y[high]!), slope }
}
