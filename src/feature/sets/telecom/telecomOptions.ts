import * as z from 'zod'

/** The values of `payments.kind` and `contacts.kind` that the features use. */
export interface TelecomKinds {
  /** A payment after its due day. Default `['late']`. */
  readonly late: readonly string[]
  /** A payment of less than was due. Default `['partial']`. */
  readonly partial: readonly string[]
  /** A payment that failed; it settles no bill. Default `['failed']`. */
  readonly failed: readonly string[]
  /** A prepaid top-up. A reversed one needs another kind, or it counts as a top-up. Default `['recharge']`. */
  readonly recharge: readonly string[]
  /** Default `['complaint']`. */
  readonly complaint: readonly string[]
  /** The customer asked to leave. Default `['cancel-request']`. */
  readonly cancelRequest: readonly string[]
}

/** Names of the further columns that the features look for. */
export interface TelecomColumns {
  /** Text column of `usage`: outgoing or incoming. Default `'direction'`. */
  readonly direction: string
  /** Number column of `usage`: hour of the day, 0 … 23. Default `'hour'`. */
  readonly hour: string
  /** Day column of `plans`: when the introductory price ends. Default `'promotionEnd'`. */
  readonly promotionEnd: string
  /**
   * Boolean columns of `plans`, one for each lock-in: agreement, prepayment with a gift, device, points, balance,
   * converged plan. Default `['bound', 'giftBound', 'deviceBound', 'pointsBound', 'balanceBound', 'converged']`.
   */
  readonly lockIns: readonly string[]
  /** Text column of `contacts`: what a complaint is about. Default `'topic'`. */
  readonly complaintTopic: string
  /** Day column of `contacts`: when it was resolved. Default `'resolvedAt'`. */
  readonly resolvedAt: string
  /** Text column of `devices`, such as 4G or 5G. Default `'generation'`. */
  readonly generation: string
  /** Text column of `customers`: who pays. Default `'payerId'`. */
  readonly payer: string
}

/** Your own columns and values that the telecom features need to know. */
export interface TelecomFeatureOptions {
  /**
   * Columns of `customers` to use: numbers, texts, booleans. Default none, because the history holds only their last
   * state: a status that changes when a customer leaves would tell the model the answer. Name only those that never
   * change.
   */
  readonly attributes?: readonly string[]
  /** Values of your `kind` columns. */
  readonly kinds?: Partial<TelecomKinds>
  /** Names of your columns; a column that the history does not have is left out. */
  readonly columns?: Partial<TelecomColumns>
  /** Values of the `direction` column for usage that the customer initiated. Default `['out']`. */
  readonly outgoing?: readonly string[]
  /** Topics by which to count complaints. Default none. */
  readonly complaintTopics?: readonly string[]
  /**
   * Column of `plans` with the monthly allowance for a measure of `usage`: `{ minutes: 'includedMinutes' }`. Default:
   * the measure's name and `Allowance`, as in `minutesAllowance`.
   */
  readonly allowances?: Readonly<Record<string, string>>
  /**
   * Whether to rank customers in usage and bills among those on the same plan. Default false, because a service then
   * needs the reference made with the batch (see {@link PercentileRule}).
   */
  readonly withinPlan?: boolean
}

const names = z.array(z.string().min(1)).min(1)
const name = z.string().min(1)

/** Rules and defaults of {@link TelecomFeatureOptions}. */
export const telecomOptions = z.strictObject({
  attributes: z.array(name).default([]),
  kinds: z
    .strictObject({
      late: names.default(['late']),
      partial: names.default(['partial']),
      failed: names.default(['failed']),
      recharge: names.default(['recharge']),
      complaint: names.default(['complaint']),
      cancelRequest: names.default(['cancel-request']),
    })
    .prefault({}),
  columns: z
    .strictObject({
      direction: name.default('direction'),
      hour: name.default('hour'),
      promotionEnd: name.default('promotionEnd'),
      lockIns: names.default([
        'bound',
        'giftBound',
        'deviceBound',
        'pointsBound',
        'balanceBound',
        'converged',
      ]),
      complaintTopic: name.default('topic'),
      resolvedAt: name.default('resolvedAt'),
      generation: name.default('generation'),
      payer: name.default('payerId'),
    })
    .prefault({}),
  outgoing: names.default(['out']),
  complaintTopics: z.array(name).default([]),
  allowances: z.record(name, name).default({}),
  withinPlan: z.boolean().default(false),
})

/** Checked {@link TelecomFeatureOptions}. */
export type CheckedTelecomOptions = z.output<typeof telecomOptions>
