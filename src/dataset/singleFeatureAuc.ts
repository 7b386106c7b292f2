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
 * @param asked an AUC of which it is only asked whether it is exceeded; 0 = the AUC itself is asked
 * @returns in [0.5, 1]; 0.5 = no information; or a number between the AUC and `asked`, if the AUC is not above it
 *
 * O(rows log rows) time, O(rows) if counts of values in 512 stretches tell that `asked` is not exceeded; O(rows) memory.
 */
export function singleFeatureAuc(
  column: FeatureColumn,
  outcome: Uint8Array,
  rows: ArrayLike<number>,
  asked = 0,
): number {
  const happened = new Uint8Array(rows.length)
  for (let index = 0; index < happened.length; index++) happened[index] = outcome[rows[index]!]!
  const best = (scores: Float64Array): number => {
    const most = asked === 0 ? 1 : mostAuc(scores, happened)
    return most <= asked ? most : bestWay(aucOf(scores, happened))
  }
  if (column.kind === 'text') return best(churnShares(column, outcome, rows))
  const values = new Float64Array(rows.length)
  for (let index = 0; index < values.length; index++) values[index] = column.values[rows[index]!]!
  if (column.missing === null) return best(values)
  return Math.max(
    ...[-Infinity, Infinity].map((place) =>
      best(values.map((value, index) => (isMissing(column.missing, rows[index]!) ? place : value))),
    ),
  )
}

const stretches = 512
/** More than the rounding of an AUC. */
const asExact = 1e-9

/**
 * Returns what the AUC, read either way, can be at most, by how many of either outcome have a score in each of some
 * stretches of equal length: of pairs in one stretch nothing is known. O(rows) time.
 */
function mostAuc(scores: Float64Array, happened: Uint8Array): number {
  let [least, greatest] = [Infinity, -Infinity]
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index]!
    if (score === -Infinity || score === Infinity) continue
    if (score < least) least = score
    if (score > greatest) greatest = score
  }
  const perUnit = stretches / (greatest - least)
  // Neither where all are equal, nor where their distance is beyond numbers
  const isSpread = greatest > least && perUnit > 0 && perUnit < Infinity
  // One more on each side is for missing ones
  const counts = [new Float64Array(stretches + 2), new Float64Array(stretches + 2)]
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index]!
    const place =
      score === -Infinity
        ? 0
        : score === Infinity
          ? stretches + 1
          : isSpread
            ? 1 + Math.min(Math.floor((score - least) * perUnit), stretches - 1)
            : 1
    counts[happened[index]!]![place]! += 1
  }
  const [stayed, churned] = [counts[0]!, counts[1]!]
  let [stayers, churners, inOrder, together] = [0, 0, 0, 0]
  for (let place = 0; place < stayed.length; place++) {
    inOrder += churned[place]! * stayers
    together += churned[place]! * stayed[place]!
    stayers += stayed[place]!
    churners += churned[place]!
  }
  const pairs = churners * stayers
  return Math.max(inOrder + together, pairs - inOrder) / pairs + asExact
}

function bestWay(auc: number): number {
  return Math.max(auc, 1 - auc)
}

/** The Mann-Whitney statistic of scores. */
function aucOf(scores: Float64Array, happened: Uint8Array): number {
  const [churned, stayed] = [new Float64Array(scores.length), new Float64Array(scores.length)]
  let churners = 0
  for (let index = 0; index < scores.length; index++) {
    if (happened[index] === 1) churned[churners++] = scores[index]!
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
