import { closestWord, HoldfastError, type Problem, refuse } from '../../base/errors.js'
import { type MetricName, metricNames, metrics, type RankedMetric } from '../metrics.js'
import { checkOutcomes } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import {
  type BootstrapOptions,
  bootstrapOptions,
  groupProblems,
  type ResampleRule,
  resampleCount,
} from './bootstrapOptions.js'
import { influenceOf, jackknife } from './influence.js'
import { limitsByMethod } from './intervalLimits.js'
import { type ReadFigures, resampledFigures } from './resampledFigures.js'
import { type FigureSheet, resampleUnits } from './resampleUnits.js'
import { withUnseenCustomers } from './unseenCustomers.js'

/** A figure and the limits of its interval. */
export interface Interval {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

/** Rows with their sorted form. */
export interface RankedRows {
  readonly probability: ArrayLike<number>
  readonly outcome: ArrayLike<number>
  readonly weight: ArrayLike<number> | undefined
  readonly ranked: RankedOutcomes
}

/**
 * Returns a metric with the interval of a bootstrap over customers.
 *
 * The interval says how much the figure would move with other customers of the same kind; it says nothing about another
 * month, another region or another training. Not for differences of two models on the same customers: their intervals
 * may overlap although one is always better, see `compareModels`. Refused for `calibrationError` and its like, whose
 * resamples are biased upwards. With fewer than 30 churners the interval itself is a rough guess.
 *
 * Each resample draws as many rows as there are, with replacement: from all, or with `stratified` churners from
 * the churners and stayers from the stayers; with `groups` whole customers instead of rows. A resample without churners
 * is drawn again. Whole weights are counts of rows and each is drawn by itself; other weights stay with their row, and
 * with `groups` all weights do.
 *
 *     percentile   the (1 ∓ level)/2 quantiles of the resampled figures (type 6)
 *     bca          the quantiles at Φ(z₀ + (z₀ + z)/(1 − a·(z₀ + z))), z = Φ⁻¹((1 ∓ level)/2),
 *                  z₀ = Φ⁻¹(share of resamples below the value), a = Σ d³ / (6·(Σ d²)^(3/2)) over rows or customers,
 *                  d = what the figure loses without the row, less the mean
 *     jackknife    value − bias ± z·√( (n − 1)/n · Σ d² ), bias = mean of the resamples − value; the limit on the side of
 *                  the bias moves by it once more, for resamples show only a part of it
 *
 * All limits lie where the metric can be: `jackknife` measures a metric from the end that a perfect model has, with a variance
 * that falls with this distance, and is cut at the other end. Where resamples agree on the lowest or the highest figure, as on an
 * AUC of 1, the other limit is what so few customers cannot exclude: the figure with a share of 1 − ((1 − level)/2)^(1/k) of
 * the k churners, or of the stayers, at the other end of the ranking (Clopper and Pearson). A perfect ranking of 20
 * churners has an AUC of .832 to 1.
 *
 * Rows of the same class and probability have the same d. Of more than 100 distinct probabilities in a class,
 * neighbours form 100 blocks with one d each, which needs 200 figures instead of n; the d of a customer is the sum over
 * their rows.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param metric name of a metric that is one number, or a function of the sorted form
 * @returns value on all rows, lower and upper limit; same seed, same data, same interval, in any order of rows
 * @throws {HoldfastError} `option-invalid`; `option-unknown`, `out-of-range` for a metric that is not known or has no
 *   interval; `value-not-finite` if the metric has no finite value, on all rows or on a resample, or its interval no end (log loss of certain predictions); `one-class`,
 *   `length-differs`, `table-empty`, `value-missing`, `out-of-range`: all at once
 *
 * One sort, then O(resamples · n) time, or O(resamples · distinct probabilities) where these are few; O(n) memory.
 * 1000 resamples: 10,000 customers about 0.3 s, 100,000 about 4 s.
 *
 * @example
 * const p = Array.from({ length: 200 }, (_, row) => (row + 0.5) / 200)
 * const y = p.map((value, row) => ((row * 7) % 10 < value * 10 ? 1 : 0))
 * const auc = bootstrapInterval(p, y, 'rocAuc')
 * auc.lower < auc.value && auc.value < auc.upper
 * // => true
 *
 * @see Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 14
 * @see {@link delongInterval} for the AUC without resampling; `evaluate` for all headline metrics at once
 */
export function bootstrapInterval(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  metric: MetricName | RankedMetric,
  options?: BootstrapOptions,
): Interval {
  const { ranked, checked } = checkOutcomes(
    'bootstrapInterval',
    bootstrapOptions,
    probability,
    outcome,
    options,
    metricProblems(metric),
  )
  const { weight, groups } = checked
  const resampled = resampledMetric(metric)
  refuse('bootstrapInterval', [
    ...groupProblems(groups, outcome, weight),
    ...figureProblems(resampled.ofRanked(ranked)),
  ])
  const rows = { probability, outcome, weight, ranked }
  const interval = intervalsOf('bootstrapInterval', rows, [resampled], checked)[0]!
  refuse('bootstrapInterval', figureProblems(interval.upper))
  return interval
}

/**
 * Returns intervals of several metrics from one set of resamples. Every metric must be finite on all rows. The upper limit of
 * log loss is infinite where certain predictions were all right, and resamples agree.
 *
 * @param sheet gives the figures of all these metrics from one look at a resample
 */
export function bootstrapIntervals(
  rows: RankedRows,
  resampledMetrics: readonly ResampledMetric[],
  rule: ResampleRule,
  sheet?: FigureSheet,
): Interval[] {
  return intervalsOf('bootstrapIntervals', rows, resampledMetrics, rule, sheet)
}

function intervalsOf(
  operation: string,
  { probability, outcome, weight, ranked }: RankedRows,
  resampledMetrics: readonly ResampledMetric[],
  rule: ResampleRule,
  sheet?: FigureSheet,
): Interval[] {
  const units = resampleUnits({
    outcome,
    weight,
    customers: rule.groups,
    scorings: [{ probability, ranked }],
  })
  const figuresOf: ReadFigures = {
    count: resampledMetrics.length,
    read: ([form]) => resampledMetrics.map(({ ofRanked }) => ofRanked(form!)),
    ...(sheet === undefined ? {} : { sheet }),
  }
  const plan = { ...rule, resamples: resampleCount(rule, ranked) }
  const figures = resampledFigures(units, [ranked], figuresOf, plan)
  return resampledMetrics.map(({ ofRanked, method, ...scale }, place) => {
    const figure = {
      ...scale,
      value: ofRanked(ranked),
      sorted: sortedFigures(operation, figures[place]!),
      jackknife: () => jackknife(units, [influenceOf(ofRanked, ranked)], rule.stratified),
    }
    const limits = limitsByMethod(figure, rule.method ?? method, rule.level)
    const customers = {
      figureOf: ([form]: readonly RankedOutcomes[]) => ofRanked(form!),
      ranked: [ranked],
      units,
    }
    const [lower, upper] = withUnseenCustomers(limits, figure.sorted, rule.level, customers, scale.range)
    return { value: figure.value, lower, upper }
  })
}

/** Sorts the figures of the resamples. Throws where a metric has none on some resample. */
export function sortedFigures(operation: string, figures: Float64Array): Float64Array {
  const broken = figures.filter((figure) => !Number.isFinite(figure))
  if (broken.length === 0) return figures.sort()
  throw new HoldfastError(operation, [
    {
      code: 'value-not-finite',
      parameter: 'metric',
      rule: 'to have a finite value on every resample',
      received: broken[0],
      count: broken.length,
      wayOut: 'Take more customers: a resample has other ones, and some of them twice.',
    },
  ])
}

const growingDistances =
  'distances between predicted and observed rates grow with every resample, the true ones do not'

/**
 * Metrics that have no interval, and why: means of distances that are 0 where the model is right. Every resample adds
 * chance distances to those of the sample, so that all figures lie beside the value, and at 0 no bootstrap is
 * consistent (Andrews 2000, Econometrica 68).
 */
export const metricsWithoutInterval: Readonly<Record<string, string>> = {
  calibrationError: growingDistances,
  maximumCalibrationError: growingDistances,
  integratedCalibrationIndex: growingDistances,
}

/** A metric to be resampled. */
export interface ResampledMetric {
  readonly ofRanked: RankedMetric
  /** The kind of interval that holds its level for this metric. */
  readonly method: 'percentile' | 'jackknife'
  /** Lowest and highest value, and which of them is that of a perfect model; none for a function of one's own. */
  readonly range?: readonly [lowest: number, highest: number]
  readonly best?: number
}

/**
 * Returns how a metric, given by its name or as a function of the sorted form, is resampled.
 *
 * Of a maximum resamples find higher ones: a percentile interval of 95 % of `kolmogorovSmirnov` held the figure of all
 * customers in 82 of 100 samples with 200 churners, BCa in 90.
 */
export function resampledMetric(metric: MetricName | RankedMetric): ResampledMetric {
  if (typeof metric === 'function') {
    const name = metricNames.find((one) => metrics[one].ofRanked === metric)
    return name === undefined ? { ofRanked: metric, method: 'percentile' } : resampledMetric(name)
  }
  const { ofRanked, better, range } = metrics[metric]
  const [lowest, highest] = range
  // Lift has no highest value.
  const best = better === 'higher' && Number.isFinite(highest) ? highest : lowest
  return { ofRanked, method: metric === 'kolmogorovSmirnov' ? 'jackknife' : 'percentile', range, best }
}

/** Returns why a metric can not be resampled; nothing where it can. */
export function metricProblems(metric: unknown): Problem[] {
  if (typeof metric === 'function') {
    const name = metricNames.find((one) => one === metric.name)
    if (name === undefined) return []
    const rule = 'to be the name of a metric, or a function of the sorted form'
    return [
      {
        code: 'option-invalid',
        parameter: 'metric',
        rule,
        received: metric,
        wayOut: `Give its name: '${name}'.`,
      },
    ]
  }
  const reason = typeof metric === 'string' ? metricsWithoutInterval[metric] : undefined
  if (reason !== undefined) {
    const rule = `to be a metric that resampling does not bias: ${reason}`
    const wayOut = 'Read calibrationLine, or compare brierScore or logLoss, which have intervals.'
    return [{ code: 'out-of-range', parameter: 'metric', rule, received: metric, wayOut }]
  }
  if (metricNames.includes(metric as MetricName)) return []
  const known = metricNames.filter((name) => metricsWithoutInterval[name] === undefined)
  const rule = `to be one of ${known.join(', ')}, or a function of the sorted form`
  const close = closestWord(typeof metric === 'string' ? metric : '', known)
  const wayOut = close === undefined ? {} : { wayOut: `Did you mean '${close}'?` }
  return [{ code: 'option-unknown', parameter: 'metric', rule, received: metric, ...wayOut }]
}

/** Returns what is wrong with the value of a metric on all rows; nothing where it is finite. */
export function figureProblems(value: number): Problem[] {
  if (Number.isFinite(value)) return []
  return [
    {
      code: 'value-not-finite',
      parameter: 'metric',
      rule: 'to have a finite value',
      received: value,
      wayOut:
        'logLoss is infinite where a certain prediction is, or may be, wrong: move the probabilities off 0 and 1.',
    },
  ]
}
