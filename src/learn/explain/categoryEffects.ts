import type { TextColumn } from '../../base/matrix.js'
import type { ExplainedRows } from './explainedRows.js'
import { centred, type LocalEffects, type Predict, withColumn } from './localEffects.js'

/** Returns the accumulated local effects of a text; every row has a category. Three predictions per row. */
export function categoryEffects(
  rows: ExplainedRows,
  column: TextColumn,
  predict: Predict,
): LocalEffects<string> {
  const own = predict(rows.features)
  const { order, customers } = byMeanPrediction(column, rows.weight, own)
  const placeOf = new Int32Array(column.dictionary.length)
  order.forEach((code, place) => {
    placeOf[code] = place
  })
  const last = order.length - 1
  const moved = (by: -1 | 1): Float64Array => {
    const codes = column.codes.map(
      (code) => order[Math.min(Math.max(placeOf[code]! + by, 0), Math.max(last, 0))]!,
    )
    return predict(withColumn(rows.features, { ...column, codes, missing: null }))
  }
  const [before, after] = [moved(-1), moved(1)]
  const differences = new Float64Array(Math.max(last, 0))
  for (let row = 0; row < own.length; row++) {
    const place = placeOf[column.codes[row]!]!
    if (place > 0) differences[place - 1]! += rows.weight[row]! * (own[row]! - before[row]!)
    if (place < last) differences[place]! += rows.weight[row]! * (after[row]! - own[row]!)
  }
  const steps = differences.map((sum, place) => sum / (customers[place]! + customers[place + 1]!))
  const total = customers.reduce((sum, each) => sum + each, 0)
  const shares = customers.map((each) => each / total)
  const centre = order.map((code, place) => ({
    column: (rowCount: number): TextColumn => {
      return { ...column, codes: new Int32Array(rowCount).fill(code), missing: null }
    },
    share: shares[place]!,
  }))
  const effect = order.length === 0 ? [] : centred(steps, shares)
  return { at: order.map((code) => column.dictionary[code]!), effect, customers, centre }
}

/** Returns the codes that occur, the lowest mean prediction first and equal ones by their text, and their weights. */
function byMeanPrediction(
  { codes, dictionary }: TextColumn,
  weight: Float64Array,
  prediction: Float64Array,
): { readonly order: number[]; readonly customers: number[] } {
  const sums = new Float64Array(dictionary.length)
  const weights = new Float64Array(dictionary.length)
  for (let row = 0; row < codes.length; row++) {
    sums[codes[row]!]! += weight[row]! * prediction[row]!
    weights[codes[row]!]! += weight[row]!
  }
  const means = sums.map((sum, code) => sum / weights[code]!)
  const order = Array.from(dictionary.keys())
    .filter((code) => weights[code]! > 0)
    .sort((a, b) => means[a]! - means[b]! || (dictionary[a]! < dictionary[b]! ? -1 : 1))
  return { order, customers: order.map((code) => weights[code]!) }
}
