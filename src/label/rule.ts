import * as z from 'zod'
import type { Days, Months } from '../base/days.js'
import { type EventTableName, eventTableNames } from '../table/inputs.js'
import { type CancelCause, cancelCauseSchema } from './cancelCause.js'
import { type PlanOrder, planOrderSchema } from './planOrder.js'

/** Length of the outcome window: days, or calendar months counted from its first day. */
export type Horizon =
  | { readonly days: Days; readonly months?: never }
  | { readonly months: Months; readonly days?: never }

/** Churned = cancelled in the outcome window; with a cause: cancelled for this cause. */
export interface CancelledRule {
  readonly kind: 'cancelled'
  readonly cause?: CancelCause
  readonly gapDays: Days
  readonly horizon: Horizon
}

/** Churned = active before the cutoff and without any activity in the outcome window. */
export interface SilentRule {
  readonly kind: 'silent'
  readonly table: EventTableName
  /** Length of the look-back before the cutoff that makes a customer countable; exactly one of the two is given. */
  readonly activeDays?: Days
  /** The same in calendar months. */
  readonly activeMonths?: Months
  readonly gapDays: Days
  readonly horizon: Horizon
}

/** Churned = the monthly value in the outcome window fell by `share` or more. */
export interface ValueDroppedRule {
  readonly kind: 'valueDropped'
  readonly table: EventTableName
  readonly measure: string
  /** Least fall, as a share of the monthly mean before the cutoff. */
  readonly share: number
  readonly lookbackMonths: Months
  readonly gapDays: Days
  readonly horizon: { readonly months: Months }
}

/** Churned = on a lower plan in the outcome window than at the cutoff. */
export interface PlanDowngradedRule {
  readonly kind: 'planDowngraded'
  /** Which of two plans is the lower one. */
  readonly order: PlanOrder
  /** `atEnd`: on the lower plan when the outcome window ends; `anyTime`: on any day of it. */
  readonly when: 'atEnd' | 'anyTime'
  readonly gapDays: Days
  readonly horizon: Horizon
}

/** What "churned" means: a plain object about what happens at and after a cutoff. The outcome is 1, 0 or null. */
export type LabelRule = CancelledRule | SilentRule | ValueDroppedRule | PlanDowngradedRule

/** One of the events that may come first. `name` is its name in the result. */
export type PassageCause =
  | { readonly name: string; readonly event: 'cancelled'; readonly cause?: CancelCause }
  /** The last of `days` days in a row without a row of the table. */
  | { readonly name: string; readonly event: 'silent'; readonly table: EventTableName; readonly days: Days }
  /** The first day on a plan that is lower than the one at the cutoff. */
  | { readonly name: string; readonly event: 'planDowngraded'; readonly order: PlanOrder }

/** Which of several events came first, and after how many days; for survival models. */
export interface FirstPassageRule {
  readonly kind: 'firstPassage'
  /** If two events fall on one day, the one listed first counts. */
  readonly causes: readonly PassageCause[]
  readonly gapDays: Days
  /** When customers without an event are censored; `'all'`: at the end of the history. */
  readonly horizon: Horizon | 'all'
}

/** Any rule for what happened after a cutoff. */
export type OutcomeRule = LabelRule | FirstPassageRule

const gapDays = z.int().min(0)
const length = z.int().min(1)
const months = z.strictObject({ months: length })
const horizon = z.union([z.strictObject({ days: length }), months])
const name = z.string().min(1)

/** Tables whose rows belong to a customer and a day. */
export const eventTableSchema = z.enum(eventTableNames)

const cancelledSchema = z.strictObject({
  kind: z.literal('cancelled'),
  cause: z.exactOptional(cancelCauseSchema),
  gapDays,
  horizon,
})

const silentSchema = z
  .strictObject({
    kind: z.literal('silent'),
    table: eventTableSchema,
    activeDays: z.exactOptional(length),
    activeMonths: z.exactOptional(length),
    gapDays,
    horizon,
  })
  .refine(({ activeDays, activeMonths }) => (activeDays === undefined) !== (activeMonths === undefined), {
    error: 'to have either activeDays or activeMonths',
  })

const valueDroppedSchema = z.strictObject({
  kind: z.literal('valueDropped'),
  table: eventTableSchema,
  measure: z.string().min(1),
  share: z.number().gt(0).lte(1),
  lookbackMonths: length,
  gapDays,
  horizon: months,
})

const planDowngradedSchema = z.strictObject({
  kind: z.literal('planDowngraded'),
  order: planOrderSchema,
  when: z.enum(['atEnd', 'anyTime']),
  gapDays,
  horizon,
})

/** The events of {@link FirstPassageRule}. */
export const passageCausesSchema = z
  .array(
    z.discriminatedUnion('event', [
      z.strictObject({ name, event: z.literal('cancelled'), cause: z.exactOptional(cancelCauseSchema) }),
      z.strictObject({ name, event: z.literal('silent'), table: eventTableSchema, days: length }),
      z.strictObject({ name, event: z.literal('planDowngraded'), order: planOrderSchema }),
    ]),
  )
  .min(1)
  .refine((causes) => new Set(causes.map((cause) => cause.name)).size === causes.length, {
    error: 'to have a different name for each cause',
  })

/** Schema of first passages: reads them back from JSON. */
export const firstPassageRuleSchema: z.ZodType<FirstPassageRule> = z.strictObject({
  kind: z.literal('firstPassage'),
  causes: passageCausesSchema,
  gapDays,
  horizon: z.union([horizon, z.literal('all')]),
})

/** Schema of labels: reads them back from JSON, for example from the settings of a nightly job. */
export const labelRuleSchema: z.ZodType<LabelRule> = z.discriminatedUnion('kind', [
  cancelledSchema,
  silentSchema,
  valueDroppedSchema,
  planDowngradedSchema,
])

/** Schema of all outcome rules. */
export const outcomeRuleSchema: z.ZodType<OutcomeRule> = z.union([labelRuleSchema, firstPassageRuleSchema])
