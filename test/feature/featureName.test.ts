import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  activeDays,
  countOf,
  maxOf,
  meanOf,
  minOf,
  sumOf,
} from '../../src/feature/builders/aggregateBuilders.js'
import { difference, ratio } from '../../src/feature/builders/arithmeticBuilders.js'
import { attribute, daysUntil, inForce, tenure } from '../../src/feature/builders/customerBuilders.js'
import { drop, recency, slope } from '../../src/feature/builders/rowBuilders.js'
import { featureRuleSchema } from '../../src/feature/featureRuleSchema.js'
import { describeFeature } from '../../src/feature/name/describeFeature.js'
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
  [daysUntil('contractEnd'), 'days_until_plan_contractEnd', 'days until contract end (plan in force)'],
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
