import { normalQuantile } from '../../base/distributions.js'
import type { MetricName, RankedMetric } from '../metrics.js'
import { metricWords } from '../metricWords.js'
import type { Interval } from './bootstrapInterval.js'
import type { ComparedFigures } from './comparedFigures.js'
import { digitsFor, figureText, percentText } from './comparisonTexts.js'

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
interface Compared {
  readonly metric: MetricName | RankedMetric
  readonly better: 'higher' | 'lower'
  readonly method: 'bootstrap' | 'delong'
  readonly level: number
  readonly names: readonly [string, string]
  readonly churners: number
  readonly valueA: number
  readonly valueB: number
  readonly notes?: readonly string[]
}

/** Returns figures with what they were made of and what they mean. */
export function modelComparison(figures: ComparedFigures, compared: Compared): ModelComparison {
  const { better, method, level, names, churners, valueA, valueB } = compared
  const { difference, standardError, pValue, shareAHigher } = figures
  const metric = typeof compared.metric === 'function' ? null : compared.metric
  const shareABetter = better === 'higher' ? shareAHigher : 1 - shareAHigher
  const facts = {
    metric,
    better,
    method,
    level,
    names,
    valueA,
    valueB,
    difference,
    standardError,
    pValue,
    shareABetter,
    churners,
    churnersNeeded: churnersNeeded(difference.value, standardError, level, churners),
  }
  return { ...facts, sentence: sentenceOf(facts), notes: compared.notes ?? [] }
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
  const sign = better === 'higher' ? 1 : -1
  const aLeads = sign * difference.value >= 0
  const leader = aLeads ? names[0] : names[1]
  const isUp = aLeads === (better === 'higher')
  const [from, to] = isUp ? [difference.lower, difference.upper] : [-difference.upper, -difference.lower]
  const digits = digitsFor((to - from) / 2)
  const by = `${figureText(Math.abs(difference.value), digits)} (${words})`
  const range = `${percentText(level)} interval ${figureText(from, digits)} to ${figureText(to, digits)}`
  if (from > 0) {
    return `${leader} is better by ${by}, ${range}: on new customers of the same kind this will ${sureness(facts)} hold.`
  }
  return `No difference can be shown: ${leader} is better by ${by} on these customers, ${range}. ${tooFew(facts)}`
}

function sureness({ pValue }: Facts): string {
  return pValue < 0.01 ? 'nearly surely' : 'very likely'
}

function tooFew({ churners, churnersNeeded: needed }: Facts): string {
  const few = `${count(churners)} churners are too few for a difference of this size`
  if (needed === null) return `The ${count(churners)} churners at hand show none.`
  return needed <= churners
    ? `${few} to show in every sample.`
    : `${few}: about ${count(Number(needed.toPrecision(2)))} would be needed to show it in four of five samples.`
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
}
