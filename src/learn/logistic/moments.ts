import { isMissing } from '../../base/bitmap.js'
import type { NumberColumn, NumberValues } from '../../base/matrix.js'

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

/** What is known of a number column before it is said how it enters. */
export interface ColumnShape {
  /** Shape (known rows), in the order of the rows. */
  readonly values: Float64Array
  /** Shape (known rows); null where every row counts once. */
  readonly weight: Float64Array | null
  readonly totalWeight: number
  /** All known values are equal, or nothing is known. */
  readonly isConstant: boolean
  /** The largest absolute value: sums are of values divided by it, so that squares of huge values stay finite. */
  readonly unit: number
  /** Of the values divided by `unit`. */
  readonly mean: number
  /** Population variance of the values divided by `unit`. */
  readonly variance: number
  readonly skewness: number
  /** Mean of the values above 0, where the column can enter as logarithms: no value below 0, and it has a scale. */
  readonly logUnit: number | null
}

/** Returns what is known of a column. O(rows). */
export function shapeOf(column: NumberColumn<NumberValues>, rowWeight: Float64Array | null): ColumnShape {
  const { values, weight } = knownOf(column, rowWeight)
  let [low, high, totalWeight, sum, positive] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0]
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value < low) low = value
    if (value > high) high = value
  }
  const shape = { values, weight, isConstant: true, unit: 1, variance: 0, skewness: 0, logUnit: null }
  if (low > high) return { ...shape, totalWeight: 0, mean: 0 }
  // By the values themselves: a computed deviation of a constant column may be a rounding error above 0.
  if (low === high) return { ...shape, totalWeight: 1, mean: low }
  const unit = Math.max(Math.abs(low), Math.abs(high))
  for (let row = 0; row < values.length; row++) {
    const own = weight === null ? 1 : weight[row]!
    totalWeight += own
    sum += own * (values[row]! / unit)
    if (values[row]! > 0) positive += own
  }
  const { mean, variance, skewness } = spreadOf(values, weight, totalWeight, sum / totalWeight, unit)
  // Below, 1 / unit overflows: such a column has no scale to speak of.
  const canBeLog = low >= 0 && unit > 1e-300
  return {
    ...{ values, weight, totalWeight, isConstant: false, unit, mean, variance, skewness },
    logUnit: canBeLog ? ((mean * totalWeight) / positive) * unit : null,
  }
}

function knownOf(
  { values, missing }: NumberColumn<NumberValues>,
  weight: Float64Array | null,
): { values: Float64Array; weight: Float64Array | null } {
  if (missing === null)
    return { values: values instanceof Float64Array ? values : new Float64Array(values), weight }
  const rows = Int32Array.from(values.keys()).filter((row) => !isMissing(missing, row))
  return {
    values: Float64Array.from(rows, (row) => values[row]!),
    weight: weight === null ? null : Float64Array.from(rows, (row) => weight[row]!),
  }
}

/** Mean, population variance and skewness of values divided by a unit; the mean is bettered by what the guess leaves. */
function spreadOf(
  values: Float64Array,
  weight: Float64Array | null,
  totalWeight: number,
  guess: number,
  unit: number,
): { readonly mean: number; readonly variance: number; readonly skewness: number } {
  let [first, second, third] = [0, 0, 0]
  for (let row = 0; row < values.length; row++) {
    const distance = values[row]! / unit - guess
    const own = weight === null ? distance : weight[row]! * distance
    first += own
    second += own * distance
    third += own * distance * distance
  }
  const rest = first / totalWeight
  const variance = Math.max(second / totalWeight - rest * rest, 0)
  return { mean: guess + rest, variance, skewness: third / totalWeight / variance ** 1.5 }
}

/** More skewed than an exponential distribution, whose skewness is 2: a few customers would decide the coefficient. */
const strongSkewness = 2

/** Returns whether a column is so skewed that it should enter as logarithms, whatever happened to the customers. */
export function isStronglySkewed({ skewness, logUnit }: ColumnShape): boolean {
  return logUnit !== null && skewness > strongSkewness
}

/**
 * Returns the weighted mean and population standard deviation (divided by Σ weight, as scikit-learn's
 * StandardScaler), of logarithms where that is asked for and the column can enter so.
 */
export function momentsOf(shape: ColumnShape, asLog: boolean): Moments {
  const { values, weight, totalWeight, unit, logUnit } = shape
  if (!asLog || logUnit === null) {
    const deviation = Math.sqrt(shape.variance) * unit
    return { logUnit: null, mean: shape.mean * unit, deviation: deviation > 0 ? deviation : 1 }
  }
  const logs = logsOf(shape)
  let sum = 0
  for (let row = 0; row < values.length; row++) sum += (weight === null ? 1 : weight[row]!) * logs[row]!
  const { mean, variance } = spreadOf(logs, weight, totalWeight, sum / totalWeight, 1)
  return { logUnit, mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 }
}

/** The known values as they enter as logarithms. */
function logsOf({ values, logUnit }: ColumnShape): Float64Array {
  return values.map((value) => signedLog(value, logUnit!))
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
