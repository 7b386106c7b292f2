import { expect, test } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import * as aggregates from '../../src/feature/builders/aggregateBuilders.js'
import {
  changesOf,
  countOf,
  distinctOf,
  entropyOf,
  gapDeviation,
  gapMean,
  meanOf,
  sumOf,
} from '../../src/feature/builders/aggregateBuilders.js'
import * as arithmetic from '../../src/feature/builders/arithmeticBuilders.js'
import {
  band,
  countTrue,
  difference,
  log1p,
  percentile,
  ratio,
  shareOf,
  squareRoot,
} from '../../src/feature/builders/arithmeticBuilders.js'
import * as customer from '../../src/feature/builders/customerBuilders.js'
import {
  attribute,
  daysUntil,
  inForce,
  isOther,
  tenure,
} from '../../src/feature/builders/customerBuilders.js'
import * as rows from '../../src/feature/builders/rowBuilders.js'
import {
  firstValue,
  lastValue,
  oldestUnpaid,
  openRows,
  recency,
  streak,
  variability,
} from '../../src/feature/builders/rowBuilders.js'
import { allOf, hours, weekdays, weekends } from '../../src/feature/builders/rowFilters.js'
import { featureRuleSchema, featureRuleSchemas } from '../../src/feature/featureRuleSchema.js'
import { describeFeature } from '../../src/feature/name/describeFeature.js'
import { featureKind, featureName } from '../../src/feature/name/featureName.js'
import type { FeatureRule } from '../../src/feature/rule.js'

const complaints = { column: 'kind', in: ['complaint'] }
const balance = lastValue('payments', 'balance', 'number', 'all')
const spent = sumOf('bills', 'amount', { months: 3 })

const built: [FeatureRule, string, string][] = [
  [
    distinctOf('devices', 'deviceId', { months: 12 }),
    'devices_deviceId_distinct_12m',
    'number of different values of device id in the last 12 months',
  ],
  [
    entropyOf('usage', 'network', { days: 30 }),
    'usage_network_entropy_30d',
    'spread of network over its values in the last 30 days (entropy)',
  ],
  [changesOf('plans', 'plan', 'all'), 'plans_plan_changes_all', 'number of changes of plan so far'],
  [
    gapMean('payments', { months: 6 }, { column: 'kind', in: ['recharge'] }),
    'payments[kind=recharge]_gapMean_6m',
    'mean time between days with payments (kind recharge) in the last 6 months',
  ],
  [
    gapDeviation('payments', 'all'),
    'payments_gapDeviation_all',
    'irregularity of the time between days with payments so far',
  ],
  [firstValue('payments', 'kind', 'text', 'all'), 'payments_kind_first_all', 'first payment kind so far'],
  [
    lastValue('payments', 'balance', 'number', { days: 90 }),
    'payments_balance_last_90d',
    'latest payment balance in the last 90 days',
  ],
  [
    variability('usage', 'minutes', 6, weekends()),
    'usage[weekday|6|7]_minutes_variability_6m',
    'variability of minutes (on Saturday or Sunday) over the last 6 months',
  ],
  [
    streak('usage', 'silent', 6, hours(22, 7)),
    'usage[hour!=[7,22)]_silent_streak_6m',
    'months in a row without usage (hour not from 7 to below 22) up to now (at most 6 counted)',
  ],
  [
    streak('bills', 'amount', 'falling', 12, { column: 'amount', between: [null, 30] }),
    'bills[amount=[,30)]_amount_falling_streak_12m',
    'months in a row of falling bill amount (amount below 30) up to now (at most 12 counted)',
  ],
  [
    openRows('contacts', 'closedAt', 'count', complaints),
    'contacts[kind=complaint]_closedAt_openCount',
    'number of contacts (kind complaint) without closed at',
  ],
  [
    openRows('contacts', 'closedAt', 'oldestDays'),
    'contacts_closedAt_openOldestDays',
    'days since the oldest contact without closed at',
  ],
  [
    oldestUnpaid({ table: 'bills', measure: 'amount' }, { table: 'payments', measure: 'amount' }),
    'oldest_unpaid_days(bills_amount,payments_amount)',
    'days since the oldest bill amount that payment amount does not cover',
  ],
  [isOther('payerId'), 'is_other_payerId', 'whether payer id is somebody else'],
  [inForce('fee', 'number', { months: 3 }), 'plan[lag3m]_fee', 'fee of the plan in force 3 months ago'],
  [inForce('plan', 'text', { days: 1 }), 'plan[lag1d]_plan', 'plan in force 1 day ago'],
  [daysUntil('promotionEnd', 'customer'), 'days_until_customer_promotionEnd', 'days until promotion end'],
  [
    ratio(balance, spent),
    '(payments_balance_last_all)_per_bills_amount_sum_3m',
    'latest payment balance so far divided by sum of bill amount in the last 3 months',
  ],
  [
    difference(ratio(tenure(), tenure()), tenure()),
    '((tenure_months)_per_(tenure_months))_minus_(tenure_months)',
    '(months since activation divided by months since activation) minus months since activation',
  ],
  [
    countTrue([inForce('bound', 'number'), daysUntil('contractEnd')]),
    'count_true(plan_bound,days_until_plan_contractEnd)',
    'how many of (bound of the plan in force; days until the contract ends) are above 0',
  ],
  [log1p(tenure()), 'log1p(tenure_months)', 'logarithm of months since activation'],
  [squareRoot(tenure()), 'sqrt(tenure_months)', 'square root of months since activation'],
  [band(tenure(), [6, 12.5]), 'band(tenure_months,6,12.5)', 'band of months since activation (from 6, 12.5)'],
  [percentile(tenure()), 'percentile(tenure_months)', 'rank of months since activation among all customers'],
  [
    percentile(sumOf('usage', 'minutes', { months: 1 }), inForce('plan', 'text')),
    'percentile(usage_minutes_sum_1m,plan_plan)',
    'rank of sum of minutes in the last month among customers with the same plan in force',
  ],
  [
    countOf('usage', { days: 1 }, allOf({ column: 'roaming', is: true }, { column: 'fast', is: false })),
    'usage[!fast][roaming]_count_1d',
    'number of usage records (roaming, not fast) in the last day',
  ],
]

test.each(built)('%o is called %s and reads "%s"', (rule, name, words) => {
  expect(featureName(rule)).toBe(name)
  expect(describeFeature(rule)).toBe(words)
  expect(featureRuleSchema.parse(rule)).toEqual(rule)
})

test('every kind of rule has a builder, and every builder of a rule is named here', () => {
  const kinds = [...built.map(([rule]) => rule.kind), 'recency', 'slope', 'drop', 'tenure', 'attribute']
  expect([...new Set(kinds)].sort()).toEqual(Object.keys(featureRuleSchemas).sort())
  const builders = Object.keys({ ...aggregates, ...arithmetic, ...customer, ...rows })
  expect(builders.length).toBe(11 + 8 + 5 + 9)
})

test('a share is the filtered number divided by the same without the filter', () => {
  const evening = sumOf('usage', 'minutes', { months: 3 }, hours(18, 24))
  expect(shareOf(evening)).toEqual(ratio(evening, sumOf('usage', 'minutes', { months: 3 })))
})

test('a share can be one of a part', () => {
  const total = countOf('contacts', 'all', complaints)
  const part = countOf('contacts', 'all', allOf(complaints, weekends()))
  expect(shareOf(part, complaints)).toEqual(ratio(part, total))
})

test('the days of a week are of the weekend or not', () => {
  const weekend = [5, 6]
  const [rest, free] = [weekdays(weekend), weekends(weekend)] as { weekday: number[] }[]
  expect([...rest!.weekday, ...free!.weekday].sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('the hours of a night are those that are not of the day', () => {
  expect(hours(7, 22)).toEqual({ column: 'hour', between: [7, 22] })
  expect(hours(22, 7)).toEqual({ column: 'hour', notBetween: [7, 22] })
})

test('texts are attributes, plan columns, first and last values of that type, and nothing else', () => {
  const texts = [attribute('region'), inForce('plan', 'text'), firstValue('contacts', 'kind', 'text', 'all')]
  expect(texts.map(featureKind)).toEqual(['text', 'text', 'text'])
  expect(built.filter(([rule]) => featureKind(rule) === 'text').map(([rule]) => featureName(rule))).toEqual([
    'payments_kind_first_all',
    'plan[lag1d]_plan',
  ])
})

const deep = (levels: number): FeatureRule =>
  levels === 0 ? tenure() : ({ kind: 'transformed', by: 'log1p', of: deep(levels - 1) } as FeatureRule)

test.each<[string, () => unknown, string]>([
  ['a variability of one month', () => variability('usage', 'minutes', 1), 'months'],
  ['a variability over four years', () => variability('usage', 'minutes', 48), 'months'],
  ['a streak of no month', () => streak('usage', 'active', 0), 'months'],
  ['a streak over four years', () => streak('usage', 'active', 48), 'months'],
  ['a rising streak of nothing', () => streak('usage', 'rising' as 'active', 3), 'measure'],
  ['edges that fall', () => band(tenure(), [2, 1]), 'edges'],
  ['edges that stay', () => band(tenure(), [1, 1]), 'edges'],
  ['no edges', () => band(tenure(), []), 'edges'],
  ['an edge without an end', () => band(tenure(), [Number.POSITIVE_INFINITY]), 'edges'],
  ['a count of nothing', () => countTrue([]), 'of'],
  ['a lag of no time', () => inForce('fee', 'number', { days: 0 }), 'lag'],
  ['days until the plan ends', () => daysUntil('to'), 'column'],
  ['days until the cancellation', () => daysUntil('cancelledAt', 'customer'), 'column'],
  ['days until it is known', () => daysUntil('cancelledKnownAt', 'customer'), 'column'],
  ['rows open until they are known', () => openRows('contacts', 'knownAt', 'count'), 'until'],
  ['plans open until they end', () => openRows('plans', 'to', 'count'), 'until'],
  ['a percentile within a number', () => percentile(tenure(), tenure() as never), 'within'],
  ['a percentile of a percentile', () => percentile(percentile(tenure()) as never), 'of'],
  ['a ratio of texts', () => ratio(attribute('region') as never, tenure()), 'numerator'],
  ['a share without a filter', () => shareOf(countOf('usage', 'all')), 'part'],
  ['a share of a mean', () => shareOf(meanOf('usage', 'minutes', 'all', weekends())), 'part'],
  ['a filter by no weekday', () => recency('usage', { weekday: [] }), 'where.weekday'],
  ['a filter by an eighth weekday', () => recency('usage', { weekday: [8] }), 'where.weekday'],
  ['a filter by a weekday twice', () => recency('usage', { weekday: [1, 1] }), 'where.weekday'],
  ['a week of weekends', () => weekdays([1, 2, 3, 4, 5, 6, 7]), 'weekday'],
  [
    'a range without ends',
    () => recency('usage', { column: 'hour', between: [null, null] }),
    'where.between',
  ],
  ['a range of nothing', () => hours(7, 7), 'between'],
  ['an hour of tomorrow', () => hours(20, 30), 'to'],
  ['a list of one condition', () => recency('usage', [weekends()]), 'where'],
  ['a list of the same condition', () => allOf({ weekday: [1, 2] }, { weekday: [2, 1] }), 'options'],
  ['a filter by when it was known', () => recency('usage', { column: 'knownAt', is: true }), 'where.column'],
  ['a rule with no end', () => featureRuleSchema.parse(deep(10_000)), ''],
])('%s is refused', (_, build, parameter) => {
  expect(build).toThrow(parameter === '' ? 'at most 24 levels' : `expected ${parameter}`)
  if (parameter !== '') expect(build).toThrow(HoldfastError)
})
