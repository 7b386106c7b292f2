import { formatDay } from '../../base/days.js'
import { type PlainData, resultOf } from '../../base/result.js'
import { textTable } from '../../base/textTable.js'
import { wrapText } from '../../base/wrapText.js'
import {
  countText,
  decimal,
  figuresTable,
  headings,
  intervalHeading,
  limits,
  notesAt,
  shareText,
} from '../figureTexts.js'
import type { MetricName } from '../metrics.js'
import { metricWords } from '../metrics.js'
import { driftWords, type MetricDrift } from './drift.js'
import type { BacktestFold, PooledFigures } from './foldPredictions.js'

/** The figures of a backtest. */
export interface BacktestFigures extends PooledFigures {
  /** One per tested cutoff, in time. */
  readonly folds: readonly BacktestFold[]
  /** One per metric with figures at three cutoffs or more, then base rate and mean probability. */
  readonly drift: readonly MetricDrift[]
}

/** A backtest as plain JSON data. */
export type BacktestData = PlainData<BacktestFigures>

/** How good models were, cutoff after cutoff: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class Backtest extends resultOf<BacktestFigures>(backtestText) {}

function backtestText(figures: BacktestFigures): string {
  const { folds, notes } = figures
  const named = folds.map((fold) => ({ ...fold, name: formatDay(fold.cutoff) }))
  return [
    ...wrapText(title(figures)),
    ...[...notes, ...notesAt(named)].flatMap((note) => wrapText(`Note: ${note}`)),
    '',
    countsTable(figures),
    '',
    figuresTable('cutoff', named),
    '',
    overTimeTable(figures),
    ...driftLines(figures),
  ].join('\n')
}

function title({ folds, ids, outcome }: BacktestFigures): string {
  const customers = new Set(ids).size
  const churned = outcome.reduce((sum, value) => sum + value, 0)
  return (
    `Backtest at ${folds.length} ${folds.length === 1 ? 'cutoff' : 'cutoffs'}: ${countText(customers)} customers, ` +
    `${countText(outcome.length)} predictions, ${countText(churned)} of them churned`
  )
}

function countsTable({ folds }: BacktestFigures): string {
  return textTable(
    headings('cutoff', 'trained up to', 'rows', 'purged', 'tested', 'churners', 'rate', 'predicted'),
    folds.map((fold) => {
      const last = fold.trainCutoffs.at(-1)
      return [
        formatDay(fold.cutoff),
        last === undefined ? '-' : `${formatDay(last)}${fold.refitted ? '' : ' (kept)'}`,
        countText(fold.trainRows),
        countText(fold.purgedRows),
        countText(fold.testRows),
        countText(fold.churners),
        shareText(fold.baseRate),
        shareText(fold.meanProbability),
      ]
    }),
  )
}

function overTimeTable({ pooled, drift, level }: BacktestFigures): string {
  const interval = intervalHeading(level)
  return textTable(
    headings('', 'all cutoffs', interval, 'a month', interval),
    (Object.keys(pooled) as MetricName[]).map((metric) => {
      const change = drift.find((one) => one.metric === metric)?.perMonth
      return [
        metricWords(metric),
        decimal(pooled[metric]?.value),
        limits(pooled[metric]),
        change === undefined ? '-' : decimal(change.value),
        limits(change),
      ]
    }),
  )
}

function driftLines({ drift }: BacktestFigures): string[] {
  if (drift.length === 0) return []
  const still = drift.filter(({ shown }) => !shown)
  const none = `No drift can be shown of ${still.map(({ metric }) => driftWords(metric)).join('; ')}.`
  return [
    '',
    ...drift.filter(({ shown }) => shown).flatMap(({ sentence }) => wrapText(sentence)),
    ...(still.length === 0 ? [] : wrapText(none)),
  ]
}
