import { expect, it } from 'vitest'
import { addDays, addMonths, type EpochDay, epochDay, monthStart } from '../../src/base/days.js'
import { simulateTables } from '../../src/entries/simulate.js'
import { groupedBy, monthRows, textsOf } from './monthRows.js'

const tables = simulateTables({ customers: 8000, seed: 11 })
const { rows, customer, probability, left, month } = monthRows(tables)
const { truth, customers } = tables

/**
 * Given the states at the months' starts the outcomes are independent draws, one after the other (outcome − p is a
 * martingale difference), so that the variance of their sum is the sum of p (1 − p) whatever lines and months they are of.
 */
function expectCalibrated(
  of: readonly number[],
  p: ArrayLike<number>,
  outcome: (row: number) => number,
): void {
  let expected = 0
  let variance = 0
  let happened = 0
  for (const row of of) {
    expected += p[row]!
    variance += p[row]! * (1 - p[row]!)
    happened += outcome(row)
  }
  expect(Math.abs(happened - expected)).toBeLessThanOrEqual(4 * Math.sqrt(variance))
}

it('as many leave as their probabilities add up to', () => {
  expectCalibrated(rows, probability, (row) => left[row]!)
})

it('as many leave as their probabilities add up to in every tenth of the probability', () => {
  const ordered = rows.toSorted((a, b) => probability[a]! - probability[b]!)
  const tenth = Math.ceil(ordered.length / 10)
  for (let part = 0; part < 10; part++) {
    expectCalibrated(ordered.slice(part * tenth, (part + 1) * tenth), probability, (row) => left[row]!)
  }
})

it('as many leave as their probabilities add up to in every stage and every month', () => {
  const stages = textsOf(truth, 'stage')
  for (const group of [
    ...groupedBy(rows, (row) => stages[row]).values(),
    ...groupedBy(rows, (row) => month[row]).values(),
  ]) {
    expectCalibrated(group, probability, (row) => left[row]!)
  }
})

it('the probability of leaving is that of cancelling plus that of falling silent', () => {
  const cancels = truth.numbers('cancelProbability').values
  const falls = truth.numbers('silentProbability').values
  const broken = rows.filter((row) => {
    const adds = Math.abs(cancels[row]! + falls[row]! - probability[row]!) < 1e-12
    return !adds || cancels[row]! < 0 || falls[row]! < 0 || probability[row]! >= 1
  })
  expect(broken).toEqual([])
})

it('the probability of cancelling is the expectation of the label with gap 0 and a horizon of 28 to 31 days', () => {
  const cancels = truth.numbers('cancelProbability').values
  const { values: cancelledAt, missing } = customers.days('cancelledAt')
  const labels = [28, 29, 30, 31].map((horizonDays) =>
    rows.map((row) => {
      const day = cancelledAt[customer[row]!]!
      const isInside = day >= month[row]! && day < month[row]! + horizonDays
      return !missing?.has(customer[row]!) && isInside ? 1 : 0
    }),
  )
  for (const label of labels.slice(1)) expect(label).toEqual(labels[0])
  const byRow = new Map(rows.map((row, index) => [row, labels[0]![index]!]))
  expectCalibrated(rows, cancels, (row) => byRow.get(row)!)
})

it('the quiet probability is the expectation of a month without a usage row', () => {
  const quiet = truth.numbers('quietProbability').values
  const used = new Set<string>()
  const ids = textsOf(tables.usage, 'id')
  tables.usage.days('day').values.forEach((day, row) => {
    used.add(`${ids[row]} ${monthOf(day)}`)
  })
  const truthIds = textsOf(truth, 'id')
  const isQuiet = (row: number) => (used.has(`${truthIds[row]} ${month[row]}`) ? 0 : 1)
  // Certain where the line is suspended: no variance there, and so no miss.
  expect(rows.filter((row) => quiet[row] === 1 && isQuiet(row) === 0)).toEqual([])
  expectCalibrated(rows, quiet, isQuiet)
})

it('left, the reason and the day of cancellation agree', () => {
  const reasons = textsOf(truth, 'leaveReason')
  const { values: cancelledAt, missing } = customers.days('cancelledAt')
  const seen = new Set<string>()
  expect(reasons.filter((reason, row) => (reason !== null) !== (left[row] === 1))).toEqual([])
  for (const row of rows) {
    if (left[row] !== 1) continue
    seen.add(reasons[row]!)
    const who = customer[row]!
    expect(missing?.has(who) ?? false).toBe(reasons[row] === 'silent')
    if (reasons[row] === 'silent') continue
    const start = month[row]! as EpochDay
    expect(cancelledAt[who]).toBeGreaterThanOrEqual(addDays(start, 3))
    expect(cancelledAt[who]).toBeLessThan(addDays(start, 28))
  }
  expect([...seen].sort()).toEqual(['arrears', 'cancelled', 'silent', 'transfer'])
})

it('a line that fell silent has no row from that month on', () => {
  const reasons = textsOf(truth, 'leaveReason')
  const truthIds = textsOf(truth, 'id')
  const silentFrom = new Map<string, number>()
  reasons.forEach((reason, row) => {
    if (reason === 'silent') silentFrom.set(truthIds[row]!, month[row]!)
  })
  expect(silentFrom.size).toBeGreaterThan(100)
  for (const [name, column] of [
    ['usage', 'day'],
    ['bills', 'period'],
    ['payments', 'day'],
    ['contacts', 'day'],
    ['devices', 'period'],
  ] as const) {
    const days = tables[name].days(column).values
    const late = textsOf(tables[name], 'id').filter(
      (id, row) => days[row]! >= (silentFrom.get(id!) ?? Infinity),
    )
    expect(late, name).toEqual([])
  }
})

it('a line has one row a month from its first whole month to the last, without probabilities once it has left', () => {
  const starts = Array.from({ length: 18 }, (_, index) => addMonths(epochDay('2024-01-01'), index))
  const byLine = groupedBy(truth.texts('id').codes.keys(), (row) => customer[row]!)
  const { missing } = truth.numbers('churnProbability')
  const activated = customers.days('activatedAt').values
  for (const [who, own] of byLine) {
    const wholeFrom = addMonths(monthStart((activated[who]! - 1) as EpochDay), 1)
    const expected = starts.filter((start) => start >= wholeFrom)
    expect(own.map((row) => month[row])).toEqual(expected)
    const leaves = own.findIndex((row) => left[row] === 1)
    const gone = own.filter((row) => missing?.has(row))
    expect(gone).toEqual(leaves < 0 ? [] : own.slice(leaves + 1))
  }
})

function monthOf(day: number): number {
  const date = new Date(day * 86_400_000)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 86_400_000
}
