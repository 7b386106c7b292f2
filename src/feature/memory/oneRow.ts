import { Bitmap } from '../../base/bitmap.js'
import { type FeatureColumn, type FeatureMatrix, numberColumn, textColumn } from '../../base/matrix.js'
import type { CompiledFeature } from './compileRules.js'
import type { Asked } from './ruleProgram.js'

/** Result of running a program. */
export interface ProgramValues {
  /** By slot; NaN = missing. */
  readonly values: Float64Array
  readonly asked: Asked
}

/** Returns the features as a matrix of one row. */
export function oneRow(features: readonly CompiledFeature[], ran: ProgramValues): FeatureMatrix {
  return { rowCount: 1, columns: features.map((feature) => oneCell(feature, ran)) }
}

const missingOnly = Bitmap.where(1, () => true)

function oneCell(feature: CompiledFeature, { values, asked }: ProgramValues): FeatureColumn {
  const { kind, name } = feature
  if (kind === 'text') return textColumn(name, [feature.read(values, asked)])
  const value = values[feature.slot]!
  if (Number.isNaN(value)) return { kind, name, values: new Float64Array(1), missing: missingOnly }
  return numberColumn(name, [value])
}
