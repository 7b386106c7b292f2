import type { Problem } from './errors.js'

/** Returns what is wrong with the customers of rows, under the caller's parameter: `ids`, `groups`. */
export function customerProblems(
  parameter: string,
  customers: ArrayLike<string | number>,
  rowCount: number,
): Problem[] {
  if (customers.length !== rowCount) {
    const rule = `to have ${rowCount} values`
    return [{ code: 'length-differs', parameter, rule, received: customers.length }]
  }
  let first = -1
  let count = 0
  for (let row = 0; row < rowCount; row++) {
    if (isCustomer(customers[row])) continue
    if (count++ === 0) first = row
  }
  if (count === 0) return writtenTwiceProblems(parameter, customers)
  return [
    {
      code: 'value-missing',
      parameter,
      rule: 'to name the customer of each row by a text that is not empty, or a finite number',
      received: customers[first],
      place: { row: first + 1 },
      count,
    },
  ]
}

/** 7 and '7' would be two customers, each with some of the rows. */
function writtenTwiceProblems(parameter: string, customers: ArrayLike<string | number>): Problem[] {
  const kinds = new Set<string>()
  for (let row = 0; row < customers.length; row++) kinds.add(typeof customers[row])
  if (kinds.size === 1) return []
  const texts = new Set<string>()
  for (let row = 0; row < customers.length; row++) {
    const customer = customers[row]
    if (typeof customer === 'string') texts.add(customer)
  }
  let first = -1
  for (let row = customers.length - 1; row >= 0; row--) {
    const customer = customers[row]
    if (typeof customer === 'number' && texts.has(String(customer))) first = row
  }
  if (first < 0) return []
  return [
    {
      code: 'value-type',
      parameter,
      rule: `to write a customer in one way, as a text or as a number: '${customers[first]}' is there too`,
      received: customers[first],
      place: { row: first + 1 },
    },
  ]
}

function isCustomer(value: unknown): boolean {
  if (typeof value !== 'string') return Number.isFinite(value)
  // A shortcut for large lists: most ids begin with a letter or a digit
  const first = value.charCodeAt(0)
  return (first > 32 && first < 127) || value.trim() !== ''
}
