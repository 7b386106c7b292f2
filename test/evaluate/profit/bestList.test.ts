import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bestList, bestListLine } from '../../../src/evaluate/profit/bestList.js'
import { chooseContacts, topByValue } from '../../../src/evaluate/profit/chooseContacts.js'
import { expectedContactProfit, expectedProfit } from '../../../src/evaluate/profit/expectedProfit.js'

const share = fc.integer({ min: 0, max: 20 }).map((step) => step / 20)
const customer = fc.record({
  p: share,
  value: fc.integer({ min: 20, max: 400 }),
  offered: fc.integer({ min: 1, max: 12 }),
})
const customers = fc.array(customer, { minLength: 1, maxLength: 9 })
const budget = fc.record(
  { contacts: fc.integer({ min: 0, max: 9 }), money: fc.integer({ min: 0, max: 60 }) },
  { requiredKeys: [] },
)

type Customer = typeof customer extends fc.Arbitrary<infer T> ? T : never
type Budget = typeof budget extends fc.Arbitrary<infer T> ? T : never

function listOf(some: readonly Customer[], limits: Budget, offered?: number) {
  const probability = some.map(({ p }) => p)
  const offer = {
    customerValue: some.map(({ value }) => value),
    offerCost: offered ?? some.map(({ offered }) => offered),
    contactCost: 1,
    acceptance: 0.4,
  }
  return { probability, offer, list: bestList(probability, offer, limits) }
}

/** The highest profit of all 2^n lists under the budget. */
function bestOfAll(profit: ArrayLike<number>, cost: number[], { contacts, money }: Budget): number {
  let best = 0
  for (let chosen = 0; chosen < 2 ** cost.length; chosen++) {
    let [earned, spent, count] = [0, 0, 0]
    for (let row = 0; row < cost.length; row++) {
      if (((chosen >> row) & 1) === 0) continue
      earned += profit[row]!
      spent += cost[row]!
      count++
    }
    if (count <= (contacts ?? Infinity) && spent <= (money ?? Infinity)) best = Math.max(best, earned)
  }
  return best
}

test('where all contacts cost the same, no other list under the budget brings more', () => {
  fc.assert(
    fc.property(customers, budget, (some, limits) => {
      const { probability, offer, list } = listOf(some, limits, 4)
      const profit = expectedContactProfit(probability, offer)
      expect(list.expectedProfit).toBeCloseTo(
        bestOfAll(
          profit,
          some.map(() => 5),
          limits,
        ),
        8,
      )
      expect(list.gap).toBeCloseTo(0, 8)
    }),
  )
})

test('where costs differ, no list under the budget brings more than the list and its gap', () => {
  fc.assert(
    fc.property(customers, budget, (some, limits) => {
      const { probability, offer, list } = listOf(some, limits)
      const profit = expectedContactProfit(probability, offer)
      const cost = some.map(({ offered }) => offered + 1)
      const best = bestOfAll(profit, cost, limits)
      expect(list.expectedProfit).toBeLessThanOrEqual(best + 1e-8)
      expect(list.expectedProfit + list.gap).toBeGreaterThanOrEqual(best - 1e-8)
      expect(list.highestCost).toBeLessThanOrEqual(limits.money ?? Infinity)
      expect(list.rows.length).toBeLessThanOrEqual(limits.contacts ?? Infinity)
    }),
    { numRuns: 300 },
  )
})

test('another unit of money changes the amounts and nothing else', () => {
  fc.assert(
    fc.property(customers, budget, fc.constantFrom(-40, -1, 1, 40), (some, limits, power) => {
      // Times a power of two everything is exact.
      const unit = 2 ** power
      const { probability, offer, list } = listOf(some, limits)
      const inUnits = (amounts: readonly number[]) => amounts.map((amount) => amount * unit)
      const other = bestList(
        probability,
        {
          customerValue: inUnits(offer.customerValue),
          offerCost: inUnits(offer.offerCost as number[]),
          contactCost: unit,
          acceptance: 0.4,
        },
        limits.money === undefined ? limits : { ...limits, money: limits.money * unit },
      )
      expect(other.rows).toEqual(list.rows)
      expect(other.limitedBy).toBe(list.limitedBy)
      expect(other.gap).toBe(list.gap * unit)
      expect(other.expectedProfit).toBe(list.expectedProfit * unit)
    }),
  )
})

test('the gap is below what two contacts bring, also among many equal customers', () => {
  // Three kinds of customers, 300 each: at one price of money all of a kind change sides together.
  fc.assert(
    fc.property(
      fc.tuple(customer, customer, customer),
      fc.integer({ min: 50, max: 800 }),
      fc.integer({ min: 500, max: 6000 }),
      (kinds, contacts, money) => {
        const some = Array.from({ length: 900 }, (_, row) => kinds[row % 3]!)
        const { probability, offer, list } = listOf(some, { contacts, money })
        const highest = Math.max(0, ...expectedContactProfit(probability, offer))
        expect(list.gap).toBeLessThanOrEqual(2 * highest + 1e-6)
      },
    ),
  )
})

test('nobody is listed whose contact loses money, rows fall by profit, and equal ones are in order', () => {
  fc.assert(
    fc.property(customers, budget, (some, limits) => {
      const { probability, offer, list } = listOf(some, limits)
      const profit = expectedContactProfit(probability, offer)
      const listed = Array.from(list.rows)
      expect(listed.every((row) => profit[row]! > 0)).toBe(true)
      expect(new Set(listed).size).toBe(listed.length)
      expect(listed).toEqual([...listed].sort((a, b) => profit[b]! - profit[a]! || a - b))
      const others = profit.filter((value, row) => value > 0 && !listed.includes(row))
      expect(list.next?.expectedProfit ?? 0).toBe(Math.max(0, ...others))
      expect(list.limitedBy === 'profit').toBe(list.next === null)
      const {
        contacts: _contacts,
        contactedShare: _share,
        ...amounts
      } = expectedProfit(probability, offer, {
        rows: list.rows,
      })
      for (const [name, amount] of Object.entries(amounts)) {
        expect(list[name as keyof typeof amounts], name).toBeCloseTo(amount, 8)
      }
    }),
  )
})

describe('money is reserved', () => {
  // γ = 0.4: an offer of 10 is taken by 0.5 · 0.4 + 0.5 = 0.7 of them, so a contact costs 8 on average, 11 at most.
  const probability = [0.5, 0.5, 0.5, 0.5]
  const offer = { customerValue: 200, offerCost: 10, contactCost: 1, acceptance: 0.4 }

  test('at the highest cost by default: 24 of money pay for two contacts', () => {
    expect(bestList(probability, offer, { money: 24 })).toMatchObject({
      rows: Int32Array.of(0, 1),
      highestCost: 22,
      limitedBy: 'money',
    })
  })

  test('at the expected cost where that is asked for: for three', () => {
    const list = bestList(probability, offer, { money: 24, reserve: 'expectedCost' })
    expect(list.rows).toEqual(Int32Array.of(0, 1, 2))
    expect(list.expectedCost).toBeCloseTo(24, 12)
    expect(list.highestCost).toBe(33)
  })
})

test('one dear customer is preferred to a cheap one who leaves no room', () => {
  // By profit per money the first comes first (0.5·0.5·9 − 0.5 − 0 per 1) but brings 1.75 only; the second brings 145.
  const offer = { customerValue: [10, 1000], offerCost: [1, 100], contactCost: 0, acceptance: 0.5 }
  const list = bestList([0.5, 0.9], { ...offer, customerValue: [40, 800] }, { money: 100 })
  expect(list.rows).toEqual(Int32Array.of(1))
})

test('contacts that cost nothing are not limited by money', () => {
  const free = { customerValue: 100, offerCost: 0, contactCost: 0 }
  expect(bestList([0.5, 0.1], free, { money: 0 })).toMatchObject({ limitedBy: 'profit', gap: 0 })
})

test('without a budget everybody is listed who is worth a contact', () => {
  const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.5 }
  // 55p − 11 is above 0 for p > 0.2.
  const list = bestList([0.1, 0.3, 0.2, 0.9], offer)
  expect(list.rows).toEqual(Int32Array.of(3, 1))
  expect(bestListLine(list)).toBe(
    '2 of 4 customers to contact, 1.2 churners expected among them: 44 expected profit, 16 expected cost, 22 at most. ' +
      'Nobody else is worth a contact.',
  )
})

test('a list of nobody is an answer', () => {
  const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.5 }
  expect(bestList([0.1, 0.01], offer)).toMatchObject({ expectedProfit: 0, next: null, limitedBy: 'profit' })
  expect(bestList([0.9], offer, { contacts: 0 })).toMatchObject({ limitedBy: 'contacts', next: { row: 0 } })
})

describe('bad input', () => {
  const offer = { customerValue: 200, offerCost: 10, contactCost: 1 }
  const refusals: [string, () => unknown, RegExp][] = [
    ['probabilities beyond 1', () => bestList([90], offer), /expected probability.*Divide percentages/],
    ['no customers', () => bestList([], offer), /at least one row/],
    ['negative budgets', () => bestList([0.5], offer, { contacts: -1, money: -1 }), /2 problems/],
    ['parts of contacts', () => bestList([0.5], offer, { contacts: 1.5 }), /contacts to be an integer/],
    ['unknown limits', () => bestList([0.5], offer, { budget: 5 } as never), /budget/],
    [
      'amounts of other customers',
      () => bestList([0.5], { ...offer, customerValue: [200, 300] }),
      /one amount per customer \(1\), got 2/,
    ],
    [
      'values that no offer is worth',
      () => bestList([0.5, 0.5], { ...offer, customerValue: [5, 10] }),
      /above offerCost for somebody/,
    ],
  ]
  test.each(refusals)('refuses %s', (_what, call, says) => {
    expect(call).toThrow(says)
  })
})

test.each([
  ['equal', [0.1, 0.1, 0.1], 0.3],
  ['different', [0.1, 0.2, 0.3], 0.6],
])(
  'a budget that pays for all contacts of %s costs is no limit, whatever floating point makes of it',
  (_, contactCost, money) => {
    // 0.1 + 0.1 + 0.1 > 0.3, 0.3 / 0.1 < 3 and 0.1 + 0.2 + 0.3 > 0.6 in floating point.
    const offer = { customerValue: 100, offerCost: 0, contactCost, acceptance: 0.5 }
    const list = bestList([0.9, 0.8, 0.7], offer, { money })
    expect([...list.rows]).toEqual([0, 1, 2])
    expect(list.limitedBy).toBe('profit')
  },
)

test('a budget of less than the last contact leaves it out', () => {
  const offer = { customerValue: 100, offerCost: 0, contactCost: 0.1, acceptance: 0.5 }
  const list = bestList([0.9, 0.8, 0.7, 0.6], offer, { money: 0.3 })
  expect([...list.rows]).toEqual([0, 1, 2])
  expect(list.limitedBy).toBe('money')
  expect([...bestList([0.9, 0.8, 0.7], offer, { money: 0.299999999 }).rows]).toEqual([0, 1])
})

describe('where costs differ', () => {
  function chosen(profit: number[], cost: number[], money: number, contacts = Number.POSITIVE_INFINITY) {
    const { rows, limitedBy, bound } = chooseContacts({
      candidates: Int32Array.from(profit.keys()),
      profit: Float64Array.from(profit),
      cost: Float64Array.from(cost),
      money,
      contacts,
    })
    return { rows: [...rows], limitedBy, bound }
  }

  // 2, 1.5, 1 and .5 per money. The first leaves 4.5: the second has no room, the third has, the fourth then none. With a
  // part of the second it would be 12 + 4.5 · 1.5.
  const [profit, cost] = [
    [12, 7.5, 4, 1.5],
    [6, 5, 4, 3],
  ]
  test('what is left goes to the next who fits', () => {
    const { rows, limitedBy, bound } = chosen(profit, cost, 10.5)
    expect([rows, limitedBy]).toEqual([[0, 2], 'money'])
    expect(bound).toBeCloseTo(18.75, 9)
    expect(chosen(profit, cost, 13.5).rows).toEqual([0, 1])
    expect(chosen(profit, cost, 14.5).rows).toEqual([0, 1, 3])
  })

  test('as long as there are contacts left', () => {
    expect(chosen(profit, cost, 14.5, 3)).toMatchObject({ rows: [0, 1, 3], limitedBy: 'contacts and money' })
    // The three who bring most cost 15; with two there is no limit but the contacts.
    expect(chosen(profit, cost, 14.5, 2)).toMatchObject({ rows: [0, 1], limitedBy: 'contacts', bound: 19.5 })
    // At the price of 1.5 the last, .1 − .75, is nearer to its worth than the third, 4 − 6.
    expect(chosen([...profit, 0.1], [...cost, 0.5], 10.6, 2).rows).toEqual([0, 4])
    expect(chosen([...profit, 0.1], [...cost, 0.5], 10.6, 3).rows).toEqual([0, 2, 4])
  })

  test('as many cheap ones are exchanged for dear ones as money allows, the later ones first', () => {
    // At a price of 1 cheap (5 for 2) and dear (9 for 6) are worth the same, 3: all of them change sides at once.
    const three = { profit: [5, 5, 5, 9, 9, 9], cost: [2, 2, 2, 6, 6, 6] }
    expect(chosen(three.profit, three.cost, 14.5, 3)).toEqual({
      rows: [0, 3, 4],
      limitedBy: 'contacts and money',
      bound: expect.closeTo(14.5 + 9, 8),
    })
    expect(chosen(three.profit, three.cost, 10.5, 3).rows).toEqual([0, 1, 3])
    expect(chosen(three.profit, three.cost, 9.5, 3).rows).toEqual([0, 1, 2])
    expect(chosen(three.profit, three.cost, 17.5, 3).rows).toEqual([0, 3, 4])
  })

  test('one contact goes to the most profitable who can be paid, not to the best per money', () => {
    expect(chosen([5, 100, 60, 50], [1, 10, 8, 8], 9, 1).rows).toEqual([2])
    expect(chosen([5, 100, 60, 60], [1, 10, 8, 8], 9, 1).rows).toEqual([2])
  })

  test('of equal profits the cheap ones', () => {
    expect(chosen([5, 5, 5], [9, 1, 2], 4, 2).rows).toEqual([1, 2])
  })
})

test('the highest of values are those of a sort, the first of equal ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }),
      fc.integer({ min: -1, max: 31 }),
      (values, count) => {
        const rows = values.map((_, row) => row)
        const sorted = [...rows].sort((a, b) => values[b]! - values[a]! || a - b)
        const expected = sorted.slice(0, Math.max(0, count)).sort((a, b) => a - b)
        expect([...topByValue(Int32Array.from(rows), Float64Array.from(values), count)]).toEqual(expected)
      },
    ),
  )
})

test('the line says the limit, and amounts to a tenth below 100', () => {
  const offer = { customerValue: 1000, offerCost: 10, contactCost: 1, acceptance: 0.5, currency: 'EUR' }
  // Half of 990 for a churner who is contacted: 505 · p − 11 = 443.5, 393 and 14.25.
  const list = bestList([0.9, 0.8, 0.05, 0.05], offer, { contacts: 2 })
  expect(list).toMatchObject({
    next: { row: 2, expectedProfit: expect.closeTo(14.25, 9) },
    gap: 0,
    currency: 'EUR',
  })
  // Taken by .9 · .5 + .1 and .8 · .5 + .2 of them: 5.5 + 6 and twice 1.
  expect(bestListLine(list)).toBe(
    '2 of 4 customers to contact, 1.7 churners expected among them: 837 EUR expected profit, 13.5 EUR expected cost, ' +
      '22 EUR at most. Limited by contacts: the next would bring 14.3 EUR.',
  )
})
