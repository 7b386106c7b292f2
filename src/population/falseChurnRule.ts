import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'

/** Which lines share a device, by the table `devices`. */
export interface SameDevice {
  /** Calendar months after the month of the cancellation in which to look for the device, too. Integer in [0, 12]. */
  readonly monthsAfter: Months
  /**
   * Calendar months before the month of the cancellation in which to look for the leaver's last device: an older one
   * may have been sold. Integer in [0, 120].
   */
  readonly seenWithinMonths: Months
  /** A device used by more lines than this is a placeholder for "unknown". Integer ≥ 2. */
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
 * Arrears by the open balance: that of the last payment in `[cancelledAt − days, cancelledAt)` is below a bound. If
 * that day has several payments, the least balance counts; payments without one are skipped.
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

/** Which cancellations are not real churn: a plain object, made with {@link falseChurn}. */
export interface FalseChurnRule {
  readonly kind: 'falseChurn'
  /** null = devices are not used. */
  readonly device: SameDevice | null
  /** Column of `customers` that names account or holder; null = not used. */
  readonly account: string | null
  /**
   * A line activated at most this many days before or after the cancellation may be the leaver's new one. null = one
   * activated in the calendar month of the cancellation or, with devices, in the `monthsAfter` months after it.
   */
  readonly reentryDays: Days | null
  /** Arrears if any of these signs holds; empty = not used. */
  readonly arrears: readonly ArrearsSign[]
}

/** Options of {@link falseChurn}. */
export interface FalseChurnOptions {
  /** Default `{ monthsAfter: 0, seenWithinMonths: 3, linesAtMost: 10 }`; null if the history has no devices. */
  readonly device?: Partial<SameDevice> | null
  /** Default null. */
  readonly account?: string | null
  /** Default null: by calendar months. Integer in [0, 366]. */
  readonly reentryDays?: Days | null
  /** Default none; within a sign `least` defaults to 1, `days` to 92, `below` to 0. */
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

/** Schema of rules of false churn: reads them back from JSON. */
export const falseChurnRuleSchema: z.ZodType<FalseChurnRule, unknown> = z.strictObject({
  kind: z.literal('falseChurn'),
  device: device.nullable().default({ monthsAfter: 0, seenWithinMonths: 3, linesAtMost: 10 }),
  account: z.string().min(1).nullable().default(null),
  reentryDays: z.int().min(0).max(366).nullable().default(null),
  arrears: z.array(sign).default([]),
})

/**
 * Returns the rule that says which cancellations are not real churn: nobody was lost, or it was not the customer who
 * left.
 *
 * For training and for honest churn figures: a model that learns from second cards and re-entries learns promotion
 * hopping. It uses what happened at and after the cancellation, and so belongs in labels, never in features.
 *
 * For a line cancelled on day x in month m, with its last device (if several in one month, any of them), the first that
 * holds:
 *
 *     second card   the device is used in month m by a line that is not younger and still active after x
 *     re-entry      the device is used in month m by a younger line that was activated in month m and is still
 *                   active after x: an internal transfer, or a return for a promotion; or such a line has the same account
 *     arrears       one of the signs holds: a class of its own, closed by the operator
 *     real churn    none
 *
 * With `monthsAfter: k`, month m and the k months after it. With `reentryDays: n`, activated in [x − n, x + n] instead,
 * and used from month m to the month of x + n. "Still active after x" means not cancelled, or cancelled after x. Lines
 * activated on the same day are not younger than each other. Missing information (no device seen, no account) never
 * makes a cancellation false.
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
