import * as z from 'zod'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import { lengthOf } from './horizonOf.js'
import { type FirstPassageRule, type PassageCause, passageCausesSchema } from './rule.js'

/** Events and windows of {@link firstPassage}; at most one of the two lengths. */
export type FirstPassageOptions = {
  /** The events; if two fall on one day, the one listed first counts. Default: cancelled, for whatever cause. */
  readonly causes?: readonly PassageCause[]
  /** Days between the cutoff and the start of the follow-up. Integer ≥ 0. Default 0. */
  readonly gapDays?: Days
} & (
  | {
      /** Days after which customers without an event are censored. Integer ≥ 1. Left out: the end of the history. */
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
 * A 1, 0, null label must leave out every customer whose window is not over. This rule keeps them: a customer without
 * an event by the last known day is *censored* there, which means "stayed so far", never "stayed". With c = cutoff, s =
 * c + gapDays, e = s + horizon or the end of the history, whichever is first, x = cancelledAt:
 *
 *     event       the first day d in [s, e), d ≤ x, of any of the causes
 *     time        d − s + 1: days at risk including the day of the event, so that the first day gives 1
 *     censored    x − s + 1 if the customer cancels for a cause that is not among the events; otherwise e − s
 *     outcome     1 event, 0 censored
 *
 *     cancelled        d = x, for this cause
 *     silent           d = the last of the first `days` days in a row without a row of the table: a + days after a last
 *                      row on day a. Not d = a, because it was not yet known that the customer would stay away.
 *     planDowngraded   d = `from` of the first plan lower than the one at the cutoff, see `planDowngraded`
 *
 * Several causes compete: the first ends the observation of the others. If two fall on one day, the one listed first
 * counts. Voluntary and involuntary cancellations are two causes; if only one is an event, the other censors.
 *
 *     null   the history ends at or before s; left before the cutoff, known after it; left in the gap
 *     null   silent: no row known in [c − days, c), or silent already as of s
 *     null   planDowngraded: no plan with a place in the order at c, a lower one already as of s, or one without a
 *            place in the order before the event
 *     null   the cancellation that comes first has an unknown cause
 *
 * Customers are observed only from s on: those who left before are missing (left truncation). `entryDays` of
 * {@link survivalTable} are the days from activation to s: in a model on the scale of tenure, a customer enters the
 * risk set there and not at 0. `valueDropped` has no day and cannot be an event.
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
