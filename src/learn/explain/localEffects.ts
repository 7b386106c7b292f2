import type { FeatureColumn, FeatureMatrix } from '../../base/matrix.js'
import type { ExplainedRows } from './explainedRows.js'

/** The prediction whose differences are the effects: probabilities or log odds. */
export type Predict = (features: FeatureMatrix) => Float64Array

/** Rows with the column of the feature that is asked about. */
export interface RowsOfFeature extends ExplainedRows {
  readonly column: FeatureColumn
}

/** One value that the feature may have, put into every row, and the share of the customers that it stands for. */
export interface CentreValue {
  readonly column: (rowCount: number) => FeatureColumn
  readonly share: number
}

/** Centred effects along the values of a feature. */
export interface LocalEffects<Value extends number | string> {
  readonly at: Value[]
  readonly effect: number[]
  readonly customers: number[]
  /** The mean of the prediction over these is where effects are 0. */
  readonly centre: readonly CentreValue[]
}

/** Returns the matrix with the column in the place of the one with its name. */
export function withColumn(features: FeatureMatrix, column: FeatureColumn): FeatureMatrix {
  return { ...features, columns: features.columns.map((old) => (old.name === column.name ? column : old)) }
}

/** Returns the running sums of the steps, beginning with 0, less their mean in the given shares. */
export function centred(steps: ArrayLike<number>, shares: readonly number[]): number[] {
  const sums = [0]
  for (let step = 0; step < steps.length; step++) sums.push(sums[step]! + steps[step]!)
  const centre = sums.reduce((total, sum, index) => total + sum * shares[index]!, 0)
  return sums.map((sum) => sum - centre)
}
