import { studentQuantile } from '../../base/distributions.js'
import { decimal, intervalHeading } from '../figureTexts.js'
import type { Interval } from '../interval/bootstrapInterval.js'
import type { MeasureRule } from '../measureRows.js'
import { metricWords } from '../metrics.js'
import type { DriftName, TimedFold } from './foldPredictions.js'

/** A figure at a time. */
export interface DriftPoint {
  /** Months from any origin. */
  readonly month: number
  readonly value: number
  readonly standardError: number
}

/** A line needs one point more than it has parameters to be wrong about. */
export const leastPoints = 3

/**
 * Returns how much a figure changes per month, with an interval that knows both the noise within a cutoff and the one
 * between cutoffs.
 *
 * With K points (t_k, y_k) of standard error s_k, weights w_k = 1 / s_k² and weighted means t̄, ȳ:
 *
 *     slope      b = Σ w (t − t̄)(y − ȳ) / S,     S = Σ w (t − t̄)²
 *     spread     φ = max(1, Σ w (y − ȳ − b (t − t̄))² / (K − 2))
 *     interval   b ± t(K − 2) · √(φ / S)
 *
 * φ is Birge's ratio: where cutoffs differ by more than the noise within each, the interval widens; it is never
 * narrower than that noise makes it. Where a point has no standard error above 0 all weigh alike and the spread is
 * that of the points alone.
 *
 * @see Birge (1932), Physical Review 40; Draper and Smith, Applied Regression Analysis (1998), chapter 9
 */
export function slopePerMonth(points: readonly DriftPoint[], level: number): Interval {
  const hasErrors = points.every(({ standardError }) => standardError > 0)
  const weights = points.map(({ standardError }) => (hasErrors ? standardError ** -2 : 1))
  const sum = (term: (point: DriftPoint) => number): number =>
    points.reduce((total, point, index) => total + weights[index]! * term(point), 0)
  const whole = sum(() => 1)
  const month = sum((point) => point.month) / whole
  const value = sum((point) => point.value) / whole
  const squares = sum((point) => (point.month - month) ** 2)
  const slope = sum((point) => (point.month - month) * (point.value - value)) / squares
  const freedom = points.length - 2
  const residual = sum((point) => (point.value - value - slope * (point.month - month)) ** 2) / freedom
  const spread = hasErrors ? Math.max(1, residual) : residual
  const half = studentQuantile(freedom, (1 + level) / 2) * Math.sqrt(spread / squares)
  return { value: slope, lower: slope - half, upper: slope + half }
}

/** Returns the drift of a figure over at least three cutoffs. */
export function driftOf(metric: DriftName, points: readonly DriftPoint[], level: number): MetricDrift {
  const perMonth = slopePerMonth(points, level)
  const shown = perMonth.lower > 0 || perMonth.upper < 0
  return {
    metric,
    perMonth,
    cutoffs: points.length,
    shown,
    sentence: sentence(driftWords(metric), perMonth, shown, points.length, level),
  }
}

function sentence(
  name: string,
  { value, lower, upper }: Interval,
  shown: boolean,
  cutoffs: number,
  level: number,
): string {
  const interval = intervalHeading(level)
  if (!shown) {
    return `No drift of ${name} can be shown over ${cutoffs} cutoffs: ${decimal(lower)} to ${decimal(upper)} a month.`
  }
  const ends = [Math.abs(lower), Math.abs(upper)].sort((a, b) => a - b).map(decimal)
  const start = name[0]!.toUpperCase() + name.slice(1)
  const way = value > 0 ? 'rises' : 'falls'
  return `${start} ${way} by ${decimal(Math.abs(value))} a month (${interval} ${ends.join(' to ')}).`
}

/** Returns what a figure that may drift is called in a sentence. */
export function driftWords(metric: DriftName): string {
  if (metric === 'baseRate') return 'base rate'
  return metric === 'meanProbability' ? 'mean probability' : metricWords(metric)
}

const daysPerMonth = 365.25 / 12

/** Returns the drift of every metric with figures at three cutoffs or more, of base rate and of mean probability. */
export function driftOverTime(
  folds: readonly TimedFold[],
  { metrics, level }: Pick<MeasureRule, 'metrics' | 'level'>,
): MetricDrift[] {
  const names: readonly DriftName[] = [...metrics, 'baseRate', 'meanProbability']
  return names.flatMap((name) => {
    const points = pointsOf(folds, name)
    return points.length < leastPoints ? [] : [driftOf(name, points, level)]
  })
}

function pointsOf(folds: readonly TimedFold[], name: DriftName): DriftPoint[] {
  return folds.flatMap(({ fold, standardErrors }) => {
    const isLevel = name === 'baseRate' || name === 'meanProbability'
    const value = isLevel ? fold[name] : fold.figures[name]?.value
    const standardError = standardErrors[name]
    if (value == null || standardError === undefined) return []
    return [{ month: fold.cutoff / daysPerMonth, value, standardError }]
  })
}

/** How a figure moves from cutoff to cutoff. */
export interface MetricDrift {
  readonly metric: DriftName
  /** Change per month (365.25 / 12 days), with its interval. */
  readonly perMonth: Interval
  /** Cutoffs that the line goes through. */
  readonly cutoffs: number
  /** True where the interval does not hold 0. */
  readonly shown: boolean
  /** The finding in words. */
  readonly sentence: string
}
