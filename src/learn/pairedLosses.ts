import { customerCount } from '../base/dealCustomers.js'

/** By how much losses exceed others of the same rows in sum, with the standard error. */
export interface LossDifference {
  readonly sum: number
  readonly standardError: number
}

/**
 * Returns by how much losses exceed others, from the paired differences of customers.
 *
 * @param customerOf shape (rows): the customer of each row, numbered from 0; null where each row is a customer of its own
 */
export function lossDifference(
  losses: Float64Array,
  others: Float64Array,
  customerOf: Int32Array | null,
): LossDifference {
  const differences = customerTotals(
    losses.map((loss, row) => loss - others[row]!),
    customerOf,
  )
  const count = differences.length
  const sum = total(differences)
  const squares = differences.reduce((all, difference) => all + difference * difference, 0)
  return { sum, standardError: Math.sqrt(Math.max(squares - (sum * sum) / count, 0)) }
}

/** The sum of each customer's values. */
function customerTotals(values: Float64Array, customerOf: Int32Array | null): Float64Array {
  if (customerOf === null) return values
  const totals = new Float64Array(customerCount(customerOf, values.length))
  for (let row = 0; row < values.length; row++) totals[customerOf[row]!]! += values[row]!
  return totals
}

/** Returns the sum of values. */
export function total(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** Returns the place of the least of values; the first of several. */
export function indexOfLeast(values: readonly number[]): number {
  let least = 0
  values.forEach((value, index) => {
    if (value < values[least]!) least = index
  })
  return least
}
