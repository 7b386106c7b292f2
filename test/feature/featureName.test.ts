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
  [sumOf('usage', 'minutes', { months: 3 }), 'usage_minutes_sum_3m', 'sum of minutes in the last 3 months'],
  [
    meanOf('bills', 'amount', { days: 90 }),
    'bills_amount_mean_90d',
    'mean of bill amount in the last 90 days',
  ],
  [minOf('payments', 'balance', 'all'), 'payments_balance_min_all', 'lowest payment balance so far'],
  [maxOf('usage', 'dataMb', { days: 1 }), 'usage_dataMb_max_1d', 'highest data mb in the last day'],
  [countOf('payments', 'all'), 'payments_count_all', 'number of payments so far'],
  [
    countOf('contacts', { months: 1 }, complaints),
    'contacts[kind=cancel request|complaint]_count_1m',
    'number of contacts (kind complaint or cancel request) in the last month',
  ],
  [
    activeDays('usage', { months: 2, lag: 1 }),
    'usage_activeDays_2m_lag1m',
    'number of days with usage in the 2 months up to 1 month ago',
  ],
  [
    recency('contacts', complaints),
    'contacts[kind=cancel request|complaint]_recency',
    'days since the last contact (kind complaint or cancel request)',
  ],
  [
    slope('usage', 'minutes', 6),
    'usage_minutes_slope_6m',
    'change of minutes per month over the last 6 months',
  ],
  [
    drop('bills', 'amount', 3),
    'bills_amount_drop_3m',
    'fall of bill amount in the last month against the mean of the 3 months before',
  ],
  [
    drop('usage', 'minutes', 1),
    'usage_minutes_drop_1m',
    'fall of minutes in the last month against the month before',
  ],
  [tenure(), 'tenure_months', 'months since activation'],
  [attribute('paymentType'), 'customer_paymentType', 'payment type'],
  [inForce('plan', 'text'), 'plan_plan', 'plan in force'],
  [inForce('fee', 'number'), 'plan_fee', 'fee of the plan in force'],
  [daysUntil('contractEnd'), 'days_until_plan_contractEnd', 'days until the contract ends'],
  [
    difference(sumOf('bills', 'amount', 'all'), sumOf('payments', 'amount', 'all')),
    'bills_amount_sum_all_minus_payments_amount_sum_all',
    'sum of bill amount so far minus sum of payment amount so far',
  ],
  [
    sumOf('payments', 'amount', 'all', { column: 'kind', notIn: ['failed'] }),
    'payments[kind!=failed]_amount_sum_all',
    'sum of payment amount (kind not failed) so far',
  ],
  [
    ratio(sumOf('bills', 'discount', { months: 3 }), sumOf('bills', 'amount', { months: 3 })),
    'bills_discount_sum_3m_per_bills_amount_sum_3m',
    'sum of bill discount in the last 3 months divided by sum of bill amount in the last 3 months',
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
  [distinctOf('usage', 'cell_id', month), 'number of different values of cell id in the last month'],
  [
    entropyOf('contacts', 'kind', month),
    'spread of contact kind over its values in the last month (entropy)',
  ],
  [changesOf('devices', 'deviceId', 'all'), 'number of changes of device id so far'],
  [gapMean('usage', 'all'), 'mean time between days with usage so far'],
  [gapDeviation('payments', month), 'irregularity of the time between days with payments in the last month'],
  [variability('bills', 'billAmount', 6), 'variability of bill amount over the last 6 months'],
  [firstValue('plans', 'fee', 'number', 'all'), 'first plan fee so far'],
  [lastValue('usage', 'cell', 'text', month), 'latest cell in the last month'],
  [streak('usage', 'active', 6), 'months in a row with usage up to now (at most 6 counted)'],
  [streak('usage', 'silent', 1), 'months in a row without usage up to now (at most 1 counted)'],
  [
    streak('bills', 'amount', 'rising', 6),
    'months in a row of rising bill amount up to now (at most 6 counted)',
  ],
  [
    streak('bills', 'amount', 'falling', 6),
    'months in a row of falling bill amount up to now (at most 6 counted)',
  ],
  [openRows('contacts', 'closedAt', 'count'), 'number of contacts without closed at'],
  [openRows('contacts', 'closedAt', 'oldestDays'), 'days since the oldest contact without closed at'],
  [
    oldestUnpaid({ table: 'bills', measure: 'amount' }, { table: 'payments', measure: 'amount' }),
    'days since the oldest bill amount that payment amount does not cover',
  ],
  [isOther('payerId'), 'whether payer id is somebody else'],
  [daysUntil('promotionEnd', 'customer'), 'days until promotion end'],
  [inForce('plan', 'text', { days: 1 }), 'plan in force 1 day ago'],
  [inForce('fee', 'number', { months: 2 }), 'fee of the plan in force 2 months ago'],
  [
    ratio(difference(tenure(), recency('bills')), tenure()),
    '(months since activation minus days since the last bill) divided by months since activation',
  ],
  [
    difference(ratio(tenure(), recency('bills')), tenure()),
    '(months since activation divided by days since the last bill) minus months since activation',
  ],
  [
    countTrue([tenure(), recency('payments')]),
    'how many of (months since activation; days since the last payment) are above 0',
  ],
  [band(tenure(), [3, 12]), 'band of months since activation (from 3, 12)'],
  [log1p(tenure()), 'logarithm of months since activation'],
  [squareRoot(tenure()), 'square root of months since activation'],
  [
    percentile(tenure(), inForce('plan', 'text')),
    'rank of months since activation among customers with the same plan in force',
  ],
  [percentile(tenure()), 'rank of months since activation among all customers'],
  [recency('usage', { weekday: [1, 7] }), 'days since the last usage (on Monday or Sunday)'],
  [recency('usage', { column: 'hour', between: [22, null] }), 'days since the last usage (hour 22 or more)'],
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
  [daysUntil('from'), -201, 'plan in force began 201 days ago'],
  [daysUntil('contractEnd'), 1, 'contract ends in 1 day'],
  [daysUntil('promotionEnd', 'customer'), 0, 'promotion end is on the day of the forecast'],
  [daysUntil('contractEnd'), null, 'no contract end on record'],
  [isOther('payerId'), 1, 'payer id is somebody else'],
  [isOther('payerId'), 0, 'payer id is the customer'],
  [
    drop('usage', 'minutes', 3),
    0.625,
    'minutes fell by 62.5 % in the last month against the mean of the 3 months before',
  ],
  [drop('usage', 'minutes', 1), -1, 'minutes rose by 100 % in the last month against the month before'],
  [drop('usage', 'minutes', 1), 0, 'minutes did not change in the last month against the month before'],
  [tenure(), 7.123456, 'customer for 7.123 months'],
  [inForce('plan', 'text'), 'gold', 'plan in force is gold'],
] as const)('%o with the value %o is read as "%s"', (rule, value, words) => {
  expect(describeValue(rule, value)).toBe(words)
})
