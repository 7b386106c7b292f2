import { normalCumulative, normalQuantile } from '../../base/distributions.js'
import { takeValues } from '../../base/matrix.js'
import { logit, sigmoid } from '../../base/statistics.js'
import { calibrationLineOf, lineProblem } from '../calibration/calibrationLine.js'
import { calibrationErrorOf } from '../calibration/calibrationTable.js'
import { decimal, intervalHeading } from '../figureTexts.js'
import type { Interval } from '../interval/bootstrapInterval.js'
import {
  classWeights,
  type Measured,
  type MeasuredRows,
  type MeasureRule,
  meanWithError,
  measureRows,
  standardErrorOf,
} from '../measureRows.js'
import { type RankedOutcomes, rankRows } from '../rows/rankedOutcomes.js'
import type { SegmentPlan } from './cutSegments.js'
import type { Segment, WorstSegment } from './segmentTableResult.js'

/** A segment with what comparing it with the others takes. */
export interface MeasuredSegment {
  readonly segment: Segment
  readonly plan: SegmentPlan
  readonly ratio: LogRatio | null
  /** AUC within the segment; null where it is not defined. */
  readonly rocAuc: Measured['figures']['rocAuc']
}

/** What is measured of a segment. */
export interface SegmentRule extends MeasureRule {
  /** Whether some customers have several rows: else each row is a customer, and counts by its weight. */
  readonly severalRows: boolean
}

/** Bins of the calibration error: those of `evaluate`. */
const bins = 10

/** Returns the figures of one segment. */
export function measureSegment(plan: SegmentPlan, all: MeasuredRows, rule: SegmentRule): MeasuredSegment {
  const rows = takeMeasured(all, plan.rows)
  const { churners, stayers } = classWeights(rows)
  // The AUC is always measured: the worst segments are sought by it.
  const metrics = [...new Set([...rule.metrics, 'rocAuc' as const])]
  const { figures, notes } = measureRows(rows, { ...rule, metrics })
  const hasBoth = churners > 0 && stayers > 0
  const ratio = observedToExpected(rows)
  const segment: Segment = {
    name: plan.name,
    values: plan.values,
    rows: churners + stayers,
    customers: rule.severalRows ? new Set(rowsOfWeight(rows)).size : churners + stayers,
    churners,
    baseRate: meanWithError(rows.outcome, rows.weight)?.value ?? 0,
    meanProbability: meanWithError(rows.probability, rows.weight)?.value ?? 0,
    figures: Object.fromEntries(rule.metrics.map((name) => [name, figures[name] ?? null])),
    observedToExpected: ratio === null ? null : ratioInterval(ratio, rule.level),
    calibrationInTheLarge: hasBoth ? calibrationInTheLarge(rows, rankRows(rows), rule.level) : null,
    calibrationError: calibrationErrorOf(rankRows(rows), bins, 'equal-width'),
    mergedFrom: plan.mergedFrom,
    notes,
  }
  return { segment, plan, ratio, rocAuc: figures.rocAuc }
}

function rowsOfWeight({ customers, weight }: MeasuredRows): (string | number)[] {
  return customers.filter((_, row) => weight?.[row] !== 0)
}

/** Returns the rows at the given places. */
export function takeMeasured(
  { probability, outcome, weight, customers }: MeasuredRows,
  rows: Int32Array,
): MeasuredRows {
  return {
    probability: takeValues(probability, rows),
    outcome: takeValues(outcome, rows),
    weight: weight === null ? null : takeValues(weight, rows),
    customers: Array.from(rows, (row) => customers[row]!),
  }
}

/** A ratio on the scale on which its error is symmetric. */
export interface LogRatio {
  readonly logRatio: number
  readonly standardError: number
}

/**
 * Returns ln(observed / expected churners) with a standard error that knows that a customer's rows belong together; null
 * without churners, and where nobody is expected to churn.
 *
 *     R = Σ w·y / Σ w·p,     se(ln R) = √( Σ over customers (Σ w·(y − R·p))² ) / Σ w·y
 */
export function observedToExpected({
  probability,
  outcome,
  weight,
  customers,
}: MeasuredRows): LogRatio | null {
  let observed = 0
  let expected = 0
  for (let row = 0; row < outcome.length; row++) {
    const share = weight === null ? 1 : weight[row]!
    observed += share * outcome[row]!
    expected += share * probability[row]!
  }
  if (observed === 0 || expected === 0) return null
  const ratio = observed / expected
  const squares = squaresByCustomer(customers, (row) => {
    return (weight === null ? 1 : weight[row]!) * (outcome[row]! - ratio * probability[row]!)
  })
  return { logRatio: Math.log(ratio), standardError: Math.sqrt(squares) / observed }
}

/** Returns the ratio with its interval. */
export function ratioInterval({ logRatio, standardError }: LogRatio, level: number): Interval {
  const half = normalQuantile((1 + level) / 2) * standardError
  return { value: Math.exp(logRatio), lower: Math.exp(logRatio - half), upper: Math.exp(logRatio + half) }
}

/**
 * Returns the log odds a to be added to the predictions, with its interval; null where it is not defined.
 *
 *     logit P(churn) = a + logit(p) by maximum likelihood, q = the probabilities so moved
 *     se(a) = √( Σ over customers (Σ w·(y − q))² ) / Σ w·q·(1 − q)
 */
export function calibrationInTheLarge(
  { probability, outcome, weight, customers }: MeasuredRows,
  ranked: RankedOutcomes,
  level: number,
): Interval | null {
  if (lineProblem(ranked) !== null) return null
  const value = calibrationLineOf(ranked).interceptAtSlopeOne
  const moved = probability.map((p) => sigmoid(logit(p) + value))
  let information = 0
  for (let row = 0; row < outcome.length; row++) {
    information += (weight === null ? 1 : weight[row]!) * moved[row]! * (1 - moved[row]!)
  }
  const squares = squaresByCustomer(
    customers,
    (row) => (weight === null ? 1 : weight[row]!) * (outcome[row]! - moved[row]!),
  )
  const half = (normalQuantile((1 + level) / 2) * Math.sqrt(squares)) / information
  return { value, lower: value - half, upper: value + half }
}

function squaresByCustomer(customers: MeasuredRows['customers'], term: (row: number) => number): number {
  const sums = new Map<string | number, number>()
  customers.forEach((customer, row) => {
    sums.set(customer, (sums.get(customer) ?? 0) + term(row))
  })
  let squares = 0
  for (const sum of sums.values()) squares += sum ** 2
  return squares
}

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
      sentence: `${segment}: ${words}. ${comparisons.length} comparisons were made, and chance alone would hardly show this.`,
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
