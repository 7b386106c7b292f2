import * as z from 'zod'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import type { EventTableName } from '../table/inputs.js'
import { eventTableSchema, type ValueDroppedRule } from './rule.js'

/** Windows and bound of the label {@link valueDropped}. */
export interface ValueDroppedOptions {
  /** Table with the value. Default `'bills'`. */
  readonly table?: EventTableName
  /** Number column of the table. Default `'amount'`. */
  readonly measure?: string
  /** Least fall, as a share of the monthly mean before the cutoff. In (0, 1]. Default 0.3. */
  readonly share?: number
  /** Calendar months before the cutoff against which the fall is measured. Integer ≥ 1. Default 3. */
  readonly lookbackMonths?: Months
  /** Days between cutoff and outcome window: the time to act. Integer ≥ 0. Default 0. */
  readonly gapDays?: Days
  /** Length of the outcome window in calendar months. Integer ≥ 1. Default 1. */
  readonly horizonMonths?: Months
}

const schema = z.strictObject({
  table: eventTableSchema.default('bills'),
  measure: z.string().min(1).default('amount'),
  share: z.number().gt(0).lte(1).default(0.3),
  lookbackMonths: z.int().min(1).default(3),
  gapDays: z.int().min(0).default(0),
  horizonMonths: z.int().min(1).default(1),
})

/**
 * Returns the label "value downgrade": 1 if the monthly value falls by `share` or more, 0 if not, null if not countable.
 *
 * For customers who stay and pay less: a downgraded plan, a second line that takes over the calls. It is a loss of
 * value, not of customers; use `cancelled` or `silent` for those. For a customer who leaves inside the outcome window
 * only the amounts billed in it count, so such customers are usually 1.
 *
 * With c = cutoff, k = lookbackMonths, g = gapDays, n = horizonMonths:
 *
 *     before       Σ measure in [c − k months, c) / k
 *     after        Σ measure in [c + g, c + g + n months) / n
 *     label 1      after ≤ (1 − share) × before, to 9 decimals
 *     label 0      after above that
 *     label null   before ≤ 0: nothing to lose; activated after the look-back began: before is not a full mean
 *     label null   the horizon is not complete; left in the gap
 *
 * Amounts have a sign: a credit note in the outcome window lowers the amount there, whichever bill it was written for.
 * If credits concern earlier months, use a measure without them. A bill counts on the last day of its month: with
 * cutoffs on the first of a month, the outcome of one month is the bill of the cutoff's own month.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * valueDropped({ share: 0.5 })
 * // => { kind: 'valueDropped', table: 'bills', measure: 'amount', share: 0.5, lookbackMonths: 3, gapDays: 0, horizon: { months: 1 } }
 *
 * @see the rule "ARPU falls 30 % against the previous three months"
 */
export function valueDropped(options: ValueDroppedOptions = {}): ValueDroppedRule {
  const { horizonMonths, ...rest } = checkOptions('valueDropped', schema, options)
  return { kind: 'valueDropped', ...rest, horizon: { months: horizonMonths } }
}
