import { expect, test } from 'vitest'
import { tableFromRows } from '../../src/table/tableFromRows.js'

test('an object inside of a row gives a column for each of its parts; a list is refused by its path', () => {
  const rows = [
    { id: 'A', customer: { plan: 'gold', place: { city: 'Bern' } } },
    { id: 'B', customer: { plan: 'basic' } },
    { id: 'C', customer: null },
  ]
  expect(tableFromRows(rows).rows()).toEqual([
    { id: 'A', 'customer.plan': 'gold', 'customer.place.city': 'Bern', customer: null },
    { id: 'B', 'customer.plan': 'basic', 'customer.place.city': null, customer: null },
    { id: 'C', 'customer.plan': null, 'customer.place.city': null, customer: null },
  ])
  expect(() => tableFromRows([{ id: 'A', customer: { plans: ['gold'] } }])).toThrow(
    'expected customer.plans to be a number',
  )
  expect(() => tableFromRows([{ 'customer.plan': 'a', customer: { plan: 'b' } }])).toThrow(
    'expected column customer.plan to be in a row once',
  )
  const mixed = 'expected n to be a number, a text, a boolean, a Date or null'
  expect(() => tableFromRows([{ n: 1 }, { n: { x: 1 } }])).toThrow(mixed)
  expect(() => tableFromRows([{ n: null }, { n: { x: 1 } }, { n: 2 }])).toThrow(`row 3, column n: ${mixed}`)
})
