import { z } from 'zod'
import { type Problem, refuse } from '../../base/errors.js'
import { isNumberList } from '../../base/valueProblems.js'
import { optionsOrProblems } from '../rows/checkedOutcomes.js'
import { acceptanceLaw } from './acceptanceLaw.js'
import { type Amount, amountOf, amountProblems, amountRule, checkOffer } from './checkedOffer.js'
import type { RetentionOffer } from './retentionOffer.js'

/**
 * What each decision costs with each outcome, in money of one currency: one number for all customers, or one per
 * customer, shape (n). A gain is a negative cost.
 */
export interface CostMatrix {
  /** Contacted, and would have churned. */
  readonly truePositive: number | ArrayLike<number>
  /** Contacted, and would have stayed. */
  readonly falsePositive: number | ArrayLike<number>
  /** Not contacted, and churned. */
  readonly falseNegative: number | ArrayLike<number>
  /** Not contacted, and stayed. */
  readonly trueNegative: number | ArrayLike<number>
}

const costNames = ['truePositive', 'falsePositive', 'falseNegative', 'trueNegative'] as const

const costSchema = z.strictObject({
  truePositive: amountRule,
  falsePositive: amountRule,
  falseNegative: amountRule,
  trueNegative: amountRule,
})

/** Returns what is wrong with costs for that many customers. */
export function costProblems(operation: string, costs: CostMatrix, customers: number): Problem[] {
  const problems: Problem[] = []
  optionsOrProblems(operation, costSchema, costs, problems)
  for (const name of costNames) {
    const amount: unknown = costs?.[name]
    if (typeof amount !== 'number' && !isNumberList(amount)) continue
    problems.push(...amountProblems(name, amount, customers, '', () => true))
  }
  return problems
}

/** Returns the number of customers that amounts are given for; 1 where all are the same for everybody. */
export function customersOf(amounts: readonly (Amount | undefined)[]): number {
  const list = amounts.find((amount) => isNumberList(amount))
  return list === undefined ? 1 : list.length
}

/**
 * Returns the costs of an offer: what is paid and what is lost, with and without a contact.
 *
 * Use it to see an offer as a cost matrix, for `costThreshold` and `savings`. With v = customerValue, d = offerCost,
 * f = contactCost, γ the (mean) acceptance:
 *
 *     truePositive   f + γ·d + (1 − γ)·v        falsePositive   f + d
 *     falseNegative  v                          trueNegative    0
 *
 * @returns numbers where all amounts are numbers, else lists, shape (n)
 * @throws {HoldfastError} `option-invalid`, `length-differs`, `value-missing`, `out-of-range`: all at once
 *
 * @example
 * offerCosts({ customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.5 })
 * // => { truePositive: 56, falsePositive: 11, falseNegative: 100, trueNegative: 0 }
 *
 * @see {@link RetentionOffer}
 */
export function offerCosts(offer: RetentionOffer): CostMatrix {
  const problems: Problem[] = []
  const customers = customersOf([offer?.customerValue, offer?.offerCost, offer?.contactCost])
  const checked = checkOffer('offerCosts', offer, customers, problems)
  refuse('offerCosts', problems)
  const { customerValue, offerCost, contactCost } = checked!
  const { mean } = acceptanceLaw(checked!.acceptance)
  const byCustomer = [customerValue, offerCost, contactCost].some((amount) => typeof amount !== 'number')
  const amounts = (of: (value: number, offered: number, contact: number) => number): Amount => {
    const ofRow = (row: number): number =>
      of(amountOf(customerValue, row), amountOf(offerCost, row), amountOf(contactCost, row))
    return byCustomer ? Float64Array.from({ length: customers }, (_, row) => ofRow(row)) : ofRow(0)
  }
  return {
    truePositive: amounts((value, offered, contact) => contact + mean * offered + (1 - mean) * value),
    falsePositive: amounts((_value, offered, contact) => contact + offered),
    falseNegative: customerValue,
    trueNegative: 0,
  }
}
