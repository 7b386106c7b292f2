import { checkArguments } from '../../base/arguments.js'
import { numberInWords } from '../../base/printable.js'
import type { WindowRule } from '../../base/windows.js'
import type { NumberRange, RowCondition, RowFilter } from '../../population/rowFilter.js'
import { conditionsOf } from '../../population/rowFilter.js'
import type { EventTableName } from '../../table/inputs.js'
import type {
  Aggregate,
  AggregateRule,
  DaysUntilRule,
  DropRule,
  FeatureRule,
  InForceRule,
  OpenRowsRule,
  StreakRule,
  TransformedRule,
} from '../rule.js'

/**
 * Returns a rule in words, for the reasons given with a score.
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
  checkArguments('describeFeature', ['rule', rule, 'rule'])
  switch (rule.kind) {
    case 'aggregate':
      return describeAggregate(rule)
    case 'valueAt':
      return `${measured(rule, rule.column)}, ${rule.which} value ${within('of', rule.window)}`
    case 'recency':
      return `days since the last ${singular[rule.table]}${filterWords(rule.where)}`
    case 'slope':
      return `${measured(rule, rule.measure)}, change per month over the last ${rule.months} months`
    case 'drop':
      return `${measured(rule, rule.measure)}, fall of the last month against ${beforeWords(rule.months)} before`
    case 'variability':
      return `${measured(rule, rule.measure)}, variability over the last ${rule.months} months`
    case 'streak':
      return describeStreak(rule)
    case 'openRows':
      return describeOpenRows(rule)
    case 'oldestUnpaid': {
      const [due, paid] = [rule.due, rule.paid].map((amounts) => measured(amounts, amounts.measure))
      return `days since the oldest ${due} that ${paid} does not cover`
    }
    default:
      return describeCustomer(rule)
  }
}

/**
 * Returns a customer's value of a rule as a sentence, for a reason.
 *
 * Numbers have all digits before the point and four in all, from 100 on two after it. Null = not known.
 *
 * @example
 * describeValue(daysUntil('contractEnd'), -12)
 * // => 'contract end of the plan in force was 12 days ago'
 *
 * @example
 * describeValue(drop('usage', 'minutes', 3), 0.62)
 * // => 'minutes fell by 62 % in the last month against the mean of the 3 months before'
 *
 * @example
 * describeValue(tenure(), 7)
 * // => 'months since activation is 7'
 */
export function describeValue(rule: FeatureRule, value: number | string | null): string {
  checkArguments('describeValue', ['rule', rule, 'rule'])
  if (typeof value === 'number') {
    if (rule.kind === 'daysUntil') return dayFromHere(pointOf(rule), value)
    if (rule.kind === 'isOther')
      return `${words(rule.column)} is ${value === 1 ? 'somebody else' : 'the customer'}`
    if (rule.kind === 'drop') return fallWords(rule, value)
  }
  return plainValue(describeFeature(rule), value)
}

/** Returns "… is …", for a feature without a rule or without a sentence of its own. */
export function plainValue(feature: string, value: number | string | null): string {
  if (value === null) return `${feature} is not known`
  return `${feature} is ${typeof value === 'string' ? value : numberInWords(value)}`
}

/** Returns when something is, relative to the day of the forecast. */
export function dayFromHere(what: string, days: number): string {
  if (days === 0) return `${what} is on the day of the forecast`
  return days > 0 ? `${what} is in ${count(days, 'day')}` : `${what} was ${count(-days, 'day')} ago`
}

function pointOf({ of, column }: DaysUntilRule): string {
  if (of === 'customer') return column === 'activatedAt' ? 'activation' : words(column)
  return `${column === 'from' ? 'start' : words(column)} of the plan in force`
}

function fallWords(rule: DropRule, value: number): string {
  const what = measured(rule, rule.measure)
  const before = beforeWords(rule.months)
  if (value === 0) return `${what} of the last month is the same as ${before} before`
  const change = `${value > 0 ? 'fell' : 'rose'} by ${numberInWords(100 * Math.abs(value))} %`
  return `${what} ${change} in the last month against ${before} before`
}

function beforeWords(months: number): string {
  return months === 1 ? 'the month' : `the mean of the ${months} months`
}

type CustomerRule = Extract<
  FeatureRule,
  { kind: 'tenure' | 'attribute' | 'isOther' | 'inForce' | 'daysUntil' }
>
type CombinedRule = Extract<
  FeatureRule,
  { kind: 'difference' | 'ratio' | 'countTrue' | 'transformed' | 'percentile' }
>

function describeCustomer(rule: CustomerRule | CombinedRule): string {
  switch (rule.kind) {
    case 'tenure':
      return 'months since activation'
    case 'attribute':
      return words(rule.column)
    case 'isOther':
      return `${words(rule.column)} is somebody else`
    case 'inForce':
      return describeInForce(rule)
    case 'daysUntil':
      return `days until ${pointOf(rule)}`
    default:
      return describeCombined(rule)
  }
}

function describeCombined(rule: CombinedRule): string {
  switch (rule.kind) {
    case 'difference':
      return `${operandWords(rule.minuend)}, minus ${operandWords(rule.subtrahend)}`
    case 'ratio':
      return `${operandWords(rule.numerator)}, divided by ${operandWords(rule.denominator)}`
    case 'countTrue':
      return `how many are above 0 of: ${rule.of.map(describeFeature).join('; ')}`
    case 'transformed':
      return describeTransformed(rule)
    case 'percentile': {
      const among = rule.within === 'everybody' ? 'all customers' : `the same ${describeFeature(rule.within)}`
      return `${describeFeature(rule.of)}, rank among ${among}`
    }
  }
}

// "a, minus b, divided by c" could be either.
function operandWords(rule: FeatureRule): string {
  const text = describeFeature(rule)
  return rule.kind === 'difference' || rule.kind === 'ratio' ? `(${text})` : text
}

function describeTransformed(rule: TransformedRule): string {
  const of = describeFeature(rule.of)
  if (rule.by === 'band') return `band of ${of} (from ${rule.edges.join(', ')})`
  return `${rule.by === 'log1p' ? 'logarithm' : 'square root'} of ${of}`
}

function describeInForce({ column, lag }: InForceRule): string {
  const when =
    lag === undefined ? '' : ` ${'days' in lag ? count(lag.days, 'day') : count(lag.months, 'month')} ago`
  return column === 'plan' ? `plan in force${when}` : `${words(column)} (plan in force${when})`
}

const measureNouns: Readonly<Partial<Record<Aggregate, readonly [string, 'of' | 'in']>>> = {
  sum: ['sum', 'of'],
  mean: ['mean', 'of'],
  min: ['least', 'of'],
  max: ['most', 'of'],
  distinct: ['different values', 'in'],
  entropy: ['spread over its values', 'in'],
  changes: ['changes', 'in'],
}

function describeAggregate(rule: AggregateRule): string {
  const { aggregate, measure, table, window, where } = rule
  if (measure !== undefined) {
    const [noun, preposition] = measureNouns[aggregate]!
    return `${measured(rule, measure)}, ${noun} ${within(preposition, window)}`
  }
  const days = `days with ${table}${filterWords(where)}`
  const counted: Readonly<Partial<Record<Aggregate, string>>> = {
    count: `number of ${plural[table]}${filterWords(where)}`,
    activeDays: days,
    gapMean: `mean time between ${days}`,
    gapDeviation: `irregularity of the time between ${days}`,
  }
  return `${counted[aggregate]} ${within('in', window)}`
}

function describeStreak({ of, table, measure, months, where }: StreakRule): string {
  const how = { active: 'with', silent: 'without', rising: 'of rising', falling: 'of falling' }[of]
  const what = measure === undefined ? `${table}${filterWords(where)}` : measured({ table, where }, measure)
  return `last months in a row ${how} ${what}, at most ${months}`
}

function describeOpenRows({ table, until, which, where }: OpenRowsRule): string {
  const open = `without ${words(until)}`
  return which === 'count'
    ? `number of ${plural[table]}${filterWords(where)} ${open}`
    : `days since the oldest ${singular[table]}${filterWords(where)} ${open}`
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

const measurePrefix: Readonly<Record<EventTableName, string>> = {
  ...singular,
  usage: '',
  plans: 'plan',
  devices: 'device',
}

interface Rows {
  readonly table: EventTableName
  readonly where?: RowFilter | undefined
}

// Two tables have a column "amount"; a reason has to say which.
function measured({ table, where }: Rows, measure: string): string {
  const [prefix, name] = [measurePrefix[table], words(measure)]
  return `${name.startsWith(prefix) ? name : `${prefix} ${name}`}${filterWords(where)}`
}

function filterWords(where: RowFilter | undefined): string {
  const conditions = conditionsOf(where).map(conditionWords)
  return conditions.length === 0 ? '' : ` (${conditions.join(', ')})`
}

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

function conditionWords(condition: RowCondition): string {
  if ('weekday' in condition) return `on ${condition.weekday.map((day) => dayNames[day - 1]).join(' or ')}`
  const column = words(condition.column)
  if ('in' in condition) return `${column} ${condition.in.join(' or ')}`
  if ('notIn' in condition) return `${column} not ${condition.notIn.join(' or ')}`
  if ('between' in condition) return `${column} ${rangeWords(condition.between)}`
  if ('notBetween' in condition) return `${column} not ${rangeWords(condition.notBetween)}`
  return condition.is ? column : `not ${column}`
}

function rangeWords([from, to]: NumberRange): string {
  const bounds = [from === null ? '' : `from ${from}`, to === null ? '' : `below ${to}`]
  return bounds.filter((text) => text !== '').join(' to ')
}

/** `dataMb` and `data_mb` read as "data mb". */
function words(column: string): string {
  return column
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
}

function within(preposition: string, window: WindowRule): string {
  return window === 'all' ? windowWords(window) : `${preposition} ${windowWords(window)}`
}

function windowWords(window: WindowRule): string {
  if (window === 'all') return 'so far'
  const [length, unit] = 'days' in window ? [window.days, 'day'] : [window.months, 'month']
  const { lag } = window
  if (lag !== undefined && lag > 0) return `the ${count(length, unit)} up to ${count(lag, unit)} ago`
  return length === 1 ? `the last ${unit}` : `the last ${count(length, unit)}`
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}
