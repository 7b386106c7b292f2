import * as z from 'zod'

/** Plans or brands in tiers, the lowest first; plans of one tier are equal. */
export interface PlanTiers {
  /** Text column of `plans`. */
  readonly column: string
  readonly tiers: readonly (readonly string[])[]
}

/** A number column of `plans`; lower by at least an amount, or by at least a share of the value at the cutoff. */
export type PlanValue =
  | { readonly column: string; readonly leastFall: number }
  | { readonly column: string; readonly leastShare: number }

/** Which of two plans is the lower one. */
export type PlanOrder = PlanTiers | PlanValue

const column = z.string().min(1)
const plans = z.array(z.array(z.string()).min(1)).min(2)

/** Schema of plan orders: reads them back from JSON. */
export const planOrderSchema: z.ZodType<PlanOrder> = z.union([
  z.strictObject({
    column,
    tiers: plans.refine((tiers) => new Set(tiers.flat()).size === tiers.flat().length, {
      error: 'to name each plan once',
    }),
  }),
  z.strictObject({ column, leastFall: z.number().gt(0) }),
  z.strictObject({ column, leastShare: z.number().gt(0).lte(1) }),
])
