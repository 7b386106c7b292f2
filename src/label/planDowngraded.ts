import * as z from 'zod'
import type { Days } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { type HorizonOptions, horizonOf } from './horizonOf.js'
import { type PlanOrder, planOrderSchema } from './planOrder.js'
import type { PlanDowngradedRule } from './rule.js'

/** What makes a plan lower: exactly one of the three. */
export type LowerPlan =
  | {
      /** Plans or brands, the lowest first; plans of one tier are listed together: `['mini', ['easy', 'easy+'], 'max']`. */
      readonly tiers: readonly (string | readonly string[])[]
      readonly leastFall?: never
      readonly leastShare?: never
    }
  | {
      readonly tiers?: never
      /** Least fall of the column, in its unit. Above 0. */
      readonly leastFall: number
      readonly leastShare?: never
    }
  | {
      readonly tiers?: never
      readonly leastFall?: never
      /** Least fall of the column, as a share of its value at the cutoff. In (0, 1]. */
      readonly leastShare: number
    }

/** Order of plans and windows of the label {@link planDowngraded}; exactly one of `tiers`, `leastFall`, `leastShare`. */
export type PlanDowngradedOptions = HorizonOptions &
  LowerPlan & {
    /** Column of `plans`: a text for `tiers` (default `'plan'`), otherwise a number (default `'fee'`). */
    readonly column?: string
    /** `'atEnd'`: on the lower plan when the window ends; `'anyTime'`: on any day of it. Default `'atEnd'`. */
    readonly when?: 'atEnd' | 'anyTime'
    /** Days between cutoff and outcome window: the time to act. Integer ≥ 0. Default 0. */
    readonly gapDays?: Days
  }

const schema = z.strictObject({
  tiers: z
    .array(z.union([z.string(), z.array(z.string()).min(1)]))
    .min(2)
    .optional(),
  leastFall: z.number().gt(0).optional(),
  leastShare: z.number().gt(0).lte(1).optional(),
  column: z.string().min(1).optional(),
  when: z.enum(['atEnd', 'anyTime']).default('atEnd'),
  gapDays: z.int().min(0).default(0),
  horizonDays: z.int().min(1).optional(),
  horizonMonths: z.int().min(1).optional(),
})

/**
 * Returns the label "plan or brand downgrade": 1 if on a lower plan in the outcome window than at the cutoff, 0 if not,
 * null if not countable or unknown.
 *
 * The plan in force as of a day is the latest row of `plans` before it, unless its `to` is past; of two plans from the
 * same day the same one counts as in features (see `InForceRule`). With c = cutoff, [s, e) = outcome window:
 *
 *     before             plan in force as of c, from the rows known before c
 *     label 1, atEnd     the plan in force as of e is lower than before
 *     label 1, anyTime   the plan of a row in [s, e) is lower than before
 *     label 0            otherwise
 *     label 0            cancelled in [s, e) with no downgrade before: those who leave are `cancelled`, not downgraded
 *                        (with atEnd even after a downgrade)
 *     label null         no plan in force at c, one without a place in the order, or (leastShare) a value not above 0
 *     label null         already on a lower plan as of s: changed in the gap, or before c but known after it
 *     label null         the deciding plan has no place in the order: unlisted, or without a value
 *     label null         the horizon is not complete; left in the gap; left before the cutoff, known after it
 *
 * With a number column, lower means: before − after ≥ leastFall, or after ≤ (1 − leastShare) × before, to 9 decimals.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * labelName(planDowngraded({ tiers: ['mini', ['easy', 'easy+'], 'max'], horizonMonths: 1 }))
 * // => 'downgraded_plan[mini<easy|easy+<max]_at_end_1m'
 *
 * @example
 * planDowngraded({ leastShare: 0.2, when: 'anyTime' })
 * // => { kind: 'planDowngraded', order: { column: 'fee', leastShare: 0.2 }, when: 'anyTime', gapDays: 0, horizon: { days: 30 } }
 *
 * @see {@link valueDropped} for a fall of the billed amount
 */
export function planDowngraded(options: PlanDowngradedOptions): PlanDowngradedRule {
  const checked = checkOptions('planDowngraded', schema, options)
  const { when, gapDays, horizonDays, horizonMonths } = checked
  const order = checkOptions('planDowngraded', planOrderSchema, orderOf(checked))
  const horizon = horizonOf('planDowngraded', { horizonDays, horizonMonths })
  return { kind: 'planDowngraded', order, when, gapDays, horizon }
}

function orderOf({ tiers, leastFall, leastShare, column }: z.output<typeof schema>): PlanOrder {
  const given = { tiers, leastFall, leastShare }
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (names.length !== 1) {
    throw new HoldfastError('planDowngraded', [
      {
        code: 'option-invalid',
        parameter: 'the order of plans',
        rule: 'to be given by exactly one of tiers, leastFall, leastShare',
        received: names,
      },
    ])
  }
  if (tiers !== undefined) {
    const lists = tiers.map((tier) => (typeof tier === 'string' ? [tier] : tier))
    return { column: column ?? 'plan', tiers: lists }
  }
  const number = { column: column ?? 'fee' }
  return leastFall === undefined ? { ...number, leastShare: leastShare! } : { ...number, leastFall }
}
