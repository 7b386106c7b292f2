import { HoldfastError } from '../../base/errors.js'
import { type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import { checkFollowUps } from './checkedFollowUps.js'
import { type ComparablePairs, comparablePairs } from './comparablePairs.js'
import { daysOfFollowUp } from './daysOfFollowUp.js'

/**
 * Returns how often the customer with the higher risk is the one who churns earlier: Harrell's C.
 *
 * Use it for a ranking by time to churn, where many customers are still there and how long they will stay is not known
 * (censored). It moves with how long customers were followed: to compare data of different follow-up use
 * `unoConcordance`. For one horizon, of which everybody's outcome is known, it is the `rocAuc`, and `rocAuc` says it
 * better.
 *
 * A pair (i, j) is comparable where it is known that i churned first:
 *
 *     churned(i) = 1 and ( duration(i) < duration(j), or duration(i) = duration(j) and churned(j) = 0 )
 *     C = [ pairs with risk(i) > risk(j)  +  pairs with risk(i) = risk(j) / 2 ] / comparable pairs
 *
 * Who is censored on a day stayed to its end, so a churn on that day came first. Two churns on one day are no pair. A
 * pair weighs weight(i) · weight(j). `times` and `events` of `survivalTable` are durations and churns; of competing
 * causes take `causes` equal to one of them, which reads the others as censored.
 *
 * @param risk predicted risk, shape (n), any finite number, the higher the earlier; a predicted time is its negative
 * @param duration days at risk, shape (n), each above 0
 * @param churned shape (n), 1 = churned on the last of these days, 0 = censored: still a customer at its end
 * @returns in [0, 1]; 0.5 = no better than chance
 * @throws {HoldfastError} `one-class` if nobody churned; `out-of-range` if nobody outlasts a churner; `length-differs`,
 *   `table-empty`, `value-missing`, `out-of-range`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * // C churned first and D last; of B only the first 30 days are known, so B and D are no pair.
 * concordance([0.2, 0.5, 0.9, 0.6], [60, 30, 10, 45], [0, 0, 1, 1])   // C before A, B, D; D before A
 * // => 1
 *
 * @example
 * const customers = [
 *   { id: 'A', activatedAt: '2025-01-01', cancelledAt: '2025-04-10' },
 *   { id: 'B', activatedAt: '2025-03-02', cancelledAt: null },
 *   { id: 'C', activatedAt: '2025-02-01', cancelledAt: '2025-04-20' },
 * ]
 * const history = await openHistory({ customers, usage: [{ id: 'B', day: '2025-04-01' }] }, { completeUntil: '2025-05-01' })
 * const { ids, times, events } = await survivalTable(history, { label: firstPassage(), cutoffs: [epochDay('2025-04-01')] })
 * await history.close()
 * const risk = { A: 0.4, B: 0.1, C: 0.7 }                               // C leaves after A: one of three pairs is wrong
 * concordance(ids.map((id) => risk[id]), times, events)
 * // => 0.6666666666666666
 *
 * @see Harrell, Califf, Pryor, Lee and Rosati (1982), JAMA 247
 * @see {@link unoConcordance}, {@link timeDependentAuc}, {@link intervalByWeights} for its uncertainty
 */
export function concordance(
  risk: ArrayLike<number>,
  duration: ArrayLike<number>,
  churned: ArrayLike<number>,
  options?: WeightOptions,
): number {
  const { rows } = checkFollowUps('concordance', weightOptions, { risk, duration, churned }, options)
  const days = daysOfFollowUp(rows)
  return shareInOrder('concordance', comparablePairs(rows, days), () => 1)
}

/**
 * Returns the share of pairs in order, each weighed by the day of its churner.
 *
 * @throws {HoldfastError} `out-of-range` if no pair has a weight
 */
export function shareInOrder(
  operation: string,
  { pairs, inOrder }: ComparablePairs,
  weightOf: (day: number) => number,
): number {
  let [right, all] = [0, 0]
  for (let day = 0; day < pairs.length; day++) {
    if (pairs[day] === 0) continue
    right += weightOf(day) * inOrder[day]!
    all += weightOf(day) * pairs[day]!
  }
  if (all > 0) return right / all
  const problem = {
    code: 'out-of-range',
    parameter: 'duration',
    rule: 'to hold a churner whom somebody outlasts',
    wayOut: 'Follow the customers for longer, or take more of them: there is no pair to compare.',
  } as const
  throw new HoldfastError(operation, [problem])
}
