import type { EpochDay } from '../base/days.js'
import type { FeatureMatrix } from '../base/matrix.js'
import type { CustomerHistory } from '../table/customerHistory.js'
import { type CompiledRules, compiledOnce } from './compileRules.js'
import { CustomerRows } from './customerRows.js'
import type { FeatureRule } from './rule.js'

/**
 * Returns the features of one customer as of a cutoff, computed in memory: for a service, without an engine.
 *
 * The same rules on the same rows give the same values as `featureMatrix` does in an engine; sums of many rows may
 * differ in the last digits that floating point holds. Rows at or after the cutoff may be there and are not read.
 *
 * @param history the customer's rows, under our names; a table that is left out is empty
 * @param rules what is asked
 * @param cutoff first day that the features may not see
 * @returns one row with one column per rule, in the order of the rules
 * @throws {HoldfastError} all bad rows at once, see {@link checkCustomerHistory}; `value-type` where an attribute is not
 * of the rule's type
 *
 * O(rows × rules).
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
 * @see {@link featureMatrix} for many customers
 */
export function featuresOf(
  history: CustomerHistory,
  rules: readonly FeatureRule[] | CompiledRules,
  cutoff: EpochDay,
): FeatureMatrix {
  return new CustomerRows('featuresOf', history, compiledOnce(rules)).features(cutoff)
}
