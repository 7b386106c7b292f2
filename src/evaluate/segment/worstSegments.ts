import { normalCumulative } from '../../base/distributions.js'
import { decimal, intervalHeading } from '../figureTexts.js'
import { type MeasuredRows, standardErrorOf } from '../measureRows.js'
import { observedToExpected } from './levelFigures.js'
import { type MeasuredSegment, takeMeasured } from './measureSegment.js'
import type { WorstSegment } from './segment.js'

/** A segment beside the others, by one figure. */
interface Comparison {
  readonly segment: string
  readonly metric: WorstSegment['metric']
  readonly pValue: number
  /** True where the segment is the one that is further off. */
  readonly isWorse: boolean
  readonly words: string
}

/**
 * Returns the segments that are predicted worse than the others beyond chance, the surest first.
 *
 * With segment s, the others r, and Φ the normal distribution:
 *
 *     level      |z| = the smaller of |ln R_s − ln R_r| / √(se_s² + se_r²) and |ln R_s| / se_s, R = observed / expected:
 *                unlike the others and wrong itself; worse where |ln R_s| > |ln R_r|
 *     ranking    z = (A_s − A_r) / √(se_s² + se_r²),  A_r = mean of the others' AUCs, weighted by 1 / se²; worse where lower
 *     p          2·Φ(−|z|), by Holm (1979) over both figures of all segments, so that with no difference anywhere any
 *                segment is named with a probability of at most 1 − level
 *
 * Level and AUC do not depend on the base rate, as log loss, Brier score, average precision and lift do, whose worst
 * segment would be the one that churns most. A_r is a mean of AUCs within segments: the AUC of all others together also
 * counts how well segments are told apart, and no single segment could come up to it.
 */
export function worstSegments(
  measured: readonly MeasuredSegment[],
  all: MeasuredRows,
  level: number,
): WorstSegment[] {
  const compared = measured.filter(({ plan }) => !plan.small)
  if (compared.length < 2) return []
  const comparisons = compared.flatMap((one) => {
    const others = compared.filter((other) => other !== one)
    return [...levelComparison(one, others, all, level), ...rankComparison(one, others, level)]
  })
  return holm(comparisons)
    .filter(({ isWorse, adjusted }) => isWorse && adjusted < 1 - level)
    .map(({ segment, metric, words, adjusted }) => ({
      segment,
      metric,
      adjustedPValue: adjusted,
      sentence: `${segment}: ${words} (${chance(adjusted)} after correction for ${comparisons.length} comparisons).`,
    }))
}

function levelComparison(
  { segment, ratio }: MeasuredSegment,
  others: readonly MeasuredSegment[],
  all: MeasuredRows,
  level: number,
): Comparison[] {
  const rest = observedToExpected(
    takeMeasured(all, Int32Array.from(others.flatMap(({ plan }) => [...plan.rows]))),
  )
  const interval = segment.observedToExpected
  if (ratio === null || rest === null || interval === null) return []
  const apart = (ratio.logRatio - rest.logRatio) / Math.hypot(ratio.standardError, rest.standardError)
  const wrong = ratio.logRatio / ratio.standardError
  const limits = `${intervalHeading(level)} ${times(interval.lower)} to ${times(interval.upper)}`
  return [
    {
      segment: segment.name,
      metric: 'observedToExpected',
      pValue: 2 * normalCumulative(-Math.min(Math.abs(apart), Math.abs(wrong))),
      isWorse: Math.abs(ratio.logRatio) > Math.abs(rest.logRatio),
      words:
        `${times(interval.value)} times as many churn as predicted, ${limits}; ` +
        `${times(Math.exp(rest.logRatio))} times in the other segments`,
    },
  ]
}

function rankComparison(
  { segment, rocAuc }: MeasuredSegment,
  others: readonly MeasuredSegment[],
  level: number,
): Comparison[] {
  const known = others.flatMap(({ rocAuc: auc }) => {
    const error = auc == null ? 0 : standardErrorOf(auc, level)
    return error > 0 ? [{ value: auc!.value, weight: error ** -2 }] : []
  })
  const error = rocAuc == null ? 0 : standardErrorOf(rocAuc, level)
  if (error === 0 || known.length === 0) return []
  const whole = known.reduce((sum, { weight }) => sum + weight, 0)
  const mean = known.reduce((sum, { value, weight }) => sum + value * weight, 0) / whole
  const z = (rocAuc!.value - mean) / Math.sqrt(error ** 2 + 1 / whole)
  return [
    {
      segment: segment.name,
      metric: 'rocAuc',
      pValue: 2 * normalCumulative(-Math.abs(z)),
      isWorse: z < 0,
      words: `customers are ranked worse, ROC AUC ${decimal(rocAuc!.value)} beside ${decimal(mean)} within the other segments`,
    },
  ]
}

function holm(comparisons: readonly Comparison[]): (Comparison & { readonly adjusted: number })[] {
  const sorted = [...comparisons].sort((a, b) => a.pValue - b.pValue)
  let highest = 0
  return sorted.map((comparison, place) => {
    highest = Math.max(highest, Math.min(1, comparison.pValue * (sorted.length - place)))
    return { ...comparison, adjusted: highest }
  })
}

function times(ratio: number): string {
  return ratio.toFixed(2)
}

function chance(pValue: number): string {
  return pValue < 0.0001 ? 'p < 0.0001' : `p = ${pValue.toFixed(4)}`
}
