import type { Months } from '../../base/days.js'
import { checkOptions } from '../../base/options.js'
import type { WindowRule } from '../../base/windows.js'
import type { RowFilter } from '../../population/rowFilter.js'
import type { EventTableName } from '../../table/inputs.js'
import { featureRuleSchemas } from '../featureRuleSchema.js'
import type {
  DropRule,
  OldestUnpaidRule,
  OpenRowsRule,
  RecencyRule,
  SlopeRule,
  StreakRule,
  ValueAtRule,
  ValueType,
  VariabilityRule,
} from '../rule.js'

/**
 * Returns the rule "value of a column in the first row of the window that has one".
 *
 * @param type `'text'`, or `'number'` for numbers and booleans
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * featureName(firstValue('payments', 'kind', 'text', 'all'))
 * // => 'payments_kind_first_all'
 *
 * @see {@link ValueAtRule} for ties
 */
export function firstValue<Type extends ValueType>(
  table: EventTableName,
  column: string,
  type: Type,
  window: WindowRule,
  where?: RowFilter,
): ValueAtRule & { readonly type: Type } {
  return valueAt('firstValue', 'first', table, column, type, window, where)
}

/**
 * Returns the rule "value of a column in the last row of the window that has one", such as the current balance.
 *
 * @param type `'text'`, or `'number'` for numbers and booleans
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * featureName(lastValue('payments', 'balance', 'number', 'all'))
 * // => 'payments_balance_last_all'
 *
 * @see {@link ValueAtRule} for ties
 */
export function lastValue<Type extends ValueType>(
  table: EventTableName,
  column: string,
  type: Type,
  window: WindowRule,
  where?: RowFilter,
): ValueAtRule & { readonly type: Type } {
  return valueAt('lastValue', 'last', table, column, type, window, where)
}

function valueAt<Type extends ValueType>(
  operation: string,
  which: ValueAtRule['which'],
  table: EventTableName,
  column: string,
  type: Type,
  window: WindowRule,
  where: RowFilter | undefined,
): ValueAtRule & { readonly type: Type } {
  const rule = { kind: 'valueAt', table, which, column, type, window, ...filtered(where) } as const
  return checkOptions(operation, featureRuleSchemas.valueAt, rule) as typeof rule
}

/** Returns the rule "days since the last row". @throws {HoldfastError} `option-invalid` @see {@link RecencyRule} */
export function recency(table: EventTableName, where?: RowFilter): RecencyRule {
  return checkOptions('recency', featureRuleSchemas.recency, { kind: 'recency', table, ...filtered(where) })
}

/** Returns the rule "trend per month". @throws {HoldfastError} `option-invalid` @see {@link SlopeRule} */
export function slope(table: EventTableName, measure: string, months: Months, where?: RowFilter): SlopeRule {
  const rule = { kind: 'slope', table, measure, months, ...filtered(where) }
  return checkOptions('slope', featureRuleSchemas.slope, rule)
}

/** Returns the rule "fall of the last month". @throws {HoldfastError} `option-invalid` @see {@link DropRule} */
export function drop(table: EventTableName, measure: string, months: Months, where?: RowFilter): DropRule {
  const rule = { kind: 'drop', table, measure, months, ...filtered(where) }
  return checkOptions('drop', featureRuleSchemas.drop, rule)
}

/**
 * Returns the rule "coefficient of variation of the monthly sums": 0 = every month the same.
 *
 * @param months 2 to 36
 * @throws {HoldfastError} `option-invalid`
 *
 * @see {@link VariabilityRule} for the formula, {@link gapDeviation} for the regularity of days
 */
export function variability(
  table: EventTableName,
  measure: string,
  months: Months,
  where?: RowFilter,
): VariabilityRule {
  const rule = { kind: 'variability', table, measure, months, ...filtered(where) }
  return checkOptions('variability', featureRuleSchemas.variability, rule)
}

/**
 * Returns the rule "how many of the last months in a row were active, silent, rising or falling".
 *
 * @param months how far back to look, and so the greatest value: 1 to 36
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * [streak('usage', 'silent', 6), streak('bills', 'amount', 'falling', 12)].map(featureName)
 * // => ['usage_silent_streak_6m', 'bills_amount_falling_streak_12m']
 *
 * @see {@link StreakRule} for what each means
 */
export function streak(
  table: EventTableName,
  of: 'active' | 'silent',
  months: Months,
  where?: RowFilter,
): StreakRule
export function streak(
  table: EventTableName,
  measure: string,
  of: 'rising' | 'falling',
  months: Months,
  where?: RowFilter,
): StreakRule
export function streak(table: EventTableName, ...asked: readonly unknown[]): StreakRule {
  const hasMeasure = typeof asked[1] === 'string'
  const [measure, of, months, where] = hasMeasure ? asked : [undefined, ...asked]
  const rule = {
    kind: 'streak',
    table,
    of,
    ...(hasMeasure ? { measure } : {}),
    months,
    ...filtered(where as RowFilter | undefined),
  }
  return checkOptions('streak', featureRuleSchemas.streak, rule)
}

/**
 * Returns the rule "rows that are not settled at the cutoff": their number, or the days since the oldest of them.
 *
 * @param until day column that says when a row was settled; missing = not yet
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * openRows('contacts', 'closedAt', 'oldestDays', { column: 'kind', in: ['complaint'] })
 * // => { kind: 'openRows', table: 'contacts', until: 'closedAt', which: 'oldestDays', where: { column: 'kind', in: ['complaint'] } }
 *
 * @see {@link OpenRowsRule}
 */
export function openRows(
  table: EventTableName,
  until: string,
  which: OpenRowsRule['which'],
  where?: RowFilter,
): OpenRowsRule {
  const rule = { kind: 'openRows', table, until, which, ...filtered(where) }
  return checkOptions('openRows', featureRuleSchemas.openRows, rule)
}

/**
 * Returns the rule "days since the oldest amount due that payments do not cover": the age of the oldest open invoice.
 *
 * Credits (negative amounts due) settle like payments; refunds (negative payments) undo payments.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * const paid = { table: 'payments', measure: 'amount', where: { column: 'kind', notIn: ['failed'] } }
 * featureName(oldestUnpaid({ table: 'bills', measure: 'amount' }, paid))
 * // => 'oldest_unpaid_days(bills_amount,payments[kind!=failed]_amount)'
 *
 * @see {@link OldestUnpaidRule} for the formula
 */
export function oldestUnpaid(due: OldestUnpaidRule['due'], paid: OldestUnpaidRule['paid']): OldestUnpaidRule {
  return checkOptions('oldestUnpaid', featureRuleSchemas.oldestUnpaid, { kind: 'oldestUnpaid', due, paid })
}

function filtered(where: RowFilter | undefined): { readonly where?: RowFilter } {
  return where === undefined ? {} : { where }
}
