import * as z from 'zod'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import type { EventTableName } from '../table/inputs.js'
import { lengthOf } from './horizonOf.js'
import { eventTableSchema, type SilentRule } from './rule.js'
import { silent } from './silent.js'

/** Periods of the label {@link activityChurned}; at most one of the two lengths. */
export interface ActivityChurnedOptions {
  /** Table whose rows are the activity. Default `'usage'`. */
  readonly table?: EventTableName
  /** Length of the period before the cutoff and of the one after it, in calendar months. Integer ≥ 1. Default 1. */
  readonly periodMonths?: Months
  /** The same in days. Integer ≥ 1. */
  readonly periodDays?: Days
  /** Days between the two periods: the time to act. Integer ≥ 0. Default 0. */
  readonly gapDays?: Days
}

const schema = z.strictObject({
  table: eventTableSchema.default('usage'),
  periodMonths: z.int().min(1).optional(),
  periodDays: z.int().min(1).optional(),
  gapDays: z.int().min(0).default(0),
})

/**
 * Returns the label "active in the period before the cutoff, absent in the period after it": 1 absent, 0 seen again,
 * null if not active before or unknown.
 *
 * The churn count of login and traffic statistics: of those who came last month, how many did not come this month
 * (流失客户数). With cutoffs on the first of a month the periods are calendar months.
 *
 * It is exactly {@link silent} with two periods of the same length: only rows of the table decide, and a cancellation
 * matters only because no rows follow it. Use `silent` if the lengths differ, for example activity in the half year
 * before and 90 days of silence after.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * activityChurned()
 * // => { kind: 'silent', table: 'usage', activeMonths: 1, gapDays: 0, horizon: { months: 1 } }
 */
export function activityChurned(options: ActivityChurnedOptions = {}): SilentRule {
  const { periodDays, periodMonths, ...rest } = checkOptions('activityChurned', schema, options)
  const length = lengthOf('activityChurned', { periodDays, periodMonths }) ?? { months: 1 }
  return 'days' in length
    ? silent({ ...rest, activeDays: length.days, silentDays: length.days })
    : silent({ ...rest, activeMonths: length.months, silentMonths: length.months })
}
