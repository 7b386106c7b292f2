import { isMissing } from '../../base/bitmap.js'
import { type FeatureColumn, takeRows, takeValues } from '../../base/matrix.js'
import type { ExplainedRows } from './explainedRows.js'
import { type CentreValue, type Predict, type RowsOfFeature, withColumn } from './localEffects.js'

/** Returns the rows where the feature has a value, and the others; null where there are no others. */
export function splitByMissing(
  rows: ExplainedRows,
  column: FeatureColumn,
): { readonly known: RowsOfFeature; readonly missing: RowsOfFeature | null } {
  const features = withColumn(rows.features, column)
  if (column.missing === null) return { known: { ...rows, features, column }, missing: null }
  const all = Int32Array.from({ length: features.rowCount }, (_, row) => row)
  const part = (wanted: boolean): RowsOfFeature => {
    const kept = all.filter((row) => isMissing(column.missing, row) === wanted)
    const taken = takeRows(features, kept)
    const own = taken.columns.find(({ name }) => name === column.name)!
    return { features: taken, weight: takeValues(rows.weight, kept), column: own }
  }
  const missing = part(true)
  return { known: part(false), missing: missing.weight.length === 0 ? null : missing }
}

/**
 * Returns what it does to these rows that their value is not known, against the values of the other customers; 0 where
 * there are none to compare with. One prediction per row and centre value.
 */
export function missingEffect(
  { features, weight }: RowsOfFeature,
  centre: readonly CentreValue[],
  predict: Predict,
): { readonly effect: number; readonly customers: number } {
  const customers = weight.reduce((sum, each) => sum + each, 0)
  if (centre.length === 0) return { effect: 0, customers }
  const weighted = (predictions: Float64Array): number =>
    predictions.reduce((sum, prediction, row) => sum + weight[row]! * prediction, 0) / customers
  const known = centre.reduce(
    (sum, { column, share }) => sum + share * weighted(predict(withColumn(features, column(weight.length)))),
    0,
  )
  return { effect: weighted(predict(features)) - known, customers }
}
