import { z } from 'zod'
import type { Days } from '../base/days.js'
import { checkOptions } from '../base/options.js'

/**
 * A cancellation on day x is involuntary where the customer did not pay. Either of the two is enough:
 *
 *     failed     a row of `payments` of one of the `kinds` in (x − withinDays, x], and none of at least 0 that came
 *                through on its day or later, up to x
 *     balance    Σ amount of the bills that were due before x − Σ amount of the payments up to x that came through
 *                > above, to 9 decimals and 12 digits
 *
 * A bill is due `dueDays` after its day (the last day of its month); a credit note, a bill below 0, settles from its day
 * on. A payment came through where its kind is none of the kinds of `failed`, or missing; one below 0 is money paid back:
 * it counts against the payments and makes no failed payment good.
 */
export interface UnpaidBefore {
  readonly kind: 'unpaid'
  /** Left out: failed payments are not looked for. */
  readonly failed?: { readonly kinds: readonly string[]; readonly withinDays: Days }
  /** Left out: the balance is not looked at. */
  readonly balance?: { readonly above: number; readonly dueDays: Days }
}

/** A cancellation is involuntary where a text column of `customers` says so; where it is missing, the cause is unknown. */
export interface ReasonIn {
  readonly kind: 'reasonIn'
  /** Filled in when the customer leaves: never a feature. */
  readonly column: string
  readonly in: readonly string[]
}

/** What tells an involuntary cancellation from a voluntary one. */
export type InvoluntaryRule = UnpaidBefore | ReasonIn

/** Which cancellations count. */
export interface CancelCause {
  readonly of: 'voluntary' | 'involuntary'
  readonly by: InvoluntaryRule
}

/** Options of {@link unpaidBefore}. */
export interface UnpaidBeforeOptions {
  /** Days up to and including the day of cancellation that are searched for a failed payment. Integer ≥ 1. Default 60. */
  readonly withinDays?: Days
  /** Values of `payments.kind` that mean "did not come through". Default `['failed']`; empty: not looked for. */
  readonly failedKinds?: readonly string[]
  /** Open balance from which on a cancellation is involuntary, ≥ 0, exclusive. Left out: not looked at. */
  readonly openAbove?: number
  /** Days after its day that a bill is due. Integer ≥ 0. Default 30. */
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

/** The rule of causes: reads them back from JSON. */
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
 * The column is filled in when the customer leaves. `buildDataset` refuses it among the features and the exclusions of
 * the population.
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

/** Returns the cause "the operator closed the line": what `by` says. Default {@link unpaidBefore}. */
export function involuntary(by: InvoluntaryRule = unpaidBefore()): CancelCause {
  return { of: 'involuntary', by }
}

/** Returns the cause "the customer left": a cancellation that `by` does not call involuntary. Default {@link unpaidBefore}. */
export function voluntary(by: InvoluntaryRule = unpaidBefore()): CancelCause {
  return { of: 'voluntary', by }
}
