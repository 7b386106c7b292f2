import { orderFreeSum } from './orderFreeSum.js'
import type { OutcomeRows } from './outcomeRows.js'

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
