import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import {
  activeDays,
  changesOf,
  countOf,
  distinctOf,
  entropyOf,
  gapDeviation,
  gapMean,
  maxOf,
  meanOf,
  minOf,
  sumOf,
} from '../../src/feature/builders/aggregateBuilders.js'
import {
  band,
  countTrue,
  difference,
  log1p,
  ratio,
  squareRoot,
} from '../../src/feature/builders/arithmeticBuilders.js'
import {
  attribute,
  daysUntil,
  inForce,
  isOther,
  tenure,
} from '../../src/feature/builders/customerBuilders.js'
import {
  drop,
  firstValue,
  lastValue,
  oldestUnpaid,
  openRows,
  recency,
  slope,
  streak,
  variability,
} from '../../src/feature/builders/rowBuilders.js'
import { hours, weekends } from '../../src/feature/builders/rowFilters.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import type { RowFilter } from '../../src/population/rowFilter.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { Table } from '../../src/table/table.js'
import type { FeatureValue } from './bothExecutions.js'

const april = epochDay('2025-04-01')
const since2020 = { id: 'A', activatedAt: '2020-01-01' }

const noRows = { usage: [], bills: [], payments: [], plans: [], contacts: [], devices: [] }

function valueAsOf(history: CustomerHistory, rule: FeatureRule, cutoff = april): FeatureValue {
  const { columns } = featuresOf({ ...noRows, ...history }, [rule], cutoff)
  return new Table(columns, 1).cell(columns[0]!.name, 0) as FeatureValue
}

const usage: CustomerHistory = {
  customer: since2020,
  usage: [
    { day: '2025-03-31', minutes: 8 },
    { day: '2025-01-31', minutes: 1 },
    { day: '2025-04-01', minutes: 100 },
    { day: '2025-02-28', minutes: null },
    { day: '2025-03-01', minutes: 2 },
    { day: '2025-03-01', minutes: 4 },
  ],
}

// March = rows of 1, 1 and 31 March: 2, 4 and 8. The row of 1 April is at the cutoff, that of 28 February is missing.
test.each<[string, FeatureRule, FeatureValue]>([
  ['a month is [1 March, 1 April)', sumOf('usage', 'minutes', { months: 1 }), 14],
  ['a day is the day before the cutoff', sumOf('usage', 'minutes', { days: 1 }), 8],
  ['a lag moves the window back', sumOf('usage', 'minutes', { days: 30, lag: 1 }), 6],
  ['all is everything before the cutoff', sumOf('usage', 'minutes', 'all'), 15],
  ['a missing measure is skipped by sum', sumOf('usage', 'minutes', { months: 1, lag: 1 }), 0],
  ['a missing measure is skipped by mean', meanOf('usage', 'minutes', { months: 3 }), 15 / 4],
  ['a mean of no value is missing', meanOf('usage', 'minutes', { months: 1, lag: 1 }), null],
  ['a row with a missing measure is counted', countOf('usage', { months: 1, lag: 1 }), 1],
  ['two rows of one day are one active day', activeDays('usage', { months: 1 }), 2],
  ['min of the window', minOf('usage', 'minutes', { months: 1 }), 2],
  ['max of the window', maxOf('usage', 'minutes', { months: 1 }), 8],
  ['min of no value is missing', minOf('usage', 'minutes', { months: 1, lag: 1 }), null],
  ['31 March is one day before 1 April', recency('usage'), 1],
  // Sums of January, February, March: 1, 0, 14. Slope = (14 − 1) / 2.
  ['the slope of 1, 0, 14 is 6.5 per month', slope('usage', 'minutes', 3), 6.5],
  // Mean of January and February = 0.5; 1 − 14 / 0.5 = −27.
  ['a rise is a negative drop', drop('usage', 'minutes', 2), -27],
  ['a drop from 0 is missing', drop('usage', 'minutes', 1), null],
  ['a ratio to 0 is missing', ratio(countOf('usage', 'all'), countOf('contacts', 'all')), null],
  ['no rows are a sum of 0', sumOf('bills', 'amount', { months: 3 }), 0],
  ['no rows are a count of 0', countOf('contacts', 'all'), 0],
  ['no rows have no recency', recency('contacts'), null],
])('%s', (_, rule, expected) => {
  expect(valueAsOf(usage, rule)).toBe(expected)
})

test('slope and drop are missing where the customer was not yet there when the first month began', () => {
  // The first of 3 months began on 1 January.
  const joined = (activatedAt: string): CustomerHistory => ({
    customer: { id: 'A', activatedAt },
    usage: [
      { day: '2025-01-20', minutes: 10 },
      { day: '2025-02-20', minutes: 10 },
      { day: '2025-03-20', minutes: 4 },
    ],
  })
  expect(valueAsOf(joined('2025-01-01'), slope('usage', 'minutes', 3))).toBe(-3)
  expect(valueAsOf(joined('2025-01-02'), slope('usage', 'minutes', 3))).toBeNull()
  // 1 − 4 / 10
  expect(valueAsOf(joined('2025-01-01'), drop('usage', 'minutes', 2))).toBe(0.6)
  expect(valueAsOf(joined('2025-01-02'), drop('usage', 'minutes', 2))).toBeNull()
})

test('a bill is known when its month is over, not earlier', () => {
  const bills: CustomerHistory = { customer: since2020, bills: [{ period: '2025-03', amount: 30 }] }
  expect(valueAsOf(bills, countOf('bills', 'all'), epochDay('2025-03-31'))).toBe(0)
  expect(valueAsOf(bills, countOf('bills', 'all'), epochDay('2025-04-01'))).toBe(1)
})

test('a filter keeps the rows with one of its values', () => {
  const contacts: CustomerHistory = {
    customer: since2020,
    contacts: ['complaint', 'question', 'complaint', 'cancel'].map((kind, day) => ({
      day: `2025-03-0${day + 1}`,
      kind,
    })),
  }
  const rule = (...kinds: string[]) => countOf('contacts', { months: 1 }, { column: 'kind', in: kinds })
  expect(valueAsOf(contacts, rule('complaint'))).toBe(2)
  expect(valueAsOf(contacts, rule('complaint', 'cancel'))).toBe(3)
  expect(valueAsOf(contacts, recency('contacts', { column: 'kind', in: ['question'] }))).toBe(30)
})

test('paid in full is a balance of exactly 0, although 0.1 + 0.2 − 0.3 is not', () => {
  const history: CustomerHistory = {
    customer: since2020,
    bills: [
      { period: '2025-01', amount: 0.1 },
      { period: '2025-02', amount: 0.2 },
    ],
    payments: [{ day: '2025-03-05', amount: 0.3 }],
  }
  const balance = difference(sumOf('bills', 'amount', 'all'), sumOf('payments', 'amount', 'all'))
  expect(valueAsOf(history, balance)).toBe(0)
})

test('a divisor that is 0 to 9 decimals gives no quotient, not infinity', () => {
  const history: CustomerHistory = {
    customer: since2020,
    usage: [{ day: '2025-03-05', minutes: 1e300, dataMb: 5e-324 }],
  }
  const all = 'all' as const
  expect(valueAsOf(history, ratio(maxOf('usage', 'minutes', all), minOf('usage', 'dataMb', all)))).toBeNull()
})

const network = { column: 'network', in: ['4G', '5G'] }
const varied: CustomerHistory = {
  customer: { ...since2020, payerId: 'B', promotionEnd: '2025-04-11' },
  usage: [
    { day: '2025-01-06', minutes: 1, network: '4G', roaming: false, hour: 6.9 },
    { day: '2025-02-01', minutes: 2, network: '5G', roaming: true, hour: 7 },
    { day: '2025-02-01', minutes: 4, network: '4G', roaming: null, hour: null },
    { day: '2025-03-01', minutes: 8, network: null, roaming: false, hour: 21.9 },
    { day: '2025-03-03', minutes: 16, network: '4G', roaming: true, hour: 22 },
  ],
}
const count = (where: RowFilter) => countOf('usage', 'all', where)

// 6 January and 3 March 2025 are Mondays, 1 February and 1 March Saturdays. Active days 6 January, 1 February, 1 March and
// 3 March: gaps of 26, 28 and 2 days. Months: 1, 6, 24 minutes.
test.each<[string, FeatureRule, FeatureValue]>([
  ['7 ≤ hour < 22 holds 7 and 21.9', count(hours(7, 22)), 2],
  ['from 22 to 7 are the others, without the missing one', count(hours(22, 7)), 2],
  ['Saturday and Sunday', count(weekends()), 3],
  ['a missing boolean is neither', count({ column: 'roaming', is: false }), 2],
  ['several conditions hold together', count([{ weekday: [6, 7] }, network]), 2],
  ['a missing text is not one of the others', count({ column: 'network', notIn: ['4G'] }), 2],
  ['distinct texts', distinctOf('usage', 'network', 'all'), 2],
  // Three of 4G, one of 5G.
  ['entropy of 3/4 and 1/4', entropyOf('usage', 'network', 'all'), 0.562335145],
  ['entropy of one text is 0', entropyOf('usage', 'network', { months: 1 }), 0],
  // 4G, then 5G (the greatest of 1 February), then 4G; the missing one is skipped.
  ['changes by day', changesOf('usage', 'network', 'all'), 2],
  // From 1 January to 1 March: 4G, 5G, and on the last day the missing one.
  ['changes before a missing one', changesOf('usage', 'network', { days: 60, lag: 30 }), 1],
  ['changes of nothing', changesOf('usage', 'network', { days: 1 }), 0],
  ['mean gap', gapMean('usage', 'all'), 56 / 3],
  // Mean 56/3: squares (22/3)², (28/3)², (50/3)², over 2.
  ['deviation of the gaps', gapDeviation('usage', 'all'), Math.sqrt((22 ** 2 + 28 ** 2 + 50 ** 2) / 9 / 2)],
  ['two gaps at least', gapDeviation('usage', { months: 1 }), null],
  ['the first value', firstValue('usage', 'network', 'text', 'all'), '4G'],
  ['the greatest value of the first day', firstValue('usage', 'network', 'text', { months: 2 }), '5G'],
  ['a boolean as a number', lastValue('usage', 'roaming', 'number', 'all'), 1],
  ['the last value that is not missing', lastValue('usage', 'network', 'text', { months: 1, lag: 1 }), '5G'],
  // Mean 31/3; deviations −28/3, −13/3, 41/3.
  [
    'variability',
    variability('usage', 'minutes', 3),
    Math.sqrt((28 ** 2 + 13 ** 2 + 41 ** 2) / 9 / 2) / (31 / 3),
  ],
  ['months in a row with a row', streak('usage', 'active', 6), 3],
  ['months in a row without complaint', streak('contacts', 'silent', 6), 6],
  ['the third month rose from nothing', streak('usage', 'minutes', 'rising', 6), 3],
  ['a first month that did not fall', streak('usage', 'minutes', 'falling', 6), 0],
  ['another one pays', isOther('payerId'), 1],
  ['days until an attribute', daysUntil('promotionEnd', 'customer'), 10],
  ['how many are above 0', countTrue([tenure(), recency('bills'), streak('bills', 'active', 2)]), 1],
  ['sign(x) ln(1 + |x|)', log1p(difference(countOf('bills', 'all'), tenure())), -Math.log(64)],
  ['sign(x) √|x|', squareRoot(difference(countOf('bills', 'all'), tenure())), -Math.sqrt(63)],
  ['an edge that is reached', band(tenure(), [6, 63, 64]), 2],
  ['a band of nothing', band(recency('bills'), [6]), null],
])('%s', (_, rule, expected) => {
  const value = valueAsOf(varied, rule)
  if (typeof expected === 'number') expect(value).toBeCloseTo(expected, 9)
  else expect(value).toBe(expected)
})

test('a streak ends with the first whole month of the customer', () => {
  const joined = (activatedAt: string): CustomerHistory => ({ customer: { id: 'A', activatedAt } })
  expect(valueAsOf(joined('2025-02-01'), streak('usage', 'silent', 6))).toBe(2)
  expect(valueAsOf(joined('2025-02-02'), streak('usage', 'silent', 6))).toBe(1)
  // The month before it, too, must be whole to be fallen from.
  const fell = { ...joined('2025-02-01'), usage: [{ day: '2025-02-02', minutes: 1 }] }
  expect(valueAsOf(fell, streak('usage', 'minutes', 'falling', 6))).toBe(1)
  const cut = { ...joined('2025-02-02'), usage: [{ day: '2025-02-02', minutes: 1 }] }
  expect(valueAsOf(cut, streak('usage', 'minutes', 'falling', 6))).toBe(0)
})

test('a complaint is open until the day of its answer, and an answer at the cutoff is not known', () => {
  const contacts: CustomerHistory = {
    customer: since2020,
    contacts: [
      { day: '2025-02-01', kind: 'complaint', closedAt: '2025-04-01' },
      { day: '2025-03-01', kind: 'complaint', closedAt: '2025-03-31' },
      { day: '2025-03-10', kind: 'complaint', closedAt: null },
      { day: '2025-01-10', kind: 'question' },
    ],
  }
  const complaints = { column: 'kind', in: ['complaint'] }
  expect(valueAsOf(contacts, openRows('contacts', 'closedAt', 'count', complaints))).toBe(2)
  // 28 days of February and 31 of March.
  expect(valueAsOf(contacts, openRows('contacts', 'closedAt', 'oldestDays', complaints))).toBe(59)
  expect(valueAsOf(contacts, openRows('bills', 'closedAt', 'count'))).toBe(0)
  expect(valueAsOf(contacts, openRows('bills', 'closedAt', 'oldestDays'))).toBeNull()
})

test('payments settle the oldest bill first', () => {
  const rule = oldestUnpaid(
    { table: 'bills', measure: 'amount' },
    { table: 'payments', measure: 'amount', where: { column: 'kind', notIn: ['failed'] } },
  )
  const paid = (...payments: NonNullable<CustomerHistory['payments']>): CustomerHistory => ({
    customer: since2020,
    bills: [
      { period: '2025-01', amount: 0.1 },
      { period: '2025-02', amount: 0.2 },
      { period: '2025-03', amount: 5 },
    ],
    payments: payments.map((payment) => ({ kind: null, ...payment })),
  })
  // Known from 31 January: 28 days of February, 31 of March, and the day itself.
  expect(valueAsOf(paid(), rule)).toBe(60)
  expect(valueAsOf(paid({ day: '2025-03-05', amount: 0.29 }), rule)).toBe(32)
  expect(valueAsOf(paid({ day: '2025-03-05', amount: 0.3 }), rule)).toBe(1)
  expect(valueAsOf(paid({ day: '2025-03-05', amount: 9, kind: 'failed' }), rule)).toBe(60)
  expect(valueAsOf(paid({ day: '2025-03-05', amount: 9 }), rule)).toBeNull()
})

const plans = (...rows: NonNullable<CustomerHistory['plans']>): CustomerHistory => ({
  customer: since2020,
  plans: rows,
})
const plan = inForce('plan', 'text')

test.each<[string, CustomerHistory, FeatureValue]>([
  ['no plan', plans(), null],
  [
    'the latest begun before the cutoff',
    plans({ from: '2025-01-01', plan: 'S' }, { from: '2024-01-01', plan: 'M' }),
    'S',
  ],
  ['a plan from the cutoff on is not yet in force', plans({ from: '2025-04-01', plan: 'S' }), null],
  [
    'a plan that ended before the cutoff is not',
    plans({ from: '2025-01-01', to: '2025-03-31', plan: 'S' }),
    null,
  ],
  ['an end at the cutoff is not known yet', plans({ from: '2025-01-01', to: '2025-04-01', plan: 'S' }), 'S'],
  [
    'an ended plan hides those before it',
    plans({ from: '2025-01-01', to: '2025-03-01', plan: 'S' }, { from: '2024-01-01', plan: 'M' }),
    null,
  ],
  [
    'of two on one day, the one not ended',
    plans({ from: '2025-01-01', to: '2025-01-01', plan: 'Z' }, { from: '2025-01-01', plan: 'A' }),
    'A',
  ],
  [
    'of two on one day, the greatest by column names: fee 20 before plan Z',
    plans({ from: '2025-01-01', plan: 'Z', fee: 10 }, { from: '2025-01-01', plan: 'A', fee: 20 }),
    'A',
  ],
])('plan in force: %s', (_, history, expected) => {
  expect(valueAsOf(history, plan)).toBe(expected)
})

test('days until the contract ends are negative once it is past', () => {
  const contract = (contractEnd: string): CustomerHistory =>
    plans({ from: '2024-01-01', plan: 'S', contractEnd })
  expect(valueAsOf(contract('2025-04-11'), daysUntil('contractEnd'))).toBe(10)
  expect(valueAsOf(contract('2025-03-31'), daysUntil('contractEnd'))).toBe(-1)
  const unknown = plans({ from: '2024-01-01', plan: 'S', contractEnd: null })
  expect(valueAsOf(unknown, daysUntil('contractEnd'))).toBeNull()
})

test('tenure counts complete months', () => {
  const joined = (activatedAt: string): CustomerHistory => ({ customer: { id: 'A', activatedAt } })
  expect(valueAsOf(joined('2025-01-01'), tenure())).toBe(3)
  expect(valueAsOf(joined('2025-01-02'), tenure())).toBe(2)
})

test('attributes: texts stay, true is 1, digits asked for as text stay digits', () => {
  const history: CustomerHistory = { customer: { ...since2020, region: 571, paperless: true, age: null } }
  expect(valueAsOf(history, attribute('region'))).toBe('571')
  expect(valueAsOf(history, attribute('paperless', 'number'))).toBe(1)
  expect(valueAsOf(history, attribute('age', 'number'))).toBeNull()
  expect(() => valueAsOf(history, attribute('unheardOf'))).toThrow(
    'featuresOf: table customers: expected column unheardOf to be one of id, activatedAt, region, paperless, age: the ' +
      'rules read it. Add it; if its value is not known, write null.',
  )
})

test('a text where the rule says number is refused with the feature', () => {
  const history: CustomerHistory = { customer: { ...since2020, age: 'forty' } }
  expect(() => valueAsOf(history, attribute('age', 'number'))).toThrow(
    'featuresOf: table customers, row 1, column age: expected age to be a number or a boolean, the same kind in all rows, ' +
      'as the feature rules read it, got "forty" (string).',
  )
  const text: CustomerHistory = { customer: since2020, usage: [{ day: '2025-03-01', minutes: '12' }] }
  expect(() => valueAsOf(text, sumOf('usage', 'minutes', 'all'))).toThrow('expected minutes to be a number')
})
