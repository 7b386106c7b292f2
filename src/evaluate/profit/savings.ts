import { HoldfastError, type Problem, refuse } from '../../base/errors.js'
import { optionsOrProblems, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import { columnProblems, flagColumn, weightColumns } from '../rows/columnProblems.js'
import { amountOf } from './checkedOffer.js'
import { type CostMatrix, costProblems } from './costMatrix.js'

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
  const problems: Problem[] = []
  const weight = optionsOrProblems(operation, weightOptions, options, problems)?.weight
  problems.push(
    ...columnProblems([
      {
        ...flagColumn('contacted', contacted, 'to be 1 (contact) or 0 (none)'),
        wayOut: 'Decide first: contactsByCost makes decisions from probabilities.',
      },
      flagColumn('outcome', outcome, 'to be 1 (churned) or 0 (stayed)'),
      ...weightColumns('weight', weight),
    ]),
    ...costProblems(operation, costs, contacted?.length ?? 0),
  )
  refuse(operation, problems)
  return weight
}
