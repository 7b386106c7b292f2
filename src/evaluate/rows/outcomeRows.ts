import { isNumberList } from '../../base/valueProblems.js'
import { orderFreeSum } from './orderFreeSum.js'

/** Probabilities and outcomes of the same customers, checked, as arrays of one kind. */
export interface OutcomeRows {
  /** Shape (n), each in [0, 1]. */
  readonly probability: Float64Array
  /** Shape (n), 1 = churned, 0 = stayed; both occur with a weight above 0. */
  readonly outcome: Uint8Array
  /** Shape (n), each 0 or in [1e-100, 1e100], above 0 in both classes; null where all are 1. */
  readonly weight: Float64Array | null
}

/**
 * Returns the rows, or null where any rule is broken: `scoredRowProblems` then says which.
 *
 * A Float64Array of probabilities and a Uint8Array of outcomes are taken as they are, other lists are copied into
 * such: each kind of list that a loop meets makes it slower.
 */
export function readRows(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): OutcomeRows | null {
  const lists = weight === undefined ? [probability, outcome] : [probability, outcome, weight]
  if (!lists.every((list) => isNumberList(list) && list.length === probability.length)) return null
  const rows = {
    probability: asNumbers(probability),
    outcome: asOutcomes(outcome),
    weight: weight === undefined ? null : asNumbers(weight),
  }
  const right =
    areProbabilities(rows.probability) &&
    (rows.weight === null ? areOutcomes(rows.outcome) : areWeighted(rows.outcome, rows.weight))
  return right ? rows : null
}

function asNumbers(list: ArrayLike<number>): Float64Array {
  if (list instanceof Float64Array) return list
  if (list instanceof Float32Array) return new Float64Array(list)
  const numbers = new Float64Array(list.length)
  for (let row = 0; row < numbers.length; row++) {
    const value: unknown = list[row]
    numbers[row] = typeof value === 'number' ? value : Number.NaN
  }
  return numbers
}

const noOutcome = 2

function asOutcomes(list: ArrayLike<number>): Uint8Array {
  if (list instanceof Uint8Array) return list
  const outcomes = new Uint8Array(list.length)
  for (let row = 0; row < outcomes.length; row++) {
    const value = list[row]
    outcomes[row] = value === 0 || value === 1 ? value : noOutcome
  }
  return outcomes
}

function areProbabilities(values: Float64Array): boolean {
  for (let row = 0; row < values.length; row++) if (!(values[row]! >= 0 && values[row]! <= 1)) return false
  return true
}

function areOutcomes(outcome: Uint8Array): boolean {
  let churners = 0
  for (let row = 0; row < outcome.length; row++) {
    if (outcome[row]! > 1) return false
    churners += outcome[row]!
  }
  return churners > 0 && churners < outcome.length
}

function areWeighted(outcome: Uint8Array, weight: Float64Array): boolean {
  const found = [false, false]
  for (let row = 0; row < outcome.length; row++) {
    if (outcome[row]! > 1 || !isWeight(weight[row]!)) return false
    if (weight[row]! > 0) found[outcome[row]!] = true
  }
  return found[0]! && found[1]!
}

/** True for a weight whose products with other weights neither vanish nor overflow, so that no metric becomes NaN. */
export function isWeight(value: number): boolean {
  return value === 0 || (value >= 1e-100 && value <= 1e100)
}

/**
 * Returns the weighted mean of a term per row, without sorting; the order of rows does not matter, to the last bit.
 *
 * @param largest no term is larger, in absolute value
 * @param put puts the terms from row `from` on into its first argument, as many as it holds; what it puts for rows of
 *   weight 0 is not read
 */
export function meanOfRows(
  { probability, weight }: OutcomeRows,
  largest: number,
  put: (terms: Float64Array, from: number) => void,
): number {
  const count = probability.length
  if (weight === null) return orderFreeSum(count, largest, put) / count
  const greatest = weight.reduce((a, b) => Math.max(a, b), 0)
  const sum = orderFreeSum(count, largest * greatest, (terms, from) => {
    put(terms, from)
    for (let index = 0; index < terms.length; index++) {
      terms[index] = weight[from + index] === 0 ? 0 : terms[index]! * weight[from + index]!
    }
  })
  return (
    sum /
    orderFreeSum(count, greatest, (terms, from) => terms.set(weight.subarray(from, from + terms.length)))
  )
}
