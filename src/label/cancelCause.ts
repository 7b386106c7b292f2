import * as z from 'zod'
import type { Days } from '../base/days.js'
import { checkOptions } from '../base/options.js'

/**
 * A cancellation on day x is involuntary if the customer did not pay. Either condition is enough:
 *
 *     failed     a row of `payments` of one of the `kinds` in (x − withinDays, x], and no payment of at least 0
 *                that succeeded on that day or later, up to x
 *     balance    Σ amount of the bills due before x − Σ amount of the successful payments up to x
 *                > above, to 9 decimals and 12 digits
 *
 * A bill is due `dueDays` after its day (the last day of its month); a credit note (a negative bill) settles from its
 * day on. A payment is successful if its kind is missing or not among the failed kinds. A negative payment is a refund:
 * it counts against the payments and does not make up for a failed one.
 */
export interface UnpaidBefore {
  readonly kind: 'unpaid'
  /** Left out: failed payments are not looked for. */
  readonly failed?: { readonly kinds: readonly string[]; readonly withinDays: Days }
  /** Left out: the balance is not looked at. */
  readonly balance?: { readonly above: number; readonly dueDays: Days }
}

/** A cancellation is involuntary if a text column of `customers` says so; if it is missing, the cause is unknown. */
export interface ReasonIn {
  readonly kind: 'reasonIn'
  /** Filled in when the customer leaves: never a feature. */
  readonly column: string
  readonly in: readonly string[]
}

/** How to tell an involuntary cancellation from a voluntary one. */
export type InvoluntaryRule = UnpaidBefore | ReasonIn

/** Which cancellations count. */
export interface CancelCause {
  readonly of: 'voluntary' | 'involuntary'
  readonly by: InvoluntaryRule
}

/** Options of {@link unpaidBefore}. */
export interface UnpaidBeforeOptions {
  /**
   * Days up to and including the day of cancellation in which to look for a failed payment. Integer ≥ 1. Default 60.
   */
  readonly withinDays?: Days
  /** Values of `payments.kind` for a failed payment. Default `['failed']`; empty: not looked for. */
  readonly failedKinds?: readonly string[]
  /** A cancellation is involuntary if the open balance is above this, ≥ 0. Left out: the balance is not looked at. */
  readonly openAbove?: number
  /** Days after its day on which a bill is due. Integer ≥ 0. Default 30. */
  readonly dueDays?: Days
}

const texts = z.array(z.string())

const days = z.int().min(1)
const dueDays = z.int().min(0)
const amount = z.number().min(0)

const unpaidBeforeOptions = z.strictObject({
  withinDays: days.default(60),
  failedKinds: texts.default(['failed']),
  openAbove: amount.optional(),
  dueDays: dueDays.default(30),
})

const unpaid = z
  .strictObject({
    kind: z.literal('unpaid'),
    failed: z.exactOptional(z.strictObject({ kinds: texts.min(1), withinDays: days })),
    balance: z.exactOptional(z.strictObject({ above: amount, dueDays })),
  })
  .refine(({ failed, balance }) => failed !== undefined || balance !== undefined, {
    error: 'to look for payments of failedKinds, or for a balance openAbove, or both',
  })

const reasonInRule = z.strictObject({
  kind: z.literal('reasonIn'),
  column: z.string().min(1),
  in: texts.min(1),
})

/** Schema of causes: reads them back from JSON. */
export const cancelCauseSchema = z.strictObject({
  of: z.enum(['voluntary', 'involuntary']),
  by: z.discriminatedUnion('kind', [unpaid, reasonInRule]),
})

/**
 * Returns the rule "the customer had not paid when the line was closed".
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * unpaidBefore({ openAbove: 5 })
 * // => { kind: 'unpaid', failed: { kinds: ['failed'], withinDays: 60 }, balance: { above: 5, dueDays: 30 } }
 *
 * @see {@link UnpaidBefore}
 */
export function unpaidBefore(options: UnpaidBeforeOptions = {}): UnpaidBefore {
  const checked = checkOptions('unpaidBefore', unpaidBeforeOptions, options)
  const { withinDays, failedKinds, openAbove } = checked
  return checkOptions('unpaidBefore', unpaid, {
    kind: 'unpaid',
    ...(failedKinds.length === 0 ? {} : { failed: { kinds: failedKinds, withinDays } }),
    ...(openAbove === undefined ? {} : { balance: { above: openAbove, dueDays: checked.dueDays } }),
  })
}

/**
 * Returns the rule "a column of the customers names one of these reasons".
 *
 * The column is filled in when the customer leaves, so `buildDataset` refuses it in features and in exclusions of the
 * population.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * involuntary(reasonIn('cancelReason', ['non-payment', 'fraud']))
 * // => { of: 'involuntary', by: { kind: 'reasonIn', column: 'cancelReason', in: ['non-payment', 'fraud'] } }
 */
export function reasonIn(column: string, reasons: readonly string[]): ReasonIn {
  return checkOptions('reasonIn', reasonInRule, { kind: 'reasonIn', column, in: reasons })
}

/** Returns the cause "the operator closed the line", as decided by `by`. Default {@link unpaidBefore}. */
export function involuntary(by: InvoluntaryRule = unpaidBefore()): CancelCause {
  return { of: 'involuntary', by }
}

/**
 * Returns the cause "the customer left": a cancellation that is not involuntary by `by`. Default {@link unpaidBefore}.
 */
export function voluntary(by: InvoluntaryRule = unpaidBefore()): CancelCause {
  return { of: 'voluntary', by }
}
