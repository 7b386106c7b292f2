import { type Problem, refuse } from '../../base/errors.js'
import { acceptanceLaw } from './acceptanceLaw.js'
import { amountOf, type CheckedOffer, checkOffer } from './checkedOffer.js'
import { predictionProblems } from './predictionProblems.js'
import type { RetentionOffer } from './retentionOffer.js'

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
 * @see {@link bestList} which chooses by it under a budget, {@link expectedProfit} for the sum over a list
 */
export function expectedContactProfit(probability: ArrayLike<number>, offer: RetentionOffer): Float64Array {
  const problems: Problem[] = predictionProblems(probability)
  const checked = checkOffer('expectedContactProfit', offer, probability?.length ?? 0, problems)
  refuse('expectedContactProfit', problems)
  return contactProfitsOf(probability, checked!)
}

/** Like {@link expectedContactProfit}, of checked values. */
export function contactProfitsOf(probability: ArrayLike<number>, offer: CheckedOffer): Float64Array {
  const { mean } = acceptanceLaw(offer.acceptance)
  const profit = new Float64Array(probability.length)
  for (let row = 0; row < profit.length; row++) {
    const p = probability[row]!
    const cost = amountOf(offer.offerCost, row)
    const kept = mean * (amountOf(offer.customerValue, row) - cost)
    profit[row] = p * kept - (1 - p) * cost - amountOf(offer.contactCost, row)
  }
  return profit
}
