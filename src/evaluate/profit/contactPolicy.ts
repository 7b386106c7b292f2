import type { Problem } from '../../base/errors.js'
import { isNumberList } from '../../base/valueProblems.js'

/**
 * Whom to contact: `paying` = everybody whose contact is expected to earn more than 0; everybody from a threshold of
 * probability upwards; or the rows of a list, counted from 0.
 */
export type ContactPolicy = 'paying' | { readonly threshold: number } | { readonly rows: ArrayLike<number> }

/** Returns what is wrong with a policy for that many customers. */
export function policyProblems(policy: ContactPolicy, customers: number): Problem[] {
  if (policy === 'paying') return []
  const { threshold, rows } = (policy ?? {}) as { threshold?: unknown; rows?: unknown }
  if (typeof threshold === 'number' && rows === undefined) {
    if (threshold >= 0 && threshold <= 1) return []
    return [
      { code: 'out-of-range', parameter: 'threshold', rule: 'to be a number in [0, 1]', received: threshold },
    ]
  }
  if (isNumberList(rows) && threshold === undefined) return rowListProblems(rows, customers)
  return [
    {
      code: 'option-invalid',
      parameter: 'policy',
      rule: "to be 'paying', { threshold } or { rows }",
      received: policy,
    },
  ]
}

/** Returns, for each customer, 1 where the policy contacts them. */
export function contactedBy(
  policy: ContactPolicy,
  probability: ArrayLike<number>,
  expected: Float64Array,
): Uint8Array {
  const contacted = new Uint8Array(probability.length)
  if (policy === 'paying') {
    for (let row = 0; row < contacted.length; row++) contacted[row] = expected[row]! > 0 ? 1 : 0
  } else if ('threshold' in policy) {
    for (let row = 0; row < contacted.length; row++) {
      contacted[row] = probability[row]! >= policy.threshold ? 1 : 0
    }
  } else {
    for (let place = 0; place < policy.rows.length; place++) contacted[policy.rows[place]!] = 1
  }
  return contacted
}

function rowListProblems(rows: ArrayLike<number>, customers: number): Problem[] {
  const seen = new Uint8Array(customers)
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!
    const rule = `to hold row numbers from 0 to ${customers - 1}`
    if (!(Number.isInteger(row) && row >= 0 && row < customers)) {
      return [{ code: 'out-of-range', parameter: 'rows', rule, received: row, place: { row: place + 1 } }]
    }
    if (seen[row] === 1) {
      return [{ code: 'duplicate-id', parameter: 'rows', rule: 'to name each row once', received: row }]
    }
    seen[row] = 1
  }
  return []
}
