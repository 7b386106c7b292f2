import type { Days, Months } from '../base/days.js'
import type { WindowRule } from '../base/windows.js'
import type { RowFilter } from '../population/rowFilter.js'
import type { EventTableName } from '../table/inputs.js'

/** How the rows in a window become one number. */
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
 * Rows of a table in a window, brought together.
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
 * `count`, `activeDays`, `gapMean` and `gapDeviation` take no measure and count rows whatever is missing in them; the
 * others skip rows whose measure is missing. `changes` reads rows in the order of their days; rows of one day count as
 * their greatest value. The part of a window before the customer's activation counts like any time without rows. Sums are
 * rounded to 9 decimals, so that 0.1 + 0.2 − 0.3 is 0 in every order of the rows; a sum of fractions above 9 million has
 * fewer decimals in floating point, and its last digit may depend on the order.
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
 * The value of a column in the first or the last row of a window that has one; of several on that day the greatest.
 * Missing where there is none.
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
  readonly where?: RowFilter
}

/**
 * 1 − last month / mean of the `months` months before it, of the monthly sums of a measure: 0.3 = fell by 30 %, negative
 * = rose. A month without rows has the sum 0. Missing where that mean is 0 to 9 decimals, and where the customer was
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
 * Coefficient of variation of the monthly sums of a measure over the last `months` months: their standard deviation
 * (n − 1) / their mean. A month without rows has the sum 0. Missing where the mean is 0 to 9 decimals, and where the
 * customer was activated after the first of these months began.
 */
export interface VariabilityRule {
  readonly kind: 'variability'
  readonly table: EventTableName
  readonly measure: string
  readonly months: Months
  readonly where?: RowFilter
}

/**
 * How many of the last `months` months in a row, counted back from the cutoff, were so:
 *
 *     active    has a row                                   silent   has none
 *     rising    monthly sum above the month before          falling  below the month before
 *
 * `rising` and `falling` take a measure, and compare to 9 decimals. Months that began before the customer was activated
 * end the run.
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
 * Rows before the cutoff that are not settled at the cutoff: complaints without an answer. A row is open as long as its
 * `until` column (a day) is missing or at or after the cutoff; what lies after the cutoff is not read.
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
 * Days since the oldest amount due that is not settled, where what settles goes to the oldest first and what is too much is
 * carried over. Amounts have a sign: a credit note is an amount due below 0, money paid back a payment below 0.
 *
 *     D(i)    Σ of the amounts due above 0, up to and including day i
 *     P       Σ of the payments (those paid back count against it) + Σ of the credits without their sign, all before the
 *             cutoff, whenever in that time
 *     value   the days from the first day i with an amount due above 0 and D(i) > P to the cutoff
 *
 * D(i) > P by more than 5e-10 and the 12th digit of D(i): sums of cents are not to the last bit. Missing where all is settled.
 * A credit settles the oldest open bill, not the one it was written for; a bill that was paid, then credited, then paid back is
 * settled, one that was paid and whose payment came back without a credit is not.
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

/** What a column is as a feature; true and false are the numbers 1 and 0. */
export type ValueType = 'number' | 'text'

/** An attribute of the customer. It must be one that does not change: the history holds its last state only. */
export interface AttributeRule {
  readonly kind: 'attribute'
  readonly column: string
  readonly type: ValueType
}

/** 1 where a text attribute names somebody else than the customer (`payerId`), 0 where it is the customer's own id. */
export interface IsOtherRule {
  readonly kind: 'isOther'
  readonly column: string
}

/**
 * A column of the plan in force at the cutoff c: of the plans with `from` < c the one with the latest `from`; none, and
 * so missing, where its `to` is before c. A `to` at or after c is not read. With a lag, c is that much earlier.
 *
 * Of plans that begin on the same day, one still in force comes before one that has ended; then the one with the
 * greatest values, column by column in the order of their names (missing is least, false is less than true). Labels go by
 * the same one.
 */
export interface InForceRule {
  readonly kind: 'inForce'
  readonly column: string
  readonly type: ValueType
  readonly lag?: { readonly days: Days } | { readonly months: Months }
}

/**
 * Days from the cutoff to a day column; negative where it is past. `plan`: of the plan in force (see
 * {@link InForceRule}); `customer`: an attribute that does not change.
 */
export interface DaysUntilRule {
  readonly kind: 'daysUntil'
  readonly column: string
  /** Default `plan`. */
  readonly of?: 'plan' | 'customer'
}

/** One number minus another, missing where one is: bills minus payments over all time is the open balance. */
export interface DifferenceRule {
  readonly kind: 'difference'
  readonly minuend: NumberRule
  readonly subtrahend: NumberRule
}

/** One number divided by another; missing where one is missing, or where the divisor is 0 to 9 decimals. */
export interface RatioRule {
  readonly kind: 'ratio'
  readonly numerator: NumberRule
  readonly denominator: NumberRule
}

/** How many of some numbers are above 0, a missing one counting as not: by how many lock-ins a customer is bound. */
export interface CountTrueRule {
  readonly kind: 'countTrue'
  readonly of: readonly NumberRule[]
}

/**
 * A number on another scale; missing stays missing.
 *
 *     log1p     sign(x) ln(1 + |x|)
 *     sqrt      sign(x) √|x|
 *     band      number of `edges` that are ≤ x: 0 below the first; edges rise
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
 * Where a customer stands among those of the same group, counted at the same cutoff: (number below + half of the number
 * with the same value, himself included) / number with a value; in (0, 1). Missing where the value or the group is.
 *
 * `within` is a text feature (the plan in force), or `'everybody'`. One customer in memory has no others beside him:
 * there it is read off {@link PercentileReference}, made when the batch was.
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

/** A rule whose feature is a number and that needs nobody but the customer. */
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
 * What is asked of a customer's history as of a cutoff: a plain object, run as SQL over all customers (`featureMatrix`)
 * or in memory for one (`featuresOf`), with the same result.
 *
 * All windows end before the cutoff. A bill and a device are known from the last day of their month on. In a table with
 * a `knownAt` column a row is seen only where `knownAt`, too, is before the cutoff; a missing one says nothing.
 */
export type FeatureRule = NumberRule | TextRule | PercentileRule
