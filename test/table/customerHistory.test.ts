import { describe, expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import {
  type CheckCustomerOptions,
  type CustomerHistory,
  checkCustomerHistory,
} from '../../src/table/customerHistory.js'
import { historyOf, historyTables } from '../support/history.js'

function refused(history: unknown, options?: CheckCustomerOptions): HoldfastError {
  try {
    checkCustomerHistory(history as CustomerHistory, options)
  } catch (error) {
    expect(error).toBeInstanceOf(HoldfastError)
    return error as HoldfastError
  }
  return expect.unreachable('not refused')
}

const facts = (error: HoldfastError) =>
  error.problems.map(({ code, place, received }) => [code, place?.table, place?.row, place?.column, received])

const customer = { id: 'A', activatedAt: '2024-01-15' }

describe('checkCustomerHistory', () => {
  test('days become numbers, months happen on their last day, rows are sorted by day', () => {
    const { customer: checked, events } = checkCustomerHistory({
      customer: {
        id: 17,
        activatedAt: new Date('2024-01-15T22:00:00Z'),
        region: ' ',
        since: '2020-02-29',
        vip: true,
      },
      usage: [
        { day: '2025-02-01T10:00:00', minutes: 2 },
        { day: epochDay('2025-01-31'), minutes: 1, network: '5g' },
        { day: '2025-02-01', minutes: 3 },
      ],
      bills: [{ period: '2025-02', amount: 30 }],
      devices: [{ period: '2024-02-15', deviceId: 'x' }],
      plans: [{ from: '2024-01-15', plan: 'p', to: null, bound: 1 }],
    })
    expect(checked).toEqual({
      id: '17',
      activatedAt: epochDay('2024-01-15'),
      cancelledAt: null,
      region: null,
      since: epochDay('2020-02-29'),
      vip: true,
    })
    expect(events.usage).toEqual([
      { day: epochDay('2025-01-31'), minutes: 1, network: '5g' },
      { day: epochDay('2025-02-01'), minutes: 2 },
      { day: epochDay('2025-02-01'), minutes: 3 },
    ])
    expect(events.bills).toEqual([
      { period: epochDay('2025-02-01'), amount: 30, day: epochDay('2025-02-28') },
    ])
    expect(events.devices[0]!.day).toBe(epochDay('2024-02-29'))
    expect(events.plans[0]).toEqual({
      from: epochDay('2024-01-15'),
      plan: 'p',
      to: null,
      bound: true,
      day: epochDay('2024-01-15'),
    })
    expect(events.payments).toEqual([])
  })

  test('all histories of the tests are good, and are not written to', () => {
    for (const { id } of historyTables.customers) {
      const history = structuredClone(historyOf(id))
      checkCustomerHistory(history)
      expect(history).toEqual(historyOf(id))
    }
  })

  test('all problems come at once, each with table, row and column', () => {
    const error = refused({
      customer: {
        id: '',
        activatedAt: '2024-13-01',
        cancelledAt: '2020-01-01',
        spend: Number.NaN,
        tags: ['x'],
      },
      usages: [],
      usage: [{ minutes: 1 }, { day: '2025-01-01', minutes: Number.POSITIVE_INFINITY }, 5],
      bills: [{ period: '2025-01', amount: '12' }],
      payments: 'none',
    })
    expect(facts(error)).toEqual([
      ['table-unknown', undefined, undefined, undefined, undefined],
      ['value-missing', 'customers', 1, 'id', undefined],
      ['value-type', 'customers', 1, 'activatedAt', '2024-13-01'],
      ['value-not-finite', 'customers', 1, 'spend', Number.NaN],
      ['value-type', 'customers', 1, 'tags', ['x']],
      ['value-missing', 'usage', 1, 'day', undefined],
      ['value-not-finite', 'usage', 2, 'minutes', Number.POSITIVE_INFINITY],
      ['value-type', undefined, undefined, undefined, 5],
      ['value-type', 'bills', 1, 'amount', '12'],
      ['value-type', undefined, undefined, undefined, 'none'],
    ])
  })

  test('the order of days is checked: activation, cancellation, events, plans', () => {
    const error = refused({
      customer: { ...customer, cancelledAt: '2024-01-14' },
      contacts: [{ day: '2024-01-14', kind: 'call' }],
      bills: [
        { period: '2023-12', amount: 1 },
        { period: '2024-01', amount: 1 },
      ],
      plans: [{ from: '2025-01-01', to: '2024-12-31', plan: 'p' }],
    })
    expect(facts(error)).toEqual([
      ['out-of-range', 'customers', 1, 'cancelledAt', '2024-01-14'],
      ['event-before-activation', 'bills', 1, 'period', '2023-12-31'],
      ['out-of-range', 'plans', 1, 'to', '2024-12-31'],
      ['event-before-activation', 'contacts', 1, 'day', '2024-01-14'],
    ])
    expect(refused({ customer, contacts: [{ day: '2024-01-14', kind: 'call' }] }).message).toBe(
      'checkCustomerHistory: table contacts, row 1, column day: expected day to be on or after the activation of the ' +
        'customer (2024-01-15), got "2024-01-14" (string). Correct activatedAt, or leave out what happened before it.',
    )
  })

  test('further columns must be of the kind that the model learned from', () => {
    const tables = { customers: { age: 'number' }, usage: { minutes: 'number', network: 'text' } } as const
    const history = {
      customer: { ...customer, age: '30' },
      usage: [{ day: '2025-01-01', minutes: 1, network: 5 }],
    }
    expect(facts(refused(history, { tables }))).toEqual([['value-type', 'customers', 1, 'age', '30']])
    // A whole number is a good text: ids often come as numbers
    const { events } = checkCustomerHistory({ ...history, customer }, { tables })
    expect(events.usage[0]!['network']).toBe('5')
  })

  test('what is no history at all is refused', () => {
    expect(refused(undefined).problems).toMatchObject([{ code: 'value-type', parameter: 'customer' }])
    expect(refused({}).problems).toMatchObject([{ code: 'value-type', parameter: 'customer' }])
  })

  test('rows of somebody else are refused, those with the id of the customer are not', () => {
    const history = {
      customer: { ...customer, id: 17 },
      usage: [
        { id: '17', day: '2025-01-01' },
        { id: 17, day: '2025-01-02' },
        { id: null, day: '2025-01-03' },
        { id: '017', day: '2025-01-04' },
        { id: 'B', day: '2025-01-05' },
      ],
    }
    expect(facts(refused(history))).toEqual([
      ['id-unknown', 'usage', 4, 'id', '017'],
      ['id-unknown', 'usage', 5, 'id', 'B'],
    ])
  })

  test.each<[string, object]>([
    ['canceledAt', { customer: { ...customer, canceledAt: '2025-01-01' } }],
    ['cancelled_at', { customer: { ...customer, cancelled_at: '2025-01-01' } }],
    ['CancelledKnownAt', { customer: { ...customer, CancelledKnownAt: '2025-01-01' } }],
    ['known_at', { customer, usage: [{ day: '2025-01-01', known_at: '2025-01-02' }] }],
    ['To', { customer, plans: [{ from: '2025-01-01', plan: 'p', To: '2025-02-01' }] }],
    ['contractend', { customer, plans: [{ from: '2025-01-01', plan: 'p', contractend: '2026-01-01' }] }],
    ['Day', { customer, usage: [{ Day: '2025-01-01' }] }],
    ['activatedat', { customer: { id: 'A', activatedat: '2025-01-01' } }],
  ])('%s is asked back, because the column that it seems to be is not there', (name, history) => {
    expect(refused(history).problems[0]!.wayOut).toContain(`Did you mean ${name}?`)
  })

  test('columns that only resemble others are taken as they are', () => {
    const { events } = checkCustomerHistory({
      customer: { ...customer, cancelledBy: 'x', cancelReason: 'y' },
      plans: [{ from: '2025-01-01', plan: 'p', contractId: 'c', free: 1, too: 2, bond: true }],
      payments: [{ day: '2025-01-01', amount: 1, kinds: 'a' }],
    })
    expect(events.plans[0]).toMatchObject({ contractId: 'c', free: 1, too: 2 })
  })

  test('a day written as a number is refused, in every table, and asked back', () => {
    const error = refused({
      customer: { id: 'A', activatedAt: 20240115, cancelledAt: 20250630 },
      usage: [{ day: 20250201 }],
      bills: [{ period: 202502, amount: 1 }],
      plans: [{ from: 20250101, plan: 'p' }],
    })
    expect(error.problems.map(({ code, wayOut }) => [code, wayOut])).toEqual([
      ['value-type', "Did you mean '2024-01-15'?"],
      ['value-type', "Did you mean '2025-06-30'?"],
      ['value-type', "Did you mean '2025-02-01'?"],
      ['value-type', "Did you mean '2025-02-01'?"],
      ['value-type', "Did you mean '2025-01-01'?"],
    ])
    // 1 February 2025 as YYMMDD would be a day of the year 2655.
    expect(facts(refused({ customer, usage: [{ day: 250201 }] }))).toEqual([
      ['date-in-future', 'usage', 1, 'day', '2655-01-11'],
    ])
  })

  test('rows may leave a column out that others have, but not misspell it', () => {
    const tables = { usage: { minutesIn: 'number', minutesOut: 'number' } } as const
    const usage = [
      { day: '2025-01-01', minutesIn: 1 },
      { day: '2025-01-02', minutesOut: 2 },
      { day: '2025-01-03' },
    ]
    expect(checkCustomerHistory({ customer, usage }, { tables }).events.usage.length).toBe(3)
    const misspelled = { day: '2025-01-04', minutes_in: 1 }
    expect(facts(refused({ customer, usage: [...usage, misspelled] }, { tables }))).toEqual([
      ['column-missing', 'usage', 4, undefined, 'minutes_in'],
    ])
  })
})
