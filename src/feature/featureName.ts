import type { WindowRule } from '../base/windows.js'
import type { EventTableName } from '../table/inputs.js'
import type { AggregateRule, FeatureRule, RowFilter, ValueType } from './rule.js'

/**
 * Returns the name of a rule's feature: made from the rule alone, so that the same question has the same name in
 * training and in scoring, in every version.
 *
 * Two rules that ask different questions have different names, as long as column names hold no `[`.
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
  switch (rule.kind) {
    case 'aggregate': {
      const measure = rule.measure === undefined ? '' : `_${rule.measure}`
      return `${rule.table}${filterName(rule.where)}${measure}_${rule.aggregate}_${windowName(rule.window)}`
    }
    case 'recency':
      return `${rule.table}${filterName(rule.where)}_recency`
    case 'slope':
    case 'drop':
      return `${rule.table}_${rule.measure}_${rule.kind}_${rule.months}m`
    case 'tenure':
      return 'tenure_months'
    case 'attribute':
      return `customer_${rule.column}`
    case 'inForce':
      return `plan_${rule.column}`
    case 'daysUntil':
      return `days_until_plan_${rule.column}`
    case 'difference':
      return `${featureName(rule.minuend)}_minus_${featureName(rule.subtrahend)}`
    case 'ratio':
      return `${featureName(rule.numerator)}_per_${featureName(rule.denominator)}`
  }
}

function filterName(where: RowFilter | undefined): string {
  if (where === undefined) return ''
  const escaped = (text: string): string =>
    text.replaceAll(/[%=!|[\]]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
  // The order in which the values were written is no part of the question.
  const [sign, listed] = 'in' in where ? ['=', where.in] : ['!=', where.notIn]
  const values = [...new Set(listed)].sort().map(escaped)
  return `[${escaped(where.column)}${sign}${values.join('|')}]`
}

function windowName(window: WindowRule): string {
  if (window === 'all') return 'all'
  const [length, unit] = 'days' in window ? [window.days, 'd'] : [window.months, 'm']
  return window.lag === undefined || window.lag === 0
    ? `${length}${unit}`
    : `${length}${unit}_lag${window.lag}${unit}`
}

/** Returns what a rule's feature is: a number, or a text that learners read as a category. */
export function featureKind(rule: FeatureRule): ValueType {
  return rule.kind === 'attribute' || rule.kind === 'inForce' ? rule.type : 'number'
}

/**
 * Returns a rule in words, for the reasons beside a score.
 *
 * @example
 * describeFeature(sumOf('usage', 'minutes', { months: 3 }))
 * // => 'minutes, sum of the last 3 months'
 *
 * @example
 * describeFeature(countOf('contacts', { months: 1 }, { column: 'kind', in: ['complaint'] }))
 * // => 'number of contacts (kind complaint) in the last month'
 */
export function describeFeature(rule: FeatureRule): string {
  switch (rule.kind) {
    case 'aggregate':
      return describeAggregate(rule)
    case 'recency':
      return `days since the last ${singular[rule.table]}${filterWords(rule.where)}`
    case 'slope':
      return `${measureWords(rule.table, rule.measure)}, change per month over the last ${rule.months} months`
    case 'drop': {
      const before = rule.months === 1 ? 'the month' : `the mean of the ${rule.months} months`
      return `${measureWords(rule.table, rule.measure)}, fall of the last month against ${before} before`
    }
    case 'tenure':
      return 'months since activation'
    case 'attribute':
      return words(rule.column)
    case 'inForce':
      return rule.column === 'plan' ? 'plan in force' : `${words(rule.column)} (plan in force)`
    case 'daysUntil':
      return `days until ${words(rule.column)} (plan in force)`
    case 'difference':
      return `${describeAggregate(rule.minuend)}, minus ${describeAggregate(rule.subtrahend)}`
    case 'ratio':
      return `${describeAggregate(rule.numerator)}, divided by ${describeAggregate(rule.denominator)}`
  }
}

function describeAggregate(rule: AggregateRule): string {
  const filter = filterWords(rule.where)
  const window = windowWords(rule.window)
  if (rule.measure === undefined) {
    const counted = rule.aggregate === 'count' ? `number of ${plural[rule.table]}` : `days with ${rule.table}`
    return `${counted}${filter} ${rule.window === 'all' ? window : `in ${window}`}`
  }
  const nouns: Record<string, string> = { sum: 'sum', mean: 'mean', min: 'least', max: 'most' }
  const how = nouns[rule.aggregate] ?? rule.aggregate
  const when = rule.window === 'all' ? window : `of ${window}`
  return `${measureWords(rule.table, rule.measure)}${filter}, ${how} ${when}`
}

const singular: Readonly<Record<EventTableName, string>> = {
  usage: 'usage',
  bills: 'bill',
  payments: 'payment',
  plans: 'plan change',
  contacts: 'contact',
  devices: 'device record',
}

const plural: Readonly<Record<EventTableName, string>> = {
  usage: 'usage records',
  bills: 'bills',
  payments: 'payments',
  plans: 'plan changes',
  contacts: 'contacts',
  devices: 'device records',
}

// "amount" is a column of two tables; a reason has to say of which.
function measureWords(table: EventTableName, measure: string): string {
  return table === 'usage' ? words(measure) : `${singular[table]} ${words(measure)}`
}

function filterWords(where: RowFilter | undefined): string {
  if (where === undefined) return ''
  const values = 'in' in where ? where.in.join(' or ') : `not ${where.notIn.join(' or ')}`
  return ` (${words(where.column)} ${values})`
}

/** `dataMb` and `data_mb` read as "data mb". */
function words(column: string): string {
  return column
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
}

function windowWords(window: WindowRule): string {
  if (window === 'all') return 'so far'
  const [length, unit] = 'days' in window ? [window.days, 'day'] : [window.months, 'month']
  const count = (number: number): string => `${number} ${unit}${number === 1 ? '' : 's'}`
  if (window.lag !== undefined && window.lag > 0) return `the ${count(length)} up to ${count(window.lag)} ago`
  return length === 1 ? `the last ${unit}` : `the last ${count(length)}`
}
