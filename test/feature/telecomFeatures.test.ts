import { expect, test } from 'vitest'
import { checkFeatureRules } from '../../src/feature/checkFeatureRules.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { subscriptionFeatures } from '../../src/feature/sets/subscriptionFeatures.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { transactionFeatures } from '../../src/feature/sets/transactionFeatures.js'
import type { HistoryKinds } from '../../src/table/inputs.js'

const full: HistoryKinds = {
  customers: { id: 'text', activatedAt: 'day', cancelledAt: 'day', region: 'text', vip: 'boolean' },
  usage: { id: 'text', day: 'day', minutes: 'number', dataMb: 'number', messages: 'number', cell: 'text' },
  bills: { id: 'text', period: 'day', amount: 'number', overage: 'number', discount: 'number' },
  payments: { id: 'text', day: 'day', amount: 'number', kind: 'text', balance: 'number' },
  plans: {
    id: 'text',
    from: 'day',
    to: 'day',
    plan: 'text',
    fee: 'number',
    contractEnd: 'day',
    converged: 'boolean',
    bound: 'boolean',
  },
  contacts: { id: 'text', day: 'day', kind: 'text' },
}

test('a full history gives about 70 features, all of which can be asked of it', () => {
  const rules = telecomFeatures(full, { attributes: ['region', 'vip'] })
  expect(rules.length).toBeGreaterThanOrEqual(70)
  expect(() => checkFeatureRules('test', rules, full)).not.toThrow()
  expect(rules.map(featureName)).toEqual(
    expect.arrayContaining([
      'customer_region',
      'usage_messages_drop_3m',
      'bills_overage_sum_3m',
      'bills_discount_sum_3m_per_bills_amount_sum_3m',
      'bills_amount_sum_all_minus_payments[kind!=failed]_amount_sum_all',
      'days_until_plan_contractEnd',
    ]),
  )
})

test('whatever table or optional column is left out, what is left can be asked', () => {
  const optional = [
    'overage',
    'discount',
    'kind',
    'balance',
    'fee',
    'contractEnd',
    'to',
    'converged',
    'bound',
  ]
  const names = Object.keys(full) as (keyof HistoryKinds)[]
  const smaller: HistoryKinds[] = [
    ...names.slice(1).map((name) => ({ ...full, [name]: undefined })),
    ...optional.map(
      (column) =>
        Object.fromEntries(
          names.map((name) => [
            name,
            // contacts.kind is required.
            name === 'contacts'
              ? full[name]
              : Object.fromEntries(Object.entries(full[name]!).filter(([key]) => key !== column)),
          ]),
        ) as HistoryKinds,
    ),
  ]
  for (const tables of smaller) {
    expect(() => checkFeatureRules('test', telecomFeatures(tables), tables)).not.toThrow()
    expect(telecomFeatures(tables).length).toBeLessThan(telecomFeatures(full).length + 1)
  }
})

test('attributes are used only where they are named', () => {
  expect(
    telecomFeatures(full)
      .map(featureName)
      .filter((name) => name.startsWith('customer_')),
  ).toEqual([])
})

test('the words of the user for late, failed, complaint replace ours', () => {
  const rules = telecomFeatures(full, { kinds: { failed: ['bounced'], complaint: ['投诉'] } }).map(
    featureName,
  )
  expect(rules).toContain('payments[kind=bounced]_count_3m')
  expect(rules).toContain('contacts[kind=投诉]_recency')
  expect(rules).toContain('payments[kind=late]_count_3m')
})

test('a shop without values is asked for recency, frequency and rhythm', () => {
  expect(
    transactionFeatures({ table: 'usage', measure: null, windowDays: [30, 30] }).map(featureName),
  ).toEqual([
    'usage_recency',
    'tenure_months',
    'usage_count_all',
    'usage_count_30d',
    'usage_gapMean_all',
    'usage_gapDeviation_all',
    '(usage_recency)_per_usage_gapMean_all',
  ])
})

/** Every table and column that the sets look for. */
const everything: HistoryKinds = {
  customers: { ...full.customers, payerId: 'text' },
  usage: { ...full.usage, direction: 'text', hour: 'number', feature: 'text', seats: 'number' },
  bills: full.bills!,
  payments: full.payments!,
  plans: {
    ...full.plans,
    promotionEnd: 'day',
    giftBound: 'boolean',
    deviceBound: 'boolean',
    pointsBound: 'boolean',
    balanceBound: 'boolean',
    minutesAllowance: 'number',
    includedData: 'number',
  },
  contacts: { ...full.contacts, topic: 'text', resolvedAt: 'day' },
  devices: { id: 'text', period: 'day', deviceId: 'text', generation: 'text' },
}

test('columns that only some operators have give the features of the operators who have them', () => {
  const rules = telecomFeatures(everything, {
    complaintTopics: ['network'],
    allowances: { dataMb: 'includedData' },
    withinPlan: true,
  })
  expect(() => checkFeatureRules('test', rules, everything)).not.toThrow()
  expect(rules.map(featureName)).toEqual(
    expect.arrayContaining([
      'usage_minutes_sum_1m_per_(plan_minutesAllowance)',
      'usage_dataMb_sum_1m_per_(plan_includedData)',
      'usage[direction=out]_minutes_sum_3m_per_usage_minutes_sum_3m',
      'days_until_plan_promotionEnd',
      'count_true(plan_bound,plan_giftBound,plan_deviceBound,plan_pointsBound,plan_balanceBound,plan_converged)',
      'contacts[kind=complaint]_resolvedAt_openCount',
    ]),
  )
})

const allOptions = {
  attributes: ['region', 'vip'],
  complaintTopics: ['network'],
  withinPlan: true,
}

test('the telecom features are these', () => {
  expect(telecomFeatures(everything, allOptions).map(featureName)).toMatchInlineSnapshot(`
    [
      "tenure_months",
      "band(tenure_months,3,6,12,24)",
      "customer_region",
      "customer_vip",
      "is_other_payerId",
      "usage_minutes_sum_1m",
      "usage_minutes_sum_3m",
      "usage_minutes_sum_6m",
      "usage_minutes_slope_6m",
      "usage_minutes_drop_3m",
      "usage_minutes_variability_6m",
      "usage[weekday|6|7]_minutes_sum_3m_per_usage_minutes_sum_3m",
      "usage[direction=out]_minutes_sum_3m_per_usage_minutes_sum_3m",
      "usage[hour!=[7,22)]_minutes_sum_3m_per_usage_minutes_sum_3m",
      "usage_minutes_sum_1m_per_(plan_minutesAllowance)",
      "usage_dataMb_sum_1m",
      "usage_dataMb_sum_3m",
      "usage_dataMb_sum_6m",
      "usage_dataMb_slope_6m",
      "usage_dataMb_drop_3m",
      "usage_dataMb_variability_6m",
      "usage[weekday|6|7]_dataMb_sum_3m_per_usage_dataMb_sum_3m",
      "usage[direction=out]_dataMb_sum_3m_per_usage_dataMb_sum_3m",
      "usage[hour!=[7,22)]_dataMb_sum_3m_per_usage_dataMb_sum_3m",
      "usage_messages_sum_1m",
      "usage_messages_sum_3m",
      "usage_messages_sum_6m",
      "usage_messages_slope_6m",
      "usage_messages_drop_3m",
      "usage_messages_variability_6m",
      "usage[weekday|6|7]_messages_sum_3m_per_usage_messages_sum_3m",
      "usage[direction=out]_messages_sum_3m_per_usage_messages_sum_3m",
      "usage[hour!=[7,22)]_messages_sum_3m_per_usage_messages_sum_3m",
      "usage_seats_sum_1m",
      "usage_seats_sum_3m",
      "usage_seats_sum_6m",
      "usage_seats_slope_6m",
      "usage_seats_drop_3m",
      "usage_seats_variability_6m",
      "usage[weekday|6|7]_seats_sum_3m_per_usage_seats_sum_3m",
      "usage[direction=out]_seats_sum_3m_per_usage_seats_sum_3m",
      "usage[hour!=[7,22)]_seats_sum_3m_per_usage_seats_sum_3m",
      "usage_activeDays_1m",
      "usage_activeDays_3m",
      "usage_recency",
      "usage_silent_streak_6m",
      "usage_minutes_falling_streak_6m",
      "bills_amount_sum_1m",
      "bills_amount_sum_3m",
      "bills_amount_mean_6m",
      "bills_amount_mean_3m",
      "bills_amount_slope_6m",
      "bills_amount_drop_3m",
      "bills_amount_variability_6m",
      "bills_amount_rising_streak_6m",
      "bills_amount_sum_1m_per_bills_amount_mean_3m_lag1m",
      "bills_overage_sum_3m_per_bills_amount_sum_3m",
      "bills_discount_sum_3m_per_bills_amount_sum_3m",
      "bills_overage_sum_3m",
      "payments_recency",
      "payments[kind=late]_count_3m",
      "payments[kind=failed]_count_3m",
      "payments[kind=recharge]_count_3m",
      "payments[kind=partial]_count_3m",
      "payments[kind=failed]_count_6m_per_payments_count_6m",
      "payments[kind=recharge]_gapMean_6m",
      "payments[kind=recharge]_gapDeviation_6m_per_payments[kind=recharge]_gapMean_6m",
      "(payments[kind=recharge]_recency)_per_payments[kind=recharge]_gapMean_6m",
      "payments[kind=recharge]_amount_mean_6m_per_bills_amount_mean_3m",
      "payments_balance_min_3m",
      "(payments_balance_last_6m)_per_bills_amount_mean_3m",
      "bills_amount_sum_all_minus_payments[kind!=failed]_amount_sum_all",
      "oldest_unpaid_days(bills_amount,payments[kind!=failed]_amount)",
      "contacts[kind=complaint]_count_1m",
      "contacts[kind=complaint]_count_3m",
      "contacts[kind=complaint]_count_6m",
      "contacts[kind=cancel-request]_count_3m",
      "contacts[kind=complaint]_recency",
      "contacts[kind=complaint]_count_6m_minus_contacts[kind=complaint]_topic_distinct_6m",
      "contacts[kind=complaint][topic=network]_count_6m",
      "contacts[kind=complaint]_resolvedAt_openCount",
      "contacts[kind=complaint]_resolvedAt_openOldestDays",
      "plan_plan",
      "plan_fee",
      "plan_converged",
      "plan_bound",
      "(plan_fee)_minus_(plan[lag3m]_fee)",
      "days_until_plan_contractEnd",
      "band(days_until_plan_contractEnd,-30,0,31,92)",
      "days_until_plan_promotionEnd",
      "count_true(plan_bound,plan_giftBound,plan_deviceBound,plan_pointsBound,plan_balanceBound,plan_converged)",
      "days_until_plan_from",
      "plans_count_12m",
      "plans_count_all",
      "devices_deviceId_changes_12m",
      "devices_count_3m",
      "devices_generation_last_12m",
      "percentile(usage_minutes_sum_3m,plan_plan)",
      "percentile(usage_dataMb_sum_3m,plan_plan)",
      "percentile(usage_messages_sum_3m,plan_plan)",
      "percentile(usage_seats_sum_3m,plan_plan)",
      "percentile(bills_amount_mean_3m,plan_plan)",
    ]
  `)
})

test('the features of subscriptions and of transactions are these', () => {
  expect(
    subscriptionFeatures(everything, { attributes: ['region', 'vip'] }).map(featureName),
  ).toMatchInlineSnapshot(`
    [
      "tenure_months",
      "band(tenure_months,1,3,12,24)",
      "customer_region",
      "customer_vip",
      "usage_activeDays_7d",
      "usage_activeDays_28d",
      "usage_activeDays_91d",
      "usage_activeDays_7d_per_usage_activeDays_28d",
      "usage_count_28d",
      "usage_count_91d",
      "usage_recency",
      "usage_silent_streak_6m",
      "usage_feature_distinct_28d",
      "usage_feature_distinct_28d_minus_usage_feature_distinct_28d_lag28d",
      "usage_feature_entropy_28d",
      "usage_seats_last_3m",
      "(usage_seats_last_3m)_per_(usage_seats_last_3m_lag3m)",
      "usage_minutes_sum_28d",
      "usage_minutes_slope_6m",
      "usage_minutes_drop_3m",
      "usage_minutes_variability_6m",
      "usage_dataMb_sum_28d",
      "usage_dataMb_slope_6m",
      "usage_dataMb_drop_3m",
      "usage_dataMb_variability_6m",
      "usage_messages_sum_28d",
      "usage_messages_slope_6m",
      "usage_messages_drop_3m",
      "usage_messages_variability_6m",
      "usage_hour_sum_28d",
      "usage_hour_slope_6m",
      "usage_hour_drop_3m",
      "usage_hour_variability_6m",
      "bills_amount_last_3m",
      "(bills_amount_last_3m)_per_(bills_amount_last_3m_lag3m)",
      "(bills_amount_last_3m)_per_(bills_amount_last_3m_lag12m)",
      "bills_amount_falling_streak_6m",
      "payments_recency",
      "payments[kind=failed]_count_3m",
      "payments[kind=failed]_recency",
      "plan_plan",
      "plan_fee",
      "(plan_fee)_minus_(plan[lag3m]_fee)",
      "days_until_plan_contractEnd",
      "days_until_plan_from",
      "plans_count_12m",
      "contacts_count_1m",
      "contacts_count_3m",
      "contacts[kind=complaint|ticket]_count_1m",
      "contacts[kind=complaint|ticket]_count_3m",
      "contacts[kind=complaint|ticket]_recency",
      "contacts[kind=cancel-request]_count_3m",
      "contacts[kind=complaint|ticket]_resolvedAt_openCount",
      "contacts[kind=complaint|ticket]_resolvedAt_openOldestDays",
    ]
  `)
  expect(transactionFeatures().map(featureName)).toMatchInlineSnapshot(`
    [
      "payments_recency",
      "tenure_months",
      "payments_count_all",
      "payments_count_30d",
      "payments_count_60d",
      "payments_count_90d",
      "payments_count_180d",
      "payments_gapMean_all",
      "payments_gapDeviation_all",
      "(payments_recency)_per_payments_gapMean_all",
      "payments_amount_sum_all",
      "payments_amount_mean_all",
      "payments_amount_sum_30d",
      "payments_amount_sum_60d",
      "payments_amount_sum_90d",
      "payments_amount_sum_180d",
    ]
  `)
})

test('a table or a column that is not there takes these features away', () => {
  const names = (tables: HistoryKinds) => telecomFeatures(tables, allOptions).map(featureName)
  const subscriptionNames = (tables: HistoryKinds) => subscriptionFeatures(tables).map(featureName)
  const without = (table: keyof HistoryKinds, column: string): HistoryKinds => {
    const { [column]: _, ...others } = everything[table]!
    return { ...everything, [table]: others }
  }
  const change = (of: (tables: HistoryKinds) => string[], tables: HistoryKinds) => {
    const [all, left] = [of(everything), of(tables)]
    return [
      ...all.filter((name) => !left.includes(name)).map((name) => `- ${name}`),
      ...left.filter((name) => !all.includes(name)).map((name) => `+ ${name}`),
    ]
  }
  const columns = {
    customers: ['payerId'],
    usage: ['direction'],
    bills: ['discount', 'overage'],
    payments: ['kind', 'balance'],
    plans: ['fee', 'contractEnd', 'promotionEnd', 'converged', 'minutesAllowance'],
    contacts: ['topic', 'resolvedAt'],
    devices: ['generation'],
  } as const
  const telecom = Object.entries(columns).flatMap(([table, each]) =>
    each.map((column) => [`${table}.${column}`, change(names, without(table as 'usage', column))]),
  )
  const { bills: _, ...withoutBills } = everything
  const noBills = ['bills', change(names, withoutBills).filter((name) => !/[- (]bills/.test(name))]
  expect(Object.fromEntries([...telecom, noBills])).toMatchInlineSnapshot(`
    {
      "bills": [
        "- payments[kind=recharge]_amount_mean_6m_per_bills_amount_mean_3m",
        "- (payments_balance_last_6m)_per_bills_amount_mean_3m",
      ],
      "bills.discount": [
        "- bills_discount_sum_3m_per_bills_amount_sum_3m",
      ],
      "bills.overage": [
        "- bills_overage_sum_3m_per_bills_amount_sum_3m",
        "- bills_overage_sum_3m",
      ],
      "contacts.resolvedAt": [
        "- contacts[kind=complaint]_resolvedAt_openCount",
        "- contacts[kind=complaint]_resolvedAt_openOldestDays",
      ],
      "contacts.topic": [
        "- contacts[kind=complaint]_count_6m_minus_contacts[kind=complaint]_topic_distinct_6m",
        "- contacts[kind=complaint][topic=network]_count_6m",
      ],
      "customers.payerId": [
        "- is_other_payerId",
      ],
      "devices.generation": [
        "- devices_generation_last_12m",
      ],
      "payments.balance": [
        "- payments_balance_min_3m",
        "- (payments_balance_last_6m)_per_bills_amount_mean_3m",
      ],
      "payments.kind": [
        "- payments[kind=late]_count_3m",
        "- payments[kind=failed]_count_3m",
        "- payments[kind=recharge]_count_3m",
        "- payments[kind=partial]_count_3m",
        "- payments[kind=failed]_count_6m_per_payments_count_6m",
        "- payments[kind=recharge]_gapMean_6m",
        "- payments[kind=recharge]_gapDeviation_6m_per_payments[kind=recharge]_gapMean_6m",
        "- (payments[kind=recharge]_recency)_per_payments[kind=recharge]_gapMean_6m",
        "- payments[kind=recharge]_amount_mean_6m_per_bills_amount_mean_3m",
        "- bills_amount_sum_all_minus_payments[kind!=failed]_amount_sum_all",
        "- oldest_unpaid_days(bills_amount,payments[kind!=failed]_amount)",
        "+ bills_amount_sum_all_minus_payments_amount_sum_all",
        "+ oldest_unpaid_days(bills_amount,payments_amount)",
      ],
      "plans.contractEnd": [
        "- days_until_plan_contractEnd",
        "- band(days_until_plan_contractEnd,-30,0,31,92)",
      ],
      "plans.converged": [
        "- plan_converged",
        "- count_true(plan_bound,plan_giftBound,plan_deviceBound,plan_pointsBound,plan_balanceBound,plan_converged)",
        "+ count_true(plan_bound,plan_giftBound,plan_deviceBound,plan_pointsBound,plan_balanceBound)",
      ],
      "plans.fee": [
        "- plan_fee",
        "- (plan_fee)_minus_(plan[lag3m]_fee)",
      ],
      "plans.minutesAllowance": [
        "- usage_minutes_sum_1m_per_(plan_minutesAllowance)",
      ],
      "plans.promotionEnd": [
        "- days_until_plan_promotionEnd",
      ],
      "usage.direction": [
        "- usage[direction=out]_minutes_sum_3m_per_usage_minutes_sum_3m",
        "- usage[direction=out]_dataMb_sum_3m_per_usage_dataMb_sum_3m",
        "- usage[direction=out]_messages_sum_3m_per_usage_messages_sum_3m",
        "- usage[direction=out]_seats_sum_3m_per_usage_seats_sum_3m",
      ],
    }
  `)
  const subscriptions = (
    [
      'usage.feature',
      'usage.seats',
      'payments.kind',
      'plans.fee',
      'plans.contractEnd',
      'contacts.resolvedAt',
    ] as const
  ).map((name) => {
    const [table, column] = name.split('.') as ['usage', string]
    return [name, change(subscriptionNames, without(table, column))]
  })
  expect(Object.fromEntries(subscriptions)).toMatchInlineSnapshot(`
    {
      "contacts.resolvedAt": [
        "- contacts[kind=complaint|ticket]_resolvedAt_openCount",
        "- contacts[kind=complaint|ticket]_resolvedAt_openOldestDays",
      ],
      "payments.kind": [
        "- payments[kind=failed]_count_3m",
        "- payments[kind=failed]_recency",
      ],
      "plans.contractEnd": [
        "- days_until_plan_contractEnd",
      ],
      "plans.fee": [
        "- plan_fee",
        "- (plan_fee)_minus_(plan[lag3m]_fee)",
      ],
      "usage.feature": [
        "- usage_feature_distinct_28d",
        "- usage_feature_distinct_28d_minus_usage_feature_distinct_28d_lag28d",
        "- usage_feature_entropy_28d",
      ],
      "usage.seats": [
        "- usage_seats_last_3m",
        "- (usage_seats_last_3m)_per_(usage_seats_last_3m_lag3m)",
      ],
    }
  `)
})

test('the hour of the day is no measure that is added up', () => {
  const names = telecomFeatures(everything).map(featureName)
  expect(names.filter((name) => name.includes('usage_hour'))).toEqual([])
})

test('a set of features asks nothing twice, and every set can be asked of a full history', () => {
  const sets = [telecomFeatures(everything), subscriptionFeatures(everything), transactionFeatures()]
  for (const rules of sets) {
    expect(new Set(rules.map(featureName)).size).toBe(rules.length)
    expect(() => checkFeatureRules('test', rules, everything)).not.toThrow()
  }
})

test('subscriptions: whatever table is left out, what is left can be asked', () => {
  for (const name of Object.keys(everything).slice(1)) {
    const smaller = { ...everything, [name]: undefined }
    expect(() => checkFeatureRules('test', subscriptionFeatures(smaller), smaller)).not.toThrow()
  }
})

test('an option that is misspelt is refused with the one that was meant', () => {
  expect(() => telecomFeatures(full, { kind: { late: ['zu spaet'] } } as object)).toThrow(/kind/)
  expect(() => subscriptionFeatures(full, { tickets: [] })).toThrow(/tickets/)
})

test.each([
  ['telecomFeatures', telecomFeatures],
  ['subscriptionFeatures', subscriptionFeatures],
] as const)('%s refuses what names no tables: two features of the tenure would be all', (name, features) => {
  const history = { tables: full, engine: {}, completeUntil: 20_000, close: () => Promise.resolve() }
  const wrong: readonly (readonly [unknown, string])[] = [
    [history, 'Use its tables: history.tables.'],
    [{ customers: 'customers.csv' }, 'Open the sources first: (await openHistory(sources)).tables.'],
    [{ usages: full.usage }, 'Did you mean usage?'],
    [{}, 'Use those of a history: history.tables.'],
    [Promise.resolve(full), 'write await'],
  ]
  for (const [given, wayOut] of wrong) {
    const call = () => features(given as HistoryKinds)
    expect(call, wayOut).toThrow(new RegExp(`^${name}: `))
    expect(call).toThrow(wayOut)
  }
})
