import { checkArguments } from '../../base/arguments.js'
import { withDaysIn } from '../../base/dayRule.js'
import { formatDay, utc } from '../../base/days.js'
import { HoldfastError, type Problem, refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { percentText } from '../figureTexts.js'
import { metricsProblems } from '../measureRows.js'
import { Backtest } from './backtestResult.js'
import { driftOverTime } from './drift.js'
import { FoldPredictions, measureFold, type TimedFold } from './foldPredictions.js'
import { type FoldPlan, ModelOverTime, planFolds } from './planFolds.js'
import {
  betweenFolds,
  predictionsOf,
  rowsProblems,
  type TemporalData,
  type Train,
  takeTemporalRows,
} from './runFolds.js'
import { type BacktestOptions, backtestOptions, type CheckedBacktest } from './validationOptions.js'

const operation = 'backtest'

/**
 * Returns how good models are cutoff after cutoff, each trained on what was known by then: the rolling-origin test.
 *
 * One split by time gives one figure, of one month. This gives a figure per month, whether they get worse, and how much
 * they differ; with `refit: 'once'` how fast a model ages. For flat tables, which have no time, use `crossValidate`.
 *
 * For every test cutoff c, with d = cutoff of a row, e = end of its outcome window, m = embargoDays:
 *
 *     train    d < c and e + m ≤ c, within the window       the rule of `splitByTime`
 *     test     d = c
 *     purged   d < c and e + m > c: on day c nobody knew this outcome
 *
 * Where customers have cutoffs of their own, c is the first day of a month and the month is tested together; training rows
 * are judged by their own cutoffs.
 *
 * `train` is given training rows only. Whatever it chooses — options, features, by an inner validation, by a model
 * search — it chooses without the test rows, so no figure here was ever used to choose: nested selection is to choose
 * inside `train`.
 *
 * Intervals are bootstraps over customers. `pooled` takes all test rows as one list, in which a customer may appear
 * once per cutoff: their rows are drawn together. A fold that cannot be trained or measured stays, with null figures
 * and a note. The drift is a weighted line through the folds; of many metrics, one in twenty drifts by chance alone.
 *
 * @param data rows with customers and cutoffs: a `Dataset`
 * @param train gives a model for the rows it is given; may be asynchronous
 * @returns folds, drift, pooled figures, and every prediction with its row, for further evaluation
 * @throws {HoldfastError} `option-invalid` for a flat table, or where no cutoff has enough to train on before it;
 *   `option-invalid`, `option-unknown`: all at once; `aborted` by the signal; whatever `train` throws
 *
 * One training per fold, then O(resamples · rows) time; O(rows) memory and a copy of the training rows.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const features = { rowCount: 6, columns: [numberColumn('calls', [1, 8, 1, 8, 1, 8])] }
 * const cutoffs = Int32Array.from(['2025-01-01', '2025-01-01', '2025-02-01', '2025-02-01', '2025-03-01', '2025-03-01'], epochDay)
 * const data = {
 *   ids: ['A', 'B', 'A', 'B', 'A', 'B'], cutoffs, features, outcome: Uint8Array.of(0, 1, 0, 1, 0, 1),
 *   label: { gapDays: 0, horizonDays: 30 },
 * }
 * const result = await backtest(data, (rows) => trainLogistic(rows))
 * // January is trained on alone; the outcome of February is known on 3 March.
 * result.folds.map(({ cutoff, trainRows, purgedRows, testRows }) => [formatDay(cutoff), trainRows, purgedRows, testRows])
 * // => [['2025-02-01', 2, 0, 2], ['2025-03-01', 2, 2, 2]]
 *
 * @see Tashman (2000), Out-of-sample tests of forecasting accuracy, International Journal of Forecasting 16
 * @see {@link splitByTime} for one split, {@link crossValidate} without time, {@link compareBacktests} for two learners
 */
export async function backtest(
  data: TemporalData,
  train: Train,
  options: BacktestOptions = {},
): Promise<Backtest> {
  checkArguments('backtest', ['data', data, 'dataset'])
  const checked = checkOptions(
    operation,
    backtestOptions,
    withDaysIn(options, ['testCutoffs'], data.timeZone ?? utc),
  )
  refuse(operation, [
    ...timeProblems(data),
    ...rowsProblems(data, train),
    ...metricsProblems(checked.metrics),
  ])
  const plan = planFolds(data, checked)
  if (plan.folds.length === 0) throw nothingKnown(plan.untested.map(formatDay), checked)
  const models = new ModelOverTime(data, train, checked)
  const predictions = new FoldPredictions(data)
  const folds: TimedFold[] = []
  for (const [place, planned] of plan.folds.entries()) {
    await betweenFolds(operation, checked.signal)
    const { timed, rows, probability } = await testFold(data, planned, models, checked)
    predictions.add(place, rows, probability)
    folds.push(timed)
    checked.onFold?.(timed.fold)
    checked.onProgress?.({ step: formatDay(planned.cutoff), done: place + 1, total: plan.folds.length })
  }
  const drift = driftOverTime(folds, checked)
  return new Backtest({
    folds: folds.map(({ fold }) => fold),
    drift,
    ...predictions.pooled(checked),
    level: checked.level,
    notes: notesOn(plan.untested.map(formatDay), drift.length > 0, checked),
  })
}

interface TestedFold {
  readonly timed: TimedFold
  /** Rows that have a prediction. */
  readonly rows: Int32Array
  readonly probability: Float64Array
}

async function testFold(
  data: TemporalData,
  planned: FoldPlan,
  models: ModelOverTime,
  options: CheckedBacktest,
): Promise<TestedFold> {
  const found = await models.at(planned)
  const inUse = 'note' in found ? planned : found.inUse
  const isNew = options.newCustomersOnly && !('note' in found)
  const rows = isNew ? rowsOfNewCustomers(data, planned.testRows, inUse.trainRows) : planned.testRows
  const test = takeTemporalRows(data, rows)
  const probability = 'note' in found ? null : predictionsOf(operation, found.inUse.model, test)
  const tested = 'note' in found ? found.note : { probability: probability!, customers: test.ids }
  const { measurement, standardErrors } = measureFold(test, tested, options)
  const { trainCutoffs, trainRows, purgedRows } = inUse
  const training = { trainCutoffs, trainRows: trainRows.length, purgedRows }
  const refitted = 'note' in found ? false : found.refitted
  const fold = { cutoff: planned.cutoff, ...training, refitted, ...measurement }
  const timed = { fold, standardErrors }
  return probability === null
    ? { timed, rows: new Int32Array(0), probability: new Float64Array(0) }
    : { timed, rows, probability }
}

function rowsOfNewCustomers(data: TemporalData, testRows: Int32Array, trainRows: Int32Array): Int32Array {
  const trained = new Set(Array.from(trainRows, (row) => data.ids[row]!))
  return testRows.filter((row) => !trained.has(data.ids[row]!))
}

function timeProblems({ cutoffs, label }: TemporalData): Problem[] {
  if (cutoffs !== null && label !== null) return []
  return [
    {
      code: 'option-invalid',
      parameter: 'data',
      rule: 'to have cutoffs and a label that says when an outcome is known; a flat table has neither',
      wayOut: 'Use crossValidate.',
    },
  ]
}

function nothingKnown(cutoffs: readonly string[], options: CheckedBacktest): HoldfastError {
  const { minTrainCutoffs, minTrainRows } = options
  return new HoldfastError(operation, [
    {
      code: 'option-invalid',
      parameter: 'data',
      rule:
        `to have a cutoff at which outcomes of ${minTrainCutoffs} or more earlier cutoffs, and of ` +
        `${minTrainRows} or more rows, are known`,
      received: cutoffs.join(', '),
      wayOut: 'Build it with earlier cutoffs, a shorter gap or a shorter horizon.',
    },
  ])
}

function notesOn(
  untestedCutoffs: readonly string[],
  hasDrift: boolean,
  { purge, newCustomersOnly, testShare }: CheckedBacktest,
): string[] {
  const share = testShare === undefined ? '' : percentText(testShare)
  const notes = [
    !purge && 'Trained on outcomes that nobody knew yet (purge: false): the figures are too good.',
    newCustomersOnly && 'Only customers are tested of whom no row was trained on.',
    share !== '' && `Only customers are tested, ${share} of all, who are held out of every training.`,
    untestedCutoffs.length > 0 && `Not tested, only trained on: ${untestedCutoffs.join(', ')}.`,
    !hasDrift && 'Drift is not looked for: that takes figures at three cutoffs or more.',
  ]
  return notes.filter((note) => note !== false)
}
