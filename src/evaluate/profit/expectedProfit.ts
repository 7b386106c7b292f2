import type { Problem } from '../../base/errors.js'
import { isNumberList } from '../../base/valueProblems.js'
import { acceptanceMean, amountOf, type CheckedOffer, checkOfferOf, type RetentionOffer } from './offer.js'

/**
 * Returns, for each customer, what contacting them is expected to earn: money, from the probability alone.
 *
 * Use it to rank customers by what they bring rather than by risk, and to contact only where it pays. It trusts the
 * probabilities: check them first (`calibrationTable`), and see `realisedProfit` for what a list earned on known
 * outcomes.
 *
 * With p the probability, γ the (mean) acceptance, v = customerValue, d = offerCost, f = contactCost:
 *
 *     p·γ·(v − d) − (1 − p)·d − f
 *
 * A churner who accepts brings v − d, one who does not brings nothing, a stayer takes the offer for nothing in return,
 * and the contact is paid in any case. Summed over the customers above a threshold, with the outcomes in place of p,
 * this is the profit that `maximumProfit` maximises: (γ·(v − d) − f) per churner, −(d + f) per stayer. It is above 0
 * where p is above the `costThreshold` of `offerCosts(offer)`.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; calibrated
 * @param offer amounts for all, or by customer
 * @returns shape (n), money
 * @throws {HoldfastError} `length-differs`, `table-empty`, `value-missing`, `out-of-range`, `option-invalid`: all at once
 *
 * O(n) time and memory.
 *
 * @example
 * const offer = { customerValue: [100, 1000], offerCost: 10, contactCost: 1, acceptance: 0.3 }
 * expectedContactProfit([0.5, 0.2], offer)   // 0.5·0.3·90 − 0.5·10 − 1; 0.2·0.3·990 − 0.8·10 − 1
 * // => Float64Array [7.5, 50.4]
 *
 * @see `bestList` which chooses by it under a budget, {@link expectedProfit} for the sum over a list
 */
export function expectedContactProfit(probability: ArrayLike<number>, offer: RetentionOffer): Float64Array {
  return contactProfitsOf(probability, checkOfferOf('expectedContactProfit', probability, offer))
}

/** Like {@link expectedContactProfit}, of checked values. */
export function contactProfitsOf(probability: ArrayLike<number>, offer: CheckedOffer): Float64Array {
  const mean = acceptanceMean(offer)
  const profit = new Float64Array(probability.length)
  for (let row = 0; row < profit.length; row++) {
    const p = probability[row]!
    const cost = amountOf(offer.offerCost, row)
    const kept = mean * (amountOf(offer.customerValue, row) - cost)
    profit[row] = p * kept - (1 - p) * cost - amountOf(offer.contactCost, row)
  }
  return profit
}

/**
 * Whom to contact: `paying` = everybody whose contact is expected to earn more than 0; everybody from a threshold of
 * probability upwards; or the rows of a list, counted from 0.
 */
export type ContactPolicy = 'paying' | { readonly threshold: number } | { readonly rows: ArrayLike<number> }

/** Returns what is wrong with a policy for that many customers. */
export function policyProblems(policy: ContactPolicy, customers: number): Problem[] {
  if (policy === 'paying') return []
  const { threshold, rows } = (policy ?? {}) as { threshold?: unknown; rows?: unknown }
  const rangeRule = 'to be a number in [0, 1]'
  if (typeof threshold === 'number' && rows === undefined)
    return threshold >= 0 && threshold <= 1
      ? []
      : [{ code: 'out-of-range', parameter: 'threshold', rule: rangeRule, received: threshold }]
  if (isNumberList(rows) && threshold === undefined) return rowListProblems(rows, customers)
  const rule = "to be 'paying', { threshold } or { rows }"
  return [{ code: 'option-invalid', parameter: 'policy', rule, received: policy }]
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

/** What a list is expected to bring. Money is a total. */
export interface ExpectedProfit {
  readonly contacts: number
  /** Part of the customers that is contacted, in [0, 1]. */
  readonly contactedShare: number
  /** Sum of the probabilities of the contacted. */
  readonly expectedChurners: number
  readonly expectedProfit: number
  /** Money to be paid on average: contacts, and offers to those who are expected to take them. */
  readonly expectedCost: number
  /** Money to be paid if everybody took the offer. */
  readonly highestCost: number
}

/**
 * Returns what contacting a list is expected to earn and to cost, from the probabilities alone, customer by customer.
 *
 * Use it before the campaign, when no outcome is known. It is as right as the probabilities are calibrated;
 * `realisedProfit` shows on known outcomes how right that is. To choose the list under a budget see `bestList`.
 *
 * With p the probability, γ the (mean) acceptance, v = customerValue, d = offerCost, f = contactCost, summed over the
 * contacted:
 *
 *     expectedProfit = Σ p·γ·(v − d) − (1 − p)·d − f
 *     expectedCost   = Σ (p·γ + 1 − p)·d + f          those who stay anyway take the offer too
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; calibrated
 * @param offer amounts for all, or by customer, shape (n)
 * @param policy whom to contact; default `paying`, everybody whose contact is expected to earn more than 0
 * @throws {HoldfastError} `option-invalid`, `length-differs`, `table-empty`, `value-missing`, `out-of-range`,
 *   `duplicate-id` for a row that is listed twice: all at once
 *
 * O(n) time and memory.
 *
 * @example
 * const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.5 }
 * expectedProfit([0.5, 0.25, 0.125], offer, { threshold: 0.25 })
 * // => { contacts: 2, contactedShare: 0.6666666666666666, expectedChurners: 0.75, expectedProfit: 19.25, expectedCost: 18.25, highestCost: 22 }
 *
 * @see {@link expectedContactProfit} for each customer
 */
export function expectedProfit(
  probability: ArrayLike<number>,
  offer: RetentionOffer,
  policy: ContactPolicy = 'paying',
): ExpectedProfit {
  const customers = probability?.length ?? 0
  const money = checkOfferOf('expectedProfit', probability, offer, policyProblems(policy, customers))
  const profits = contactProfitsOf(probability, money)
  const contacted = contactedBy(policy, probability, profits)
  const rows = Int32Array.from(contacted.keys()).filter((row) => contacted[row] === 1)
  return {
    contacts: rows.length,
    contactedShare: rows.length / customers,
    ...sumsOfList(rows, probability, money, profits),
  }
}

/** Returns what contacting a customer costs if they take the offer. */
export function highestCostOf(offer: CheckedOffer, row: number): number {
  return amountOf(offer.contactCost, row) + amountOf(offer.offerCost, row)
}

/** Returns what contacting a customer costs on average. */
export function expectedCostOf(offer: CheckedOffer, row: number, probability: number): number {
  const taken = probability * acceptanceMean(offer) + 1 - probability
  return amountOf(offer.contactCost, row) + taken * amountOf(offer.offerCost, row)
}

/** Returns what the rows of a list bring and cost. */
export function sumsOfList(
  rows: Int32Array,
  probability: ArrayLike<number>,
  offer: CheckedOffer,
  profit: Float64Array,
): Omit<ExpectedProfit, 'contacts' | 'contactedShare'> {
  const sums = { expectedChurners: 0, expectedProfit: 0, expectedCost: 0, highestCost: 0 }
  for (const row of rows) {
    sums.expectedChurners += probability[row]!
    sums.expectedProfit += profit[row]!
    sums.expectedCost += expectedCostOf(offer, row, probability[row]!)
    sums.highestCost += highestCostOf(offer, row)
  }
  return sums
}
