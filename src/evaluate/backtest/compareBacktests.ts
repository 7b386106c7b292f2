import { checkArguments } from '../../base/arguments.js'
import { type EpochDay, formatDay } from '../../base/days.js'
import { type Problem, refuse } from '../../base/errors.js'
import { takeValues } from '../../base/matrix.js'
import { checkOptions } from '../../base/options.js'
import { metricProblems } from '../interval/bootstrapInterval.js'
import { namesRule, type ResampleOptions, resampleOptions } from '../interval/bootstrapOptions.js'
import { compareModels } from '../interval/compareModels.js'
import type { ModelComparison } from '../interval/modelComparison.js'
import { classWeights } from '../measureRows.js'
import { type MetricName, metrics } from '../metrics.js'
import type { OutcomeRows } from '../rows/outcomeRows.js'
import { rankRows } from '../rows/rankedOutcomes.js'
import type { BacktestFigures } from './backtestResult.js'
import { measureOptions } from './validationOptions.js'

/** How two backtests are compared. */
export interface CompareBacktestsOptions extends ResampleOptions {
  /** A metric that is one number and has an interval. Default `rocAuc`. */
  readonly metric?: MetricName
  /** What the two are called in the sentence. Default A and B. */
  readonly names?: readonly [string, string]
}

/** A metric of both backtests at one cutoff, on the rows that both predicted. */
export interface ComparedFold {
  readonly cutoff: EpochDay
  /** Null where the metric is not defined. */
  readonly valueA: number | null
  readonly valueB: number | null
}

/** How far two backtests differ on the rows that both predicted. */
export interface BacktestComparison {
  /** Number of predictions that both have. */
  readonly predictions: number
  /** All of them as one list, the rows of a customer together. */
  readonly pooled: ModelComparison
  /** One per cutoff that both tested, in time. */
  readonly folds: readonly ComparedFold[]
  /** Cutoffs at which A is better, equal ones half, of those where both have a figure. */
  readonly foldsABetter: number
  /** The finding in words. */
  readonly sentence: string
}

const operation = 'compareBacktests'

const compareOptions = resampleOptions.extend({
  metric: measureOptions.shape.metrics.unwrap().element.default('rocAuc'),
  names: namesRule,
})

/**
 * Returns whether one backtest is better than another on the rows that both predicted, as one list and cutoff by cutoff.
 *
 * For two learners, two sets of features, a shorter window, or a model that is refitted against one that is kept: run
 * `backtest` twice on the same data and compare. The rows are paired and the rows of a customer drawn together, so the
 * difference is known far better than either figure.
 *
 * @param a the first backtest
 * @param b the second, of the same dataset: predictions are matched by their row in it
 * @throws {HoldfastError} `data-changed` where no row was predicted by both, or one has another outcome; `one-class`,
 *   `value-not-finite`, `option-invalid`, `option-unknown`
 *
 * O(resamples · predictions) time.
 *
 * @example
 * import { trainPrior } from 'holdfast/models'
 * import { numberColumn } from 'holdfast/tables'
 * const values = Array.from({ length: 240 }, (_, row) => (row * 37) % 80)
 * const cutoffs = Int32Array.from(values, (_, row) => 30 * Math.floor(row / 80))
 * const data = {
 *   ids: values.map((_, row) => `${row % 80}`), cutoffs, label: { gapDays: 0, horizonDays: 30 },
 *   features: { rowCount: 240, columns: [numberColumn('calls', values)] },
 *   outcome: Uint8Array.from(values, (value, row) => (value + ((row * 53) % 60) > 70 ? 1 : 0)),
 * }
 * const model = await backtest(data, (rows) => trainLogistic(rows))
 * const prior = await backtest(data, (rows) => trainPrior(rows))
 * const { foldsABetter, pooled } = compareBacktests(model, prior, { names: ['logistic', 'prior'] })
 * const isShown = [foldsABetter, pooled.difference.lower > 0]
 * isShown
 * // => [2, true]
 *
 * @see {@link compareModels} for what the sentence says
 */
export function compareBacktests(
  a: BacktestFigures,
  b: BacktestFigures,
  options: CompareBacktestsOptions = {},
): BacktestComparison {
  checkArguments('compareBacktests', ['a', a, 'backtest'], ['b', b, 'backtest'])
  const { metric, ...rule } = checkOptions(operation, compareOptions, options)
  refuse(operation, metricProblems(metric))
  const pairs = sharedPredictions(a, b)
  refuse(operation, pairProblems(a, b, pairs))
  const [ofA, ofB] = [take(a, pairs, 0), take(b, pairs, 1)]
  const groups = pairs.map(([index]) => a.ids[index]!)
  const pooled = compareModels(ofA.probability, ofB.probability, ofA.outcome, {
    metric,
    groups,
    names: rule.names,
    level: rule.level,
    seed: rule.seed,
    ...(rule.resamples === undefined ? {} : { resamples: rule.resamples }),
    ...(ofA.weight === null ? {} : { weight: ofA.weight }),
  })
  const folds = comparedFolds(a, b, pairs, metric)
  const sign = metrics[metric].better === 'higher' ? 1 : -1
  const wins = folds.flatMap(({ valueA, valueB }) =>
    valueA === null || valueB === null ? [] : [(Math.sign(sign * (valueA - valueB)) + 1) / 2],
  )
  const foldsABetter = wins.reduce((sum, win) => sum + win, 0)
  const sentence = `${pooled.sentence} ${rule.names[0]} is better at ${foldsABetter} of ${wins.length} cutoffs.`
  return { predictions: pairs.length, pooled, folds, foldsABetter, sentence }
}

type Pair = readonly [a: number, b: number]

function sharedPredictions(a: BacktestFigures, b: BacktestFigures): Pair[] {
  const inB = new Map(Array.from(b.rows, (row, index) => [row, index]))
  return Array.from(a.rows).flatMap((row, index): Pair[] => {
    const other = inB.get(row)
    return other === undefined ? [] : [[index, other]]
  })
}

function pairProblems(a: BacktestFigures, b: BacktestFigures, pairs: readonly Pair[]): Problem[] {
  const problem: Problem = {
    code: 'data-changed',
    parameter: 'b',
    rule: 'to be a backtest of the same rows as a',
    wayOut: 'Run both on the same dataset, and on cutoffs that overlap.',
  }
  if (pairs.length === 0) return [{ ...problem, received: 'no row that both predicted' }]
  const differs = pairs.find(
    ([one, other]) => a.ids[one] !== b.ids[other] || a.outcome[one] !== b.outcome[other],
  )
  if (differs === undefined) return []
  const row = a.rows[differs[0]]!
  const cutoff = formatDay(a.folds[a.foldOf[differs[0]]!]!.cutoff)
  return [
    {
      ...problem,
      received: `another customer or outcome at cutoff ${cutoff}`,
      place: { row: row + 1 },
    },
  ]
}

function take(
  { probability, outcome, weight }: BacktestFigures,
  pairs: readonly Pair[],
  side: 0 | 1,
): OutcomeRows {
  const at = pairs.map((pair) => pair[side])
  return {
    probability: takeValues(probability, at),
    outcome: takeValues(outcome, at),
    weight: weight === null ? null : takeValues(weight, at),
  }
}

function comparedFolds(
  a: BacktestFigures,
  b: BacktestFigures,
  pairs: readonly Pair[],
  metric: MetricName,
): ComparedFold[] {
  const pairsOf = new Map<number, Pair[]>()
  for (const pair of pairs) {
    const fold = a.foldOf[pair[0]]!
    const known = pairsOf.get(fold)
    if (known === undefined) pairsOf.set(fold, [pair])
    else known.push(pair)
  }
  return [...pairsOf].map(([fold, own]) => ({
    cutoff: a.folds[fold]!.cutoff,
    valueA: figureOf(take(a, own, 0), metric),
    valueB: figureOf(take(b, own, 1), metric),
  }))
}

function figureOf(rows: OutcomeRows, metric: MetricName): number | null {
  const { churners, stayers } = classWeights(rows)
  if (churners === 0 || stayers === 0) return null
  const value = metrics[metric].ofRanked(rankRows(rows))
  return Number.isFinite(value) ? value : null
}
