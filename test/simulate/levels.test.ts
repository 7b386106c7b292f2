import { expect, it } from 'vitest'
import { monthsBetween } from '../../src/base/days.js'
import { simulateTables } from '../../src/entries/simulate.js'
import { monthRows, textsOf } from './monthRows.js'

const tables = simulateTables({ customers: 8000, seed: 31 })
const { rows, customer, left, month } = monthRows(tables)
const { customers, plans } = tables
const convergedAt = convergedLookup()
const paymentType = textsOf(customers, 'paymentType')
const activated = customers.days('activatedAt').values

interface Rate {
  readonly rate: number
  /** Standard error of the rate: √(rate (1 − rate) / customer-months). */
  readonly error: number
}

function rateOf(select: (row: number) => boolean): Rate {
  const chosen = rows.filter(select)
  const rate = chosen.filter((row) => left[row] === 1).length / chosen.length
  return { rate, error: Math.sqrt((rate * (1 - rate)) / chosen.length) }
}

/** The rate is in the band, give or take four binomial standard errors. */
function expectBetween({ rate, error }: Rate, low: number, high: number): void {
  expect(rate).toBeGreaterThan(low - 4 * error)
  expect(rate).toBeLessThan(high + 4 * error)
}

/** The first rate is the higher one by more than four standard errors of the difference. */
function expectHigher(one: Rate, other: Rate): void {
  expect(one.rate - other.rate).toBeGreaterThan(4 * Math.hypot(one.error, other.error))
}

const tenure = (row: number) => monthsBetween(activated[customer[row]!]! as never, month[row]! as never)

it('4 to 6 % leave in a month', () => {
  // About 82 000 customer-months: 4 √(0.05 · 0.95 / 82 000) = 0.3 points.
  expectBetween(
    rateOf(() => true),
    0.04,
    0.06,
  )
})

it('at most 1 % leave from converged plans, several times as many from the others', () => {
  // About 13 000 customer-months: 4 √(0.008 · 0.992 / 13 000) = 0.3 points.
  const converged = rateOf(convergedAt)
  const others = rateOf((row) => !convergedAt(row))
  expectBetween(converged, 0.004, 0.01)
  expect(others.rate / converged.rate).toBeGreaterThan(4)
})

it('prepaid lines leave more often than postpaid ones', () => {
  const [prepaid, postpaid] = ['prepaid', 'postpaid'].map((type) =>
    rateOf((row) => !convergedAt(row) && paymentType[customer[row]!] === type),
  )
  expectHigher(prepaid!, postpaid!)
  expectBetween(prepaid!, 0.06, 0.095)
})

it('leaving has a peak at a tenure of 1 to 3 months and another from 12 to 24', () => {
  const between = (low: number, high: number) => rateOf((row) => tenure(row) >= low && tenure(row) <= high)
  const lull = between(5, 10)
  expectHigher(between(1, 3), lull)
  expectHigher(between(12, 24), lull)
  expectHigher(between(12, 24), between(25, 1000))
})

function convergedLookup(): (row: number) => boolean {
  const spans = new Map<string, [number, number][]>()
  const ids = textsOf(plans, 'id')
  const converged = plans.column('converged')
  const from = plans.days('from').values
  const to = plans.days('to')
  ids.forEach((id, row) => {
    if (converged.kind !== 'boolean' || converged.values[row] === 0) return
    // In force on the day before the month begins: a plan that begins with the month is one of those who stay in it.
    const end = to.missing?.has(row) ? Infinity : to.values[row]!
    spans.set(id!, [...(spans.get(id!) ?? []), [from[row]!, end]])
  })
  const idOf = textsOf(customers, 'id')
  return (row) => {
    const own = spans.get(idOf[customer[row]!]!) ?? []
    return own.some(([start, end]) => month[row]! > start && month[row]! <= end)
  }
}
