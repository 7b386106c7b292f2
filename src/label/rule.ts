import { z } from 'zod'
import type { Days, Months } from '../base/days.js'
import { type EventTableName, eventTableNames } from '../table/inputs.js'

/** Length of the outcome window: days, or calendar months counted from its first day. */
export type Horizon = { readonly days: Days } | { readonly months: Months }

/** Churned = cancelled in the outcome window. */
export interface CancelledRule {
  readonly kind: 'cancelled'
  readonly gapDays: Days
  readonly horizon: Horizon
}

/** Churned = active before the cutoff and without any activity in the outcome window. */
export interface SilentRule {
  readonly kind: 'silent'
  readonly table: EventTableName
  /** Length of the look-back before the cutoff that makes a customer countable. */
  readonly activeDays: Days
  readonly gapDays: Days
  readonly horizon: Horizon
}

/** Churned = the monthly value in the outcome window fell by `share` or more. */
export interface ValueDroppedRule {
  readonly kind: 'valueDropped'
  readonly table: EventTableName
  readonly measure: string
  /** Fall that counts, as a share of the monthly mean before the cutoff. */
  readonly share: number
  readonly lookbackMonths: Months
  readonly gapDays: Days
  readonly horizon: { readonly months: Months }
}

/** What "churned" means: a plain object, asked of what happened at and after a cutoff. */
export type LabelRule = CancelledRule | SilentRule | ValueDroppedRule

const gapDays = z.int().min(0)
const length = z.int().min(1)
const months = z.strictObject({ months: length })
const horizon = z.union([z.strictObject({ days: length }), months])

/** Tables whose rows happen to a customer on a day. */
export const eventTableSchema = z.enum(eventTableNames)

/** The rule of label rules: reads them back from JSON, for example from the settings of a nightly job. */
export const labelRuleSchema: z.ZodType<LabelRule> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cancelled'), gapDays, horizon }),
  z.strictObject({
    kind: z.literal('silent'),
    table: eventTableSchema,
    activeDays: length,
    gapDays,
    horizon,
  }),
  z.strictObject({
    kind: z.literal('valueDropped'),
    table: eventTableSchema,
    measure: z.string().min(1),
    share: z.number().gt(0).lte(1),
    lookbackMonths: length,
    gapDays,
    horizon: months,
  }),
])
