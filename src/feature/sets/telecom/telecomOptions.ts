import { z } from 'zod'

/** The values of `payments.kind` and `contacts.kind` that mean something to the features. */
export interface TelecomKinds {
  /** A payment after its due day. Default `['late']`. */
  readonly late: readonly string[]
  /** A payment of less than was due. Default `['partial']`. */
  readonly partial: readonly string[]
  /** A payment that did not come through; it settles no bill. Default `['failed']`. */
  readonly failed: readonly string[]
  /** A prepaid top-up. One that was taken back needs another kind, or it counts as a top-up. Default `['recharge']`. */
  readonly recharge: readonly string[]
  /** Default `['complaint']`. */
  readonly complaint: readonly string[]
  /** The customer asked to leave. Default `['cancel-request']`. */
  readonly cancelRequest: readonly string[]
}

/** What the user calls the columns that the features look for besides those of the input tables. */
export interface TelecomColumns {
  /** Text column of `usage`: which way. Default `'direction'`. */
  readonly direction: string
  /** Number column of `usage`: hour of the day, 0 … 23. Default `'hour'`. */
  readonly hour: string
  /** Day column of `plans`: when the price of the first months ends. Default `'promotionEnd'`. */
  readonly promotionEnd: string
  /**
   * Boolean columns of `plans`, one for each thing that binds: agreement, prepayment with a gift, device, points, balance,
   * converged plan. Default `['bound', 'giftBound', 'deviceBound', 'pointsBound', 'balanceBound', 'converged']`.
   */
  readonly lockIns: readonly string[]
  /** Text column of `contacts`: what a complaint is about. Default `'topic'`. */
  readonly complaintTopic: string
  /** Day column of `contacts`: when it was settled. Default `'resolvedAt'`. */
  readonly resolvedAt: string
  /** Text column of `devices`: 4G, 5G. Default `'generation'`. */
  readonly generation: string
  /** Text column of `customers`: who pays. Default `'payerId'`. */
  readonly payer: string
}

/** What the telecom features need to know about the user's own columns and words. */
export interface TelecomFeatureOptions {
  /**
   * Columns of `customers` to use: numbers, texts, booleans. Default none, because the history holds their last state
   * only: a status that changes when a customer leaves tells the model the answer. Name those that never change.
   */
  readonly attributes?: readonly string[]
  /** What the user's `kind` columns call things. */
  readonly kinds?: Partial<TelecomKinds>
  /** What the user calls his columns; a column that the history does not have is left out. */
  readonly columns?: Partial<TelecomColumns>
  /** The value of the `direction` column for usage that the customer began. Default `['out']`. */
  readonly outgoing?: readonly string[]
  /** Topics that complaints are counted by. Default none. */
  readonly complaintTopics?: readonly string[]
  /**
   * Column of `plans` with what is included per month of a measure of `usage`: `{ minutes: 'includedMinutes' }`.
   * Default: the measure's name with `Allowance`, `minutesAllowance`.
   */
  readonly allowances?: Readonly<Record<string, string>>
  /**
   * Also where the customer stands among those of his plan, in usage and bills. Default false: one customer in a service
   * then needs the reference that was made with the batch (see {@link PercentileRule}).
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
