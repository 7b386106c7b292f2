import { z } from 'zod'
import { HoldfastError } from '../../base/errors.js'
import { checkRows, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import { meanOfRows } from '../rows/meanOfRows.js'
import type { OutcomeRows } from '../rows/outcomeRows.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/** How `logLoss` treats certainty. */
export interface LogLossOptions extends WeightOptions {
  /** Probabilities are moved into [clip, 1 − clip] first. In [0, 0.5). Default 0: nothing is moved. */
  readonly clip?: number
}

const logLossOptions = weightOptions.extend({ clip: z.number().gte(0).lt(0.5).default(0) })

/**
 * Returns the mean negative log likelihood of the outcomes under the predicted probabilities, in nats.
 *
 * The measure of the probabilities themselves: it is smallest in expectation for the true ones. Use it to compare
 * models on the same customers. It punishes a confident error without limit: see `brierScore` for one with a limit.
 *
 *     log loss = −mean( y·ln p + (1 − y)·ln(1 − p) )      with 0·ln 0 = 0
 *
 * A churner with p = 0, or a stayer with p = 1, makes it infinite. That is refused and not silently clipped: one
 * clipped row costs 36 at machine precision and 7 at 0.001, so the clip and not the model decides the figure. Give
 * `clip` to choose. Models of holdfast never answer exactly 0 or 1.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns in [0, ∞); predicting the base rate b for all costs −b·ln b − (1 − b)·ln(1 − b)
 * @throws {HoldfastError} `out-of-range` if a certain prediction is wrong and `clip` is 0; `one-class`,
 *   `length-differs`, `table-empty`, `value-missing`: all at once
 *
 * O(n) time without sorting, O(1) memory. The order of rows does not matter, to the last bit.
 *
 * @example
 * logLoss([0.5, 0.5], [1, 0])   // ln 2
 * // => 0.6931471805599453
 *
 * @see Good (1952), Rational Decisions
 * @see {@link brierScore}, {@link calibrationError}
 */
export function logLoss(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: LogLossOptions,
): number {
  const { rows, checked } = checkRows('logLoss', logLossOptions, probability, outcome, options)
  const wrong = checked.clip === 0 ? rowsWronglyCertain(rows) : 0
  if (wrong > 0) {
    throw new HoldfastError('logLoss', [
      {
        code: 'out-of-range',
        parameter: 'probability',
        rule: 'to be above 0 for every churner and below 1 for every customer who stayed',
        count: wrong,
        wayOut:
          'Predict no certainties, or choose what one costs by an option such as { clip: 1e-6 }, and say so.',
      },
    ])
  }
  return meanOfRows(rows, largestLoss, (terms, from) => {
    putLosses(terms, rows, from, checked.clip)
  })
}

/** −ln of the smallest number above 0 is 744.4. */
const largestLoss = 745

function putLosses(terms: Float64Array, rows: OutcomeRows, from: number, clip: number): void {
  const { probability, outcome } = rows
  for (let index = 0; index < terms.length; index++) {
    const p = Math.min(Math.max(probability[from + index]!, clip), 1 - clip)
    terms[index] = outcome[from + index] === 1 ? -Math.log(p) : -Math.log1p(-p)
  }
}

function rowsWronglyCertain({ probability, outcome, weight }: OutcomeRows): number {
  let rows = 0
  for (let row = 0; row < probability.length; row++) {
    if (probability[row] === 1 - outcome[row]! && weight?.[row] !== 0) rows++
  }
  return rows
}

/** Returns the weight of churners with probability 0 and stayers with probability 1: where log loss is infinite. */
export function wronglyCertain(ranked: RankedOutcomes): number {
  const last = ranked.probability.length - 1
  return (
    (ranked.probability[0] === 1 ? ranked.stayed[0]! : 0) +
    (ranked.probability[last] === 0 ? ranked.churned[last]! : 0)
  )
}

/** Like {@link logLoss}, from the sorted form; infinite where {@link wronglyCertain} is above 0. O(groups). */
export function logLossOf(ranked: RankedOutcomes, clip = 0): number {
  const { probability, churned, stayed, customers } = ranked
  let sum = 0
  for (let group = 0; group < probability.length; group++) {
    const p = Math.min(Math.max(probability[group]!, clip), 1 - clip)
    if (churned[group]! > 0) sum -= churned[group]! * Math.log(p)
    if (stayed[group]! > 0) sum -= stayed[group]! * Math.log1p(-p)
  }
  return sum / customers
}
