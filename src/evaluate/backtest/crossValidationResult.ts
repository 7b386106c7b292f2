import type { CrossValidationFigures } from './crossValidationFigures.js'
import { crossValidationText } from './crossValidationText.js'
import { type PredictedRowsData, plainPredictions } from './predictedRows.js'

/** A cross-validation as plain JSON data. */
export type CrossValidationData = Omit<CrossValidationFigures, keyof PredictedRowsData> & PredictedRowsData

/** How good models are on rows held out in turn: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class CrossValidation implements CrossValidationFigures {
  declare readonly folds: CrossValidationFigures['folds']
  declare readonly overFolds: CrossValidationFigures['overFolds']
  declare readonly pooled: CrossValidationFigures['pooled']
  declare readonly level: CrossValidationFigures['level']
  declare readonly rows: CrossValidationFigures['rows']
  declare readonly probability: CrossValidationFigures['probability']
  declare readonly foldOf: CrossValidationFigures['foldOf']
  declare readonly outcome: CrossValidationFigures['outcome']
  declare readonly ids: CrossValidationFigures['ids']
  declare readonly weight: CrossValidationFigures['weight']
  declare readonly notes: CrossValidationFigures['notes']

  constructor(figures: CrossValidationFigures) {
    Object.assign(this, figures)
    Object.freeze(this)
  }

  /** Returns the cross-validation as aligned tables of at most 80 columns for up to five metrics. */
  toString(): string {
    return crossValidationText(this)
  }

  /** Returns the cross-validation as plain data. */
  toJSON(): CrossValidationData {
    return { ...this, ...plainPredictions(this) }
  }
}
