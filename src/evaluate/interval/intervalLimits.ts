import { mean } from 'simple-statistics'
import { normalCumulative, normalQuantile } from '../../base/distributions.js'
import type { Jackknife } from './influence.js'

/** Lower and upper limit. */
export type Limits = readonly [lower: number, upper: number]

/** A figure that was resampled. */
export interface ResampledFigure {
  /** On all rows. */
  readonly value: number
  /** On each resample, ascending. */
  readonly sorted: Float64Array
  /** Asked for only where the method needs it. */
  readonly jackknife: () => Jackknife
  /** Lowest and highest value that the figure can have; none for a function of one's own. */
  readonly range?: readonly [lowest: number, highest: number]
  /** The end of the range that a perfect model has; left out for differences. */
  readonly best?: number
}

/** Returns the limits that a method puts around a figure. */
export function limitsByMethod(
  figure: ResampledFigure,
  method: 'percentile' | 'bca' | 'jackknife',
  level: number,
): Limits {
  const { value, sorted } = figure
  if (method === 'percentile') return percentileLimits(sorted, level)
  if (method === 'jackknife') return jackknifeLimits(figure, level)
  const { acceleration } = figure.jackknife()
  return bcaLimits(sorted, level, { bias: medianBias(sorted, value), acceleration })
}

/** Returns the (1 − level)/2 and (1 + level)/2 quantiles of sorted figures. */
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

/**
 * Returns value − bias ± z · standard error, the bias being how far the mean of the figures lies above the value; on the
 * side that the bias lies on, twice the bias is taken off.
 *
 * Resamples show only a part of the bias of a maximum: that of the Kolmogorov-Smirnov distance was .0187 over samples of
 * 3000 customers with 200 churners, .0101 in their resamples.
 *
 * A figure with a range is measured from the end that a perfect model has, and its variance falls with this distance u,
 * as that of a count: the limits solve (u − w)² = (z · standard error)² · u/w, w = the distance less its bias, and
 * never reach that end. At the other end they are cut, for a figure may lie there: a worthless model has a
 * Kolmogorov-Smirnov distance of 0.
 */
function jackknifeLimits({ value, sorted, jackknife, range, best }: ResampledFigure, level: number): Limits {
  const reach = normalQuantile((1 + level) / 2) * jackknife().standardError
  const [lowest, highest] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const middle = mean(sorted as unknown as number[])
  if (best === undefined) {
    const bias = middle - value
    const lower = value - bias - Math.max(0, bias) - reach
    return [Math.max(lowest, lower), Math.min(highest, value - bias - Math.min(0, bias) + reach)]
  }
  const distance = Math.abs(best - value)
  if (distance === 0 || reach === 0) return [value, value]
  // Of few resamples nearly all may be perfect, or none.
  const factor = Math.min(2, Math.max(0.5, distance / Math.abs(best - middle)))
  const [near, far] = [Math.min(1, factor), Math.max(1, factor)].map((more, side) => {
    const from = distance * factor * more
    const half = reach ** 2 / (2 * from)
    return from + half + (side === 0 ? -1 : 1) * Math.sqrt(half * (half + 2 * from))
  }) as [number, number]
  return best === highest
    ? [Math.max(lowest, best - far), best - near]
    : [best + near, Math.min(highest, best + far)]
}

/** Keeps a share of `count` figures half a figure away from 0 and 1, where it has no normal quantile. */
function insideUnit(share: number, count: number): number {
  return Math.min(Math.max(share, 0.5 / count), 1 - 0.5 / count)
}

function quantiles(sorted: Float64Array, lower: number, upper: number): Limits {
  return [quantile(sorted, lower), quantile(sorted, upper)]
}

// Type 6, at place share · (B + 1): a further resample lies below it with the chance `share`. With type 7, the usual
// one, it is (1 + share · (B − 1)) / (B + 1): an interval of 95 % from 400 resamples would be one of 94.5 %.
function quantile(sorted: Float64Array, share: number): number {
  const place = Math.min(Math.max(share * (sorted.length + 1) - 1, 0), sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!)
}
