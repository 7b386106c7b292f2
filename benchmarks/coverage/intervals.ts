import { resampledMetric } from '../../src/evaluate/interval/bootstrapInterval.js'
import { compareModels } from '../../src/evaluate/interval/compareModels.js'
import { delongInterval } from '../../src/evaluate/interval/delongInterval.js'
import { influenceOf, jackknife } from '../../src/evaluate/interval/influence.js'
import { limitsByMethod } from '../../src/evaluate/interval/intervalLimits.js'
import { resampledFigures } from '../../src/evaluate/interval/resampledFigures.js'
import { resampleUnits } from '../../src/evaluate/interval/resampleUnits.js'
import { type MetricName, metrics } from '../../src/evaluate/metrics.js'
import { rankOutcomes } from '../../src/evaluate/rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../../src/evaluate/rows/rankedOutcomes.js'
import type { Population } from './population.js'

/** Intervals of one sample: `figure` is a metric, or a metric `.difference` of the two models. */
export type Intervals = readonly {
  readonly figure: string
  readonly kind: string
  readonly level: number
  readonly lower: number
  readonly upper: number
}[]

// The limits of 200 resamples move more than those of 1000 but hold the level as often: quantiles of type 6 are right
// at any number.
const resamples = 200

/** What is measured of a sample: a metric of the boosting model, or how far it lies above that of the logistic model. */
interface Figure {
  readonly name: string
  readonly metric: MetricName
  readonly models: readonly ('boosting' | 'logistic')[]
}

function figuresOf(names: readonly MetricName[]): Figure[] {
  return names.flatMap((metric): Figure[] => [
    { name: metric, metric, models: ['boosting'] },
    { name: `${metric}.difference`, metric, models: ['boosting', 'logistic'] },
  ])
}

/** Returns the figures on all customers: what the intervals are meant to hold. */
export function truthsOf(population: Population, names: readonly MetricName[]): Map<string, number> {
  const ranked = rankedOf(population)
  return new Map(figuresOf(names).map((figure) => [figure.name, figureOf(figure, ranked)]))
}

/** Returns every kind of interval of a sample of customers with one row each; of the wrong ones only where asked for. */
export function sampleIntervals(
  sample: Population,
  names: readonly MetricName[],
  levels: readonly number[],
  seed: number,
  withWrong: boolean,
): Intervals {
  const kinds = { default: null, percentile: 'percentile', bca: 'bca' } as const
  return [
    ...resampledIntervals(sample, names, levels, seed, kinds, undefined, false),
    ...(withWrong
      ? resampledIntervals(sample, names, levels, seed, { stratified: null }, undefined, true)
      : []),
    ...levels.flatMap((level) => delongIntervals(sample, level, undefined)),
  ]
}

/** Returns the intervals of a sample of customers with several rows, and those that take each row for a customer. */
export function clusterIntervals(
  sample: Population,
  names: readonly MetricName[],
  levels: readonly number[],
  seed: number,
  withWrong: boolean,
): Intervals {
  return [
    ...resampledIntervals(sample, names, levels, seed, { default: null }, sample.customers, false),
    ...(withWrong ? resampledIntervals(sample, names, levels, seed, { rows: null }, undefined, false) : []),
    ...levels.flatMap((level) => delongIntervals(sample, level, sample.customers)),
  ]
}

type Method = 'percentile' | 'bca' | 'jackknife'

/** One set of resamples for all metrics, methods and levels: as `bootstrapInterval` and `compareModels`, but once. */
function resampledIntervals(
  sample: Population,
  names: readonly MetricName[],
  levels: readonly number[],
  seed: number,
  kinds: Readonly<Record<string, Method | null>>,
  customers: readonly string[] | undefined,
  stratified: boolean,
): Intervals {
  const ranked = rankedOf(sample)
  const scorings = [
    { probability: sample.boosting, ranked: ranked[0]! },
    { probability: sample.logistic, ranked: ranked[1]! },
  ]
  const units = resampleUnits({ outcome: sample.outcome, weight: undefined, customers, scorings })
  const figures = figuresOf(names)
  const statistics = names.flatMap((name) =>
    [0, 1].map((model) => (forms: readonly RankedOutcomes[]) => metrics[name].ofRanked(forms[model]!)),
  )
  const read = (forms: readonly RankedOutcomes[]) => statistics.map((statistic) => statistic(forms))
  const all = { count: statistics.length, read }
  const drawn = resampledFigures(units, ranked, all, { resamples, stratified, seed })
  return figures.flatMap((figure, place) => {
    const { ofRanked, method, ...scale } = resampledMetric(figure.metric)
    const boosting = drawn[2 * Math.floor(place / 2)]!
    const logistic = drawn[2 * Math.floor(place / 2) + 1]!
    const single = figure.models.length === 1
    const some = figure.models.map((_, model) => influenceOf(ofRanked, ranked[model]!))
    const ofRows = jackknife(units, some, stratified)
    const resampled = {
      ...(single ? scale : {}),
      value: figureOf(figure, ranked),
      sorted: boosting
        .map((drawnValue, index) => (single ? drawnValue : drawnValue - logistic[index]!))
        .sort(),
      jackknife: () => ofRows,
    }
    return Object.entries(kinds).flatMap(([kind, asked]) =>
      levels.map((level) => {
        const [lower, upper] = limitsByMethod(resampled, asked ?? method, level)
        return { figure: figure.name, kind, level, lower, upper }
      }),
    )
  })
}

function delongIntervals(
  sample: Population,
  level: number,
  customers: readonly string[] | undefined,
): Intervals {
  const { boosting, logistic, outcome } = sample
  const groups = customers === undefined ? {} : { groups: customers }
  const single = delongInterval(boosting, outcome, { level, ...groups })
  const symmetric = delongInterval(boosting, outcome, { level, transform: 'none', ...groups })
  const { difference } = compareModels(boosting, logistic, outcome, { method: 'delong', level, ...groups })
  return [
    { figure: 'rocAuc', kind: 'delong', level, ...single },
    { figure: 'rocAuc', kind: 'symmetric', level, ...symmetric },
    { figure: 'rocAuc.difference', kind: 'delong', level, ...difference },
  ]
}

function rankedOf({ boosting, logistic, outcome }: Population): RankedOutcomes[] {
  return [rankOutcomes(boosting, outcome), rankOutcomes(logistic, outcome)]
}

function figureOf({ metric, models }: Figure, ranked: readonly RankedOutcomes[]): number {
  const [first, second] = models.map((_, model) => metrics[metric].ofRanked(ranked[model]!))
  return first! - (second ?? 0)
}
