import { describe, expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { textColumn } from '../../src/base/matrix.js'
import { customersFrom } from '../../src/table/customersFrom.js'
import { dayColumn, Table } from '../../src/table/table.js'

const periods = [
  { id: 'B', from: '2024-02-10', to: '2024-08-09' },
  { id: 'A', from: '2024-07-01', to: null },
  { id: 'A', from: '2024-01-01', to: '2024-06-30' },
  // Two at once, of which the longer one counts
  { id: 'C', from: '2024-01-01', to: '2024-12-31' },
  { id: 'C', from: '2024-03-01', to: '2024-04-30' },
]

test('the first day of the first period, and the last end where none goes on', () => {
  const expected = [
    { id: 'A', activatedAt: '2024-01-01', cancelledAt: null },
    { id: 'B', activatedAt: '2024-02-10', cancelledAt: '2024-08-09' },
    { id: 'C', activatedAt: '2024-01-01', cancelledAt: '2024-12-31' },
  ]
  expect(customersFrom(periods).rows()).toEqual(expected)
  const table = new Table([
    textColumn(
      'id',
      periods.map(({ id }) => id),
    ),
    dayColumn(
      'from',
      periods.map(({ from }) => epochDay(from)),
    ),
    dayColumn(
      'to',
      periods.map(({ to }) => (to === null ? null : epochDay(to))),
    ),
  ])
  expect(customersFrom(table).rows()).toEqual(expected)
})

describe('customers who came back', () => {
  // Away from 1 July to 31 August, 62 days
  const back = [
    { id: 'A', from: '2024-01-01', to: '2024-06-30' },
    { id: 'A', from: '2024-09-01', to: '2024-10-31' },
    { id: 'B', from: '2024-01-01', to: null },
  ]

  test('are refused until it is said what they are', () => {
    expect(() => customersFrom(back)).toThrow(
      /1 of 2 customers left for more than 30 days and came back, such as A/,
    )
  })

  test.each([
    [{ returning: 'first' }, '2024-01-01', '2024-06-30'],
    [{ returning: 'last' }, '2024-09-01', '2024-10-31'],
    [{ returning: 'whole' }, '2024-01-01', '2024-10-31'],
    // A pause as long as it was is none
    [{ pauseDays: 62 }, '2024-01-01', '2024-10-31'],
  ] as const)('%j: from %s to %s', (options, activatedAt, cancelledAt) => {
    expect(customersFrom(back, options).rows()[0]).toEqual({ id: 'A', activatedAt, cancelledAt })
  })

  test('a pause of a day more is one', () => {
    expect(() => customersFrom(back, { pauseDays: 61 })).toThrow(/returning/)
  })
})

test.each([
  [[{ id: '', from: '2024-01-01' }], 'value-type'],
  [[{ id: 'A', to: '2024-01-01' }], 'value-missing'],
  [[{ id: 'A', from: '2024-13-01' }], 'value-type'],
  [[{ id: 'A', from: '2024-02-01', to: '2024-01-31' }], 'out-of-range'],
  [[null], 'value-type'],
  [[], 'table-empty'],
])('%j is refused', (rows, code) => {
  expect(() => customersFrom(rows as never)).toThrow(expect.objectContaining({ code }))
})

test('numbers are ids, and columns of other names are named', () => {
  expect(
    customersFrom([{ account: 7, start: new Date('2024-01-01') }], { id: 'account', from: 'start' }).rows(),
  ).toEqual([{ id: '7', activatedAt: '2024-01-01', cancelledAt: null }])
})
