import { sampleStandardDeviation } from 'simple-statistics'
import { normalCumulative, normalQuantile } from '../../base/distributions.js'
import { HoldfastError } from '../../base/errors.js'
import { countText, leadBy, percentText } from '../figureTexts.js'
import type { MetricName, RankedMetric } from '../metrics.js'
import { metricWords } from '../metrics.js'
import { rocAucOf } from '../ranking/ranking.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { type Interval, type ResampledMetric, sortedFigures } from './bootstrapInterval.js'
import { type ResampleRule, resampleCount } from './bootstrapOptions.js'
import { aucVariance, tooFewInClass } from './delongInterval.js'
import { influenceOf, type Jackknife, jackknife } from './influence.js'
import { limitsByMethod } from './intervalLimits.js'
import { resampledFigures } from './resampledFigures.js'
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
  const [figures] = resampledFigures(
    units,
    ranked,
    { count: 1, read: (forms) => [differenceOf(forms)] },
    plan,
  )
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
  const [lower, upper] = limitsByMethod({ value, sorted, jackknife: influences }, metric.method, rule.level)
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

/** How far two models differ on the same customers. */
export interface ModelComparison {
  /** Name of the metric; null where it was given as a function. */
  readonly metric: MetricName | null
  readonly better: 'higher' | 'lower'
  readonly method: 'bootstrap' | 'delong'
  /** Level of the interval, in (0, 1). */
  readonly level: number
  readonly names: readonly [string, string]
  readonly valueA: number
  readonly valueB: number
  /** A − B, in the unit of the metric: below 0 speaks for A where `better` is `lower`. */
  readonly difference: Interval
  /** Standard deviation of the difference over samples of customers. */
  readonly standardError: number
  /** Two-sided: the chance of such a difference where there is none. In [0, 1]. */
  readonly pValue: number
  /** Share of the resamples in which A is better, equal ones half; with `delong` that of the normal distribution. */
  readonly shareABetter: number
  readonly churners: number
  /**
   * Churners needed to show a difference of this size with a chance of 80 %, the other customers in proportion; null
   * where the difference is 0.
   */
  readonly churnersNeeded: number | null
  /** What can be said, a whole sentence. */
  readonly sentence: string
  /** What must be known before: rows that a model was trained on, where `predictedBy` tells what made the predictions. */
  readonly notes: readonly string[]
}

/** What was compared. */
export interface Compared
  extends Pick<
    ModelComparison,
    'better' | 'method' | 'level' | 'names' | 'churners' | 'valueA' | 'valueB' | 'notes'
  > {
  readonly metric: MetricName | RankedMetric
}

/** Returns figures with what they were made of and what they mean. */
export function modelComparison(figures: ComparedFigures, compared: Compared): ModelComparison {
  const { shareAHigher, ...shown } = figures
  const { metric, notes, ...own } = compared
  const facts = {
    ...own,
    ...shown,
    metric: typeof metric === 'function' ? null : metric,
    shareABetter: own.better === 'higher' ? shareAHigher : 1 - shareAHigher,
    churnersNeeded: churnersNeeded(shown.difference.value, shown.standardError, own.level, own.churners),
  }
  return { ...facts, sentence: sentenceOf(facts), notes }
}

const chanceToShow = 0.8

/** The standard error falls with the root of the churners, where the other customers grow in proportion. */
function churnersNeeded(
  difference: number,
  standardError: number,
  level: number,
  churners: number,
): number | null {
  if (difference === 0) return null
  const deviations = normalQuantile((1 + level) / 2) + normalQuantile(chanceToShow)
  return Math.max(1, Math.ceil(churners * ((deviations * standardError) / difference) ** 2))
}

type Facts = Omit<ModelComparison, 'sentence' | 'notes'>

function sentenceOf(facts: Facts): string {
  const { names, difference, standardError, level, better, metric } = facts
  const words = metric === null ? 'the metric' : metricWords(metric)
  if (standardError === 0 && difference.value === 0) {
    return `No difference: ${names[0]} and ${names[1]} have the same ${words} in every sample of these customers.`
  }
  const { leader, by, range, isShown } = leadBy(difference, better, names)
  const [size, interval] = [`${by} (${words})`, `${percentText(level)} interval ${range}`]
  return isShown
    ? `${leader} is better by ${size}, ${interval}: on new customers of the same kind this will ${sureness(facts)} hold.`
    : `No difference can be shown: ${leader} is better by ${size} on these customers, ${interval}. ${tooFew(facts)}`
}

function sureness({ pValue }: Facts): string {
  return pValue < 0.01 ? 'nearly surely' : 'very likely'
}

function tooFew({ churners, churnersNeeded: needed }: Facts): string {
  const few = `${countText(churners)} churners are too few for a difference of this size`
  if (needed === null) return `The ${countText(churners)} churners at hand show none.`
  return needed <= churners
    ? `${few} to show in every sample.`
    : `${few}: about ${countText(Number(needed.toPrecision(2)))} would be needed to show it in four of five samples.`
}
