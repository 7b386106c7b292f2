import { checkArguments } from '../../base/arguments.js'
import { refuse } from '../../base/errors.js'
import { ownValue } from '../../base/ownValue.js'
import type { HistoryKinds, InputTableName } from '../../table/inputs.js'
import { checkFeatureRules } from '../checkFeatureRules.js'
import type { FeatureRule, NumberRule, TextRule, ValueType } from '../rule.js'
import { featureName } from './featureName.js'
import {
  amountsOf,
  argumentsOf,
  rowsParts,
  spanOf,
  splitOperands,
  unescaped,
  windowOf,
} from './featureNameParts.js'

/**
 * Returns the rule with a given name: the inverse of {@link featureName}, for lists of columns or reasons of which only
 * the names were kept.
 *
 * The rule may differ from the original in what the name ignores: the order of a filter's conditions and of their
 * values, a lag of 0. The name does not say whether an attribute, a plan column or a first or last value is a number or
 * a text: that comes from the tables.
 *
 * @param name exactly as `featureName` writes it
 * @param tables the tables of the history with the kinds of their columns: `history.tables`
 * @throws {HoldfastError} `option-invalid` if it is not the name of a feature; `table-unknown`, `column-missing`,
 * `column-type` if the history cannot answer it
 *
 * @example
 * const tables = { usage: { id: 'text', day: 'day', minutes: 'number' } }
 * parseFeatureName('usage_minutes_sum_3m', tables)
 * // => { kind: 'aggregate', table: 'usage', aggregate: 'sum', measure: 'minutes', window: { months: 3 } }
 */
export function parseFeatureName(name: string, tables: HistoryKinds): FeatureRule {
  checkArguments('parseFeatureName', ['name', name, 'text'], ['tables', tables, 'historyKinds'])
  const rule = typeof name === 'string' ? new NameReader(tables).rule(name, 0) : undefined
  if (rule === undefined || featureName(rule) !== name) {
    refuse('parseFeatureName', [
      {
        code: 'option-invalid',
        parameter: 'name',
        rule: 'to be the name of a feature as featureName writes it, such as usage_minutes_sum_3m',
        received: name,
      },
    ])
  }
  checkFeatureRules('parseFeatureName', [rule!], tables)
  return rule!
}

/** No rule has more levels of parentheses. */
const mostLevels = 24

/** Reads anything that could be a name; the caller checks that it is spelt as `featureName` does. */
class NameReader {
  readonly #tables: HistoryKinds

  constructor(tables: HistoryKinds) {
    this.#tables = tables
  }

  rule(name: string, level: number): FeatureRule | undefined {
    if (level > mostLevels) return undefined
    const call = /^(log1p|sqrt|band|count_true|percentile|oldest_unpaid_days)\((.*)\)$/s.exec(name)
    if (call !== null) return this.#call(call[1]!, argumentsOf(call[2]!), level)
    return this.#operands(name, level) ?? this.#rows(name) ?? this.#customer(name)
  }

  #call(how: string, given: readonly string[], level: number): FeatureRule | undefined {
    if (how === 'oldest_unpaid_days') return oldestUnpaid(given)
    const [first = '', ...rest] = given
    if (how === 'count_true') {
      const of = given.map((each) => this.rule(each, level + 1))
      return of.includes(undefined) ? undefined : { kind: 'countTrue', of: of as NumberRule[] }
    }
    const of = this.rule(first, level + 1) as NumberRule | undefined
    if (of === undefined) return undefined
    if (how === 'band') return { kind: 'transformed', of, by: 'band', edges: rest.map(Number) }
    if (how === 'log1p' || how === 'sqrt') return { kind: 'transformed', of, by: how }
    const within = rest[0] === undefined ? 'everybody' : this.rule(rest[0], level + 1)
    return within === undefined ? undefined : { kind: 'percentile', of, within: within as TextRule }
  }

  #operands(name: string, level: number): FeatureRule | undefined {
    const split = splitOperands(name)
    if (split === undefined) return undefined
    const [left, right] = [split.left, split.right].map((operand) =>
      operand.startsWith('(') ? this.rule(operand.slice(1, -1), level + 1) : this.#rows(operand),
    ) as (NumberRule | undefined)[]
    if (left === undefined || right === undefined) return undefined
    return split.sign === 'per'
      ? { kind: 'ratio', numerator: left, denominator: right }
      : { kind: 'difference', minuend: left, subtrahend: right }
  }

  #customer(name: string): FeatureRule | undefined {
    if (name === 'tenure_months') return { kind: 'tenure' }
    const [, start, lag, escaped] =
      /^(customer|is_other|plan|days_until_plan|days_until_customer)(?:\[lag(\w+)\])?_(.+)$/s.exec(name) ?? []
    const column = unescaped(escaped ?? '')
    switch (start) {
      case 'customer':
        return { kind: 'attribute', column, type: this.#typeOf('customers', column) }
      case 'is_other':
        return { kind: 'isOther', column }
      case 'plan': {
        const rule = { kind: 'inForce', column, type: this.#typeOf('plans', column) } as const
        return lag === undefined ? rule : { ...rule, lag: spanOf(lag) }
      }
      case 'days_until_plan':
        return { kind: 'daysUntil', column }
      case 'days_until_customer':
        return { kind: 'daysUntil', column, of: 'customer' }
      default:
        return undefined
    }
  }

  #rows(name: string): FeatureRule | undefined {
    const parts = rowsParts(name)
    if (parts === undefined) return undefined
    const { rows, column = '', how, window } = parts
    const months = Number.parseInt(window ?? '', 10)
    switch (how) {
      case 'recency':
        return { kind: 'recency', ...rows }
      case 'openCount':
        return { kind: 'openRows', ...rows, until: column, which: 'count' }
      case 'openOldestDays':
        return { kind: 'openRows', ...rows, until: column, which: 'oldestDays' }
      case 'slope':
      case 'drop':
      case 'variability':
        return { kind: how, ...rows, measure: column, months }
      case 'active_streak':
      case 'silent_streak':
        return { kind: 'streak', ...rows, of: how === 'active_streak' ? 'active' : 'silent', months }
      case 'rising_streak':
      case 'falling_streak':
        return {
          kind: 'streak',
          ...rows,
          of: how === 'rising_streak' ? 'rising' : 'falling',
          measure: column,
          months,
        }
      case 'first':
      case 'last': {
        const type = this.#typeOf(rows.table, column)
        return { kind: 'valueAt', ...rows, which: how, column, type, window: windowOf(window) }
      }
      default: {
        const measure = parts.column === undefined ? {} : { measure: column }
        return { kind: 'aggregate', ...rows, aggregate: how, ...measure, window: windowOf(window) }
      }
    }
  }

  #typeOf(table: InputTableName, column: string): ValueType {
    return ownValue(this.#tables[table], column) === 'text' ? 'text' : 'number'
  }
}

function oldestUnpaid(given: readonly string[]): FeatureRule | undefined {
  const [due, paid] = given.map(amountsOf)
  return due === undefined || paid === undefined ? undefined : { kind: 'oldestUnpaid', due, paid }
}
