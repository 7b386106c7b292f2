import { numberInWords } from '../../base/printable.js'
import type { WindowRule } from '../../base/windows.js'
import type { NumberRange, RowCondition } from '../../population/rowFilter.js'
import type { EventTableName } from '../../table/inputs.js'
import { type Language, type Parts, percentNumber, splitName } from './language.js'

function count(n: number, unit: string): string {
  return `${numberInWords(n)} ${unit}${n === 1 ? '' : 's'}`
}

const percent = (share: number): string => `${percentNumber(share)} %`

const is = (name: string, value: string): string => `${name} is ${value}`

const isValue = (_: Parts, x: string, __: number, name: string): string => is(name, x)

/** One row, many rows, the mass noun, and what stands before a column. */
const nouns: Readonly<Record<EventTableName, readonly [string, string, string, string]>> = {
  usage: ['usage record', 'usage records', 'usage', ''],
  bills: ['bill', 'bills', 'bills', 'bill'],
  payments: ['payment', 'payments', 'payments', 'payment'],
  plans: ['plan change', 'plan changes', 'plan changes', 'plan'],
  contacts: ['contact', 'contacts', 'contacts', 'contact'],
  devices: ['device record', 'device records', 'device records', 'device'],
}

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

function range([from, to]: NumberRange): string {
  if (to === null) return `${from} or more`
  const bounds = [from === null ? '' : `from ${from}`, to === null ? '' : `below ${to}`]
  return bounds.filter((text) => text !== '').join(' to ')
}

function conditionWords(condition: RowCondition, words: (name: string) => string): string {
  if ('weekday' in condition) return `on ${condition.weekday.map((day) => dayNames[day - 1]).join(' or ')}`
  const column = words(condition.column)
  if ('in' in condition) return `${column} ${condition.in.join(' or ')}`
  if ('notIn' in condition) return `${column} not ${condition.notIn.join(' or ')}`
  if ('between' in condition) return `${column} ${range(condition.between)}`
  if ('notBetween' in condition) return `${column} not ${range(condition.notBetween)}`
  return condition.is ? column : `not ${column}`
}

function windowWords(window: WindowRule): string {
  if (window === 'all') return 'so far'
  const [length, unit] = 'days' in window ? [window.days, 'day'] : [window.months, 'month']
  const { lag } = window
  if (lag !== undefined && lag > 0) return `in the ${count(length, unit)} up to ${count(lag, unit)} ago`
  return length === 1 ? `in the last ${unit}` : `in the last ${count(length, unit)}`
}

const before = (months: number): string =>
  months === 1 ? 'the month before' : `the mean of the ${months} months before`

function dayFromHere(what: string, days: number): string {
  if (days === 0) return `${what} is on the day of the forecast`
  return days > 0 ? `${what} is in ${count(days, 'day')}` : `${what} was ${count(-days, 'day')} ago`
}

const inARow = (how: string, p: Parts, n: number): string =>
  `${count(n, 'month')} in a row ${how} up to now (at most ${p.months} counted)`

const monthsInARow = (how: string, p: Parts): string =>
  `months in a row ${how} up to now (at most ${p.months} counted)`

/** English. */
export const english: Language = {
  phrases: {
    count: [
      (p) => `number of ${p.rows} ${p.window}`,
      (p, _, n) => `${n === 0 ? `no ${p.rows}` : p.counted(n)} ${p.window}`,
    ],
    activeDays: [
      (p) => `number of days with ${p.mass} ${p.window}`,
      (p, _, n) => `${n === 0 ? 'no days' : count(n, 'day')} with ${p.mass} ${p.window}`,
    ],
    gapMean: [
      (p) => `mean time between days with ${p.mass} ${p.window}`,
      (_, __, n, name) => is(name, count(n, 'day')),
      (p) => `fewer than two days with ${p.mass} on record ${p.window}`,
    ],
    gapDeviation: [
      (p) => `irregularity of the time between days with ${p.mass} ${p.window}`,
      (p, _, n) =>
        `time between days with ${p.mass} ${p.window} varies by ${count(n, 'day')} (standard deviation)`,
      (p) => `fewer than three days with ${p.mass} on record ${p.window}`,
    ],
    sum: [(p) => `sum of ${p.what} ${p.window}`, isValue],
    mean: [(p) => `mean of ${p.what} ${p.window}`, isValue],
    min: [(p) => `lowest ${p.what} ${p.window}`, isValue],
    max: [(p) => `highest ${p.what} ${p.window}`, isValue],
    distinct: [
      (p) => `number of different values of ${p.what} ${p.window}`,
      (p, x, n) =>
        `${n === 0 ? 'no value' : n === 1 ? 'one value' : `${x} different values`} of ${p.what} ${p.window}`,
    ],
    entropy: [(p) => `spread of ${p.what} over its values ${p.window} (entropy)`, isValue],
    changes: [
      (p) => `number of changes of ${p.what} ${p.window}`,
      (p, _, n) => `${n === 0 ? 'no changes' : count(n, 'change')} of ${p.what} ${p.window}`,
    ],
    first: [(p) => `first ${p.what} ${p.window}`, isValue],
    last: [(p) => `latest ${p.what} ${p.window}`, isValue],
    recency: [
      (p) => `days since the last ${p.row}`,
      (p, _, n) => `last ${p.row} was ${count(n, 'day')} ago`,
      (p) => `no ${p.row} on record`,
    ],
    slope: [
      (p) => `change of ${p.what} per month over the last ${p.months} months`,
      (p, x, n) =>
        n === 0
          ? `${p.what} neither rose nor fell over the last ${p.months} months`
          : `${p.what} ${n > 0 ? 'rose' : 'fell'} by ${x.replace('-', '')} a month over the last ${p.months} months`,
    ],
    drop: [
      (p) => `fall of ${p.what} in the last month against ${before(p.months)}`,
      (p, _, n) => {
        const change = n === 0 ? 'did not change' : `${n > 0 ? 'fell' : 'rose'} by ${percent(Math.abs(n))}`
        return `${p.what} ${change} in the last month against ${before(p.months)}`
      },
    ],
    variability: [
      (p) => `variability of ${p.what} over the last ${p.months} months`,
      (p, _, n) => `monthly ${p.what} varied by ${percent(n)} of the mean over the last ${p.months} months`,
    ],
    active: [(p) => monthsInARow(`with ${p.mass}`, p), (p, _, n) => inARow(`with ${p.mass}`, p, n)],
    silent: [(p) => monthsInARow(`without ${p.mass}`, p), (p, _, n) => inARow(`without ${p.mass}`, p, n)],
    rising: [(p) => monthsInARow(`of rising ${p.what}`, p), (p, _, n) => inARow(`of rising ${p.what}`, p, n)],
    falling: [
      (p) => monthsInARow(`of falling ${p.what}`, p),
      (p, _, n) => inARow(`of falling ${p.what}`, p, n),
    ],
    openCount: [
      (p) => `number of ${p.rows} without ${p.column}`,
      (p, _, n) => `${n === 0 ? `no ${p.rows}` : p.counted(n)} without ${p.column}`,
    ],
    openOldestDays: [
      (p) => `days since the oldest ${p.row} without ${p.column}`,
      (p, _, n) => `oldest ${p.row} without ${p.column} was ${count(n, 'day')} ago`,
      (p) => `no ${p.row} without ${p.column} on record`,
    ],
    oldestUnpaid: [
      (p) => `days since the oldest ${p.of[0]} that ${p.of[1]} does not cover`,
      (p, _, n) => `oldest ${p.of[0]} that ${p.of[1]} does not cover was ${count(n, 'day')} ago`,
      (p) => `no ${p.of[0]} on record that ${p.of[1]} does not cover`,
    ],
    tenure: [() => 'months since activation', (_, __, n) => `customer for ${count(n, 'month')}`],
    attribute: [(p) => p.column, isValue],
    isOther: [
      (p) => `whether ${p.column} is somebody else`,
      (p, x, n, name) =>
        n === 1 ? is(p.column, 'somebody else') : n === 0 ? is(p.column, 'the customer') : `${name}: ${x}`,
    ],
    inForce: [(p) => (p.column === 'plan' ? 'plan in force' : `${p.column} of the plan in force`), isValue],
    wasInForce: [
      (p) => `${p.column === 'plan' ? '' : `${p.column} of the `}plan in force ${p.ago}`,
      (_, x, __, name) => `${name} was ${x}`,
    ],
    contractEnd: [
      () => 'days until the contract ends',
      (_, __, n) =>
        n < 0
          ? `contract ended ${count(-n, 'day')} ago`
          : `contract ends ${n === 0 ? 'on the day of the forecast' : `in ${count(n, 'day')}`}`,
      () => 'no contract end on record',
    ],
    planStart: [
      () => 'days until the plan in force began',
      (_, __, n) =>
        n < 0 ? `plan in force began ${count(-n, 'day')} ago` : dayFromHere('start of the plan in force', n),
    ],
    planDay: [
      (p) => `days until ${p.column} of the plan in force`,
      (p, _, n) => dayFromHere(`${p.column} of the plan in force`, n),
    ],
    activation: [
      () => 'days until activation',
      (_, __, n) => (n < 0 ? `activated ${count(-n, 'day')} ago` : dayFromHere('activation', n)),
    ],
    customerDay: [(p) => `days until ${p.column}`, (p, _, n) => dayFromHere(p.column, n)],
    difference: [(p) => `${p.of[0]} minus ${p.of[1]}`, isValue],
    ratio: [(p) => `${p.of[0]} divided by ${p.of[1]}`, isValue],
    share: [
      (p) => `share (${p.condition}) of the ${p.of[1]}`,
      (p, _, n) => `${percent(n)} of the ${p.of[1]}: ${p.condition}`,
    ],
    portion: [
      (p) => `${p.of[0]} as a share of the ${p.of[1]}`,
      (p, _, n) => `${p.of[0]} is ${percent(n)} of the ${p.of[1]}`,
    ],
    countTrue: [
      (p) => `how many of (${p.of.join('; ')}) are above 0`,
      (p, x, n) => `${n === 0 ? 'none' : x} of (${p.of.join('; ')}) ${n > 1 ? 'are' : 'is'} above 0`,
    ],
    log1p: [(p) => `logarithm of ${p.of[0]}`],
    sqrt: [(p) => `square root of ${p.of[0]}`],
    band: [
      (p) => `band of ${p.of[0]} (from ${p.edges.join(', ')})`,
      (p, x, n, name) => {
        const bounds = [p.edges[n - 1] ?? null, p.edges[n] ?? null] as const
        return is(...((bounds[0] === bounds[1] ? [name, x] : [p.of[0]!, range(bounds)]) as [string, string]))
      },
    ],
    percentile: [
      (p) => `rank of ${p.of[0]} among ${p.of[1]}`,
      (p, _, n) => `${p.of[0]} is at percentile ${percentNumber(n)} among ${p.of[1]}`,
    ],
  },
  column: splitName,
  measured(table, column) {
    const [prefix, name] = [nouns[table][3], splitName(column)]
    return prefix === '' || name.startsWith(prefix) ? name : `${prefix} ${name}`
  },
  counted: (table, n) => `${numberInWords(n)} ${nouns[table][n === 1 ? 0 : 1]}`,
  rows(table) {
    const [one, rows, mass] = nouns[table]
    return { rows, row: table === 'usage' ? mass : one, mass }
  },
  conditions: (conditions, column) => conditions.map((each) => conditionWords(each, column)).join(', '),
  enclosed: (text) => `(${text})`,
  window: windowWords,
  ago: (lag) => `${'days' in lag ? count(lag.days, 'day') : count(lag.months, 'month')} ago`,
  among: (group) => (group === null ? 'all customers' : `customers with the same ${group}`),
  is,
  text: (value) => value,
  unknown: (name) => is(name, 'not known'),
  withUnit: (value, unit) => `${value} ${unit}`,
  dayFromHere,
  factor: (factor, beyond) => `×${factor}${beyond === 0 ? '' : beyond < 0 ? ' and less' : ' and more'}`,
  withOdds: (reason, factor) => `${reason} (odds of leaving ${factor})`,
  withPoints: (reason, points) => `${reason} (risk of leaving ${points} points)`,
  nowAndBefore: (now, before) => `${now}; before: ${before}`,
  moved: (factor, parts) => `odds of leaving ${factor} since the score before: ${parts.join(', ')}`,
  movers: { customer: 'what the customer did', model: 'the new model', baseRate: 'the base rate' },
  finish: (text) => text,
}
