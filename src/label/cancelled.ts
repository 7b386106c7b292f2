import * as z from 'zod'
import type { Days } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import { type CancelCause, cancelCauseSchema } from './cancelCause.js'
import { type HorizonOptions, horizonOf } from './horizonOf.js'
import type { CancelledRule } from './rule.js'

/** Windows of the label {@link cancelled}; exactly one of the two lengths of the outcome window. */
export type CancelledOptions = HorizonOptions & {
  /** Only cancellations of this cause count, made with `voluntary` or `involuntary`. Left out: all. */
  readonly cause?: CancelCause
  /** Days between cutoff and outcome window: the time to act. Integer ≥ 0. Default 0. */
  readonly gapDays?: Days
}

const schema = z.strictObject({
  cause: cancelCauseSchema.optional(),
  gapDays: z.int().min(0).default(0),
  horizonDays: z.int().min(1).optional(),
  horizonMonths: z.int().min(1).optional(),
})

/**
 * Returns the label "cancelled in the outcome window": 1 if so, 0 if still a customer when it ends, null if unknown.
 *
 * For contract and postpaid customers, who have a day of cancellation. Prepaid customers stop without cancelling: use
 * `silent`. Customers whose line was closed because they did not pay differ from those who chose to leave: no offer
 * keeps them, and a model of both learns payment trouble. `cause` separates the two.
 *
 * With c = cutoff, g = gapDays, h = horizon:
 *
 *     label 1      cancelledAt in [c + g, c + g + h)
 *     label 0      cancelledAt missing or at or after c + g + h
 *     label null   the horizon is not complete: c + g + h > history.completeUntil
 *     label null   left in the gap: cancelledAt in [c, c + g): nobody could have acted on it
 *     label null   left before the cutoff, but this became known only at or after it (`cancelledKnownAt`)
 *
 * With a cause, a cancellation for the other cause is 0: the outcome is leaving *this way* within the window, so that
 * the two causes add up to all who leave. If the cause is unknown (`reasonIn` with a missing value), a cancellation is
 * null.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * cancelled({ gapDays: 7, horizonDays: 30 })
 * // => { kind: 'cancelled', gapDays: 7, horizon: { days: 30 } }
 *
 * @example
 * import { labelName, reasonIn, voluntary } from 'holdfast/labels'
 * labelName(cancelled({ cause: voluntary(reasonIn('cancelReason', ['non-payment'])) }))
 * // => 'cancelled_voluntary[cancelReason=non-payment]_30d'
 */
export function cancelled(options: CancelledOptions = {}): CancelledRule {
  const { cause, gapDays, horizonDays, horizonMonths } = checkOptions('cancelled', schema, options)
  const horizon = horizonOf('cancelled', { horizonDays, horizonMonths })
  return { kind: 'cancelled', ...(cause === undefined ? {} : { cause }), gapDays, horizon }
}
