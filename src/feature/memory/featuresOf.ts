import { checkArguments } from '../../base/arguments.js'
import { dayOf, type EpochDay, utc } from '../../base/days.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { CustomerHistory } from '../../table/customerHistory.js'
import type { FeatureRule } from '../rule.js'
import { type CompiledRules, compiledOnce } from './compileRules.js'
import { CustomerRows } from './customerRows.js'

/**
 * Returns the features of one customer as of a cutoff, computed in memory: for a service, with no engine.
 *
 * The same rules on the same rows give the same values as `featureMatrix` in an engine; sums of many rows may differ in
 * the last digits of floating point. Rows at or after the cutoff are ignored, as are rows that became known (`knownAt`)
 * at or after it. Repeated rows and time zones are treated as the rules were compiled.
 *
 * @param history the customer's rows, under our names, in any order; a table that rules read must be given, even if
 * empty
 * @param rules a service compiles them once, with {@link compileRules}
 * @param cutoff first day that the features may not see
 * @returns one row with one column per rule, in the order of the rules
 * @throws {HoldfastError} all bad rows at once, see `checkCustomerHistory` of `holdfast/tables`; `table-unknown`,
 * `column-missing` if the rules read a table that is not given, or a column that none of its rows has; `value-type` if
 * a column is not of a kind that its rules read; as {@link compileRules} if the rules are not compiled
 *
 * O(rows × (columns + filters) + rows in the windows × parts): half a millisecond for 2,000 rows and 108 rules.
 *
 * @example
 * const history = {
 *   customer: { id: 'A', activatedAt: '2024-11-15' },
 *   usage: [
 *     { day: '2025-01-31', minutes: 4 },
 *     { day: '2025-02-01', minutes: 10 },
 *     { day: '2025-02-28', minutes: 20 },
 *     { day: '2025-03-01', minutes: 40 },
 *   ],
 * }
 * const rules = [sumOf('usage', 'minutes', { months: 1 }), recency('usage'), tenure()]
 * const { columns } = featuresOf(history, rules, epochDay('2025-03-01'))
 * columns.map((column) => [column.name, column.values[0]])
 * // => [['usage_minutes_sum_1m', 30], ['usage_recency', 1], ['tenure_months', 3]]
 *
 * @see {@link featureMatrix} for many customers, {@link followCustomer} to ask again after each event
 */
export function featuresOf(
  history: CustomerHistory,
  rules: readonly FeatureRule[] | CompiledRules,
  cutoff: EpochDay,
): FeatureMatrix {
  checkArguments('featuresOf', ['history', history, 'customerHistory'])
  const { timeZone = utc } = (rules ?? {}) as Partial<CompiledRules>
  const day = dayOf('featuresOf', 'cutoff', cutoff, timeZone)
  return new CustomerRows('featuresOf', history, compiledOnce('featuresOf', rules), true).asOf(day)
}
