import { z } from 'zod'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import { horizonOf } from './horizonOf.js'
import type { CancelledRule } from './rule.js'

/** Windows of the label {@link cancelled}; exactly one of the two lengths of the outcome window. */
export interface CancelledOptions {
  /** Days between cutoff and outcome window: the time to act. Integer ≥ 0. Default 0. */
  readonly gapDays?: Days
  /** Length of the outcome window in days. Integer ≥ 1. Default 30, where `horizonMonths` is not given. */
  readonly horizonDays?: Days
  /** Length of the outcome window in calendar months. Integer ≥ 1. */
  readonly horizonMonths?: Months
}

const schema = z.strictObject({
  gapDays: z.int().min(0).default(0),
  horizonDays: z.int().min(1).optional(),
  horizonMonths: z.int().min(1).optional(),
})

/**
 * Returns the label "cancelled in the outcome window": 1 if so, 0 if still in the network when it ends, null if unknown.
 *
 * For contract and postpaid customers, who have a day of cancellation. Prepaid customers stop without cancelling: use
 * `silent`.
 *
 * With c = cutoff, g = gapDays, h = horizon:
 *
 *     label 1      cancelledAt in [c + g, c + g + h)
 *     label 0      cancelledAt missing or at or after c + g + h
 *     label null   the horizon is not complete: c + g + h > history.completeUntil
 *     label null   left in the gap: cancelledAt in [c, c + g): nobody could have acted on it
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * cancelled({ gapDays: 7, horizonDays: 30 })
 * // => { kind: 'cancelled', gapDays: 7, horizon: { days: 30 } }
 */
export function cancelled(options: CancelledOptions = {}): CancelledRule {
  const { gapDays, horizonDays, horizonMonths } = checkOptions('cancelled', schema, options)
  return { kind: 'cancelled', gapDays, horizon: horizonOf('cancelled', { horizonDays, horizonMonths }) }
}
