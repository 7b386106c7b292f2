import { z } from 'zod'
import { checkArguments } from '../base/arguments.js'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'

/** Which lines count as lines of one device, by the table `devices`. */
export interface SameDevice {
  /** Calendar months after the month of the cancellation in which the device is looked for, too. Integer in [0, 12]. */
  readonly monthsAfter: Months
  /**
   * Calendar months before the month of the cancellation in which the leaver's last device is looked for: an older one may
   * have been sold. Integer in [0, 120].
   */
  readonly seenWithinMonths: Months
  /** A device that more lines than this ever used is no device but a placeholder for "unknown". Integer ≥ 2. */
  readonly linesAtMost: number
}

/** Arrears by kinds of payments: at least `least` rows of one of the kinds in `[cancelledAt − days, cancelledAt)`. */
export interface ArrearsByPayments {
  readonly by: 'payments'
  readonly kinds: readonly string[]
  readonly least: number
  readonly days: Days
}

/**
 * Arrears by the open balance: that of the last payment in `[cancelledAt − days, cancelledAt)` is below a bound. Of several
 * payments on that day the least balance counts; payments without one are passed over.
 */
export interface ArrearsByBalance {
  readonly by: 'balance'
  readonly below: number
  readonly days: Days
}

/** Arrears by a column of `customers`, such as a status: its value is one of these. */
export interface ArrearsByAttribute {
  readonly by: 'attribute'
  readonly column: string
  readonly in: readonly (string | number | boolean)[]
}

/** One sign that a line was closed for arrears. */
export type ArrearsSign = ArrearsByPayments | ArrearsByBalance | ArrearsByAttribute

/** Which cancellations are no real churn: a plain object. Made with {@link falseChurn}. */
export interface FalseChurnRule {
  readonly kind: 'falseChurn'
  /** null = devices are not asked. */
  readonly device: SameDevice | null
  /** Column of `customers` that names account or holder; null = not asked. */
  readonly account: string | null
  /**
   * A line activated this many days before or after the cancellation, or less, may be the leaver's new one. null = one
   * activated in the calendar month of the cancellation or, with devices, in the `monthsAfter` ones.
   */
  readonly reentryDays: Days | null
  /** Arrears where any of these signs holds; empty = not asked. */
  readonly arrears: readonly ArrearsSign[]
}

/** A rule of false churn as it is written down. */
export interface FalseChurnOptions {
  /** Default `{ monthsAfter: 0, seenWithinMonths: 3, linesAtMost: 10 }`; null where the history has no devices. */
  readonly device?: Partial<SameDevice> | null
  /** Default null. */
  readonly account?: string | null
  /** Default null: by calendar months. Integer in [0, 366]. */
  readonly reentryDays?: Days | null
  /** Default none. `least` is 1 and `days` is 92 where left out; `below` is 0. */
  readonly arrears?: readonly (
    | (Pick<ArrearsByPayments, 'by' | 'kinds'> & Partial<ArrearsByPayments>)
    | (Pick<ArrearsByBalance, 'by'> & Partial<ArrearsByBalance>)
    | ArrearsByAttribute
  )[]
}

const days = z.int().min(1).max(3660).default(92)

const sign = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('payments'),
    kinds: z.array(z.string().min(1)).min(1),
    least: z.int().min(1).default(1),
    days,
  }),
  z.strictObject({ by: z.literal('balance'), below: z.number().default(0), days }),
  z.strictObject({
    by: z.literal('attribute'),
    column: z.string().min(1),
    in: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
  }),
])

const device = z.strictObject({
  monthsAfter: z.int().min(0).max(12).default(0),
  seenWithinMonths: z.int().min(0).max(120).default(3),
  linesAtMost: z.int().min(2).default(10),
})

/** The rule of rules of false churn: reads them back from JSON. */
export const falseChurnRuleSchema: z.ZodType<FalseChurnRule, unknown> = z.strictObject({
  kind: z.literal('falseChurn'),
  device: device.nullable().default({ monthsAfter: 0, seenWithinMonths: 3, linesAtMost: 10 }),
  account: z.string().min(1).nullable().default(null),
  reentryDays: z.int().min(0).max(366).nullable().default(null),
  arrears: z.array(sign).default([]),
})

/**
 * Returns the rule that says which cancellations are no real churn: nobody was lost, or it was not the customer who left.
 *
 * For training and for honest churn figures: a model that learns from second cards and re-entries learns promotion
 * hopping. It looks at what happened at and after the cancellation, and so belongs to labels, never to features.
 *
 * Of a line that was cancelled on day x in month m, with the device that it was last seen in (of several in one month, any
 * of them), the first that holds:
 *
 *     second card   the device is used in month m by a line that is not younger, and is still there after x
 *     re-entry      the device is used in month m by a younger line that was activated in month m and is still there
 *                   after x: an internal transfer, or back for a promotion; or such a line has the same account
 *     arrears       one of the signs holds: a class of its own, closed by the operator
 *     real churn    none
 *
 * With `monthsAfter: k`, month m and the k months after it. With `reentryDays: n`, activated in [x − n, x + n] instead, and
 * used from month m to the month of x + n. "Still there after x" is: not cancelled, or cancelled after x. Lines that were
 * activated on one day are not younger than each other. What is not known (no device seen, account missing) makes
 * nobody false.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, all at once
 *
 * @example
 * falseChurn({ account: 'accountId', reentryDays: 30 }).device
 * // => { monthsAfter: 0, seenWithinMonths: 3, linesAtMost: 10 }
 *
 * @see {@link falseChurnTable}
 */
export function falseChurn(options: FalseChurnOptions = {}): FalseChurnRule {
  checkArguments('falseChurn', ['options', options, 'options'])
  return checkOptions('falseChurn', falseChurnRuleSchema, { ...options, kind: 'falseChurn' })
}
