import type { Months } from '../base/days.js'
import type { WindowRule } from '../base/windows.js'
import type { EventTableName } from '../table/inputs.js'

/**
 * Only rows whose text column is one of these values, `{ column: 'kind', in: ['complaint'] }`, or is none of these,
 * `{ column: 'kind', notIn: ['failed'] }`. A row whose column is missing is in no list: `in` leaves it out, `notIn` keeps
 * it.
 */
export type RowFilter =
  | { readonly column: string; readonly in: readonly string[] }
  | { readonly column: string; readonly notIn: readonly string[] }

/** How the values of the rows in a window become one number. `activeDays` counts distinct days. */
export type Aggregate = 'count' | 'activeDays' | 'sum' | 'mean' | 'min' | 'max'

/**
 * Rows of a table in a window, brought together.
 *
 *     count        number of rows                      0 where there is none
 *     activeDays   number of distinct days with a row  0 where there is none
 *     sum          Σ measure, to 9 decimals            0 where there is none
 *     mean         Σ measure / number of values        missing where there is none
 *     min, max     least, greatest value               missing where there is none
 *
 * `count` and `activeDays` take no measure and count rows whatever is missing in them; the others skip rows whose
 * measure is missing. The part of a window before the customer's activation counts like any time without rows. Sums
 * are rounded to 9 decimals, so that 0.1 + 0.2 − 0.3 is 0 in every order of the rows; a sum of fractions above 9 million
 * has fewer decimals in floating point, and its last digit may depend on the order.
 */
export interface AggregateRule {
  readonly kind: 'aggregate'
  readonly table: EventTableName
  readonly aggregate: Aggregate
  readonly measure?: string
  readonly window: WindowRule
  readonly where?: RowFilter
}

/** Days from the last row before the cutoff to the cutoff; 1 = the day before. Missing where there is none. */
export interface RecencyRule {
  readonly kind: 'recency'
  readonly table: EventTableName
  readonly where?: RowFilter
}

/**
 * Least-squares slope of the monthly sums of a measure over the last `months` months, per month; positive = rising.
 * A month without rows has the sum 0. Missing where the customer was activated after the first of these months began.
 */
export interface SlopeRule {
  readonly kind: 'slope'
  readonly table: EventTableName
  readonly measure: string
  readonly months: Months
}

/**
 * 1 − last month / mean of the `months` months before it, of the monthly sums of a measure: 0.3 = fell by 30 %, negative
 * = rose. A month without rows has the sum 0. Missing where that mean is 0 to 9 decimals, and where the customer was activated after
 * the first of these months began.
 */
export interface DropRule {
  readonly kind: 'drop'
  readonly table: EventTableName
  readonly measure: string
  readonly months: Months
}

/** Complete months from activation to the cutoff. */
export interface TenureRule {
  readonly kind: 'tenure'
}

/** What a column is as a feature; true and false are the numbers 1 and 0. */
export type ValueType = 'number' | 'text'

/** An attribute of the customer. It must be one that does not change: the history holds its last state only. */
export interface AttributeRule {
  readonly kind: 'attribute'
  readonly column: string
  readonly type: ValueType
}

/**
 * A column of the plan in force at the cutoff c: of the plans with `from` < c the one with the latest `from`; none, and
 * so missing, where its `to` is before c. A `to` at or after c is not read.
 *
 * Of plans that begin on the same day, one still in force comes before one that has ended; then the one with the
 * greatest values, column by column in the order of their names (missing is least, false is less than true).
 */
export interface InForceRule {
  readonly kind: 'inForce'
  readonly column: string
  readonly type: ValueType
}

/** Days from the cutoff to a day column of the plan in force (see {@link InForceRule}); negative where it is past. */
export interface DaysUntilRule {
  readonly kind: 'daysUntil'
  readonly column: string
}

/** One aggregate minus another, missing where one is: bills minus payments over all time is the open balance. */
export interface DifferenceRule {
  readonly kind: 'difference'
  readonly minuend: AggregateRule
  readonly subtrahend: AggregateRule
}

/** One aggregate divided by another; missing where one is missing, or where the divisor is 0 to 9 decimals. */
export interface RatioRule {
  readonly kind: 'ratio'
  readonly numerator: AggregateRule
  readonly denominator: AggregateRule
}

/**
 * What is asked of a customer's history as of a cutoff: a plain object, run as SQL over all customers (`featureMatrix`)
 * or in memory for one (`featuresOf`), with the same result.
 *
 * All windows end before the cutoff. A bill and a device are known from the last day of their month on.
 */
export type FeatureRule =
  | AggregateRule
  | RecencyRule
  | SlopeRule
  | DropRule
  | TenureRule
  | AttributeRule
  | InForceRule
  | DaysUntilRule
  | DifferenceRule
  | RatioRule
