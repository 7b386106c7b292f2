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
} from '../figureTexts.js'
import type { MetricName } from '../metrics.js'
import { metricWords } from '../metrics.js'
import type { FoldMeasurement, PooledFigures } from './foldPredictions.js'

/** One fold: tested with a model that was trained on all others. */
export interface CrossValidationFold extends FoldMeasurement {
  /** Which draw of folds, from 0. */
  readonly repeat: number
  /** Number of the fold, from 0. */
  readonly fold: number
  readonly trainRows: number
}

/** A metric over the folds in which it has a figure. */
export interface OverFolds {
  readonly mean: number
  /** Of the sample (n − 1); null of a single fold. */
  readonly standardDeviation: number | null
  readonly folds: number
}

/** The figures of a cross-validation. */
export interface CrossValidationFigures extends PooledFigures {
  readonly folds: readonly CrossValidationFold[]
  /** Mean ± standard deviation over the folds; null where no fold has a figure. */
  readonly overFolds: Readonly<Partial<Record<MetricName, OverFolds | null>>>
}

/** A cross-validation as plain JSON data. */
export type CrossValidationData = PlainData<CrossValidationFigures>

/** How good models are on rows held out in turn: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class CrossValidation extends resultOf<CrossValidationFigures>(crossValidationText) {}

function crossValidationText(figures: CrossValidationFigures): string {
  const { folds, notes, outcome } = figures
  const repeats = new Set(folds.map(({ repeat }) => repeat)).size
  const named = folds.map((fold) => ({
    ...fold,
    name: repeats === 1 ? `${fold.fold}` : `${fold.fold} of draw ${fold.repeat}`,
  }))
  const churned = outcome.reduce((sum, value) => sum + value, 0)
  return [
    ...wrapText(
      `Cross-validation in ${folds.length} folds: ${countText(outcome.length)} predictions, ${countText(churned)} of them churned`,
    ),
    ...[...notes, ...notesAt(named)].flatMap((note) => wrapText(`Note: ${note}`)),
    '',
    figuresTable('fold', named),
    '',
    overFoldsTable(figures),
  ].join('\n')
}

function overFoldsTable({ overFolds, pooled, level }: CrossValidationFigures): string {
  return textTable(
    headings('', 'mean of folds', 'sd', 'as one list', intervalHeading(level)),
    (Object.keys(pooled) as MetricName[]).map((metric) => [
      metricWords(metric),
      decimal(overFolds[metric]?.mean),
      decimal(overFolds[metric]?.standardDeviation ?? undefined),
      decimal(pooled[metric]?.value),
      limits(pooled[metric]),
    ]),
  )
}
