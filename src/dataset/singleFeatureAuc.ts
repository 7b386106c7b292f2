import { isMissing } from '../base/bitmap.js'
import type { FeatureColumn } from '../base/matrix.js'

/**
 * Returns how well a single column separates churners from stayers: the AUC of its values, ascending or descending,
 * with missing ones below or above all others, whichever is best.
 *
 *     AUC = P(value of a churner > value of a stayer) + P(equal) / 2, then max(AUC, 1 − AUC)
 *
 * A text is replaced by the share of churners among the rows with that text, smoothed by one row at the base rate and
 * computed on the other half of the rows (odd for even, even for odd), so that a column of many rare texts does not
 * look good by having seen the answer. Texts that the other half lacks, and missing ones, get the base rate.
 *
 * @param rows the rows to look at, with both outcomes among them
 * @returns in [0.5, 1]; 0.5 = no information
 *
 * O(rows log rows) time, O(rows) memory.
 */
export function singleFeatureAuc(
  column: FeatureColumn,
  outcome: Uint8Array,
  rows: ArrayLike<number>,
): number {
  if (column.kind === 'text') return bestWay(aucOf(churnShares(column, outcome, rows), outcome, rows))
  const values = Float64Array.from(rows, (row) => column.values[row]!)
  if (column.missing === null) return bestWay(aucOf(values, outcome, rows))
  return Math.max(
    ...[-Infinity, Infinity].map((place) => {
      const placed = values.map((value, index) => (isMissing(column.missing, rows[index]!) ? place : value))
      return bestWay(aucOf(placed, outcome, rows))
    }),
  )
}

function bestWay(auc: number): number {
  return Math.max(auc, 1 - auc)
}

/** The Mann-Whitney statistic of scores in the order of `rows`. */
function aucOf(scores: Float64Array, outcome: Uint8Array, rows: ArrayLike<number>): number {
  const [churned, stayed] = [new Float64Array(scores.length), new Float64Array(scores.length)]
  let churners = 0
  for (let index = 0; index < scores.length; index++) {
    if (outcome[rows[index]!] === 1) churned[churners++] = scores[index]!
    else stayed[index - churners] = scores[index]!
  }
  return shareInOrder(
    churned.subarray(0, churners).sort(),
    stayed.subarray(0, scores.length - churners).sort(),
  )
}

/** Returns the share of pairs in which the churner has the higher score, equal ones half; both are ascending. */
function shareInOrder(churned: Float64Array, stayed: Float64Array): number {
  let [below, equal, pairsInOrder] = [0, 0, 0]
  for (const score of churned) {
    while (below < stayed.length && stayed[below]! < score) below++
    equal = Math.max(equal, below)
    while (equal < stayed.length && stayed[equal]! <= score) equal++
    pairsInOrder += (below + equal) / 2
  }
  return pairsInOrder / (churned.length * stayed.length)
}

function churnShares(
  column: Extract<FeatureColumn, { kind: 'text' }>,
  outcome: Uint8Array,
  rows: ArrayLike<number>,
): Float64Array {
  const codes = column.dictionary.length
  const [count, churned] = [new Float64Array(2 * codes), new Float64Array(2 * codes)]
  let churners = 0
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    churners += outcome[row]!
    if (isMissing(column.missing, row)) continue
    const place = (index % 2) * codes + column.codes[row]!
    count[place]!++
    churned[place]! += outcome[row]!
  }
  const baseRate = churners / rows.length
  return Float64Array.from(rows, (row, index) => {
    if (isMissing(column.missing, row)) return baseRate
    const place = ((index + 1) % 2) * codes + column.codes[row]!
    return (churned[place]! + baseRate) / (count[place]! + 1)
  })
}
