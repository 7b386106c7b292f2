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
