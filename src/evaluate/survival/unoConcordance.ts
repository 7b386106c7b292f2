import { z } from 'zod'
import { type CensoringOptions, censoringOptions, checkFollowUps } from './checkedFollowUps.js'
import { comparablePairs } from './comparablePairs.js'
import { shareInOrder } from './concordance.js'
import { daysOfFollowUp } from './daysOfFollowUp.js'
import { followedShares } from './followedShares.js'

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
 * @param risk predicted risk, shape (n), any finite number, the higher the earlier
 * @param duration days at risk, shape (n), each above 0
 * @param churned shape (n), 1 = churned on the last of these days, 0 = censored: still a customer at its end
 * @returns in [0, 1]; 0.5 = no better than chance
 * @throws {HoldfastError} `out-of-range` if the reference is not followed to the last churn that counts, or nobody
 *   outlasts a churner; `one-class` if nobody churned; `length-differs`, `table-empty`, `value-missing`,
 *   `option-invalid`, `option-unknown`: all at once
 *
 * O(n log n) time, O(n) memory.
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
export function unoConcordance(
  risk: ArrayLike<number>,
  duration: ArrayLike<number>,
  churned: ArrayLike<number>,
  options?: UnoConcordanceOptions,
): number {
  const operation = 'unoConcordance'
  const { rows, reference, checked } = checkFollowUps(
    operation,
    unoOptions,
    { risk, duration, churned },
    options,
  )
  const days = daysOfFollowUp(rows)
  const untilDay = checked.untilDay ?? Number.POSITIVE_INFINITY
  const followed = followedShares(operation, days, reference, untilDay, 'a smaller untilDay')
  return shareInOrder(operation, comparablePairs(rows, days), (day) =>
    days.day[day]! <= untilDay ? followed[day]! ** -2 : 0,
  )
}
