import { z } from 'zod'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import { lengthOf } from './horizonOf.js'
import { type FirstPassageRule, type PassageCause, passageCausesSchema } from './rule.js'

/** Events and windows of {@link firstPassage}; at most one of the two lengths. */
export type FirstPassageOptions = {
  /** The events; of two on one day the one that is listed first counts. Default: cancelled, whatever the cause. */
  readonly causes?: readonly PassageCause[]
  /** Days between cutoff and the begin of the follow-up. Integer ≥ 0. Default 0. */
  readonly gapDays?: Days
} & (
  | {
      /** Customers without an event are censored after so many days. Integer ≥ 1. Left out: where the history ends. */
      readonly horizonDays?: Days
      readonly horizonMonths?: never
    }
  | {
      readonly horizonDays?: never
      /** The same in calendar months. Integer ≥ 1. */
      readonly horizonMonths?: Months
    }
)

const schema = z.strictObject({
  causes: passageCausesSchema.default([{ name: 'cancelled', event: 'cancelled' }]),
  gapDays: z.int().min(0).default(0),
  horizonDays: z.int().min(1).optional(),
  horizonMonths: z.int().min(1).optional(),
})

/**
 * Returns the rule "which of several events came first, and when": time to event with censoring, for survival models
 * and competing outcomes.
 *
 * A rule of 1, 0, null must leave out every customer whose window is not over. This one keeps them: who has had no
 * event by the last known day is *censored* there, which says "stayed so far" and never "stayed". With c = cutoff,
 * s = c + gapDays, e = s + horizon or the end of the history, whichever is first, x = cancelledAt:
 *
 *     event       the first day d in [s, e), d ≤ x, of any of the causes
 *     time        d − s + 1: days at risk, the day of the event among them, so that the first day gives 1
 *     censored    x − s + 1 where the customer cancels for a cause that is not among the events; otherwise e − s
 *     outcome     1 event, 0 censored
 *
 *     cancelled        d = x, of this cause
 *     silent           d = the last of the first `days` days in a row without a row of the table: a + days after a last
 *                      row on day a. Not d = a: that the customer would stay away was not known then.
 *     planDowngraded   d = `from` of the first plan lower than the one at the cutoff, see `planDowngraded`
 *
 * Several causes compete: the first ends the observation of the others. Of two on one day the one listed first counts.
 * Voluntary and involuntary cancellations are two causes; a single one of them takes the other for censoring.
 *
 *     null   the history ends at or before s; left before the cutoff, known after it; left in the gap
 *     null   silent: no row known in [c − days, c), or silent already as of s
 *     null   planDowngraded: no plan with a place in the order at c, a lower one already as of s, or one without a
 *            place in the order before the event
 *     null   the cause of the cancellation that comes first is not known
 *
 * Customers are seen from s on only: who left before is not among them (left truncation). Days since activation as of s
 * are `entryDays` of {@link survivalTable}: for a model on the scale of tenure, a customer enters the risk set there and
 * not at 0. `valueDropped` has no day, and is no event here.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * const byWhom = reasonIn('cancelReason', ['non-payment'])
 * const rule = firstPassage({
 *   causes: [
 *     { name: 'closed', event: 'cancelled', cause: involuntary(byWhom) },
 *     { name: 'left', event: 'cancelled', cause: voluntary(byWhom) },
 *     { name: 'silent', event: 'silent', table: 'usage', days: 60 },
 *   ],
 *   horizonMonths: 12,
 * })
 * rule.causes.map(({ name }) => name)
 * // => ['closed', 'left', 'silent']
 */
export function firstPassage(options: FirstPassageOptions = {}): FirstPassageRule {
  const { causes, gapDays, horizonDays, horizonMonths } = checkOptions('firstPassage', schema, options)
  const horizon = lengthOf('firstPassage', { horizonDays, horizonMonths }) ?? 'all'
  return { kind: 'firstPassage', causes, gapDays, horizon }
}
