import { isMissing } from '../../base/bitmap.js'
import type { FeatureMatrix, NumberColumn, NumberValues } from '../../base/matrix.js'
import { type ColumnShape, isStronglySkewed, momentsOf, shapeOf, standardScore } from './moments.js'

/** Which number columns enter as logarithms: by feature. */
export type Scales = readonly boolean[]

/** Returns what is known of each number column; null of texts. */
export function shapesOf(
  { columns }: FeatureMatrix,
  weight: Float64Array | null,
): readonly (ColumnShape | null)[] {
  return columns.map((column) => (column.kind === 'number' ? shapeOf(column, weight) : null))
}

/** Returns the scales of an option: the strongly skewed columns as logarithms, or none. */
export function scalesBySkewness(shapes: readonly (ColumnShape | null)[], skewed: 'log' | 'raw'): Scales {
  return shapes.map((shape) => skewed === 'log' && shape !== null && isStronglySkewed(shape))
}

/**
 * Returns the scales to choose from, without repetition; the first is the one where nothing speaks against it.
 *
 *     the strongly skewed columns        as logarithms
 *     all columns skewed to the right    counts of few events, which are hardly skewed, among them
 *     columns whose logarithm goes along with the outcome more than they do themselves (correlation)
 *     none
 */
export function scaleCandidates(
  features: FeatureMatrix,
  outcome: Uint8Array,
  weight: Float64Array | null,
  shapes: readonly (ColumnShape | null)[],
): Scales[] {
  const all = [
    scalesBySkewness(shapes, 'log'),
    shapes.map((shape) => shape !== null && shape.logUnit !== null && shape.skewness > 0),
    shapes.map((shape, index) => {
      if (shape === null || shape.logUnit === null) return false
      const column = features.columns[index] as NumberColumn<NumberValues>
      const [log, raw] = [true, false].map((asLog) => correlation(column, shape, asLog, outcome, weight))
      return log! > raw!
    }),
    scalesBySkewness(shapes, 'raw'),
  ]
  const keys = all.map((scales) => scales.join())
  return all.filter((_, index) => keys.indexOf(keys[index]!) === index)
}

/** Absolute covariance of standard scores with the outcome: the correlation, but for a factor that is the same for both. */
function correlation(
  column: NumberColumn<NumberValues>,
  shape: ColumnShape,
  asLog: boolean,
  outcome: Uint8Array,
  weight: Float64Array | null,
): number {
  const moments = momentsOf(shape, asLog)
  let sum = 0
  for (let row = 0; row < outcome.length; row++) {
    if (outcome[row] === 0 || isMissing(column.missing, row)) continue
    sum += (weight === null ? 1 : weight[row]!) * standardScore(column.values[row]!, moments)
  }
  // Scores have mean 0 over the known rows, so that those who stayed pull as much the other way.
  return Math.abs(sum)
}
