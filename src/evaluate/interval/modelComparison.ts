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
import { type Limits, limitsByMethod } from './intervalLimits.js'
import { resampledFigures } from './resampledFigures.js'
import { type ResampleRows, resampleUnits } from './resampleUnits.js'
import { rarerClass, withUnseenCustomers } from './unseenCustomers.js'

/** The difference of two models, A − B, and how sure it is. */
export interface ComparedFigures {
  readonly difference: Interval
  readonly standardError: number
  /** Two-sided. */
  readonly pValue: number
  /** Share of the resamples in which A is above B, equal ones half. */
  readonly shareAHigher: number
  /** Customers that have a row of the class that fewer have. */
  readonly rarer: number
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
  const rarer = rarerClass(units)
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
  const limits = limitsByMethod({ value, sorted, jackknife: influences }, metric.method, rule.level)
  const customers = { figureOf: differenceOf, ranked, units }
  const [lower, upper] = withUnseenCustomers(limits, sorted, rule.level, customers, rangeOfDifference(metric))
  const difference = { value, lower, upper }
  if (metric.method === 'jackknife') {
    const { standardError } = influences()
    const reach = normalQuantile((1 + rule.level) / 2) * standardError
    // The center nearest to 0 of those that the two limits are made around.
    const nearest = Math.max(0, limits[0] + reach, -(limits[1] - reach))
    const pValue = pValueOf(nearest, standardError, rarer)
    return { difference, standardError, pValue, shareAHigher, rarer }
  }
  // One is added to each side, as if the rows at hand were a resample too: no p-value is 0.
  const against = sorted.length - Math.max(above, below) + 1
  const ofResamples = Math.min(1, (2 * against) / (sorted.length + 1))
  return {
    difference,
    standardError: sampleStandardDeviation(sorted as unknown as number[]),
    pValue: Math.abs(value) > 0 && against === 1 ? Math.max(ofResamples, signTest(rarer)) : ofResamples,
    shareAHigher,
    rarer,
  }
}

function rangeOfDifference({ range }: ResampledMetric): Limits | undefined {
  return range && [range[0] - range[1], range[1] - range[0]]
}

/** Returns the difference of two AUCs by DeLong's variance of paired placement values. */
export function delongComparison(operation: string, rows: ResampleRows, level: number): ComparedFigures {
  const ranked = rows.scorings.map((scoring) => scoring.ranked)
  const units = resampleUnits(rows)
  const found = aucVariance(units, ranked)
  if (found === null) throw new HoldfastError(operation, [tooFewInClass])
  const standardError = Math.sqrt(found.variance)
  const figureOf = ([a, b]: readonly RankedOutcomes[]): number => rocAucOf(a!) - rocAucOf(b!)
  const value = figureOf(ranked)
  const reach = normalQuantile((1 + level) / 2) * standardError
  // Without a variance every sample has this difference.
  const samples = standardError === 0 ? Float64Array.of(value, value) : Float64Array.of(-1, 1)
  const limits = [value - reach, value + reach] as const
  const [lower, upper] = withUnseenCustomers(limits, samples, level, { figureOf, ranked, units }, [-1, 1])
  return {
    difference: { value, lower, upper },
    standardError,
    rarer: found.rarer,
    pValue: pValueOf(value, standardError, found.rarer),
    // Both rank alike where nothing varies.
    shareAHigher: standardError === 0 ? (Math.sign(value) + 1) / 2 : normalCumulative(value / standardError),
  }
}

function pValueOf(difference: number, standardError: number, rarer: number): number {
  if (difference === 0) return 1
  if (standardError === 0) return signTest(rarer)
  return 2 * normalCumulative(-Math.abs(difference) / standardError)
}

/** Returns how often so many customers all speak for the same model by chance: where nothing varies there is no other measure. */
function signTest(customers: number): number {
  return Math.min(1, 2 * 0.5 ** customers)
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
   * where the difference is 0, or is the same in every sample of these customers.
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
  const { shareAHigher, rarer, ...shown } = figures
  const { metric, notes, ...own } = compared
  const facts = {
    ...own,
    ...shown,
    metric: typeof metric === 'function' ? null : metric,
    shareABetter: own.better === 'higher' ? shareAHigher : 1 - shareAHigher,
    churnersNeeded: churnersNeeded(shown.difference.value, shown.standardError, own.level, own.churners),
  }
  return { ...facts, sentence: sentenceOf(facts, rarer), notes }
}

const chanceToShow = 0.8

/** The standard error falls with the root of the churners, where the other customers grow in proportion. */
function churnersNeeded(
  difference: number,
  standardError: number,
  level: number,
  churners: number,
): number | null {
  if (difference === 0 || standardError === 0) return null
  const deviations = normalQuantile((1 + level) / 2) + normalQuantile(chanceToShow)
  return Math.max(1, Math.ceil(churners * ((deviations * standardError) / difference) ** 2))
}

type Facts = Omit<ModelComparison, 'sentence' | 'notes'>

/**
 * With fewer customers in a class too many intervals of 95 % leave out 0: of 500 pairs of equally good models (normal scores,
 * AUC .75, 19 stayers for each churner) 10 % with 5 churners, 8 % with 10, 6.6 % with 15 and 20, 6 % with 30; at an AUC of
 * .9 of the log loss 11 % with 5 and 8, 6.8 % with 20.
 */
const fewestForClaim = 20

function sentenceOf(facts: Facts, rarer: number): string {
  const { names, difference, standardError, level, better, metric } = facts
  const words = metric === null ? 'the metric' : metricWords(metric)
  if (standardError === 0 && difference.value === 0) {
    return `No difference: ${names[0]} and ${names[1]} have the same ${words} in every sample of these customers.`
  }
  const { leader, by, range, isShown } = leadBy(difference, better, names)
  const [size, interval] = [`${by} (${words})`, `${percentText(level)} interval ${range}`]
  const isClaim = isShown && rarer >= fewestForClaim
  return isClaim
    ? `${leader} is better by ${size}, ${interval}: on new customers of the same kind this will ${sureness(facts)} hold.`
    : `No difference can be shown: ${leader} is better by ${size} on these customers, ${interval}. ${isShown ? tooFewToClaim(facts, rarer) : tooFew(facts)}`
}

function sureness({ pValue }: Facts): string {
  return pValue < 0.01 ? 'nearly surely' : 'very likely'
}

function tooFewToClaim({ churners }: Facts, rarer: number): string {
  const who = rarer === churners ? 'churners' : 'customers of the rarer outcome'
  return `With ${countText(rarer)} ${who} such an interval is a rough guess: it takes at least ${fewestForClaim} to claim more.`
}

function tooFew({ churners, difference, churnersNeeded: needed }: Facts): string {
  const few = `${countText(churners)} churners are too few for a difference of this size`
  if (difference.value === 0) return `The ${countText(churners)} churners at hand show none.`
  return needed === null || needed <= churners
    ? `${few} to show in every sample.`
    : `${few}: about ${countText(Number(needed.toPrecision(2)))} would be needed to show it in four of five samples.`
}
