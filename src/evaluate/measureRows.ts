import { normalQuantile } from '../base/distributions.js'
import { HoldfastError, type Problem } from '../base/errors.js'
import {
  bootstrapIntervals,
  type Interval,
  metricProblems,
  resampledMetric,
} from './interval/bootstrapInterval.js'
import { type MetricName, metrics, metricWords } from './metrics.js'
import { flagWeights } from './rows/checkedOutcomes.js'
import type { OutcomeRows } from './rows/outcomeRows.js'
import { type RankedOutcomes, rankRows } from './rows/rankedOutcomes.js'

/** Checked predictions and outcomes: any number of rows, one class or both. */
export interface MeasuredRows extends OutcomeRows {
  /** Shape (rows): the customer of each row, whose rows are drawn together. */
  readonly customers: readonly (string | number)[]
}

/** What is measured, and how its uncertainty is found. */
export interface MeasureRule {
  readonly metrics: readonly MetricName[]
  readonly level: number
  readonly resamples?: number | undefined
  readonly seed: number
}

/** The figures of some rows. */
export interface Measured {
  readonly figures: FiguresByMetric
  /** Why figures are null or not to be relied on: parts of a sentence. */
  readonly notes: readonly string[]
}

/** With fewer, figures and their intervals are rough guesses. */
const fewCustomers = 30

/**
 * Returns the figures of rows with bootstrap intervals, as `bootstrapInterval` makes them, all from one set of resamples.
 *
 * Never throws because of the rows: a metric that is not defined is null, and a note says why.
 */
export function measureRows(rows: MeasuredRows, rule: MeasureRule): Measured {
  const { churners, stayers } = classWeights(rows)
  if (churners === 0 || stayers === 0) {
    const all = `all ${churners + stayers} tested customers ${churners === 0 ? 'stayed' : 'churned'}`
    const why = churners + stayers === 0 ? 'there is no customer to test' : all
    return {
      figures: noFigures(rule.metrics),
      notes: [`no figure is defined: ${why}`],
    }
  }
  const ranked = rankRows(rows)
  const finite = rule.metrics.filter((name) => Number.isFinite(metrics[name].ofRanked(ranked)))
  const figures = { ...noFigures(rule.metrics), ...intervalsOf(rows, ranked, finite, rule) }
  const without = rule.metrics.filter((name) => figures[name] === null).map(metricWords)
  return {
    figures,
    notes: [
      ...few(churners, 'churners'),
      ...few(stayers, 'customers who stayed'),
      ...without.map((name) => `${name} has no finite value, on these customers or on samples of them`),
    ],
  }
}

/** Returns the standard deviation that a normal figure with this interval has. */
export function standardErrorOf({ lower, upper }: Interval, level: number): number {
  return (upper - lower) / (2 * normalQuantile((1 + level) / 2))
}

/** Returns what is wrong with the metrics asked for: those without an interval. */
export function metricsProblems(names: readonly MetricName[]): Problem[] {
  return names.flatMap(metricProblems).map((problem) => ({ ...problem, parameter: 'metrics' }))
}

/** Returns figures that say of every metric that it is not defined. */
export function noFigures(names: readonly MetricName[]): FiguresByMetric {
  return Object.fromEntries(names.map((name) => [name, null]))
}

/** Returns the weight of the churners and of those who stayed. */
export function classWeights({ outcome, weight }: Pick<OutcomeRows, 'outcome' | 'weight'>): {
  churners: number
  stayers: number
} {
  const [stayers, churners] = flagWeights(outcome, weight ?? undefined)
  return { churners, stayers }
}

/** Returns the intervals by metric: from one set of resamples, or apart where a metric has none on some resample. */
function intervalsOf(
  { probability, outcome, weight, customers }: MeasuredRows,
  ranked: RankedOutcomes,
  names: readonly MetricName[],
  { level, resamples, seed }: MeasureRule,
): FiguresByMetric {
  // Rows that are customers of their own are drawn several times as fast.
  const groups = new Set(customers).size < customers.length ? customers : undefined
  const rows = { probability, outcome, weight: weight ?? undefined, ranked }
  const rule = { level, resamples, seed, groups, method: undefined, stratified: false }
  const drawn = (some: readonly MetricName[]): Interval[] | null => {
    try {
      return bootstrapIntervals(rows, some.map(resampledMetric), rule)
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'value-not-finite') return null
      throw error
    }
  }
  const together = drawn(names)
  return Object.fromEntries(
    names.map((name, place) => {
      const interval = together === null ? drawn([name])?.[0] : together[place]
      return [name, interval !== undefined && Number.isFinite(interval.upper) ? interval : null]
    }),
  )
}

// Without the number, which stands beside it, so that equal notes of many folds can be said once.
function few(count: number, who: string): string[] {
  return count >= fewCustomers
    ? []
    : [`fewer than ${fewCustomers} ${who}: figures and intervals are rough guesses`]
}

/** A weighted mean and its standard error. */
export interface MeanWithError {
  readonly value: number
  readonly standardError: number
}

/**
 * Returns the weighted mean with its standard error √(Σ w² (x − x̄)²) / Σ w, or null where all weights are 0.
 */
export function meanWithError(
  values: ArrayLike<number>,
  weight: Float64Array | null | undefined,
): MeanWithError | null {
  let whole = 0
  let total = 0
  for (let row = 0; row < values.length; row++) {
    const share = weight?.[row] ?? 1
    whole += share
    total += share * values[row]!
  }
  if (whole === 0) return null
  const mean = total / whole
  let squares = 0
  for (let row = 0; row < values.length; row++) squares += ((weight?.[row] ?? 1) * (values[row]! - mean)) ** 2
  return { value: mean, standardError: Math.sqrt(squares) / whole }
}

/** Figures by metric; null where the metric is not defined. */
export type FiguresByMetric = Readonly<Partial<Record<MetricName, Interval | null>>>
