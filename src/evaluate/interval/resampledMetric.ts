import { closestWord, type Problem } from '../../base/errors.js'
import { type MetricEntry, type MetricName, metricNames, metrics, type RankedMetric } from '../metrics.js'

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

/**
 * Metrics that are a maximum: resamples find higher ones. A percentile interval of 95 % of `kolmogorovSmirnov` held the
 * figure of all customers in 82 of 100 samples with 200 churners, BCa in 90.
 */
const biasedMetrics: readonly string[] = ['kolmogorovSmirnov']

/** A metric to be resampled. */
export interface ResampledMetric {
  readonly ofRanked: RankedMetric
  /** The kind of interval that holds its level for this metric. */
  readonly method: 'percentile' | 'jackknife'
}

/** Returns how a metric, given by its name or as a function of the sorted form, is resampled. */
export function resampledMetric(metric: MetricName | RankedMetric): ResampledMetric {
  const ofRanked = typeof metric === 'function' ? metric : metrics[metric].ofRanked
  const entries: Readonly<Record<string, MetricEntry>> = metrics
  const isBiased = biasedMetrics.some((name) => entries[name]?.ofRanked === ofRanked)
  return { ofRanked, method: isBiased ? 'jackknife' : 'percentile' }
}

/** Returns why a metric can not be resampled; nothing where it can. */
export function metricProblems(metric: unknown): Problem[] {
  if (typeof metric === 'function') return []
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
export function valueProblems(value: number): Problem[] {
  if (Number.isFinite(value)) return []
  return [
    {
      code: 'value-not-finite',
      parameter: 'metric',
      rule: 'to have a finite value',
      received: value,
      wayOut: 'logLoss is infinite where a certain prediction is wrong: move the probabilities off 0 and 1.',
    },
  ]
}
