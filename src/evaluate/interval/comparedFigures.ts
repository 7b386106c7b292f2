import { sampleStandardDeviation } from 'simple-statistics'
import { normalCumulative, normalQuantile } from '../../base/distributions.js'
import { HoldfastError } from '../../base/errors.js'
import { rocAucOf } from '../ranking/rocAuc.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { aucVariance } from './aucVariance.js'
import { type Interval, sortedFigures } from './bootstrapInterval.js'
import { type ResampleRule, resampleCount } from './bootstrapOptions.js'
import { tooFewInClass } from './delongInterval.js'
import { influenceOf, type Jackknife, jackknife } from './influence.js'
import { limitsOf } from './intervalLimits.js'
import { resampledFigures } from './resampledFigures.js'
import type { ResampledMetric } from './resampledMetric.js'
import { type ResampleRows, resampleUnits } from './resampleUnits.js'

/** The difference of two models, A − B, and how sure it is. */
export interface ComparedFigures {
  readonly difference: Interval
  readonly standardError: number
  /** Two-sided. */
  readonly pValue: number
  /** Share of the resamples in which A is above B, equal ones half. */
  readonly shareAHigher: number
}

/** Returns the difference of a metric with the interval of resamples that both models see. */
export function bootstrapComparison(
  operation: string,
  rows: ResampleRows,
  metric: ResampledMetric,
  rule: Omit<ResampleRule, 'method'>,
): ComparedFigures {
  const ranked = rows.scorings.map((scoring) => scoring.ranked)
  const units = resampleUnits(rows)
  const plan = { ...rule, resamples: resampleCount(rule, ranked[0]!) }
  const differenceOf = ([a, b]: readonly RankedOutcomes[]): number =>
    metric.ofRanked(a!) - metric.ofRanked(b!)
  const [figures] = resampledFigures(units, ranked, [differenceOf], plan)
  const value = differenceOf(ranked)
  const sorted = sortedFigures(operation, figures!)
  const above = sorted.filter((difference) => difference > 0).length
  const below = sorted.filter((difference) => difference < 0).length
  const shareAHigher = (above + (sorted.length - above - below) / 2) / sorted.length
  const influences = (): Jackknife =>
    jackknife(
      units,
      ranked.map((form) => influenceOf(metric.ofRanked, form)),
      rule.stratified,
    )
  const [lower, upper] = limitsOf({ value, sorted, jackknife: influences }, metric.method, rule.level)
  const difference = { value, lower, upper }
  if (metric.method === 'jackknife') {
    const { standardError } = influences()
    const reach = normalQuantile((1 + rule.level) / 2) * standardError
    // The center nearest to 0 of those that the two limits are made around.
    const nearest = Math.max(0, lower + reach, -(upper - reach))
    return { difference, standardError, pValue: normalPValue(nearest, standardError), shareAHigher }
  }
  // One is added to each side, as if the rows at hand were a resample too: no p-value is 0.
  const rarer = sorted.length - Math.max(above, below) + 1
  return {
    difference,
    standardError: sampleStandardDeviation(sorted as unknown as number[]),
    pValue: Math.min(1, (2 * rarer) / (sorted.length + 1)),
    shareAHigher,
  }
}

/** Returns the difference of two AUCs by DeLong's variance of paired placement values. */
export function delongComparison(operation: string, rows: ResampleRows, level: number): ComparedFigures {
  const ranked = rows.scorings.map((scoring) => scoring.ranked)
  const found = aucVariance(resampleUnits(rows), ranked)
  if (found === null) throw new HoldfastError(operation, [tooFewInClass])
  const standardError = Math.sqrt(found.variance)
  const value = rocAucOf(ranked[0]!) - rocAucOf(ranked[1]!)
  const reach = normalQuantile((1 + level) / 2) * standardError
  return {
    difference: { value, lower: value - reach, upper: value + reach },
    standardError,
    pValue: normalPValue(value, standardError),
    // Both rank alike where nothing varies.
    shareAHigher: standardError === 0 ? (Math.sign(value) + 1) / 2 : normalCumulative(value / standardError),
  }
}

function normalPValue(difference: number, standardError: number): number {
  if (difference === 0) return 1
  return 2 * normalCumulative(-Math.abs(difference) / standardError)
}
