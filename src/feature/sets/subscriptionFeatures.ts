import * as z from 'zod'
import { checkOptions } from '../../base/options.js'
import { ownValue } from '../../base/ownValue.js'
import type { HistoryKinds } from '../../table/inputs.js'
import { activeDays, countOf, distinctOf, entropyOf, sumOf } from '../builders/aggregateBuilders.js'
import { band, difference, ratio } from '../builders/arithmeticBuilders.js'
import { attribute, daysUntil, inForce, tenure } from '../builders/customerBuilders.js'
import { drop, lastValue, openRows, recency, slope, streak, variability } from '../builders/rowBuilders.js'
import type { FeatureRule, NumberRule } from '../rule.js'
import type { EventKinds } from './eventKinds.js'
import { type Columns, checkTables, measuresOf, setOf } from './tables.js'

/** Your own columns and values that the subscription features need to know. */
export interface SubscriptionFeatureOptions {
  /** Columns of `customers` to use; only those that never change. Default none. */
  readonly attributes?: readonly string[]
  /** Text column of `usage` that says which feature or title was used. Default `'feature'`. */
  readonly featureColumn?: string
  /** Number column of `usage` with the seats in use that day. Default `'seats'`. */
  readonly seatsColumn?: string
  /** Day column of `contacts`: when a ticket was resolved. Default `'resolvedAt'`. */
  readonly resolvedAt?: string
  /**
   * Number columns of `usage` to use as measures. Default: all except those named like ids (`user_id`, `accountId`),
   * which `buildDataset` reports as unread.
   */
  readonly measures?: readonly string[]
  /** Kinds of events to count one by one; `await eventKinds(history)` finds the frequent ones. Default none. */
  readonly kinds?: EventKinds
  /** Values of `payments.kind` for a payment that failed. Default `['failed']`. */
  readonly failed?: readonly string[]
  /** Values of `contacts.kind` for a ticket. Default `['ticket', 'complaint']`. */
  readonly tickets?: readonly string[]
  /** Values of `contacts.kind` for a request to cancel. Default `['cancel-request']`. */
  readonly cancelRequest?: readonly string[]
}

const name = z.string().min(1)
const names = z.array(name).min(1)

const subscriptionOptions = z.strictObject({
  attributes: z.array(name).default([]),
  featureColumn: name.default('feature'),
  seatsColumn: name.default('seats'),
  resolvedAt: name.default('resolvedAt'),
  measures: z.array(name).optional(),
  kinds: z
    .strictObject({ usage: z.array(name).default([]), contacts: z.array(name).default([]) })
    .prefault({}),
  failed: names.default(['failed']),
  tickets: names.default(['ticket', 'complaint']),
  cancelRequest: names.default(['cancel-request']),
})

type CheckedOptions = z.output<typeof subscriptionOptions>

const month = { days: 28 }
const threeMonths = { months: 3 }
/** Bands of tenure in months: trial, first quarter, first year, two years. */
const tenureEdges = [1, 3, 12, 24]

/**
 * Returns the features for subscribers to software or media, as far as the history's tables and columns allow.
 *
 *     customers   tenure and its band; the named attributes
 *     usage       one row per login or use: number in 28 and 91 days, and in 28 days of each named kind; active days in 7,
 *                 28 and 91 days, the last week against the last four; recency, silent months in a row; number and
 *                 entropy of the features used, now against before; seats now and against three months ago; per
 *                 further measure sum, trend, fall and variability
 *     bills       what recurs (MRR): the last bill, against that of three months ago, against a year ago; falling months
 *     payments    days since the last; failed ones in 3 months, days since the last of them
 *     plans       plan, fee and its rise in 3 months, days of contract left, days since the plan began, plans in a year
 *     contacts    all in 1 and 3 months, and in 3 months of each named kind; tickets in 1 and 3 months, days since the
 *                 last, unresolved and since when; requests to cancel
 *
 * The last bill is the last row of `bills`: use a table without separate rows for credit notes.
 *
 * @param tables the tables of the history with the kinds of their columns: `history.tables`
 * @returns rules with different names; at least `tenure`
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-unknown`, `value-type`
 *
 * @example
 * import { featureName } from 'holdfast/features'
 * const tables = { customers: { id: 'text', activatedAt: 'day' }, usage: { id: 'text', day: 'day', feature: 'text' } }
 * subscriptionFeatures(tables).map(featureName).slice(2, 6)
 * // => ['usage_activeDays_7d', 'usage_activeDays_28d', 'usage_activeDays_91d', 'usage_activeDays_7d_per_usage_activeDays_28d']
 *
 * @see `usefulFeatures` of `holdfast/features` to keep those that are useful on your tables; {@link telecomFeatures}
 * for operators, {@link transactionFeatures} for shops
 */
export function subscriptionFeatures(
  tables: HistoryKinds,
  options: SubscriptionFeatureOptions = {},
): FeatureRule[] {
  checkTables('subscriptionFeatures', tables)
  const checked = checkOptions('subscriptionFeatures', subscriptionOptions, options)
  const { customers = {}, usage, bills, payments, plans, contacts } = tables
  return setOf([
    tenure(),
    band(tenure(), tenureEdges),
    ...checked.attributes.map((column) =>
      attribute(column, ownValue(customers, column) === 'text' ? 'text' : 'number'),
    ),
    ...(usage === undefined ? [] : usageRules(usage, checked)),
    ...(bills === undefined ? [] : billRules()),
    ...(payments === undefined ? [] : paymentRules(payments, checked)),
    ...(plans === undefined ? [] : planRules(plans)),
    ...(contacts === undefined ? [] : contactRules(contacts, checked)),
  ])
}

function usageRules(
  columns: Columns,
  { featureColumn, seatsColumn, measures: given, kinds }: CheckedOptions,
): NumberRule[] {
  const week = activeDays('usage', { days: 7 })
  const measures = given ?? measuresOf(columns).filter((measure) => measure !== seatsColumn)
  return [
    week,
    activeDays('usage', month),
    activeDays('usage', { days: 91 }),
    ratio(week, activeDays('usage', month)),
    countOf('usage', month),
    countOf('usage', { days: 91 }),
    ...kinds.usage.map((kind) => countOf('usage', month, { column: featureColumn, in: [kind] })),
    recency('usage'),
    streak('usage', 'silent', 6),
    ...(ownValue(columns, featureColumn) === 'text' ? breadth(featureColumn) : []),
    ...(ownValue(columns, seatsColumn) === 'number' ? seats(seatsColumn) : []),
    ...measures.flatMap((measure) => [
      sumOf('usage', measure, month),
      slope('usage', measure, 6),
      drop('usage', measure, 3),
      variability('usage', measure, 6),
    ]),
  ]
}

function breadth(column: string): NumberRule[] {
  const now = distinctOf('usage', column, month)
  return [
    now,
    difference(now, distinctOf('usage', column, { days: 28, lag: 28 })),
    entropyOf('usage', column, month),
  ]
}

function seats(column: string): NumberRule[] {
  const now = lastValue('usage', column, 'number', threeMonths)
  return [now, ratio(now, lastValue('usage', column, 'number', { months: 3, lag: 3 }))]
}

function billRules(): NumberRule[] {
  const now = lastValue('bills', 'amount', 'number', threeMonths)
  return [
    now,
    ratio(now, lastValue('bills', 'amount', 'number', { months: 3, lag: 3 })),
    ratio(now, lastValue('bills', 'amount', 'number', { months: 3, lag: 12 })),
    streak('bills', 'amount', 'falling', 6),
  ]
}

function paymentRules(columns: Columns, { failed }: CheckedOptions): NumberRule[] {
  const isFailed = { column: 'kind', in: failed }
  return [
    recency('payments'),
    ...(columns['kind'] === 'text'
      ? [countOf('payments', threeMonths, isFailed), recency('payments', isFailed)]
      : []),
  ]
}

function planRules(columns: Columns): FeatureRule[] {
  const rise = difference(inForce('fee', 'number'), inForce('fee', 'number', { months: 3 }))
  return [
    inForce('plan', 'text'),
    ...(columns['fee'] === 'number' ? [inForce('fee', 'number'), rise] : []),
    ...(columns['contractEnd'] === 'day' ? [daysUntil('contractEnd')] : []),
    daysUntil('from'),
    countOf('plans', { months: 12 }),
  ]
}

function contactRules(
  columns: Columns,
  { tickets, cancelRequest, resolvedAt, kinds }: CheckedOptions,
): NumberRule[] {
  const isTicket = { column: 'kind', in: tickets }
  // Kinds that have a rule of their own are not counted twice
  const others = kinds.contacts.filter(
    (kind) => ![tickets, cancelRequest].some((own) => own.length === 1 && own[0] === kind),
  )
  return [
    countOf('contacts', { months: 1 }),
    countOf('contacts', threeMonths),
    ...others.map((kind) => countOf('contacts', threeMonths, { column: 'kind', in: [kind] })),
    countOf('contacts', { months: 1 }, isTicket),
    countOf('contacts', threeMonths, isTicket),
    recency('contacts', isTicket),
    countOf('contacts', threeMonths, { column: 'kind', in: cancelRequest }),
    ...(columns[resolvedAt] === 'day'
      ? [
          openRows('contacts', resolvedAt, 'count', isTicket),
          openRows('contacts', resolvedAt, 'oldestDays', isTicket),
        ]
      : []),
  ]
}
