import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customersByOutcome, dealCustomers, leavesBothOutcomes } from '../../src/base/dealCustomers.js'
import { groupNumbers } from '../../src/base/groupNumbers.js'
import { seededRandom } from '../../src/base/random.js'

const rowsOfCustomers = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 1 })), { minLength: 1 })
  .map((rows) => ({
    customerOf: groupNumbers(rows.map(([customer]) => customer)),
    outcome: Uint8Array.from(rows, ([, outcome]) => outcome),
  }))

/** Customers of each part, by whether a row of theirs churned: `[part][0 stayed, 1 churned]`. */
function customersOfParts(
  { customerOf, outcome }: { customerOf: Int32Array; outcome: Uint8Array },
  partOf: Int32Array,
  parts: number,
): number[][] {
  const churned = new Set(Array.from(customerOf).filter((_, row) => outcome[row] === 1))
  const partOfCustomer = new Map(Array.from(customerOf, (customer, row) => [customer, partOf[row]!]))
  expect(Array.from(partOf)).toEqual(Array.from(customerOf, (customer) => partOfCustomer.get(customer)))
  return Array.from({ length: parts }, (_, part) =>
    [false, true].map(
      (wanted) =>
        [...partOfCustomer].filter(([customer, own]) => own === part && churned.has(customer) === wanted)
          .length,
    ),
  )
}

const spread = (counts: readonly number[]): number => Math.max(...counts) - Math.min(...counts)

describe('dealCustomers', () => {
  it('keeps the rows of a customer together and deals either kind evenly', () => {
    fc.assert(
      fc.property(
        rowsOfCustomers,
        fc.integer({ min: 2, max: 6 }),
        fc.integer(),
        fc.constantFrom('together' as const, 'apart' as const),
        (rows, folds, seed, order) => {
          const foldOf = dealCustomers(rows, ({ place }) => place % folds, seededRandom(seed), { order })
          const counts = customersOfParts(rows, foldOf, folds)
          expect(spread(counts.map(([stayed]) => stayed!))).toBeLessThanOrEqual(1)
          expect(spread(counts.map(([, churned]) => churned!))).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  it('says how many come before a kind, so that folds can go on where churners end', () => {
    fc.assert(
      fc.property(rowsOfCustomers, fc.integer({ min: 2, max: 6 }), fc.integer(), (rows, folds, seed) => {
        const foldAt = ({ place, before }: { place: number; before: number }) => (before + place) % folds
        const foldOf = dealCustomers(rows, foldAt, seededRandom(seed), { order: 'apart' })
        const counts = customersOfParts(rows, foldOf, folds)
        expect(spread(counts.map(([stayed, churned]) => stayed! + churned!))).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('not stratified, is blind to what happened', () => {
    fc.assert(
      fc.property(rowsOfCustomers, fc.integer(), (rows, seed) => {
        const deal = (outcome: Uint8Array) =>
          dealCustomers({ ...rows, outcome }, ({ place, of }) => Number(2 * place < of), seededRandom(seed), {
            stratified: false,
          })
        expect(deal(rows.outcome)).toEqual(deal(rows.outcome.map((value) => 1 - value)))
      }),
    )
  })

  it('rows without customers are dealt as customers of one row each', () => {
    const outcome = Uint8Array.from({ length: 50 }, (_, row) => Number(row % 3 === 0))
    const deal = (customerOf: Int32Array | null) =>
      dealCustomers({ customerOf, outcome }, ({ place }) => place % 4, seededRandom(3))
    expect(deal(null)).toEqual(deal(Int32Array.from(outcome.keys())))
  })
})

describe('customersByOutcome', () => {
  it('counts a customer on both sides who has rows of both', () => {
    // Customer 0 stayed and churned, 1 stayed twice, 2 churned.
    const rows = { customerOf: Int32Array.of(0, 0, 1, 1, 2), outcome: Uint8Array.of(0, 1, 0, 0, 1) }
    expect(customersByOutcome(rows)).toEqual([2, 2])
    expect(customersByOutcome({ ...rows, customerOf: null })).toEqual([3, 2])
  })
})

describe('leavesBothOutcomes', () => {
  it('is false where a part holds all rows of one kind; parts that are never kept away may', () => {
    const outcome = Uint8Array.of(1, 1, 0, 0)
    expect(leavesBothOutcomes([0, 1, 0, 1], 2, outcome)).toBe(true)
    expect(leavesBothOutcomes([0, 0, 0, 1], 2, outcome)).toBe(false)
    expect(leavesBothOutcomes([0, 2, 2, 2], 1, outcome)).toBe(true)
  })
})
