import { checkArguments } from '../../base/arguments.js'
import type { EpochDay } from '../../base/days.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { CheckedCustomer, CustomerHistory, HistoryRow } from '../../table/customerHistory.js'
import type { EventTableName } from '../../table/inputs.js'
import type { FoundRepeats } from '../../table/repeatedRows.js'
import type { FeatureRule } from '../rule.js'
import { type CompiledRules, compiledOnce } from './compileRules.js'
import { CustomerRows } from './customerRows.js'

/** A customer whose events come in one by one and whose features are computed again and again. */
export interface FollowedCustomer {
  /** The attributes, checked. */
  readonly customer: CheckedCustomer
  /** The compiled rules, with the time zone and the treatment of repeated rows. */
  readonly compiled: CompiledRules
  /** Rows so far that equal an earlier one in every column, in the tables that the rules read. */
  readonly repeats: readonly FoundRepeats[]
  /**
   * Adds one row, in any order of days. If it is refused, nothing changes. A repeated row counts again, is left out or
   * is refused, as the compiled rules say (`repeatedRows`).
   *
   * O(columns) amortised.
   *
   * @throws {HoldfastError} `table-unknown`; all problems of the row at once, as `followCustomer`; `duplicate-row` if
   * repeated rows are refused
   */
  append(table: EventTableName, row: HistoryRow): void
  /**
   * Returns the features as of a cutoff: the same as {@link featuresOf} of all rows so far.
   *
   * @throws {HoldfastError} `table-unknown` if the rules read a table that was neither given, even as an empty list,
   * nor appended to; `column-missing` if none of its rows has a column that they read
   *
   * O(rows in the windows × parts); after late rows also O(rows from the earliest of them on).
   */
  features(cutoff: EpochDay): FeatureMatrix
}

/**
 * Returns a customer to whom a service appends events as they happen and whose features it computes again and again: no
 * row is checked twice.
 *
 * Memory per row: 8 bytes, 16 to 32 to recognise repeats, 8 for each column that a rule reads, and 4 for each filter
 * that it passes; each distinct text once. Rows of `plans` are kept whole.
 *
 * A row cannot be changed: if it changes later (a plan gets an end, a complaint an answer), call `followCustomer`
 * again.
 *
 * @param history the customer's rows so far, under our names; a table may be left out until its first row is appended
 * @param rules pass compiled ones to save their compilation
 * @throws {HoldfastError} all bad rows at once, as `checkCustomerHistory`; `column-missing` if the customer lacks an
 * attribute that the rules read; `value-type` if a column is not of a kind that its rules read
 *
 * O(rows × (columns + filters)), and a sort if the rows of a table are not in order of day.
 *
 * @example
 * const customer = { id: 'A', activatedAt: '2024-11-15' }
 * const followed = followCustomer({ customer }, [sumOf('usage', 'minutes', { months: 1 }), recency('usage')])
 * followed.append('usage', { day: '2025-02-27', minutes: 10 })
 * followed.append('usage', { day: '2025-02-03', minutes: 5 })
 * followed.features(epochDay('2025-03-01')).columns.map((column) => column.values[0])
 * // => [15, 2]
 *
 * @see {@link featuresOf} to ask once
 */
export function followCustomer(
  history: CustomerHistory,
  rules: readonly FeatureRule[] | CompiledRules,
): FollowedCustomer {
  checkArguments('followCustomer', ['history', history, 'customerHistory'])
  return new CustomerRows('followCustomer', history, compiledOnce('followCustomer', rules), false)
}
