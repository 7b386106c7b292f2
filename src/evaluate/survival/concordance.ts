import * as z from 'zod'
import { HoldfastError } from '../../base/errors.js'
import { type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import { ranksOf } from '../rows/ranksOf.js'
import {
  type CensoringOptions,
  censoringOptions,
  type FollowUpMetric,
  followUpMetric,
  type RankedFollowUps,
} from './checkedFollowUps.js'
import { type DaysOfFollowUp, daysOfFollowUp, followedShares } from './followUpDays.js'

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
 * @returns in [0, 1]; 0.5 = no better than chance
 * @throws {HoldfastError} `out-of-range` if nobody outlasts a churner
 *
 * @example
 * // C churned first and D last; of B only the first 30 days are known, so B and D are no pair.
 * concordance([0.2, 0.5, 0.9, 0.6], [60, 30, 10, 45], [0, 0, 1, 1])   // C before A, B, D; D before A
 * // => 1
 *
 * @example
 * import { firstPassage, survivalTable } from 'holdfast/labels'
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
export const concordance: FollowUpMetric<WeightOptions> = followUpMetric(
  'concordance',
  weightOptions,
  ({ rows }) => shareInOrder('concordance', comparablePairs(rows, daysOfFollowUp(rows)), () => 1),
)

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
  const rule = 'to hold a churner whom somebody outlasts'
  const wayOut = 'Follow the customers for longer, or take more of them: there is no pair to compare.'
  throw new HoldfastError(operation, [{ code: 'out-of-range', parameter: 'duration', rule, wayOut }])
}

/** Options of {@link unoConcordance}. */
export interface UnoConcordanceOptions extends CensoringOptions {
  /** Last day whose churns count, above 0. Default: all. Give one where few are followed that long: their churns weigh most. */
  readonly untilDay?: number
}

const unoOptions = censoringOptions.extend({ untilDay: z.number().gt(0).optional() })

/**
 * Returns how often the customer with the higher risk churns earlier, whatever the follow-up: Uno's C.
 *
 * Use it in place of `concordance` where customers were followed for different times, and to compare periods: the more
 * are censored, the more Harrell's C looks at early churns only, while this one estimates the same figure throughout.
 * Churns late in the follow-up stand for many that were not seen and make it vary: set `untilDay`.
 *
 * With comparable pairs (i, j) as in `concordance`, τ = untilDay, and G(d−) the probability of Kaplan and Meier that a
 * customer is followed up to day d at least:
 *
 *     C = Σ ω(i) · [risk(i) > risk(j), one half where equal] / Σ ω(i),   ω(i) = 1 / G(duration(i)−)², duration(i) ≤ τ
 *
 * The censoring must not depend on the risk. Who is censored on a day was followed to its end, which is why G is taken
 * just before it: this is scikit-survival's `concordance_index_ipcw` with durations of censored customers a moment
 * longer and tau a moment after τ, and the same to the last digits where no churn and no censoring share a day.
 *
 * @returns in [0, 1]; 0.5 = no better than chance
 * @throws {HoldfastError} `out-of-range` if the reference is not followed to the last churn that counts, or nobody
 *   outlasts a churner
 *
 * @example
 * // One of the three still there is censored on day 20: G is 1 up to it and 2/3 after. Of the four pairs only
 * // (day 30, day 40) is wrong, and weighs 9/4; those of day 10 weigh 1 each.
 * unoConcordance([0.9, 0.3, 0.2, 0.4], [10, 20, 30, 40], [1, 0, 1, 0])
 * // => 0.5714285714285714
 *
 * @see Uno, Cai, Pencina, D'Agostino and Wei (2011), Statistics in Medicine 30
 * @see {@link concordance}, {@link timeDependentAuc}
 */
export const unoConcordance: FollowUpMetric<UnoConcordanceOptions> = followUpMetric(
  'unoConcordance',
  unoOptions,
  ({ rows, reference, checked: { untilDay = Infinity } }) => {
    const days = daysOfFollowUp(rows)
    const followed = followedShares('unoConcordance', days, reference, untilDay, 'a smaller untilDay')
    const weightOf = (day: number): number => (days.day[day]! <= untilDay ? followed[day]! ** -2 : 0)
    return shareInOrder('unoConcordance', comparablePairs(rows, days), weightOf)
  },
)

/** Weights of the pairs of a churner and somebody who stayed longer. */
export interface ComparablePairs {
  /** Shape (days): pairs whose churner left on that day. */
  readonly pairs: Float64Array
  /** Shape (days): those of them where the churner has the higher risk; equal risks count one half. */
  readonly inOrder: Float64Array
}

/** Counts pairs by the day of the churner, from the last day to the first. O(n log n). */
export function comparablePairs(
  { risk, churned, weight }: RankedFollowUps,
  { day, rows, start }: DaysOfFollowUp,
): ComparablePairs {
  const { rank, values } = ranksOf(risk)
  const longer = new WeightByRank(values.length)
  const found = { pairs: new Float64Array(day.length), inOrder: new Float64Array(day.length) }
  for (let index = day.length - 1; index >= 0; index--) {
    const today = rows.subarray(start[index], start[index + 1])
    for (const row of today) if (churned[row] === 0) longer.add(rank[row]!, weight[row]!)
    for (const row of today) {
      if (churned[row] === 0) continue
      const right = longer.below(rank[row]!) + longer.at(rank[row]!) / 2
      found.pairs[index]! += weight[row]! * longer.total
      found.inOrder[index]! += weight[row]! * right
    }
    for (const row of today) if (churned[row] === 1) longer.add(rank[row]!, weight[row]!)
  }
  return found
}

/** Sums of weights by rank that are added to and asked in turn: a Fenwick tree. */
export class WeightByRank {
  readonly #sums: Float64Array
  readonly #own: Float64Array
  #total = 0

  constructor(ranks: number) {
    this.#sums = new Float64Array(ranks + 1)
    this.#own = new Float64Array(ranks)
  }

  /** Sum of all weights. */
  get total(): number {
    return this.#total
  }

  /** O(log ranks). */
  add(rank: number, weight: number): void {
    this.#total += weight
    this.#own[rank]! += weight
    for (let node = rank + 1; node < this.#sums.length; node += node & -node) this.#sums[node]! += weight
  }

  /** Returns the weight of the ranks below this one. O(log ranks). */
  below(rank: number): number {
    let sum = 0
    for (let node = rank; node > 0; node -= node & -node) sum += this.#sums[node]!
    return sum
  }

  /** Returns the weight of this rank. */
  at(rank: number): number {
    return this.#own[rank]!
  }
}
