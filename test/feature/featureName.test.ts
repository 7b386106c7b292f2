import fc from 'fast-check'
import { expect, test } from 'vitest'
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
  percentile,
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
import { featureRuleSchema } from '../../src/feature/featureRuleSchema.js'
import { describeFeature, describeValue } from '../../src/feature/name/describeFeature.js'
import { featureKind, featureName } from '../../src/feature/name/featureName.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { featureRules } from './arbitraryRules.js'

const complaints = { column: 'kind', in: ['complaint', 'cancel request'] }

test.each<[FeatureRule, string, string]>([
  [sumOf('usage', 'minutes', { months: 3 }), 'usage_minutes_sum_3m', 'minutes, sum of the last 3 months'],
  [meanOf('bills', 'amount', { days: 90 }), 'bills_amount_mean_90d', 'bill amount, mean of the last 90 days'],
  [minOf('payments', 'balance', 'all'), 'payments_balance_min_all', 'payment balance, least so far'],
  [maxOf('usage', 'dataMb', { days: 1 }), 'usage_dataMb_max_1d', 'data mb, most of the last day'],
  [countOf('payments', 'all'), 'payments_count_all', 'number of payments so far'],
  [
    countOf('contacts', { months: 1 }, complaints),
    'contacts[kind=cancel request|complaint]_count_1m',
    'number of contacts (kind complaint or cancel request) in the last month',
  ],
  [
    activeDays('usage', { months: 2, lag: 1 }),
    'usage_activeDays_2m_lag1m',
    'days with usage in the 2 months up to 1 month ago',
  ],
  [
    recency('contacts', complaints),
    'contacts[kind=cancel request|complaint]_recency',
    'days since the last contact (kind complaint or cancel request)',
  ],
  [
    slope('usage', 'minutes', 6),
    'usage_minutes_slope_6m',
    'minutes, change per month over the last 6 months',
  ],
  [
    drop('bills', 'amount', 3),
    'bills_amount_drop_3m',
    'bill amount, fall of the last month against the mean of the 3 months before',
  ],
  [
    drop('usage', 'minutes', 1),
    'usage_minutes_drop_1m',
    'minutes, fall of the last month against the month before',
  ],
  [tenure(), 'tenure_months', 'months since activation'],
  [attribute('paymentType'), 'customer_paymentType', 'payment type'],
  [inForce('plan', 'text'), 'plan_plan', 'plan in force'],
  [inForce('fee', 'number'), 'plan_fee', 'fee (plan in force)'],
  [daysUntil('contractEnd'), 'days_until_plan_contractEnd', 'days until contract end of the plan in force'],
  [
    difference(sumOf('bills', 'amount', 'all'), sumOf('payments', 'amount', 'all')),
    'bills_amount_sum_all_minus_payments_amount_sum_all',
    'bill amount, sum so far, minus payment amount, sum so far',
  ],
  [
    sumOf('payments', 'amount', 'all', { column: 'kind', notIn: ['failed'] }),
    'payments[kind!=failed]_amount_sum_all',
    'payment amount (kind not failed), sum so far',
  ],
  [
    ratio(sumOf('bills', 'discount', { months: 3 }), sumOf('bills', 'amount', { months: 3 })),
    'bills_discount_sum_3m_per_bills_amount_sum_3m',
    'bill discount, sum of the last 3 months, divided by bill amount, sum of the last 3 months',
  ],
])('%o is called %s and reads "%s"', (rule, name, words) => {
  expect(featureName(rule)).toBe(name)
  expect(describeFeature(rule)).toBe(words)
})

const month = { months: 1 }

test.each<[FeatureRule, string]>([
  [countOf('usage', { days: 1, lag: 7 }), 'number of usage records in the 1 day up to 7 days ago'],
  [countOf('plans', { months: 3, lag: 0 }), 'number of plan changes in the last 3 months'],
  [countOf('devices', { days: 2, lag: 1 }), 'number of device records in the 2 days up to 1 day ago'],
  [distinctOf('usage', 'cell_id', month), 'cell id, different values in the last month'],
  [entropyOf('contacts', 'kind', month), 'contact kind, spread over its values in the last month'],
  [changesOf('devices', 'deviceId', 'all'), 'device id, changes so far'],
  [gapMean('usage', 'all'), 'mean time between days with usage so far'],
  [gapDeviation('payments', month), 'irregularity of the time between days with payments in the last month'],
  [variability('bills', 'billAmount', 6), 'bill amount, variability over the last 6 months'],
  [firstValue('plans', 'fee', 'number', 'all'), 'plan fee, first value so far'],
  [lastValue('usage', 'cell', 'text', month), 'cell, last value of the last month'],
  [streak('usage', 'active', 6), 'last months in a row with usage, at most 6'],
  [streak('usage', 'silent', 1), 'last months in a row without usage, at most 1'],
  [streak('bills', 'amount', 'rising', 6), 'last months in a row of rising bill amount, at most 6'],
  [streak('bills', 'amount', 'falling', 6), 'last months in a row of falling bill amount, at most 6'],
  [openRows('contacts', 'closedAt', 'count'), 'number of contacts without closed at'],
  [openRows('contacts', 'closedAt', 'oldestDays'), 'days since the oldest contact without closed at'],
  [
    oldestUnpaid({ table: 'bills', measure: 'amount' }, { table: 'payments', measure: 'amount' }),
    'days since the oldest bill amount that payment amount does not cover',
  ],
  [isOther('payerId'), 'payer id is somebody else'],
  [daysUntil('promotionEnd', 'customer'), 'days until promotion end'],
  [inForce('plan', 'text', { days: 1 }), 'plan in force 1 day ago'],
  [inForce('fee', 'number', { months: 2 }), 'fee (plan in force 2 months ago)'],
  [
    ratio(difference(tenure(), recency('bills')), tenure()),
    '(months since activation, minus days since the last bill), divided by months since activation',
  ],
  [
    difference(ratio(tenure(), recency('bills')), tenure()),
    '(months since activation, divided by days since the last bill), minus months since activation',
  ],
  [
    countTrue([tenure(), recency('payments')]),
    'how many are above 0 of: months since activation; days since the last payment',
  ],
  [band(tenure(), [3, 12]), 'band of months since activation (from 3, 12)'],
  [log1p(tenure()), 'logarithm of months since activation'],
  [squareRoot(tenure()), 'square root of months since activation'],
  [
    percentile(tenure(), inForce('plan', 'text')),
    'months since activation, rank among the same plan in force',
  ],
  [percentile(tenure()), 'months since activation, rank among all customers'],
  [recency('usage', { weekday: [1, 7] }), 'days since the last usage (on Monday or Sunday)'],
  [recency('usage', { column: 'hour', between: [22, null] }), 'days since the last usage (hour from 22)'],
  [recency('usage', { column: 'hour', between: [null, 7] }), 'days since the last usage (hour below 7)'],
  [
    recency('usage', [
      { column: 'hour', notBetween: [7, 22] },
      { column: 'roaming', is: false },
    ]),
    'days since the last usage (hour not from 7 to below 22, not roaming)',
  ],
  [recency('usage', { column: 'roaming', is: true }), 'days since the last usage (roaming)'],
])('%o reads "%s"', (rule, words) => {
  expect(describeFeature(rule)).toBe(words)
})

test('rules that differ have names that differ', () => {
  const canonical = (rule: FeatureRule): string =>
    JSON.stringify(rule, (key, value) => {
      if (key === 'in' || key === 'notIn') return [...new Set(value as string[])].sort()
      // No lag is a lag of 0, and what an attribute is taken for is not what it is called.
      return (key === 'lag' && value === 0) || key === 'type' ? undefined : value
    })
  fc.assert(
    fc.property(featureRules, featureRules, (left, right) => {
      expect(featureName(left) === featureName(right)).toBe(canonical(left) === canonical(right))
    }),
    { numRuns: 2000 },
  )
})

test('every rule comes back from JSON as it was', () => {
  fc.assert(
    fc.property(featureRules, (rule) => {
      expect(featureRuleSchema.parse(JSON.parse(JSON.stringify(rule)))).toEqual(rule)
    }),
  )
})

test('only attributes and plan columns can be texts', () => {
  expect(featureKind(attribute('region'))).toBe('text')
  expect(featureKind(inForce('fee', 'number'))).toBe('number')
  expect(featureKind(recency('usage'))).toBe('number')
})

test.each<[string, () => unknown, string]>([
  ['an unknown table', () => sumOf('use' as never, 'minutes', { months: 1 }), 'table'],
  ['a window of no length', () => countOf('usage', { days: 0 }), 'window.days'],
  ['a window that reaches into the future', () => countOf('usage', { days: 30, lag: -1 }), 'window.lag'],
  ['an empty filter', () => recency('contacts', { column: 'kind', in: [] }), 'where.in'],
  ['a slope through one point', () => slope('usage', 'minutes', 1), 'months'],
  ['an empty column name', () => attribute(''), 'column'],
])('%s is refused', (_, build, parameter) => {
  expect(build).toThrow(`expected ${parameter} to be `)
})

test.each([
  [daysUntil('from'), -201, 'start of the plan in force was 201 days ago'],
  [daysUntil('contractEnd'), 1, 'contract end of the plan in force is in 1 day'],
  [daysUntil('promotionEnd', 'customer'), 0, 'promotion end is on the day of the forecast'],
  [daysUntil('contractEnd'), null, 'days until contract end of the plan in force is not known'],
  [isOther('payerId'), 1, 'payer id is somebody else'],
  [isOther('payerId'), 0, 'payer id is the customer'],
  [
    drop('usage', 'minutes', 3),
    0.625,
    'minutes fell by 62.5 % in the last month against the mean of the 3 months before',
  ],
  [drop('usage', 'minutes', 1), -1, 'minutes rose by 100 % in the last month against the month before'],
  [drop('usage', 'minutes', 1), 0, 'minutes of the last month is the same as the month before'],
  [tenure(), 7.123456, 'months since activation is 7.123'],
  [inForce('plan', 'text'), 'gold', 'plan in force is gold'],
] as const)('%o with the value %o is read as "%s"', (rule, value, words) => {
  expect(describeValue(rule, value)).toBe(words)
})
