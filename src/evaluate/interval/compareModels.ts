import * as z from 'zod'
import { type Problem, refuse } from '../../base/errors.js'
import { checkTogether } from '../../base/options.js'
import { type MetricName, metrics, type RankedMetric } from '../metrics.js'
import { scoredRowProblems } from '../rows/checkedOutcomes.js'
import { type OutcomeRows, readRows } from '../rows/outcomeRows.js'
import { type RankedOutcomes, rankRows } from '../rows/rankedOutcomes.js'
import {
  type PredictedBy,
  predictedByNotes,
  predictedByProblems,
  predictedByRule,
} from '../trainedRowNotes.js'
import { figureProblems, metricProblems, resampledMetric } from './bootstrapInterval.js'
import { type BootstrapOptions, bootstrapOptions, groupProblems, namesRule } from './bootstrapOptions.js'
import {
  bootstrapComparison,
  delongComparison,
  type ModelComparison,
  modelComparison,
} from './modelComparison.js'

/** How two models are compared. */
export interface CompareOptions extends Omit<BootstrapOptions, 'method'> {
  /** What is compared: a metric that is one number, or a function of the sorted form. Default `rocAuc`. */
  readonly metric?: MetricName | RankedMetric
  /** `bootstrap`: the same resamples for both. `delong`: for `rocAuc` only, without resampling. Default `bootstrap`. */
  readonly method?: 'bootstrap' | 'delong'
  /** Which way a metric given as a function is better. Default `higher`; named metrics know it. */
  readonly better?: 'higher' | 'lower'
  /** What the two models are called in the sentence. Default A and B. */
  readonly names?: readonly [string, string]
  /**
   * The two models and the rows that they predicted: without them it is not known whether one was trained on these rows
   * and looks better than it is.
   */
  readonly predictedBy?: PredictedBy
}

const compareOptions = bootstrapOptions.extend({
  metric: z
    .custom<MetricName | RankedMetric>((value) => typeof value === 'string' || typeof value === 'function')
    .describe('the name of a metric or a function of the sorted form')
    .default('rocAuc'),
  method: z.enum(['bootstrap', 'delong']).default('bootstrap'),
  better: z.enum(['higher', 'lower']).optional(),
  names: namesRule,
  predictedBy: predictedByRule,
})

/**
 * Returns whether one model is better than another on the same customers, with the interval of the difference.
 *
 * Two models see the same customers, so what is hard for one is hard for the other: the difference is known far better
 * than either figure, and two intervals that overlap say nothing against it. For two ways of training, fold by fold,
 * take `compareFolds`. Do not compare many models in this way and report the best: the best of many is lucky.
 *
 * With `bootstrap` the same rows are drawn for both, and the interval holds the quantiles of the differences A − B
 * (see `bootstrapInterval` for what is drawn, and for `groups`, `stratified` and `weight`):
 *
 *     p-value = 2·min( (differences ≤ 0) + 1, (differences ≥ 0) + 1 ) / (resamples + 1), at most 1
 *
 * With `delong` the difference of two AUCs has DeLong's variance of paired values, the interval is symmetric, and the
 * p-value and the share are those of the normal distribution.
 *
 * Where every sample of these customers has the same difference, the interval reaches as far as customers of their number may
 * be otherwise (see `bootstrapInterval`), and the p-value is that of a sign test of the rarer class. With fewer than 20
 * customers of a class the sentence claims nothing: of two equally good models one would be called better in 8 to 10 of 100
 * comparisons in place of 5.
 *
 * For several metrics call it for each: the same seed draws the same customers.
 *
 * @param probabilityA predicted churn of one model, shape (n), each in [0, 1]
 * @param probabilityB predicted churn of the other, for the same customers in the same order
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`, `one-class`: all at once; `value-not-finite` if the metric has no finite value; `one-class` with `delong` if
 *   a class has fewer than two customers
 *
 * O(n log n + resamples · n) time, O(n) memory.
 *
 * @example
 * const y = Array.from({ length: 400 }, (_, row) => (row % 5 === 0 ? 1 : 0))
 * const good = y.map((churned, row) => 0.2 + 0.3 * churned + ((row * 37) % 100) / 200)
 * const poor = y.map((churned, row) => 0.2 + 0.2 * churned + ((row * 61) % 100) / 200)
 * const comparison = compareModels(good, poor, y, { names: ['with usage', 'without'], method: 'delong' })
 * comparison.sentence
 * // => 'with usage is better by .105 (ROC AUC), 95 % interval .046 to .164: on new customers of the same kind this will nearly surely hold.'
 *
 * @see DeLong et al. (1988); Efron and Tibshirani (1993), chapter 16
 * @see `compareFolds` of `holdfast/metrics` for two ways of training
 */
export function compareModels(
  probabilityA: ArrayLike<number>,
  probabilityB: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: CompareOptions,
): ModelComparison {
  const operation = 'compareModels'
  const { ranked, checked } = checkPair(
    operation,
    compareOptions,
    probabilityA,
    probabilityB,
    outcome,
    options,
  )
  const { metric, method, weight, groups, predictedBy, names } = checked
  refuse(operation, [
    ...metricProblems(metric),
    ...methodProblems(metric, method),
    ...groupProblems(groups, outcome, weight),
    ...predictedByProblems(predictedBy, outcome.length, 2),
  ])
  const resampled = resampledMetric(metric)
  const [valueA, valueB] = [resampled.ofRanked(ranked[0]), resampled.ofRanked(ranked[1])]
  refuse(operation, [valueA, valueB].flatMap(figureProblems).slice(0, 1))
  const rows = {
    outcome,
    weight,
    customers: groups,
    scorings: [
      { probability: probabilityA, ranked: ranked[0] },
      { probability: probabilityB, ranked: ranked[1] },
    ],
  }
  const figures =
    method === 'delong'
      ? delongComparison(operation, rows, checked.level)
      : bootstrapComparison(operation, rows, resampled, checked)
  return modelComparison(figures, {
    metric,
    method,
    names,
    level: checked.level,
    better: typeof metric === 'function' ? (checked.better ?? 'higher') : metrics[metric].better,
    churners: ranked[0].churners,
    valueA,
    valueB,
    notes: predictedByNotes(predictedBy, names),
  })
}

function methodProblems(metric: MetricName | RankedMetric, method: 'bootstrap' | 'delong'): Problem[] {
  if (method === 'bootstrap' || metric === 'rocAuc') return []
  return [
    {
      code: 'option-invalid',
      parameter: 'method',
      rule: 'to be "bootstrap" for this metric, for DeLong knows the AUC only',
      received: method,
    },
  ]
}

/**
 * Checks options and the rows of two models at once and returns the options with defaults and both sorted forms.
 *
 * @throws {HoldfastError} every broken rule; a probability is `probabilityA` or `probabilityB` there
 */
export function checkPair<Checked extends { weight?: ArrayLike<number> | undefined }>(
  operation: string,
  schema: z.ZodType<Checked>,
  probabilityA: ArrayLike<number>,
  probabilityB: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options: unknown,
): { readonly ranked: readonly [RankedOutcomes, RankedOutcomes]; readonly checked: Checked } {
  const read: (OutcomeRows | null)[] = []
  const checked = checkTogether(operation, schema, options, [], (own) => {
    const wrong = Object.entries({ probabilityA, probabilityB }).map(([parameter, probability]) => {
      const rows = readRows(probability, outcome, own?.weight)
      read.push(rows)
      const problems = rows === null ? scoredRowProblems(probability, outcome, own?.weight) : []
      return problems.map((problem) =>
        problem.parameter === 'probability' ? { ...problem, parameter } : problem,
      )
    })
    const [ofA, ofB] = wrong as [Problem[], Problem[]]
    // What is wrong with outcome or weight was said with the first model.
    return [...ofA, ...(ofA.length > 0 ? ofB.filter(({ parameter }) => parameter === 'probabilityB') : ofB)]
  })
  return { ranked: [rankRows(read[0]!), rankRows(read[1]!)], checked }
}
