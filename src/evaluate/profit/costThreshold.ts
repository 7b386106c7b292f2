import { type Problem, refuse } from '../../base/errors.js'
import { amountOf } from './checkedOffer.js'
import { type CostMatrix, costProblems, customersOf } from './costMatrix.js'
import { predictionProblems } from './predictionProblems.js'

/** Costs that are the same for all customers. */
export type UniformCosts = { readonly [name in keyof CostMatrix]: number }

/**
 * Returns the probability above which a contact costs less than none: one number, or one per customer.
 *
 * Use it in place of .5, which is right only where both mistakes cost the same. It trusts the probabilities: on scores
 * that are not calibrated look for the best cut with `profitCurve`.
 *
 *     threshold = (falsePositive − trueNegative) / (falsePositive − trueNegative + falseNegative − truePositive)
 *
 * and a customer is contacted where p > threshold. Where a contact does not even help with a churner
 * (falseNegative ≤ truePositive) the threshold is 1: nobody is above it.
 *
 * @param costs for all, or by customer
 * @returns in [0, 1]; shape (n) where any cost is a list
 * @throws {HoldfastError} `out-of-range` where a false positive costs less than a true negative: then everybody is to be
 *   contacted whatever the probability; `option-invalid`, `length-differs`, `value-missing`: all at once
 *
 * @example
 * costThreshold({ truePositive: 0, falsePositive: 10, falseNegative: 90, trueNegative: 0 })
 * // => 0.1
 *
 * @see Elkan (2001), The Foundations of Cost-Sensitive Learning
 * @see {@link contactsByCost} for the decision, {@link savings} for what it is worth
 */
export function costThreshold(costs: UniformCosts): number
export function costThreshold(costs: CostMatrix): number | Float64Array
export function costThreshold(costs: CostMatrix): number | Float64Array {
  const amounts = Object.values(costs ?? {})
  const customers = customersOf(amounts)
  refuse('costThreshold', decisionProblems('costThreshold', costs, customers))
  if (amounts.every((amount) => typeof amount === 'number')) return thresholdOf(costs, 0)
  return Float64Array.from({ length: customers }, (_, row) => thresholdOf(costs, row))
}

/**
 * Returns, for each customer, 1 where a contact is expected to cost less than none: p above the `costThreshold`.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; calibrated
 * @param costs for all, or by customer, shape (n)
 * @returns shape (n), 1 = contact
 * @throws {HoldfastError} as {@link costThreshold}, and for the probabilities `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * @example
 * const costs = { truePositive: 0, falsePositive: 10, falseNegative: [90, 15], trueNegative: 0 }
 * contactsByCost([0.2, 0.2], costs)   // the thresholds are 0.1 and 0.4
 * // => Uint8Array [1, 0]
 *
 * @see {@link savings}, {@link bestList} under a budget
 */
export function contactsByCost(probability: ArrayLike<number>, costs: CostMatrix): Uint8Array {
  const customers = probability?.length ?? 0
  refuse('contactsByCost', [
    ...predictionProblems(probability),
    ...decisionProblems('contactsByCost', costs, customers),
  ])
  const contacted = new Uint8Array(customers)
  for (let row = 0; row < customers; row++) {
    contacted[row] = probability[row]! > thresholdOf(costs, row) ? 1 : 0
  }
  return contacted
}

function thresholdOf(costs: CostMatrix, row: number): number {
  const wasted = amountOf(costs.falsePositive, row) - amountOf(costs.trueNegative, row)
  const helped = amountOf(costs.falseNegative, row) - amountOf(costs.truePositive, row)
  return helped <= 0 ? 1 : wasted / (wasted + helped)
}

function decisionProblems(operation: string, costs: CostMatrix, customers: number): Problem[] {
  const problems = costProblems(operation, costs, customers)
  if (problems.length > 0) return problems
  for (let row = 0; row < customers; row++) {
    const falsePositive = amountOf(costs.falsePositive, row)
    const trueNegative = amountOf(costs.trueNegative, row)
    if (falsePositive >= trueNegative) continue
    return [
      {
        code: 'out-of-range',
        parameter: 'falsePositive',
        rule: `to be at least trueNegative (${trueNegative})`,
        received: falsePositive,
        place: { row: row + 1 },
        wayOut:
          'As it is a contact with a stayer brings money, and there is nothing to decide. A gain is a negative cost.',
      },
    ]
  }
  return []
}
