import * as z from 'zod'
import {
  type OutcomeMetric,
  outcomeMetric,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import { type RankedOutcomes, rankRows } from '../rows/rankedOutcomes.js'
import { countBelow } from '../rows/ranksOf.js'

/** How smooth the curve is. */
export interface CalibrationCurveOptions extends WeightOptions {
  /** Share of the customers that each point of the curve is fitted to. In (0, 1]. Default 0.75; smaller = rougher. */
  readonly span?: number
}

/** Observed churn rate as a smooth function of the predicted probability, and how far the two are apart. */
export interface CalibrationCurve {
  /** Shape (points), at most 201: predicted probabilities, ascending from the lowest to the highest. */
  readonly probability: Float64Array
  /** Shape (points): churn rate by local regression; where data are few it can leave [0, 1]. */
  readonly churnRate: Float64Array
  /** Mean of |predicted − churn rate| over the customers: ICI. */
  readonly integratedCalibrationIndex: number
  /** Half of the customers are at most this far off: E50. */
  readonly medianError: number
  /** Nine tenths of the customers are at most this far off: E90. */
  readonly ninetiethPercentileError: number
  /** No customer is farther off: Emax. */
  readonly maximumError: number
}

/** Rules of {@link CalibrationCurveOptions}. */
export const calibrationCurveOptions = weightOptions.extend({ span: z.number().gt(0).lte(1).default(0.75) })

/** Where the curve is fitted: with more points no index moves by more than 1e-5 (20,000 scores). */
const knotLimit = 201
/** Neighbouring probabilities are brought together into at most this many observations. */
const cellLimit = 5000

/**
 * Returns the calibration curve without bins: local regression of the outcome on the probability, and its distances.
 *
 * Use it for the picture of calibration, and its indices where the choice of bins should not decide. Its ends are
 * rough where few customers are; for a table of counts see `calibrationTable`.
 *
 *     churnRate(p)   loess of degree 2, tricube weights, least squares, as R's loess(y ~ p, span, surface = "direct")
 *     error          |p − churnRate(p)| of each customer; ICI its mean, E50 and E90 the smallest errors that half and
 *                    nine tenths of the customers do not exceed, Emax its maximum
 *
 * Fitted at up to 201 of the probabilities, equally spaced in rank, with straight lines between; exactly R's values
 * where there are no more distinct ones. More than 5,000 distinct probabilities are first brought together by rank,
 * which moves no index by more than 1e-5 (20,000 scores). Where more than `span` of all customers share one probability their
 * own churn rate is the answer, where R has none.
 *
 * 1,000,000 steps more than O(n).
 *
 * @example
 * const p = Array.from({ length: 100 }, (_, row) => (row + 0.5) / 100)
 * const y = p.map((_, row) => (row % 4 === 0 ? 1 : 0))   // a quarter churns, whatever was predicted
 * const curve = calibrationCurve(p, y)
 * curve.integratedCalibrationIndex.toFixed(1)   // mean of |p − 0.25| = (0.25² + 0.75²) / 2, but for noise
 * // => '0.3'
 *
 * @see Austin and Steyerberg (2019), The Integrated Calibration Index, Statistics in Medicine 38
 * @see {@link integratedCalibrationIndex} for one number, {@link calibrationLine}, {@link calibrationTable}
 */
export const calibrationCurve: OutcomeMetric<CalibrationCurve, CalibrationCurveOptions> = outcomeMetric(
  'calibrationCurve',
  calibrationCurveOptions,
  (ranked, { span }) => calibrationCurveOf(ranked, span),
)

/** Like {@link calibrationCurve}, from the sorted form. */
export function calibrationCurveOf(ranked: RankedOutcomes, span: number): CalibrationCurve {
  const groups = ascendingGroups(ranked)
  const cells = groups.x.length <= cellLimit ? groups : broughtTogether(groups, ranked.customers)
  // As R: whole customers, where weights count them.
  const share = span * ranked.customers
  const neighbours = ranked.wholeWeights ? Math.max(1, Math.floor(share + 1e-5)) : share
  const probability = knots(groups, ranked.customers)
  const churnRate = probability.map((at) => localRegression(cells, neighbours, at))
  return { probability, churnRate, ...errorsOf(groups, probability, churnRate, ranked.customers) }
}

/** Groups from the lowest probability, without those that a resample has left empty. */
function ascendingGroups({ probability, churned, stayed }: RankedOutcomes): Observations {
  const groups = probability.length
  const [x, y, weight] = [new Float64Array(groups), new Float64Array(groups), new Float64Array(groups)]
  let count = 0
  for (let group = groups - 1; group >= 0; group--) {
    const size = churned[group]! + stayed[group]!
    if (size === 0) continue
    x[count] = probability[group]!
    y[count] = churned[group]! / size
    weight[count++] = size
  }
  return { x: x.subarray(0, count), y: y.subarray(0, count), weight: weight.subarray(0, count) }
}

function broughtTogether({ x, y, weight }: Observations, customers: number): Observations {
  const sums = {
    x: new Float64Array(cellLimit),
    y: new Float64Array(cellLimit),
    weight: new Float64Array(cellLimit),
  }
  let below = 0
  for (let group = 0; group < x.length; group++) {
    const size = weight[group]!
    const cell = Math.min(cellLimit - 1, Math.floor((cellLimit * (below + size / 2)) / customers))
    sums.x[cell]! += size * x[group]!
    sums.y[cell]! += size * y[group]!
    sums.weight[cell]! += size
    below += size
  }
  const filled = sums.weight.map((_, cell) => cell).filter((cell) => sums.weight[cell]! > 0)
  return {
    x: filled.map((cell) => sums.x[cell]! / sums.weight[cell]!),
    y: filled.map((cell) => sums.y[cell]! / sums.weight[cell]!),
    weight: filled.map((cell) => sums.weight[cell]!),
  }
}

/** Returns the first and the last probability, and between them those at equal steps of rank. */
function knots({ x, weight }: Observations, customers: number): Float64Array {
  if (x.length <= knotLimit) return x
  const steps = knotLimit - 2
  const chosen = [x[0]!]
  let below = 0
  for (let group = 0; group < x.length - 1; group++) {
    const stepBefore = Math.floor((steps * below) / customers)
    below += weight[group]!
    if (group > 0 && Math.floor((steps * below) / customers) > stepBefore) chosen.push(x[group]!)
  }
  chosen.push(x.at(-1)!)
  return Float64Array.from(chosen)
}

function errorsOf(
  { x, weight }: Observations,
  probability: Float64Array,
  churnRate: Float64Array,
  customers: number,
): Omit<CalibrationCurve, 'probability' | 'churnRate'> {
  let knot = 0
  let sum = 0
  const errors = x.map((p, group) => {
    while (probability[knot + 1]! < p) knot++
    const start = probability[knot]!
    const part = p === start ? 0 : (p - start) / (probability[knot + 1]! - start)
    const rate =
      part === 0 ? churnRate[knot]! : churnRate[knot]! + part * (churnRate[knot + 1]! - churnRate[knot]!)
    const error = Math.abs(p - rate)
    sum += weight[group]! * error
    return error
  })
  const maximumError = errors.reduce((a, b) => Math.max(a, b), 0)
  const quantile = weightedQuantile(errors, weight, maximumError)
  return {
    integratedCalibrationIndex: sum / customers,
    medianError: quantile(0.5),
    ninetiethPercentileError: quantile(0.9),
    maximumError,
  }
}

/** Returns the function that answers the smallest value which at least this share of the weight does not exceed. */
function weightedQuantile(
  values: Float64Array,
  weight: Float64Array,
  largest: number,
): (level: number) => number {
  // The sort is one of numbers in [0, 1].
  const unit = Math.max(1, largest)
  const { probability, stayed, customers } = rankRows({
    probability: values.map((value) => value / unit),
    outcome: new Uint8Array(values.length),
    weight,
  })
  return (level) => {
    let group = probability.length - 1
    // Sums of fractional weights may miss the total by their last digits.
    for (let left = level * customers * (1 - 1e-12) - stayed[group]!; left > 0 && group > 0; ) {
      left -= stayed[--group]!
    }
    return probability[group]! * unit
  }
}

/**
 * Returns how far predicted probabilities and a smooth curve of churn rates are apart on average (ICI).
 *
 * Calibration in one number without bins: prefer it to `calibrationError` where the choice of bins should not decide.
 * Like that it is biased upwards with few customers, and does not see the ranking.
 *
 *     ICI = mean over customers of | p − churnRate(p) |     churnRate: local regression, see `calibrationCurve`
 *
 * @returns 0 = right everywhere; rarely above 1
 *
 * @example
 * const p = Array.from({ length: 100 }, (_, row) => (row + 0.5) / 100)
 * const y = p.map((_, row) => (row % 4 === 0 ? 1 : 0))   // a quarter churns, whatever was predicted
 * integratedCalibrationIndex(p, y).toFixed(1)   // mean of |p − 0.25| = (0.25² + 0.75²) / 2, but for noise
 * // => '0.3'
 *
 * @see Austin and Steyerberg (2019), The Integrated Calibration Index, Statistics in Medicine 38
 * @see {@link calibrationCurve} for E50, E90, Emax and the curve itself
 */
export const integratedCalibrationIndex: OutcomeMetric<number, CalibrationCurveOptions> = outcomeMetric(
  'integratedCalibrationIndex',
  calibrationCurveOptions,
  (ranked, { span }) => integratedCalibrationIndexOf(ranked, span),
)

/** Like {@link integratedCalibrationIndex}, from the sorted form. */
export function integratedCalibrationIndexOf(ranked: RankedOutcomes, span: number): number {
  return calibrationCurveOf(ranked, span).integratedCalibrationIndex
}

/** Observations at ascending places, each standing for as many as its weight. */
export interface Observations {
  /** Shape (m), strictly ascending. */
  readonly x: Float64Array
  /** Shape (m): mean of what was observed there. */
  readonly y: Float64Array
  /** Shape (m), above 0. */
  readonly weight: Float64Array
}

/** What is left of a sum below this part of it is rounding, and carries no further degree. */
const leastLeft = 1e-12

/**
 * Returns a local quadratic regression at one place: `loess(y ~ x, degree = 2, family = "gaussian")` of R.
 *
 * A parabola is fitted by least squares to the nearest `neighbours` observations, each with the tricube weight
 * (1 − (distance / width)³)³, width = distance of the farthest of them; its value at the place is the answer. Where
 * they lie at two places only the line through both is taken, at one place the mean there.
 *
 * @param neighbours weight of the observations to be used, above 0, at most the weight of all
 * @see Cleveland and Devlin (1988), Journal of the American Statistical Association 83
 */
export function localRegression(observations: Observations, neighbours: number, at: number): number {
  const { x, y, weight } = observations
  const { from, to, width } = neighbourhood(observations, neighbours, at)
  // Sums of kernel · z^k and kernel · z^k · y, with z = (x − at) / width, so that the value at z = 0 is wanted.
  const powers = [0, 0, 0, 0, 0]
  const products = [0, 0, 0]
  for (let index = from; index < to; index++) {
    const z = width === 0 ? 0 : (x[index]! - at) / width
    const distance = Math.abs(z)
    if (distance >= 1) continue
    const tricube = 1 - distance * distance * distance
    let term = weight[index]! * tricube * tricube * tricube
    for (let power = 0; power < 5; power++, term *= z) {
      powers[power]! += term
      if (power < 3) products[power]! += term * y[index]!
    }
  }
  return valueAtZero(powers as Powers, products as [number, number, number])
}

type Powers = [number, number, number, number, number]

/** Returns the rows [from, to) of the nearest observations and the distance of the farthest of them. */
function neighbourhood(
  { x, weight }: Observations,
  neighbours: number,
  at: number,
): { readonly from: number; readonly to: number; readonly width: number } {
  let to = countBelow(x, at)
  let from = to
  let width = 0
  // Sums of fractional weights may miss the total by their last digits.
  for (let left = neighbours * (1 - 1e-12); left > 0; ) {
    const below = from > 0 ? at - x[from - 1]! : Infinity
    const above = to < x.length ? x[to]! - at : Infinity
    if (below === Infinity && above === Infinity) break
    width = Math.min(below, above)
    left -= below <= above ? weight[--from]! : weight[to++]!
  }
  return { from, to, width }
}

/** Solves the normal equations by orthogonal polynomials 1, z − a, (z − b)(z − a) − c, degree after degree. */
function valueAtZero([s0, s1, s2, s3, s4]: Powers, [t0, t1, t2]: [number, number, number]): number {
  const a = s1 / s0
  const mean = t0 / s0
  const spread = s2 - a * s1
  if (spread <= leastLeft * s2) return mean
  const slope = (t1 - a * t0) / spread
  const line = mean - slope * a
  // z² less its projection on 1 and z − a
  const onSlope = (s3 - a * s2) / spread
  const onMean = s2 / s0
  const curved = s4 - onMean * s2 - onSlope * (s3 - a * s2)
  if (curved <= leastLeft * s4) return line
  const curvature = (t2 - onMean * t0 - onSlope * (t1 - a * t0)) / curved
  return line + curvature * (onSlope * a - onMean)
}
