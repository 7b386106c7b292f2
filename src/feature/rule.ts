import type { Days, Months } from '../base/days.js'
import type { WindowRule } from '../base/windows.js'
import type { RowFilter } from '../population/rowFilter.js'
import type { EventTableName } from '../table/inputs.js'

/** How the rows in a window are reduced to one number. */
export type Aggregate =
  | 'count'
  | 'activeDays'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'distinct'
  | 'entropy'
  | 'changes'
  | 'gapMean'
  | 'gapDeviation'

/**
 * Rows of a table in a window, aggregated.
 *
 *     count          number of rows                                              0 where there is none
 *     activeDays     number of distinct days with a row                          0 where there is none
 *     sum            Σ measure, to 9 decimals                                    0 where there is none
 *     mean           Σ measure / number of values                                missing where there is none
 *     min, max       least, greatest value                                       missing where there is none
 *     distinct       number of distinct values of a text column                  0 where there is none
 *     entropy        − Σ p ln p over the values of a text column, p = share of   missing where there is none
 *                    the rows that have one
 *     changes        number of times that a text or number column differs from   0 where there are fewer than two
 *                    the row before it
 *     gapMean        mean number of days between an active day and the next      missing where there are fewer than two
 *     gapDeviation   standard deviation (n − 1) of those days                    missing where there are fewer than three
 *
 * `count`, `activeDays`, `gapMean` and `gapDeviation` take no measure and count all rows; the others skip rows whose
 * measure is missing. `changes` reads rows by day; rows of the same day count as their greatest value. The part of a
 * window before the customer's activation counts like any time without rows. Sums are rounded to 9 decimals, so that
 * 0.1 + 0.2 − 0.3 is 0 in any order of the rows; a sum of fractions above 9 million has fewer decimals in floating
 * point, and its last digit may depend on the order.
 */
export interface AggregateRule {
  readonly kind: 'aggregate'
  readonly table: EventTableName
  readonly aggregate: Aggregate
  readonly measure?: string
  readonly window: WindowRule
  readonly where?: RowFilter
}

/**
 * The value of a column in the first or last row of a window that has one; the greatest if that day has several.
 * Missing if there is none.
 */
export interface ValueAtRule {
  readonly kind: 'valueAt'
  readonly table: EventTableName
  readonly which: 'first' | 'last'
  readonly column: string
  readonly type: ValueType
  readonly window: WindowRule
  readonly where?: RowFilter
}

/** Days from the last row before the cutoff to the cutoff; 1 = the day before. Missing if there is no row. */
export interface RecencyRule {
  readonly kind: 'recency'
  readonly table: EventTableName
  readonly where?: RowFilter
}

/**
 * Least-squares slope of the monthly sums of a measure over the last `months` months, per month; positive = rising. A
 * month without rows has the sum 0. Missing if the customer was activated after the first of these months began.
 */
export interface SlopeRule {
  readonly kind: 'slope'
  readonly table: EventTableName
  readonly measure: string
  readonly months: Months
  readonly where?: RowFilter
}

/**
 * 1 − last month / mean of the `months` months before it, of the monthly sums of a measure: 0.3 = fell by 30 %,
 * negative = rose. A month without rows has the sum 0. Missing if that mean is 0 to 9 decimals, or if the customer was
 * activated after the first of these months began.
 */
export interface DropRule {
  readonly kind: 'drop'
  readonly table: EventTableName
  readonly measure: string
  readonly months: Months
  readonly where?: RowFilter
}

/**
 * Coefficient of variation of the monthly sums of a measure over the last `months` months: their standard deviation (n
 * − 1) / their mean. A month without rows has the sum 0. Missing if the mean is 0 to 9 decimals, or if the customer was
 * activated after the first of these months began.
 */
export interface VariabilityRule {
  readonly kind: 'variability'
  readonly table: EventTableName
  readonly measure: string
  readonly months: Months
  readonly where?: RowFilter
}

/**
 * How many of the last `months` months in a row, counted back from the cutoff, were:
 *
 *     active    has a row                                   silent   has none
 *     rising    monthly sum above the month before          falling  below the month before
 *
 * `rising` and `falling` take a measure, and compare to 9 decimals. A month that began before the customer was
 * activated ends the run.
 */
export interface StreakRule {
  readonly kind: 'streak'
  readonly table: EventTableName
  readonly of: 'active' | 'silent' | 'rising' | 'falling'
  readonly measure?: string
  readonly months: Months
  readonly where?: RowFilter
}

/**
 * Rows before the cutoff that are not settled at the cutoff, such as unanswered complaints. A row is open if its
 * `until` column (a day) is missing, at or after the cutoff; a day after the cutoff is read as missing.
 *
 *     count         number of open rows             0 where there is none
 *     oldestDays    days since the oldest of them   missing where there is none
 */
export interface OpenRowsRule {
  readonly kind: 'openRows'
  readonly table: EventTableName
  readonly until: string
  readonly which: 'count' | 'oldestDays'
  readonly where?: RowFilter
}

/**
 * Days since the oldest unsettled amount due. Payments and credits settle the oldest amounts first; what is paid in
 * excess is carried over. Amounts have a sign: a credit note is a negative amount due, a refund a negative payment.
 *
 *     D(i)    Σ of the amounts due above 0, up to and including day i
 *     P       Σ of the payments (refunds count against it) + Σ of the credits without their sign, all before the
 *             cutoff
 *     value   the days from the first day i with an amount due above 0 and D(i) > P to the cutoff
 *
 * D(i) > P by more than 5e-10 and the 12th digit of D(i), because sums of cents are not exact to the last bit. Missing
 * if all is settled. A credit settles the oldest open bill, not the one it was written for. A bill that was paid,
 * credited and refunded is settled; one whose payment was returned without a credit is not.
 */
export interface OldestUnpaidRule {
  readonly kind: 'oldestUnpaid'
  readonly due: { readonly table: EventTableName; readonly measure: string; readonly where?: RowFilter }
  readonly paid: { readonly table: EventTableName; readonly measure: string; readonly where?: RowFilter }
}

/** Complete months from activation to the cutoff. */
export interface TenureRule {
  readonly kind: 'tenure'
}

/** Type of a column as a feature; true and false are the numbers 1 and 0. */
export type ValueType = 'number' | 'text'

/** An attribute of the customer. It must be one that never changes: the history holds only its last state. */
export interface AttributeRule {
  readonly kind: 'attribute'
  readonly column: string
  readonly type: ValueType
}

/** 1 if a text attribute names somebody other than the customer (`payerId`), 0 if it is the customer's own id. */
export interface IsOtherRule {
  readonly kind: 'isOther'
  readonly column: string
}

/**
 * A column of the plan in force at the cutoff c: among plans with `from` < c, the one with the latest `from`. Missing
 * if its `to` is before c; a `to` at or after c is not read. With a lag, c is that much earlier.
 *
 * Among plans that begin on the same day, one still in force comes before one that has ended; then the one with the
 * greatest values wins, column by column in order of name (missing < false < true). Labels use the same plan.
 */
export interface InForceRule {
  readonly kind: 'inForce'
  readonly column: string
  readonly type: ValueType
  readonly lag?: { readonly days: Days } | { readonly months: Months }
}

/**
 * Days from the cutoff to a day column; negative if that day is past. `plan`: of the plan in force (see {@link
 * InForceRule}); `customer`: an attribute that never changes.
 */
export interface DaysUntilRule {
  readonly kind: 'daysUntil'
  readonly column: string
  /** Default `plan`. */
  readonly of?: 'plan' | 'customer'
}

/** One number minus another; missing if either is. Bills minus payments over all time is the open balance. */
export interface DifferenceRule {
  readonly kind: 'difference'
  readonly minuend: NumberRule
  readonly subtrahend: NumberRule
}

/** One number divided by another; missing if either is missing or the divisor is 0 to 9 decimals. */
export interface RatioRule {
  readonly kind: 'ratio'
  readonly numerator: NumberRule
  readonly denominator: NumberRule
}

/** How many of several numbers are above 0 (a missing one is not): by how many lock-ins a customer is bound. */
export interface CountTrueRule {
  readonly kind: 'countTrue'
  readonly of: readonly NumberRule[]
}

/**
 * A number on another scale; missing stays missing.
 *
 *     log1p     sign(x) ln(1 + |x|)
 *     sqrt      sign(x) √|x|
 *     band      number of `edges` that are ≤ x: 0 below the first; edges ascend
 */
export type TransformedRule =
  | { readonly kind: 'transformed'; readonly of: NumberRule; readonly by: 'log1p' | 'sqrt' }
  | {
      readonly kind: 'transformed'
      readonly of: NumberRule
      readonly by: 'band'
      readonly edges: readonly number[]
    }

/**
 * Rank of a customer among those of the same group and cutoff: (number below + half of the number with the same value,
 * the customer included) / number with a value; in (0, 1). Missing if the value or the group is.
 *
 * `within` is a text feature (the plan in force), or `'everybody'`. A single customer in memory has nobody to be
 * compared with: there the rank is read from a {@link PercentileReference} made with the batch.
 */
export interface PercentileRule {
  readonly kind: 'percentile'
  readonly of: NumberRule
  readonly within: TextRule | 'everybody'
}

/** A rule whose feature is always a text. */
export type TextRule =
  | (AttributeRule & { readonly type: 'text' })
  | (InForceRule & { readonly type: 'text' })
  | (ValueAtRule & { readonly type: 'text' })

/** A rule whose feature is a number and that needs no other customers. */
export type NumberRule =
  | AggregateRule
  | (ValueAtRule & { readonly type: 'number' })
  | RecencyRule
  | SlopeRule
  | DropRule
  | VariabilityRule
  | StreakRule
  | OpenRowsRule
  | OldestUnpaidRule
  | TenureRule
  | (AttributeRule & { readonly type: 'number' })
  | IsOtherRule
  | (InForceRule & { readonly type: 'number' })
  | DaysUntilRule
  | DifferenceRule
  | RatioRule
  | CountTrueRule
  | TransformedRule

/**
 * A question about a customer's history as of a cutoff: a plain object, run as SQL over all customers (`featureMatrix`)
 * or in memory for one (`featuresOf`), with the same result.
 *
 * All windows end before the cutoff. Bills and devices are known from the last day of their month. In a table with a
 * `knownAt` column a row is seen only if `knownAt` is before the cutoff as well; if it is missing, the row's day alone
 * decides.
 */
export type FeatureRule = NumberRule | TextRule | PercentileRule
