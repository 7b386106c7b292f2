import { isMissing } from '../base/bitmap.js'
import type { TextColumn } from '../base/matrix.js'

/** Returns the summed weight of each category that occurs. */
export function categoryWeights(column: TextColumn, weight: Float64Array | null): Map<string, number> {
  const weights = new Float64Array(column.dictionary.length)
  for (let row = 0; row < column.codes.length; row++) {
    if (!isMissing(column.missing, row)) weights[column.codes[row]!]! += weight === null ? 1 : weight[row]!
  }
  const byText = new Map<string, number>()
  for (let code = 0; code < weights.length; code++) {
    const text = column.dictionary[code]!
    if (weights[code]! > 0) byText.set(text, (byText.get(text) ?? 0) + weights[code]!)
  }
  return byText
}
