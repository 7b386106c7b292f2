import * as z from 'zod'
import { HoldfastError, type Problem, refuse } from '../../base/errors.js'
import { checkTogether, optionProblems } from '../../base/options.js'
import { isNumberList } from '../../base/valueProblems.js'
import {
  flagColumn,
  ruleProblems,
  type WeightOptions,
  weightColumns,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import {
  type Amount,
  acceptanceMean,
  amountOf,
  amountProblems,
  amountRule,
  checkOffer,
  predictionProblems,
  type RetentionOffer,
} from './offer.js'

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
export function costProblems(costs: CostMatrix, customers: number): Problem[] {
  const problems = [...optionProblems(costSchema, costs)]
  for (const name of costNames) {
    const amount: unknown = costs?.[name]
    if (typeof amount !== 'number' && !isNumberList(amount)) continue
    problems.push(...amountProblems(name, amount, customers, '', () => true))
  }
  return problems
}

/** Returns the number of customers that amounts are given for; 1 where all are the same for everybody. */
export function customersIn(amounts: readonly (Amount | undefined)[]): number {
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
  const customers = customersIn([offer?.customerValue, offer?.offerCost, offer?.contactCost])
  const checked = checkOffer(offer, customers, problems)
  refuse('offerCosts', problems)
  const { customerValue, offerCost, contactCost } = checked!
  const mean = acceptanceMean(checked!)
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
  const customers = customersIn(amounts)
  refuse('costThreshold', decisionProblems(costs, customers))
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
 * @see {@link savings}, `bestList` under a budget
 */
export function contactsByCost(probability: ArrayLike<number>, costs: CostMatrix): Uint8Array {
  const customers = probability?.length ?? 0
  refuse('contactsByCost', [...predictionProblems(probability), ...decisionProblems(costs, customers)])
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

function decisionProblems(costs: CostMatrix, customers: number): Problem[] {
  const problems = costProblems(costs, customers)
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

/**
 * Returns what decisions cost on customers whose outcome is known: money, total.
 *
 *     cost = sum over customers of the cost of (decision, outcome)
 *
 * @param contacted what was decided, shape (n), 1 = contact, 0 = none
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed; all equal is an answer too
 * @param costs for all, or by customer, shape (n)
 * @throws {HoldfastError} `out-of-range`: decisions are 1 or 0, not probabilities; `option-invalid`, `length-differs`,
 *   `table-empty`, `value-missing`: all at once
 *
 * O(n).
 *
 * @example
 * const costs = { truePositive: 0, falsePositive: [4, 1, 2, 2], falseNegative: [1, 3, 3, 1], trueNegative: 0 }
 * totalCost([0, 1, 0, 0], [0, 1, 1, 0], costs)   // one churner is missed: the third
 * // => 3
 *
 * @see {@link savings} for the same beside doing nothing and contacting everybody
 */
export function totalCost(
  contacted: ArrayLike<number>,
  outcome: ArrayLike<number>,
  costs: CostMatrix,
  options?: WeightOptions,
): number {
  const weight = checkDecisions('totalCost', contacted, outcome, costs, options)
  return costOf((row) => contacted[row] === 1, outcome, costs, weight)
}

/**
 * Returns the share of the cost that decisions save against the better of contacting nobody and contacting everybody.
 *
 * Use it to report a policy where costs differ by customer. Everything is compared with the better of two policies that
 * need no model: a low share says that the model has little to decide, not that it is bad.
 *
 *     savings = 1 − cost(decisions) / min(cost(nobody), cost(everybody))
 *
 * @param contacted what was decided, shape (n), 1 = contact, 0 = none; `contactsByCost` makes it from probabilities
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed; all equal is an answer too
 * @param costs for all, or by customer, shape (n)
 * @returns at most 1 where no cost is negative; 0 = as good as no model, below 0 = worse
 * @throws {HoldfastError} `out-of-range` where the better of the two costs nothing or brings money: a share of it has no
 *   meaning; decisions that are not 1 or 0; `option-invalid`, `length-differs`, `table-empty`, `value-missing`: all at
 *   once
 *
 * O(n).
 *
 * @example
 * const costs = { truePositive: 0, falsePositive: [4, 1, 2, 2], falseNegative: [1, 3, 3, 1], trueNegative: 0 }
 * savings([0, 1, 0, 0], [0, 1, 1, 0], costs)   // 3 against 6 for nobody and 6 for everybody
 * // => 0.5
 *
 * @see Correa Bahnsen, Aouada and Ottersten (2015), Expert Systems with Applications 42(19)
 * @see {@link totalCost} for the money itself
 */
export function savings(
  contacted: ArrayLike<number>,
  outcome: ArrayLike<number>,
  costs: CostMatrix,
  options?: WeightOptions,
): number {
  const weight = checkDecisions('savings', contacted, outcome, costs, options)
  const nobody = costOf(() => false, outcome, costs, weight)
  const everybody = costOf(() => true, outcome, costs, weight)
  const best = Math.min(nobody, everybody)
  if (best <= 0) {
    throw new HoldfastError('savings', [
      {
        code: 'out-of-range',
        parameter: 'costs',
        rule: 'to make both contacting nobody and contacting everybody cost something',
        received: best,
        wayOut:
          'Use totalCost, or count what is lost with a churner as a cost (see offerCosts), not as a missed gain.',
      },
    ])
  }
  return 1 - costOf((row) => contacted[row] === 1, outcome, costs, weight) / best
}

function costOf(
  isContacted: (row: number) => boolean,
  outcome: ArrayLike<number>,
  costs: CostMatrix,
  weight: ArrayLike<number> | undefined,
): number {
  let cost = 0
  for (let row = 0; row < outcome.length; row++) {
    const times = weight === undefined ? 1 : weight[row]!
    const ofChurner = isContacted(row) ? costs.truePositive : costs.falseNegative
    const ofStayer = isContacted(row) ? costs.falsePositive : costs.trueNegative
    cost += times * amountOf(outcome[row] === 1 ? ofChurner : ofStayer, row)
  }
  return cost
}

function checkDecisions(
  operation: string,
  contacted: ArrayLike<number>,
  outcome: ArrayLike<number>,
  costs: CostMatrix,
  options: unknown,
): ArrayLike<number> | undefined {
  return checkTogether(operation, weightOptions, options, [], (checked) => [
    ...ruleProblems([
      {
        ...flagColumn('contacted', contacted, 'to be 1 (contact) or 0 (none)'),
        wayOut: 'Decide first: contactsByCost makes decisions from probabilities.',
      },
      flagColumn('outcome', outcome, 'to be 1 (churned) or 0 (stayed)'),
      ...weightColumns('weight', checked?.weight),
    ]),
    ...costProblems(costs, contacted?.length ?? 0),
  ]).weight
}
