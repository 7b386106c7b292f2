import { checkArguments } from '../../base/arguments.js'
import type { EpochDay } from '../../base/days.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { CheckedCustomer, CustomerHistory, HistoryRow } from '../../table/customerHistory.js'
import type { EventTableName } from '../../table/inputs.js'
import type { FoundRepeats } from '../../table/repeatedRows.js'
import type { FeatureRule } from '../rule.js'
import { type CompiledRules, compiledOnce } from './compileRules.js'
import { CustomerRows } from './customerRows.js'

/** A customer whose events come in one by one and whose features are asked again and again. */
export interface FollowedCustomer {
  /** The attributes, checked. */
  readonly customer: CheckedCustomer
  /** The rules that are asked, with what they know of the history: its time zone, what it did with repeated rows. */
  readonly compiled: CompiledRules
  /** Rows so far that have the values of an earlier one in every column, of the tables that the rules read. */
  readonly repeats: readonly FoundRepeats[]
  /**
   * Takes in one more row, in any order of days. Nothing changes where it is refused. A row that is there already counts
   * once more, is left out or refused, as the compiled rules say (`repeatedRows`).
   *
   * O(columns) amortised.
   *
   * @throws {HoldfastError} `table-unknown`; all problems of the row at once, as `followCustomer`; `duplicate-row` where
   *   each row may be there once
   */
  append(table: EventTableName, row: HistoryRow): void
  /**
   * Returns the features as of a cutoff: the same as {@link featuresOf} of all rows so far.
   *
   * @throws {HoldfastError} `table-unknown` where the rules read a table that was neither given, be it as an empty list, nor
   *   appended to; `column-missing` where no row of it has a column that they read
   *
   * O(rows in the windows × parts); after late rows O(rows that lie after the earliest of them) more.
   */
  features(cutoff: EpochDay): FeatureMatrix
}

/**
 * Returns a customer to whom a service appends events as they happen, and whose features it asks for again and again:
 * nothing that has been checked is checked again.
 *
 * Memory: per table and row, 8 bytes, 16 to 32 by which it is known again, and 8 for each column that a rule reads; 4 bytes more for each filter that lets the
 * row through; each distinct text once. Rows of `plans` are kept as they are.
 *
 * A row that is in stays as it is: where it changes later (a plan gets its end, a complaint its answer), follow anew.
 *
 * @param history the customer's rows so far, under our names; a table may be left out until its first row is appended
 * @param rules what will be asked; compiled ones save their compilation
 * @throws {HoldfastError} all bad rows at once: as `checkCustomerHistory`; `column-missing` where the customer lacks an
 * attribute that the rules read; `value-type` where a column is not of a kind
 * that its rules read
 *
 * O(rows × (columns + filters)), and a sort where rows of a table are not by day.
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
