import type { Months } from '../base/days.js'
import type { WindowRule } from '../base/windows.js'
import type { EventTableName } from '../table/inputs.js'

/** Only rows whose text column is one of these values: `{ column: 'kind', in: ['complaint'] }`. */
export interface RowFilter {
  readonly column: string
  readonly in: readonly string[]
}

/** How the values of the rows in a window become one number. `activeDays` counts distinct days. */
export type Aggregate = 'count' | 'activeDays' | 'sum' | 'mean' | 'min' | 'max'

/** Rows of a table in a window, brought together. `count` and `activeDays` take no measure. */
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

/** Least-squares slope of the monthly sums of a measure over the last months, per month. */
export interface SlopeRule {
  readonly kind: 'slope'
  readonly table: EventTableName
  readonly measure: string
  readonly months: Months
}

/** 1 − last month / mean of the `months` months before it, of the monthly sums of a measure. */
export interface DropRule {
  readonly kind: 'drop'
  readonly table: EventTableName
  readonly measure: string
  readonly months: Months
}

/** Complete months since activation. */
export interface TenureRule {
  readonly kind: 'tenure'
}

/** An attribute of the customer that does not change. */
export interface AttributeRule {
  readonly kind: 'attribute'
  readonly column: string
}

/** A column of the plan in force on the day before the cutoff. */
export interface InForceRule {
  readonly kind: 'inForce'
  readonly column: string
}

/** Days from the cutoff to a day column of the plan in force; negative where it is past. */
export interface DaysUntilRule {
  readonly kind: 'daysUntil'
  readonly column: string
}

/** One aggregate minus another: bills minus payments over all time is the open balance. */
export interface DifferenceRule {
  readonly kind: 'difference'
  readonly minuend: AggregateRule
  readonly subtrahend: AggregateRule
}

/** One aggregate divided by another; missing where the divisor is 0 or missing. */
export interface RatioRule {
  readonly kind: 'ratio'
  readonly numerator: AggregateRule
  readonly denominator: AggregateRule
}

/** What is asked of a customer's history as of a cutoff: a plain object, run as SQL or in memory. */
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
