import * as z from 'zod'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import type { EventTableName } from '../table/inputs.js'
import { horizonOf, lengthOf } from './horizonOf.js'
import { eventTableSchema, type SilentRule } from './rule.js'

/** Windows of the label {@link silent}. */
export type SilentOptions = {
  /** Table whose rows are the activity. Default `'usage'`. */
  readonly table?: EventTableName
  /** Days between cutoff and outcome window: the time to act. Integer ≥ 0. Default 0. */
  readonly gapDays?: Days
} & (
  | {
      /**
       * Length of the look-back that makes a customer countable. Days, integer ≥ 1. Default 30 unless months are given.
       */
      readonly activeDays?: Days
      readonly activeMonths?: never
    }
  | {
      readonly activeDays?: never
      /** The same in calendar months. Integer ≥ 1. */
      readonly activeMonths?: Months
    }
) &
  (
    | {
        /** Length of the outcome window in days. Integer ≥ 1. Default 30 unless `silentMonths` is given. */
        readonly silentDays?: Days
        readonly silentMonths?: never
      }
    | {
        readonly silentDays?: never
        /** Length of the outcome window in calendar months. Integer ≥ 1. */
        readonly silentMonths?: Months
      }
  )

const schema = z.strictObject({
  table: eventTableSchema.default('usage'),
  activeDays: z.int().min(1).optional(),
  activeMonths: z.int().min(1).optional(),
  gapDays: z.int().min(0).default(0),
  silentDays: z.int().min(1).optional(),
  silentMonths: z.int().min(1).optional(),
})

/**
 * Returns the label "silent after the cutoff": 1 if so, 0 if seen again, null if not countable or unknown.
 *
 * Use it for customers who leave without cancelling (prepaid lines, shops, logins). Do not use it for contract
 * customers: a suspended or travelling customer is silent but has not left; use `cancelled`.
 *
 * With c = cutoff, a = length of the look-back, g = gapDays, s = length of the outcome window:
 *
 *     countable    at least one row in [c − a, c), known before c if the table has `knownAt`
 *     label 0      at least one row in [c + g, c + g + s)
 *     label 1      none there
 *     label null   not countable: never a 0, so that it cannot dilute the churn rate
 *     label null   the horizon is not complete: c + g + s > history.completeUntil
 *     label null   left in the gap: cancelledAt in [c, c + g); left before the cutoff, known after it
 *
 * Rows inside the gap are ignored on both sides. The result does not depend on the order of rows or on repeated rows.
 * Customers who cancel inside the outcome window are 0 if seen there before, 1 if not.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * silent({ activeDays: 180, silentDays: 90 })
 * // => { kind: 'silent', table: 'usage', activeDays: 180, gapDays: 0, horizon: { days: 90 } }
 *
 * @see `activityChurned` of `holdfast/labels` for the same rule by calendar months
 * @see {@link cancelled} if there is a day of cancellation
 */
export function silent(options: SilentOptions = {}): SilentRule {
  const checked = checkOptions('silent', schema, options)
  const { table, activeDays, activeMonths, gapDays, silentDays, silentMonths } = checked
  const active = lengthOf('silent', { activeDays, activeMonths }) ?? { days: 30 }
  return {
    kind: 'silent',
    table,
    ...('days' in active ? { activeDays: active.days } : { activeMonths: active.months }),
    gapDays,
    horizon: horizonOf('silent', { silentDays, silentMonths }),
  }
}
