import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluateProbabilities } from '../../src/evaluate/evaluate.js'
import { segmentTable } from '../../src/evaluate/segment/segmentTable.js'

const quick = { resamples: 20 }

it('bins, parts of the list and segments tell customers from their rows', () => {
  // Customer r has rows r and r + 50, both with their probability: 50 customers, 100 rows, no customer in two bins.
  const one = Array.from({ length: 50 }, (_, row) => (row + 0.5) / 50)
  const [p, y] = [[...one, ...one], Array.from({ length: 100 }, (_, row) => (row % 50 > 24 ? 1 : 0))]
  const groups = p.map((_, row) => `C${row % 50}`)
  const { customers, rows, calibration, liftTable } = evaluateProbabilities(p, y, { ...quick, groups })
  expect([customers, rows]).toEqual([50, 100])
  expect(calibration.map((bin) => [bin.customers, bin.rows])).toEqual(Array(10).fill([5, 10]))
  expect(liftTable.map((part) => [part.customers, part.rows])).toEqual(Array(10).fill([5, 10]))
  const half = p.map((_, row) => (row % 2 === 0 ? 'even' : 'odd'))
  const table = segmentTable(p, y, { half }, { ...quick, groups, minCustomers: 10, minChurners: 2 })
  expect(table.segments.map((segment) => [segment.customers, segment.rows])).toEqual(Array(2).fill([25, 50]))
  expect(table.overall).toMatchObject({ customers: 50, rows: 100, churners: 50 })
  expect(String(table)).toContain('2 segments of 50 customers with 100 rows')
  expect(String(table)).toMatch(/half +customers +rows +churned/)
})

it('a customer with rows in two parts is counted in both, and so is one of a tie that two parts share', () => {
  const p = [0.9, 0.9, 0.9, 0.1]
  // Four parts of a row each: the three customers of the tie at .9 share the first three, b also has the last.
  const { liftTable, calibration } = evaluateProbabilities(p, [1, 0, 1, 0], {
    ...quick,
    groups: ['a', 'b', 'c', 'b'],
    bins: 2,
  })
  expect(liftTable.map((part) => part.customers)).toEqual([3, 3, 3, 1])
  expect(calibration.map((bin) => [bin.lower, bin.customers, bin.rows])).toEqual([
    [0, 1, 1],
    [0.5, 3, 3],
  ])
})

it('of equally many rows in a bin those at its ends are in one only', () => {
  const p = [0.1, 0.2, 0.5, 0.5, 0.8, 1]
  const groups = ['a', 'b', 'c', 'd', 'e', 'e']
  const of = (binning: 'equal-width' | 'equal-count') =>
    evaluateProbabilities(p, [0, 1, 0, 1, 0, 1], { ...quick, groups, bins: 2, binning }).calibration.map(
      ({ customers, rows }) => [customers, rows],
    )
  // .5 is the lower end of the upper bin; 1 belongs to the last; e has two rows there.
  expect(of('equal-width')).toEqual([
    [2, 2],
    [3, 4],
  ])
})

it('where each row is a customer both counts are the same, weighted or not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 10 }), fc.boolean(), fc.integer({ min: 1, max: 3 })), {
        minLength: 4,
        maxLength: 40,
      }),
      (rows) => {
        const y = rows.map(([, churned], row) => (row === 0 ? 1 : row === 1 ? 0 : Number(churned)))
        const p = rows.map(([tenth]) => tenth / 10)
        for (const options of [{}, { weight: rows.map(([, , weight]) => weight) }]) {
          const { calibration, liftTable } = evaluateProbabilities(p, y, { resamples: 20, ...options })
          for (const part of [...calibration, ...liftTable]) expect(part.customers).toBe(part.rows)
        }
      },
    ),
    { numRuns: 20 },
  )
})

it('a segment of many rows and few customers is as small as its customers are few', () => {
  // Two customers of plan b with 60 rows each: 120 rows are above a minimum of 100, two customers are not.
  const rows = 400
  const plan = Array.from({ length: rows }, (_, row) => (row < 120 ? 'b' : row < 260 ? 'a' : 'c'))
  const groups = plan.map((name, row) => (name === 'b' ? `b${row % 2}` : `${row}`))
  const p = plan.map((_, row) => ((row * 37) % 100) / 100)
  const y = plan.map((_, row) => Number(((row * 53) % 100) / 100 < p[row]!))
  const least = { ...quick, minCustomers: 100, minChurners: 10 }
  const byRow = segmentTable(p, y, { plan }, least)
  const byCustomer = segmentTable(p, y, { plan }, { ...least, groups })
  expect(byRow.notes).toEqual([])
  expect(byCustomer.notes.join()).toContain('plan = b: too few to be among the worst segments')
  expect(byCustomer.segments.map(({ customers, rows: own }) => [customers, own])).toEqual([
    [140, 140],
    [2, 120],
    [140, 140],
  ])
})
