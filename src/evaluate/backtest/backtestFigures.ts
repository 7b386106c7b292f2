import type { EpochDay } from '../../base/days.js'
import type { Interval } from '../interval/bootstrapInterval.js'
import type { MetricName } from '../metrics.js'
import type { PredictedRows } from './predictedRows.js'

/** Figures by metric; null where the metric is not defined. */
export type FiguresByMetric = Readonly<Partial<Record<MetricName, Interval | null>>>

/** What the test rows of a fold are measured to be. */
export interface FoldMeasurement {
  readonly testRows: number
  /** Weight of the churners among the test rows. */
  readonly churners: number
  /** Weighted share of churners of the test rows; null where there are none. */
  readonly baseRate: number | null
  /** Weighted mean of the predictions; null where there are none. */
  readonly meanProbability: number | null
  readonly figures: FiguresByMetric
  /** Why figures are null or not to be relied on; null where nothing is to be said. */
  readonly note: string | null
}

/** One cutoff tested with a model that knew only outcomes from before it. */
export interface BacktestFold extends FoldMeasurement {
  /** The cutoff of the test rows. */
  readonly cutoff: EpochDay
  /** Cutoffs of the rows that the model was trained on, in time. */
  readonly trainCutoffs: readonly EpochDay[]
  readonly trainRows: number
  /** Rows of earlier cutoffs whose outcome was not known when the model was trained. */
  readonly purgedRows: number
  /** True where a model was trained for this fold, false where one of an earlier fold was used, or none. */
  readonly refitted: boolean
}

/** What drift is looked for in. */
export type DriftName = MetricName | 'baseRate' | 'meanProbability'

/** How a figure moves from cutoff to cutoff. */
export interface MetricDrift {
  readonly metric: DriftName
  /** Change per month (365.25 / 12 days), with its interval. */
  readonly perMonth: Interval
  /** Cutoffs that the line goes through. */
  readonly cutoffs: number
  /** True where the interval does not hold 0. */
  readonly shown: boolean
  /** The finding in words. */
  readonly sentence: string
}

/** The figures of a backtest. */
export interface BacktestFigures extends PredictedRows {
  /** One per tested cutoff, in time. */
  readonly folds: readonly BacktestFold[]
  /** One per metric with figures at three cutoffs or more, then base rate and mean probability. */
  readonly drift: readonly MetricDrift[]
  /** All test rows as one list; intervals by customer, who may be in it once a cutoff. */
  readonly pooled: FiguresByMetric
  /** Level of all intervals, in (0, 1). */
  readonly level: number
  /** What the reader must know before the figures, in whole sentences. */
  readonly notes: readonly string[]
}
