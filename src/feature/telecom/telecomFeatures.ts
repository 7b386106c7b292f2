import type { HistoryKinds } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'
import {
  activeDays,
  attribute,
  countOf,
  daysUntil,
  difference,
  drop,
  inForce,
  meanOf,
  minOf,
  ratio,
  recency,
  slope,
  sumOf,
  tenure,
} from './builders.js'
import type { FeatureRule, RowFilter } from './rule.js'

/** What the telecom features need to know about the user's own columns and words. */
export interface TelecomFeatureOptions {
  /**
   * Columns of `customers` to use: numbers, texts, booleans. Default none, because the history holds their last state
   * only: a status that changes when a customer leaves tells the model the answer. Name those that never change.
   */
  readonly attributes?: readonly string[]
  /** What the user's `kind` columns call things. */
  readonly kinds?: Partial<TelecomKinds>
}

/** The values of `payments.kind` and `contacts.kind` that mean something here. */
export interface TelecomKinds {
  /** A payment after its due day. Default `['late']`. */
  readonly late: readonly string[]
  /** A payment that did not come through; it settles no bill. Default `['failed']`. */
  readonly failed: readonly string[]
  /** A prepaid top-up. Default `['recharge']`. */
  readonly recharge: readonly string[]
  /** Default `['complaint']`. */
  readonly complaint: readonly string[]
  /** The customer asked to leave. Default `['cancel-request']`. */
  readonly cancelRequest: readonly string[]
}

const usualKinds: TelecomKinds = {
  late: ['late'],
  failed: ['failed'],
  recharge: ['recharge'],
  complaint: ['complaint'],
  cancelRequest: ['cancel-request'],
}

type Columns = Readonly<Record<string, ColumnKind>>

/**
 * Returns a first set of features for a telecom operator, as far as the history's tables and columns go: about 40 rules
 * where it has them all.
 *
 *     customers   tenure; the attributes that are named
 *     usage       per measure: sums of 1, 3 and 6 months, trend over 6, drop against 3; active days, recency
 *     bills       amount: sums of 1 and 3 months, mean of 6, trend over 6, drop against 3; discount as a share of the
 *                 amount, every further measure (overage) as a sum of 3 months
 *     payments    recency, late and failed ones, top-ups, least balance; open balance = bills − payments that came through
 *     contacts    complaints of 1, 3 and 6 months, requests to cancel, recency of the last complaint
 *     plans       plan, fee, converged, bound, days of contract left, days since the plan began
 *
 * The rules are plain objects: add to the list, take from it, print it.
 *
 * @param tables the tables of the history with the kinds of their columns: `history.tables`
 * @returns rules with different names; at least `tenure`
 *
 * @example
 * const tables = { customers: { id: 'text', activatedAt: 'day' }, contacts: { id: 'text', day: 'day', kind: 'text' } }
 * telecomFeatures(tables).map(featureName)
 * // => ['tenure_months', 'contacts[kind=complaint]_count_1m', 'contacts[kind=complaint]_count_3m', 'contacts[kind=complaint]_count_6m', 'contacts[kind=cancel-request]_count_3m', 'contacts[kind=complaint]_recency']
 *
 * @see {@link transactionFeatures} for shops
 */
export function telecomFeatures(tables: HistoryKinds, options: TelecomFeatureOptions = {}): FeatureRule[] {
  const kinds = { ...usualKinds, ...options.kinds }
  const { usage, bills, payments, contacts, plans, customers = {} } = tables
  return [
    tenure(),
    ...(options.attributes ?? []).map((name) =>
      attribute(name, customers[name] === 'text' ? 'text' : 'number'),
    ),
    ...(usage === undefined ? [] : usageFeatures(usage)),
    ...(bills === undefined ? [] : billFeatures(bills)),
    ...(payments === undefined ? [] : paymentFeatures(payments, bills !== undefined, kinds)),
    ...(contacts === undefined ? [] : contactFeatures(kinds)),
    ...(plans === undefined ? [] : planFeatures(plans)),
  ]
}

function usageFeatures(columns: Columns): FeatureRule[] {
  const perMeasure = measuresOf(columns).flatMap((measure) => [
    sumOf('usage', measure, { months: 1 }),
    sumOf('usage', measure, { months: 3 }),
    sumOf('usage', measure, { months: 6 }),
    slope('usage', measure, 6),
    drop('usage', measure, 3),
  ])
  const activity = [activeDays('usage', { months: 1 }), activeDays('usage', { months: 3 }), recency('usage')]
  return [...perMeasure, ...activity]
}

function billFeatures(columns: Columns): FeatureRule[] {
  const { discount } = columns
  const others = measuresOf(columns).filter((measure) => measure !== 'amount' && measure !== 'discount')
  const threeMonths = { months: 3 }
  const discountShare = ratio(sumOf('bills', 'discount', threeMonths), sumOf('bills', 'amount', threeMonths))
  return [
    sumOf('bills', 'amount', { months: 1 }),
    sumOf('bills', 'amount', threeMonths),
    meanOf('bills', 'amount', { months: 6 }),
    slope('bills', 'amount', 6),
    drop('bills', 'amount', 3),
    ...(discount === 'number' ? [discountShare] : []),
    ...others.map((measure) => sumOf('bills', measure, threeMonths)),
  ]
}

function paymentFeatures(columns: Columns, hasBills: boolean, kinds: TelecomKinds): FeatureRule[] {
  const { kind, balance } = columns
  const hasKind = kind === 'text'
  const threeMonths = { months: 3 }
  const cameThrough: RowFilter | undefined = hasKind ? { column: 'kind', notIn: kinds.failed } : undefined
  const counts = [kinds.late, kinds.failed, kinds.recharge].map((values) =>
    countOf('payments', threeMonths, { column: 'kind', in: values }),
  )
  const openBalance = difference(
    sumOf('bills', 'amount', 'all'),
    sumOf('payments', 'amount', 'all', cameThrough),
  )
  return [
    recency('payments'),
    ...(hasKind ? counts : []),
    ...(balance === 'number' ? [minOf('payments', 'balance', threeMonths)] : []),
    ...(hasBills ? [openBalance] : []),
  ]
}

function contactFeatures(kinds: TelecomKinds): FeatureRule[] {
  const complaints: RowFilter = { column: 'kind', in: kinds.complaint }
  return [
    countOf('contacts', { months: 1 }, complaints),
    countOf('contacts', { months: 3 }, complaints),
    countOf('contacts', { months: 6 }, complaints),
    countOf('contacts', { months: 3 }, { column: 'kind', in: kinds.cancelRequest }),
    recency('contacts', complaints),
  ]
}

function planFeatures(columns: Columns): FeatureRule[] {
  const { contractEnd } = columns
  const numbers = ['fee', 'converged', 'bound'].filter((column) => columns[column] !== undefined)
  return [
    inForce('plan', 'text'),
    ...numbers.map((column) => inForce(column, 'number')),
    ...(contractEnd === undefined ? [] : [daysUntil('contractEnd')]),
    daysUntil('from'),
  ]
}

function measuresOf(columns: Columns): string[] {
  return Object.keys(columns).filter((column) => columns[column] === 'number')
}
