/** Predictions of rows that the predicting model was not trained on, one entry per prediction. */
export interface PredictedRows {
  /** Shape (predictions): the row in the data, from 0. */
  readonly rows: Int32Array
  /** Shape (predictions), each in (0, 1). */
  readonly probability: Float64Array
  /** Shape (predictions): the place in `folds` of the fold that predicted it. */
  readonly foldOf: Int32Array
  /** Shape (predictions): 1 = churned, 0 = stayed. */
  readonly outcome: Uint8Array
  /** Customer of each prediction. */
  readonly ids: readonly string[]
  /** Shape (predictions); null where the data has no weights. */
  readonly weight: Float64Array | null
}

/** Predictions as plain JSON data. */
export interface PredictedRowsData {
  readonly rows: number[]
  readonly probability: number[]
  readonly foldOf: number[]
  readonly outcome: number[]
  readonly ids: readonly string[]
  readonly weight: number[] | null
}

/** Returns predictions as plain JSON data. */
export function plainPredictions(predicted: PredictedRows): PredictedRowsData {
  const { rows, probability, foldOf, outcome, ids, weight } = predicted
  return {
    rows: [...rows],
    probability: [...probability],
    foldOf: [...foldOf],
    outcome: [...outcome],
    ids,
    weight: weight === null ? null : [...weight],
  }
}
