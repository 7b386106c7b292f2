import type { Problem } from './errors.js'

/** Returns what is wrong with the customers of rows, under the name that the caller gave them: `ids`, `groups`. */
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
  if (count === 0) return []
  return [
    {
      code: 'value-missing',
      parameter,
      rule: 'to name the customer of each row by a text or a finite number',
      received: customers[first],
      place: { row: first + 1 },
      count,
    },
  ]
}

function isCustomer(value: unknown): boolean {
  return typeof value === 'string' || Number.isFinite(value)
}
