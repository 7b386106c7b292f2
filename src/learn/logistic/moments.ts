import { isMissing } from '../../base/bitmap.js'
import type { NumberColumn, NumberValues } from '../../base/matrix.js'
import { ExactSum } from '../../base/statistics.js'

/** Where a number column lies and how far it spreads, on the scale that it enters with. */
export interface Moments {
  /**
   * The column enters as sign(x) · ln(1 + |x| / logUnit); null where it enters as it is. Above 0.
   */
  readonly logUnit: number | null
  /** Weighted mean of what is known; 0 where nothing is. */
  readonly mean: number
  /** Weighted population standard deviation; 1 where all known values are equal. Above 0. */
  readonly deviation: number
}

/** More skewed than an exponential distribution, whose skewness is 2: a few customers would decide the coefficient. */
const strongSkewness = 2

/**
 * Returns the weighted mean and population standard deviation (divided by Σ weight, as scikit-learn's
 * StandardScaler), of logarithms where `compress` is set and the column is strongly skewed. Computed on values divided
 * by the largest, so that squares of huge values stay finite.
 */
export function momentsOf(
  column: NumberColumn<NumberValues>,
  weight: Float64Array | null,
  compress: boolean,
): Moments {
  const { values, missing } = column
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let row = 0; row < values.length; row++) {
    if (isMissing(missing, row)) continue
    low = Math.min(low, values[row]!)
    high = Math.max(high, values[row]!)
  }
  if (low > high) return { logUnit: null, mean: 0, deviation: 1 }
  // By the values themselves: a computed deviation of a constant column may be a rounding error above 0.
  if (low === high) return { logUnit: null, mean: low, deviation: 1 }
  const unit = Math.max(Math.abs(low), Math.abs(high))
  const { mean, variance } = spreadOf(column, weight, (value) => value / unit)
  const skewness = weightedMean(column, weight, (value) => (value / unit - mean) ** 3) / variance ** 1.5
  // Below, 1 / unit overflows: such a column has no scale to speak of.
  const hasScale = unit > 1e-300
  if (compress && low >= 0 && skewness > strongSkewness && hasScale) return logMoments(column, weight, unit)
  const deviation = Math.sqrt(variance) * unit
  return { logUnit: null, mean: mean * unit, deviation: deviation > 0 ? deviation : 1 }
}

function logMoments(column: NumberColumn<NumberValues>, weight: Float64Array | null, unit: number): Moments {
  // The mean of the values above 0 as unit: in cents or in dollars, the model is the same.
  const mean = weightedMean(column, weight, (value) => value / unit)
  const positive = weightedMean(column, weight, (value) => (value > 0 ? 1 : 0))
  const logUnit = (mean / positive) * unit
  const logs = spreadOf(column, weight, (value) => signedLog(value, logUnit))
  const deviation = Math.sqrt(logs.variance)
  return { logUnit, mean: logs.mean, deviation: deviation > 0 ? deviation : 1 }
}

function spreadOf(
  column: NumberColumn<NumberValues>,
  weight: Float64Array | null,
  of: (value: number) => number,
): { readonly mean: number; readonly variance: number } {
  const mean = weightedMean(column, weight, of)
  return { mean, variance: weightedMean(column, weight, (value) => (of(value) - mean) ** 2) }
}

function weightedMean(
  column: NumberColumn<NumberValues>,
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

// Odd around 0, so that a negative value, which training had not, is read as small and not as nonsense.
function signedLog(value: number, unit: number): number {
  const ratio = Math.abs(value) / unit
  const log = Number.isFinite(ratio) ? Math.log1p(ratio) : Math.log(Math.abs(value)) - Math.log(unit)
  return Math.sign(value) * log
}

// No measurement is that many deviations away; it keeps sums finite.
const largestScore = 1e12

/** Returns how many deviations a value lies from the mean on the scale of the moments, limited to ±1e12. */
export function standardScore(raw: number, moments: Moments): number {
  const { logUnit } = moments
  const value = logUnit === null ? raw : signedLog(raw, logUnit)
  const distance = value - moments.mean
  const score = Number.isFinite(distance)
    ? distance / moments.deviation
    : value / moments.deviation - moments.mean / moments.deviation
  return Math.min(Math.max(score, -largestScore), largestScore)
}
