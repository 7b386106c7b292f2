import type { MetricName } from '../metrics.js'
import type { FiguresByMetric, FoldMeasurement } from './backtestFigures.js'
import type { PredictedRows } from './predictedRows.js'

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
export interface CrossValidationFigures extends PredictedRows {
  readonly folds: readonly CrossValidationFold[]
  /** Mean ± standard deviation over the folds; null where no fold has a figure. */
  readonly overFolds: Readonly<Partial<Record<MetricName, OverFolds | null>>>
  /** All test rows as one list; intervals by customer. */
  readonly pooled: FiguresByMetric
  /** Level of all intervals, in (0, 1). */
  readonly level: number
  /** What the reader must know before the figures, in whole sentences. */
  readonly notes: readonly string[]
}
