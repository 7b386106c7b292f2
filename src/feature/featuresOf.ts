import { type EpochDay, monthsBetween } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { type FeatureMatrix, numberColumn, textColumn } from '../base/matrix.js'
import { ExactSum } from '../base/statistics.js'
import { type DayWindow, windowBefore } from '../base/windows.js'
import {
  type CheckedCell,
  type CheckedCustomerHistory,
  type CheckedEvent,
  type CustomerHistory,
  checkCustomerHistory,
} from '../table/customerHistory.js'
import { columnKindsOf } from './columnKindsOf.js'
import { featureKind, featureName } from './featureName.js'
import { type Formula, formulaOf, leastDivisor, type Part } from './formula.js'
import { planInForce } from './planInForce.js'
import type { FeatureRule, RowFilter } from './rule.js'

/** The value of one feature; missing is null. */
export type FeatureValue = number | string | null

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
  rules: readonly FeatureRule[],
  cutoff: EpochDay,
): FeatureMatrix {
  const checked = checkCustomerHistory(history, { tables: columnKindsOf(rules) })
  const values = featureValues(checked, rules, cutoff)
  const columns = rules.map((rule, index) => {
    const [name, value] = [featureName(rule), values[index]!]
    return featureKind(rule) === 'number'
      ? numberColumn(name, [value as number | null])
      : textColumn(name, [value as string | null])
  })
  return { rowCount: 1, columns }
}

/** Returns the values of the rules for a history that is checked already, in the order of the rules. */
export function featureValues(
  history: CheckedCustomerHistory,
  rules: readonly FeatureRule[],
  cutoff: EpochDay,
): FeatureValue[] {
  const asOf: AsOf = { history, cutoff, plan: planInForce(history.events.plans, cutoff) }
  return rules.map((rule) => {
    const value = evaluate(formulaOf(rule), asOf)
    if (value === null || typeof value === featureKind(rule).replace('text', 'string')) return value
    throw new HoldfastError('featuresOf', [
      {
        code: 'value-type',
        parameter: featureName(rule),
        rule: `to be a ${featureKind(rule)}, as its rule says`,
        received: value,
      },
    ])
  })
}

interface AsOf {
  readonly history: CheckedCustomerHistory
  readonly cutoff: EpochDay
  readonly plan: CheckedEvent | undefined
}

function evaluate(formula: Formula, asOf: AsOf): FeatureValue {
  switch (formula.op) {
    case 'attribute':
      return featureValue(asOf.history.customer[formula.column])
    case 'inForce':
      return featureValue(asOf.plan?.[formula.column])
    default:
      return evaluateNumber(formula, asOf)
  }
}

function evaluateNumber(formula: Formula, asOf: AsOf): number | null {
  const { history, cutoff } = asOf
  switch (formula.op) {
    case 'part':
      return partValue(formula.part, history, cutoff)
    case 'constant':
      return formula.value
    case 'orZero':
      return evaluateNumber(formula.of, asOf) ?? 0
    case 'rounded':
      return rounded(evaluateNumber(formula.of, asOf))
    case 'minus': {
      const [left, right] = [evaluateNumber(formula.left, asOf), evaluateNumber(formula.right, asOf)]
      return left === null || right === null ? null : left - right
    }
    case 'divided': {
      const [left, right] = [evaluateNumber(formula.left, asOf), evaluateNumber(formula.right, asOf)]
      return left === null || right === null || Math.abs(right) < leastDivisor ? null : left / right
    }
    case 'weighted':
      return weightedSum(formula.of, formula.weights, asOf)
    case 'daysSince': {
      const day = evaluateNumber(formula.of, asOf)
      return day === null ? null : cutoff - day
    }
    case 'ifActiveThroughout': {
      const { start } = windowBefore(cutoff, formula.window)
      return history.customer.activatedAt <= start ? evaluateNumber(formula.of, asOf) : null
    }
    case 'tenure':
      return monthsBetween(history.customer.activatedAt, cutoff)
    case 'daysUntil': {
      const day = asOf.plan?.[formula.column] ?? null
      return day === null ? null : Number(day) - cutoff
    }
    default:
      throw new TypeError(`${formula.op} is not a number`)
  }
}

function weightedSum(of: readonly Formula[], weights: readonly number[], asOf: AsOf): number | null {
  let total = 0
  for (let index = 0; index < of.length; index++) {
    const value = evaluateNumber(of[index]!, asOf)
    if (value === null) return null
    total += weights[index]! * value
  }
  return total
}

function partValue(part: Part, history: CheckedCustomerHistory, cutoff: EpochDay): number | null {
  const rows = rowsIn(history.events[part.table], windowBefore(cutoff, part.window), part.where)
  if (rows.length === 0) return null
  switch (part.how) {
    case 'count':
      return rows.length
    case 'days':
      return new Set(rows.map((row) => row.day)).size
    case 'last':
      return rows.at(-1)!.day
    default: {
      const cells = rows.map((row) => row[part.measure!] ?? null)
      const values = cells.filter((value): value is number => value !== null)
      return values.length === 0 ? null : valuesTogether(part.how, values)
    }
  }
}

function valuesTogether(how: 'sum' | 'values' | 'min' | 'max', values: readonly number[]): number {
  switch (how) {
    case 'values':
      return values.length
    case 'min':
      return values.reduce((least, value) => Math.min(least, value))
    case 'max':
      return values.reduce((most, value) => Math.max(most, value))
    case 'sum': {
      const sum = new ExactSum()
      for (const value of values) sum.add(value)
      return sum.value
    }
  }
}

// Rows are in order of their days: those of the window lie side by side.
function rowsIn(
  events: readonly CheckedEvent[],
  window: DayWindow,
  where: RowFilter | undefined,
): readonly CheckedEvent[] {
  const rows = events.slice(firstAtOrAfter(events, window.start), firstAtOrAfter(events, window.end))
  if (where === undefined) return rows
  return rows.filter((row) => {
    const text = row[where.column] as string
    return 'in' in where ? where.in.includes(text) : !where.notIn.includes(text)
  })
}

function firstAtOrAfter(events: readonly CheckedEvent[], day: EpochDay): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (events[middle]!.day < day) low = middle + 1
    else high = middle
  }
  return low
}

function rounded(value: number | null): number | null {
  return value === null ? null : (Math.sign(value) * Math.round(Math.abs(value) * 1e9)) / 1e9 + 0
}

function featureValue(cell: CheckedCell | undefined): FeatureValue {
  if (cell === undefined || cell === null) return null
  return typeof cell === 'boolean' ? Number(cell) : cell
}
