import { checkOptions } from '../../../base/options.js'
import type { HistoryKinds } from '../../../table/inputs.js'
import { meanOf, sumOf } from '../../builders/aggregateBuilders.js'
import { band, percentile } from '../../builders/arithmeticBuilders.js'
import { attribute, inForce, isOther, tenure } from '../../builders/customerBuilders.js'
import type { FeatureRule } from '../../rule.js'
import { checkTables, setOf } from '../tables.js'
import { billFeatures } from './billFeatures.js'
import { contactFeatures } from './contactFeatures.js'
import { deviceFeatures } from './deviceFeatures.js'
import { paymentFeatures } from './paymentFeatures.js'
import { planFeatures } from './planFeatures.js'
import { type CheckedTelecomOptions, type TelecomFeatureOptions, telecomOptions } from './telecomOptions.js'
import { usageFeatures, usageMeasures } from './usageFeatures.js'

/** Bands of tenure in months: new, half a year, a year, two years. */
const tenureEdges = [3, 6, 12, 24]

/**
 * Returns the features for customers of a telecom operator, as far as the history's tables and columns allow: about 90
 * rules if it has them all.
 *
 *     customers   tenure and its band; the named attributes; whether somebody else pays
 *     usage       per measure: sums of 1, 3 and 6 months, trend and variability over 6, drop against 3, shares on
 *                 weekends, outgoing and at night, use of the plan's allowance; active days, recency, silent and
 *                 falling months in a row
 *     bills       amount: sums of 1 and 3 months, means of 3 (ARPU) and 6, trend, variability, drop, rising months in a
 *                 row, the last bill against the three before it; overage and discount as shares of the total; every further
 *                 measure as a sum of 3 months
 *     payments    recency; late, failed and partial ones; top-ups: days between them, regularity, overdue, months each one
 *                 lasts; lowest balance, months that the balance lasts; open balance and age of the oldest unpaid bill
 *     contacts    complaints in 1, 3 and 6 months, days since the last, by topic, repeated, unresolved and since when;
 *                 requests to cancel
 *     plans       plan, fee, its rise in 3 months, converged, bound, number of lock-ins; days and band of contract
 *                 left, days of promotion left; days since the plan began, plans in a year and in all
 *     devices     changes in a year, months seen, generation
 *
 * Amounts have a sign: credit notes are negative bills, refunds negative payments. Sums and the balance are then right,
 * and a credit settles the oldest bill. Means are per row, so that a credit note in a row of its own counts as one more
 * bill.
 *
 * Number columns named like ids (`cell_id`) are not used as measures; `buildDataset` reports them as unread.
 *
 * The rules are plain objects: add to the list, remove from it, print it.
 *
 * @param tables the tables of the history with the kinds of their columns: `history.tables`
 * @returns rules with different names; at least `tenure`
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-unknown`, `value-type`
 *
 * @example
 * import { featureName } from 'holdfast/features'
 * const tables = { customers: { id: 'text', activatedAt: 'day' }, contacts: { id: 'text', day: 'day', kind: 'text' } }
 * telecomFeatures(tables).slice(2).map(featureName)
 * // => ['contacts[kind=complaint]_count_1m', 'contacts[kind=complaint]_count_3m', 'contacts[kind=complaint]_count_6m', 'contacts[kind=cancel-request]_count_3m', 'contacts[kind=complaint]_recency']
 *
 * @see `usefulFeatures` of `holdfast/features` to keep those that are useful on your tables;
 * {@link subscriptionFeatures} for software and media, {@link transactionFeatures} for shops
 */
export function telecomFeatures(tables: HistoryKinds, options: TelecomFeatureOptions = {}): FeatureRule[] {
  checkTables('telecomFeatures', tables)
  const checked = checkOptions('telecomFeatures', telecomOptions, options)
  const { usage, bills, payments, contacts, plans, devices } = tables
  return setOf([
    ...customerFeatures(tables.customers ?? {}, checked),
    ...(usage === undefined ? [] : usageFeatures(usage, plans, checked)),
    ...(bills === undefined ? [] : billFeatures(bills)),
    ...(payments === undefined ? [] : paymentFeatures(payments, bills !== undefined, checked)),
    ...(contacts === undefined ? [] : contactFeatures(contacts, checked)),
    ...(plans === undefined ? [] : planFeatures(plans, checked)),
    ...(devices === undefined ? [] : deviceFeatures(devices, checked)),
    ...(checked.withinPlan && plans !== undefined ? standing(tables, checked) : []),
  ])
}

function customerFeatures(
  columns: NonNullable<HistoryKinds['customers']>,
  { attributes, columns: { payer } }: CheckedTelecomOptions,
): FeatureRule[] {
  return [
    tenure(),
    band(tenure(), tenureEdges),
    ...attributes.map((name) => attribute(name, columns[name] === 'text' ? 'text' : 'number')),
    ...(columns[payer] === 'text' ? [isOther(payer)] : []),
  ]
}

function standing({ usage, bills }: HistoryKinds, { columns }: CheckedTelecomOptions): FeatureRule[] {
  const plan = inForce('plan', 'text')
  const used = usageMeasures(usage ?? {}, columns.hour).map((measure) =>
    sumOf('usage', measure, { months: 3 }),
  )
  const billed = bills === undefined ? [] : [meanOf('bills', 'amount', { months: 3 })]
  return [...used, ...billed].map((rule) => percentile(rule, plan))
}
