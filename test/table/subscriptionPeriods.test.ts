import { expect, test } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { subscriptionPeriods } from '../../src/table/subscriptionPeriods.js'

const customers = [
  { id: 'A', activatedAt: '2024-11-01', region: 'north' },
  { id: 'B', activatedAt: '2023-01-01', region: 'south' },
  { id: 'A', activatedAt: '2024-01-01', cancelledAt: '2024-06-30', region: 'north' },
]

function problemsOf(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems
    throw error
  }
  return expect.unreachable()
}

test('a customer who came back has two subscriptions, the earliest first, and each event belongs to one of them', () => {
  const { tables, customerOf } = subscriptionPeriods({
    customers,
    usage: [
      { id: 'A', day: '2024-05-02', minutes: 1 },
      { id: 'A', day: '2024-08-01', minutes: 2 }, // after the end: the period that was the last by then
      { id: 'A', day: '2024-11-01', minutes: 3 },
      { id: 'B', day: '2024-11-01', minutes: 4 },
      { id: 'A', day: '2023-12-31', minutes: 5 }, // before both: openHistory will say so
    ],
    // counts on 30 November, when the second period had begun
    bills: [
      { id: 'A', period: '2024-11', amount: 9 },
      { id: 'A', period: '2024-07', amount: 8 },
    ],
  })
  expect(tables.customers).toEqual([
    { ...customers[2], id: 'A' },
    { ...customers[0], id: 'A#2' },
    { ...customers[1], id: 'B' },
  ])
  expect(tables.usage!.map(({ id }) => id)).toEqual(['A', 'A', 'A#2', 'B', 'A'])
  expect(tables.bills!.map(({ id }) => id)).toEqual(['A#2', 'A'])
  expect(Object.fromEntries(customerOf)).toEqual({ A: 'A', 'A#2': 'A', B: 'B' })
})

test('several products at once are subscriptions of their own', () => {
  const { tables, customerOf } = subscriptionPeriods(
    {
      customers: [
        { id: 7, product: 'tv', activatedAt: '2024-01-01', cancelledAt: '2024-03-01' },
        { id: 7, product: 'net', activatedAt: '2024-02-01' },
        { id: 7, product: 'tv', activatedAt: '2024-03-01' },
      ],
      usage: [
        { id: 7, product: 'net', day: '2024-04-01' },
        { id: 7, product: 'tv', day: '2024-04-01' },
        { id: 7, product: 'phone', day: '2024-04-01' },
      ],
    },
    { product: 'product' },
  )
  expect(tables.customers.map(({ id }) => id)).toEqual(['7/tv', '7/tv#2', '7/net'])
  expect(tables.usage!.map(({ id }) => id)).toEqual(['7/net', '7/tv#2', '7/phone'])
  expect(customerOf.get('7/tv#2')).toBe('7')
})

test('the result is a history', async () => {
  const { tables } = subscriptionPeriods({ customers, usage: [{ id: 'A', day: '2024-12-24', minutes: 8 }] })
  const history = await openHistory(
    { customers: tables.customers as never, usage: tables.usage as never },
    { today: '2025-01-31' },
  )
  const found = await history.engine.query('SELECT id FROM usage')
  expect(found.rows()).toEqual([{ id: 'A#2' }])
  await history.close()
})

test('what cannot be told apart is refused, all at once, with its row and the way out', () => {
  const wrong = [
    { id: 'A', activatedAt: '2024-01-01' },
    { id: 'A', activatedAt: '2024-06-01' },
    { id: '', activatedAt: '2024-06-01' },
    { id: 'C', activatedAt: 'June' },
    { id: 'D', activatedAt: '2024-01-01', cancelledAt: '2024-02-01' },
    { id: 'D', activatedAt: '2024-02-01' },
    { id: 'D#2', activatedAt: '2024-02-01' },
  ]
  expect(problemsOf(() => subscriptionPeriods({ customers: wrong }))).toMatchObject([
    { code: 'value-type', place: { row: 3, column: 'id' } },
    { code: 'value-type', received: 'June', place: { row: 4, column: 'activatedAt' } },
    {
      code: 'out-of-range',
      received: '2024-06-01',
      place: { row: 2 },
      wayOut: expect.stringContaining('product'),
    },
    { code: 'duplicate-id', received: 'D#2', place: { row: 7 } },
  ])
  const usage = [{ id: 'A', day: '2024-01-01' }]
  const tv = [{ id: 'A', product: 'tv', activatedAt: '2024-01-01' }]
  expect(
    problemsOf(() => subscriptionPeriods({ customers: tv, usage }, { product: 'product' })),
  ).toMatchObject([{ code: 'column-missing', place: { table: 'usage' } }])
})

test('calls go with the period of each end that is a customer, and other numbers stay', () => {
  const calls = [
    { from: 'A', to: 'B', day: '2024-12-01', minutes: 3 },
    { from: '+49 30 1', to: 'A', day: '2024-02-01' },
    { from: 'A', to: null, day: '2024-12-01' },
  ]
  expect(subscriptionPeriods({ customers, calls }).tables.calls).toEqual([
    { ...calls[0], from: 'A#2', to: 'B' },
    calls[1],
    { ...calls[2], from: 'A#2' },
  ])
})

test('instants have their day in the time zone of the history', () => {
  // 20 March, 20:00 in New York is 21 March in UTC.
  const tables = {
    customers: [
      { id: 'A', activatedAt: '2023-01-01', cancelledAt: '2024-03-01' },
      { id: 'A', activatedAt: '2024-03-20T20:00:00-05:00' },
    ],
    usage: [
      { id: 'A', day: '2024-03-20' },
      { id: 'A', day: new Date('2024-03-21T01:00:00Z') },
    ],
  }
  const idsIn = (options?: { timeZone: string }) =>
    subscriptionPeriods(tables, options).tables.usage!.map(({ id }) => id)
  expect(idsIn({ timeZone: 'America/New_York' })).toEqual(['A#2', 'A#2'])
  expect(idsIn()).toEqual(['A', 'A#2'])
})

test('tables and options that are none are refused with the nearest name, all at once', () => {
  const given = { customers, payment: [], Usage: [], bills: {}, calls: [] }
  expect(problemsOf(() => subscriptionPeriods(given as never, { product: 'kind' }))).toMatchObject([
    { code: 'table-unknown', parameter: 'table payment', wayOut: 'Did you mean payments?' },
    { code: 'table-unknown', parameter: 'table Usage', wayOut: 'Did you mean usage?' },
    { code: 'value-type', parameter: 'tables.bills' },
    { code: 'option-invalid', parameter: 'table calls' },
  ])
  const options = { Product: 'kind', timeZone: 'Berlin' }
  expect(
    problemsOf(() => subscriptionPeriods({ customers }, options as never))
      .map(({ code }) => code)
      .sort(),
  ).toEqual(['option-invalid', 'option-unknown'])
})
