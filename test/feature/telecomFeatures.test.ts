import { expect, test } from 'vitest'
import { checkFeatureRules } from '../../src/feature/checkFeatureRules.js'
import { featureName } from '../../src/feature/featureName.js'
import { telecomFeatures } from '../../src/feature/telecomFeatures.js'
import { transactionFeatures } from '../../src/feature/transactionFeatures.js'
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

test('a full history gives about 40 features, all of which can be asked of it', () => {
  const rules = telecomFeatures(full, { attributes: ['region', 'vip'] })
  expect(rules.length).toBeGreaterThanOrEqual(40)
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

test('a shop without values is asked for recency and frequency', () => {
  expect(
    transactionFeatures({ table: 'usage', measure: null, windowDays: [30, 30] }).map(featureName),
  ).toEqual(['usage_recency', 'tenure_months', 'usage_count_all', 'usage_count_30d'])
})
