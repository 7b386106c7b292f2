import { quantileSorted } from 'simple-statistics'
import { normalCumulative, normalQuantile } from '../../base/distributions.js'

/** Lower and upper limit. */
export type Limits = readonly [lower: number, upper: number]

/** Returns the (1 − level)/2 and (1 + level)/2 quantiles (type 7) of sorted figures. */
export function percentileLimits(sorted: Float64Array, level: number): Limits {
  return quantiles(sorted, (1 - level) / 2, (1 + level) / 2)
}

/** What BCa corrects for. */
export interface BcaCorrection {
  /** z0, how far the figure of all rows lies from the median of the resamples, in standard deviations. */
  readonly bias: number
  /** a, how fast the standard deviation changes with the figure. */
  readonly acceleration: number
}

/** Returns z0 = Φ⁻¹(share of the resamples below the value, equal ones half). */
export function medianBias(sorted: Float64Array, value: number): number {
  let below = 0
  let equal = 0
  for (const figure of sorted) {
    if (figure < value) below++
    else if (figure === value) equal++
  }
  return normalQuantile(insideUnit((below + equal / 2) / sorted.length, sorted.length))
}

/** Returns the quantiles at Φ(z0 + (z0 + z) / (1 − a·(z0 + z))), z = Φ⁻¹((1 ∓ level)/2), of sorted figures. */
export function bcaLimits(sorted: Float64Array, level: number, correction: BcaCorrection): Limits {
  const [lower, upper] = [(1 - level) / 2, (1 + level) / 2].map((share) => bcaShare(share, correction))
  return quantiles(sorted, lower!, upper!)
}

/** Returns the share of resamples below the limit that is to lie at `share`. */
export function bcaShare(share: number, { bias, acceleration }: BcaCorrection): number {
  const z = bias + normalQuantile(share)
  const stretched = 1 - acceleration * z
  // Beyond this point the correction has no limit: only the outermost resample is left.
  if (stretched <= 0) return z > 0 ? 1 : 0
  return normalCumulative(bias + z / stretched)
}

/** Keeps a share of `count` figures half a figure away from 0 and 1, where it has no normal quantile. */
export function insideUnit(share: number, count: number): number {
  return Math.min(Math.max(share, 0.5 / count), 1 - 0.5 / count)
}

function quantiles(sorted: Float64Array, lower: number, upper: number): Limits {
  const figures = sorted as unknown as number[]
  return [quantileSorted(figures, lower), quantileSorted(figures, upper)]
}
