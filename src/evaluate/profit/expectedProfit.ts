import { type Problem, refuse } from '../../base/errors.js'
import { acceptanceLaw } from './acceptanceLaw.js'
import { amountOf, checkOffer } from './checkedOffer.js'
import { type ContactPolicy, contactedBy, policyProblems } from './contactPolicy.js'
import { contactProfitsOf } from './expectedContactProfit.js'
import { predictionProblems } from './predictionProblems.js'
import type { RetentionOffer } from './retentionOffer.js'

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
  const problems: Problem[] = predictionProblems(probability)
  const customers = probability?.length ?? 0
  const money = checkOffer('expectedProfit', offer, customers, problems)
  problems.push(...policyProblems(policy, customers))
  refuse('expectedProfit', problems)
  const { mean } = acceptanceLaw(money!.acceptance)
  const profits = contactProfitsOf(probability, money!)
  const contacted = contactedBy(policy, probability, profits)
  const sums = { contacts: 0, expectedChurners: 0, expectedProfit: 0, expectedCost: 0, highestCost: 0 }
  for (let row = 0; row < customers; row++) {
    if (contacted[row] === 0) continue
    const p = probability[row]!
    const offerCost = amountOf(money!.offerCost, row)
    const contactCost = amountOf(money!.contactCost, row)
    sums.contacts++
    sums.expectedChurners += p
    sums.expectedProfit += profits[row]!
    sums.expectedCost += (p * mean + 1 - p) * offerCost + contactCost
    sums.highestCost += offerCost + contactCost
  }
  const { contacts, ...amounts } = sums
  return { contacts, contactedShare: contacts / customers, ...amounts }
}
