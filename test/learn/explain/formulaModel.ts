import { isMissing } from '../../../src/base/bitmap.js'
import type { FeatureMatrix, FeatureSpec } from '../../../src/base/matrix.js'
import { logit, sigmoid } from '../../../src/base/statistics.js'
import type { ChurnModel } from '../../../src/learn/contract.js'

/** The value of a feature in one row; null where it is missing. */
export type ValueOf = (feature: string) => number | string | null

/** A model whose log odds are a formula, so that its effects can be derived by hand. */
export function formulaModel(features: readonly FeatureSpec[], formula: (of: ValueOf) => number): ChurnModel {
  const margin = (matrix: FeatureMatrix): Float64Array => {
    const columns = new Map(matrix.columns.map((column) => [column.name, column]))
    return Float64Array.from({ length: matrix.rowCount }, (_, row) =>
      formula((feature) => {
        const column = columns.get(feature)!
        if (isMissing(column.missing, row)) return null
        return column.kind === 'number' ? column.values[row]! : column.dictionary[column.codes[row]!]!
      }),
    )
  }
  return {
    learner: 'formula',
    features,
    baseRate: 0.5,
    margin,
    probability: (matrix) => margin(matrix).map(sigmoid),
    contributions: (matrix) => ({
      scale: 'log-odds',
      base: logit(0.5),
      values: features.map(() => new Float64Array(matrix.rowCount)),
    }),
    state: () => ({}),
  }
}
