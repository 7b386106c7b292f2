import { checkArguments } from '../../base/arguments.js'
import type { WindowRule } from '../../base/windows.js'
import {
  conditionsOf,
  type NumberRange,
  type RowCondition,
  type RowFilter,
} from '../../population/rowFilter.js'
import { eventTableNames } from '../../table/inputs.js'
import type { Aggregate, FeatureRule, ValueType } from '../rule.js'

/**
 * Returns the name of a rule's feature. It depends on the rule alone, so that the same question has the same name in
 * training, in scoring and in every version.
 *
 * Rules that ask different questions have different names, and `parseFeatureName` reads them back. The name ignores the
 * order of a filter's conditions and of their values, and the type of an attribute.
 *
 *     usage_minutes_sum_3m_lag1m                      an aggregate, a first or last value
 *     contacts[kind=complaint][weekday|6|7]_count_1m  with a filter; [hour=[7,22)] for numbers, [roaming] for true
 *     a_per_b, a_minus_b                              of aggregates; (tenure_months)_per_b of other rules
 *     log1p(a), band(a,6,12), percentile(a,plan_plan) of any rule
 *
 * If a column's name could be mistaken for another rule, some of its characters are written as `%` and their code.
 *
 * @example
 * featureName(sumOf('usage', 'minutes', { months: 3 }))
 * // => 'usage_minutes_sum_3m'
 *
 * @example
 * featureName(countOf('contacts', { days: 30, lag: 7 }, { column: 'kind', in: ['complaint'] }))
 * // => 'contacts[kind=complaint]_count_30d_lag7d'
 */
export function featureName(rule: FeatureRule): string {
  checkArguments('featureName', ['rule', rule, 'rule'])
  return nameOf(rule, false)
}

/** `enclosed`: within parentheses, so that column names must not contain any. */
function nameOf(rule: FeatureRule, enclosed: boolean): string {
  const column = (name: string): string => columnName(name, enclosed)
  switch (rule.kind) {
    case 'tenure':
      return 'tenure_months'
    case 'attribute':
      return `customer_${column(rule.column)}`
    case 'isOther':
      return `is_other_${column(rule.column)}`
    case 'inForce':
      return `plan${lagName(rule.lag)}_${column(rule.column)}`
    case 'daysUntil':
      return `days_until_${rule.of ?? 'plan'}_${column(rule.column)}`
    case 'oldestUnpaid': {
      const [due, paid] = [rule.due, rule.paid].map(
        ({ table, where, measure }) => `${table}${filterName(where)}_${columnName(measure, true)}`,
      )
      return `oldest_unpaid_days(${due},${paid})`
    }
    case 'difference':
      return `${operandNames(rule.minuend, rule.subtrahend, enclosed).join('_minus_')}`
    case 'ratio':
      return `${operandNames(rule.numerator, rule.denominator, enclosed).join('_per_')}`
    case 'countTrue':
      return `count_true(${rule.of.map((each) => nameOf(each, true)).join(',')})`
    case 'transformed':
      return `${rule.by}(${[nameOf(rule.of, true), ...(rule.by === 'band' ? rule.edges : [])].join(',')})`
    case 'percentile': {
      const within = rule.within === 'everybody' ? [] : [nameOf(rule.within, true)]
      return `percentile(${[nameOf(rule.of, true), ...within].join(',')})`
    }
    default:
      return `${rule.table}${filterName(rule.where)}_${rowsName(rule, column)}`
  }
}

type RowsRule = Extract<FeatureRule, { readonly table: unknown }>

function rowsName(rule: RowsRule, column: (name: string) => string): string {
  switch (rule.kind) {
    case 'aggregate': {
      const measure = rule.measure === undefined ? '' : `${column(rule.measure)}_`
      return `${measure}${rule.aggregate}_${windowName(rule.window)}`
    }
    case 'valueAt':
      return `${column(rule.column)}_${rule.which}_${windowName(rule.window)}`
    case 'recency':
      return 'recency'
    case 'slope':
    case 'drop':
    case 'variability':
      return `${column(rule.measure)}_${rule.kind}_${rule.months}m`
    case 'streak': {
      const measure = rule.measure === undefined ? '' : `${column(rule.measure)}_`
      return `${measure}${rule.of}_streak_${rule.months}m`
    }
    case 'openRows':
      return `${column(rule.until)}_${rule.which === 'count' ? 'openCount' : 'openOldestDays'}`
  }
}

function operandNames(left: FeatureRule, right: FeatureRule, enclosed: boolean): string[] {
  const areAggregates = left.kind === 'aggregate' && right.kind === 'aggregate'
  return [left, right].map((rule) => {
    const name = nameOf(rule, enclosed || !areAggregates)
    return rule.kind === 'aggregate' ? name : `(${name})`
  })
}

/** The aggregates, as they are called in names and in rules. */
export const aggregateNames: readonly Aggregate[] = [
  'count',
  'activeDays',
  'sum',
  'mean',
  'min',
  'max',
  'distinct',
  'entropy',
  'changes',
  'gapMean',
  'gapDeviation',
]

/**
 * The sign between two operands, after the window of the left one. A column name containing it would be read as two
 * operands.
 */
export const operandSign = new RegExp(
  `(_(?:${aggregateNames.join('|')})_(?:all|\\d+[dm](?:_lag\\d+[dm])?))` +
    `_(per|minus)_(?=\\(|(?:${eventTableNames.join('|')})[_[])`,
)

function columnName(column: string, enclosed: boolean): string {
  const unambiguous = `_${column.replaceAll(/%(?=25|28|29|2c|5b|5d|5f)/g, '%25')}_`
    .replaceAll(new RegExp(operandSign, 'g'), '$1%5f$2_')
    .slice(1, -1)
  return enclosed ? escaped(unambiguous, /[(),[\]]/g) : unambiguous
}

function escaped(text: string, characters: RegExp): string {
  return text.replaceAll(characters, (character) => `%${character.charCodeAt(0).toString(16)}`)
}

function filterName(where: RowFilter | undefined): string {
  const names = conditionsOf(where).map((condition) => `[${conditionName(condition)}]`)
  return names.sort().join('')
}

/** Returns the name of a condition, whatever the order of its values. */
export function conditionName(condition: RowCondition): string {
  // `%`, `=`, `!`, `|`, `[` and `]` are escaped in texts, so that no two forms can be confused.
  const text = (value: string): string => escaped(value, /[%=!|[\]]/g)
  const listed = (values: readonly string[]): string => [...new Set(values)].sort().map(text).join('|')
  if ('weekday' in condition) return `weekday|${[...condition.weekday].sort().join('|')}`
  const column = text(condition.column)
  if ('in' in condition) return `${column}=${listed(condition.in)}`
  if ('notIn' in condition) return `${column}!=${listed(condition.notIn)}`
  if ('between' in condition) return `${column}=${rangeName(condition.between)}`
  if ('notBetween' in condition) return `${column}!=${rangeName(condition.notBetween)}`
  return condition.is ? column : `!${column}`
}

function rangeName([from, to]: NumberRange): string {
  return `[${from ?? ''},${to ?? ''})`
}

function lagName(lag: { readonly days: number } | { readonly months: number } | undefined): string {
  if (lag === undefined) return ''
  return 'days' in lag ? `[lag${lag.days}d]` : `[lag${lag.months}m]`
}

function windowName(window: WindowRule): string {
  if (window === 'all') return 'all'
  const [length, unit] = 'days' in window ? [window.days, 'd'] : [window.months, 'm']
  return window.lag === undefined || window.lag === 0
    ? `${length}${unit}`
    : `${length}${unit}_lag${window.lag}${unit}`
}

/** Returns the type of a rule's feature: a number, or a text that learners read as a category. */
export function featureKind(rule: FeatureRule): ValueType {
  return 'type' in rule ? rule.type : 'number'
}
