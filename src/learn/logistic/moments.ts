import { isMissing } from '../../base/bitmap.js'
import type { NumberColumn } from '../../base/matrix.js'
import { ExactSum } from '../../base/statistics.js'

/** Where a number column lies and how far it spreads. */
export interface Moments {
  /** Weighted mean of what is known; 0 where nothing is. */
  readonly mean: number
  /** Weighted population standard deviation; 1 where all known values are equal. Above 0. */
  readonly deviation: number
}

/**
 * Returns the weighted mean and population standard deviation (divided by Σ weight, as scikit-learn's
 * StandardScaler). Computed on values divided by the largest, so that squares of huge values stay finite.
 */
export function momentsOf(column: NumberColumn, weight: Float64Array | null): Moments {
  const { values, missing } = column
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let row = 0; row < values.length; row++) {
    if (isMissing(missing, row)) continue
    low = Math.min(low, values[row]!)
    high = Math.max(high, values[row]!)
  }
  if (low > high) return { mean: 0, deviation: 1 }
  // By the values themselves: a computed deviation of a constant column may be a rounding error above 0.
  if (low === high) return { mean: low, deviation: 1 }
  const unit = Math.max(Math.abs(low), Math.abs(high))
  const mean = weightedMean(column, weight, (value) => value / unit)
  const variance = weightedMean(column, weight, (value) => (value / unit - mean) ** 2)
  const deviation = Math.sqrt(variance) * unit
  return { mean: mean * unit, deviation: deviation > 0 ? deviation : 1 }
}

function weightedMean(
  column: NumberColumn,
  weight: Float64Array | null,
  of: (value: number) => number,
): number {
  const [sum, total] = [new ExactSum(), new ExactSum()]
  for (let row = 0; row < column.values.length; row++) {
    if (isMissing(column.missing, row)) continue
    const rowWeight = weight === null ? 1 : weight[row]!
    sum.add(rowWeight * of(column.values[row]!))
    total.add(rowWeight)
  }
  return sum.value / total.value
}

// No measurement is that many deviations away; it keeps sums finite.
const largestScore = 1e12

/** Returns how many deviations a value lies from the mean, limited to ±1e12. */
export function standardScore(value: number, moments: Moments): number {
  const distance = value - moments.mean
  const score = Number.isFinite(distance)
    ? distance / moments.deviation
    : value / moments.deviation - moments.mean / moments.deviation
  return Math.min(Math.max(score, -largestScore), largestScore)
}
