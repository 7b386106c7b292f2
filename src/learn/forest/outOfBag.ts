import { Bitmap } from '../../base/bitmap.js'
import { certainty } from '../margin.js'

/** What a forest says of its own training rows, each by the trees that were grown without any row of its customer. */
export interface OutOfBag {
  /** Shape (rows of the training data), each in [0, 1]; 0 behind a missing bit. */
  readonly probability: Float64Array
  /** Rows whose customer every tree has seen, and rows of weight 0: nothing can be said of them. Null where there are none. */
  readonly missing: Bitmap | null
  /** Weighted share of rows on the wrong side of 0.5. */
  readonly error: number
  /** Weighted mean of (probability - outcome)². */
  readonly brierScore: number
  /** Weighted mean of -ln(probability of what happened), probabilities kept within [1e-15, 1 - 1e-15]. */
  readonly logLoss: number
}

/** Sums of a training over the trees that did not see a row. */
export interface OutOfBagSums {
  /** Shape (counted rows): sum of probabilities. */
  readonly sums: Float64Array
  /** Shape (counted rows): number of trees. */
  readonly counts: Uint32Array
}

/**
 * Returns what the trees say of the rows that they did not see; null where no row was left out by any tree.
 *
 * @param counted the row of the training data of each counted row; null where all count
 */
export function outOfBagOf(
  { sums, counts }: OutOfBagSums,
  counted: Int32Array | null,
  rowCount: number,
  outcome: Uint8Array,
  weight: Float64Array | null,
): OutOfBag | null {
  const probability = new Float64Array(rowCount)
  const isKnown = new Uint8Array(rowCount)
  let [total, wrong, squares, losses] = [0, 0, 0, 0]
  for (let row = 0; row < counts.length; row++) {
    if (counts[row] === 0) continue
    const place = counted === null ? row : counted[row]!
    const said = sums[row]! / counts[row]!
    probability[place] = said
    isKnown[place] = 1
    const rowWeight = weight === null ? 1 : weight[row]!
    const ofOutcome = outcome[row] === 1 ? said : 1 - said
    total += rowWeight
    wrong += rowWeight * Number(said > 0.5 !== (outcome[row] === 1))
    squares += rowWeight * (1 - ofOutcome) ** 2
    losses -= rowWeight * Math.log(Math.min(Math.max(ofOutcome, certainty), 1 - certainty))
  }
  if (total === 0) return null
  const missing = Bitmap.where(rowCount, (row) => isKnown[row] === 0)
  return { probability, missing, error: wrong / total, brierScore: squares / total, logLoss: losses / total }
}
