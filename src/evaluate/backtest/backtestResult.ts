import type { BacktestFigures } from './backtestFigures.js'
import { backtestText } from './backtestText.js'
import { type PredictedRowsData, plainPredictions } from './predictedRows.js'

/** A backtest as plain JSON data. */
export type BacktestData = Omit<BacktestFigures, keyof PredictedRowsData> & PredictedRowsData

/** How good models were, cutoff after cutoff: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class Backtest implements BacktestFigures {
  declare readonly folds: BacktestFigures['folds']
  declare readonly drift: BacktestFigures['drift']
  declare readonly pooled: BacktestFigures['pooled']
  declare readonly level: BacktestFigures['level']
  declare readonly rows: BacktestFigures['rows']
  declare readonly probability: BacktestFigures['probability']
  declare readonly foldOf: BacktestFigures['foldOf']
  declare readonly outcome: BacktestFigures['outcome']
  declare readonly ids: BacktestFigures['ids']
  declare readonly weight: BacktestFigures['weight']
  declare readonly notes: BacktestFigures['notes']

  constructor(figures: BacktestFigures) {
    Object.assign(this, figures)
    Object.freeze(this)
  }

  /** Returns the backtest as an aligned table of at most 80 columns for up to five metrics. */
  toString(): string {
    return backtestText(this)
  }

  /** Returns the backtest as plain data. */
  toJSON(): BacktestData {
    return { ...this, ...plainPredictions(this) }
  }
}
