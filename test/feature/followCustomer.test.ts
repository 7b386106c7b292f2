import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EpochDay, epochDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { countOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { firstValue, recency } from '../../src/feature/builders/rowBuilders.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import { type FollowedCustomer, followCustomer } from '../../src/feature/memory/followCustomer.js'
import { featureName } from '../../src/feature/name/featureName.js'
import type { CustomerHistory, HistoryRow } from '../../src/table/customerHistory.js'
import type { EventTableName } from '../../src/table/inputs.js'
import { cellOf } from '../../src/table/table.js'
import { customerHistories, eventTables } from './arbitraryHistories.js'
import { rulesOfKind } from './arbitraryRules.js'
import { differences, type FeatureValue, type Values } from './bothExecutions.js'

const { percentile: _, ...kinds } = rulesOfKind
const rules = fc.uniqueArray(fc.oneof(...Object.values(kinds)), {
  selector: featureName,
  minLength: 10,
  maxLength: 30,
  size: 'max',
})
const cutoffDays = fc.integer({
  min: epochDay('2024-03-15'),
  max: epochDay('2026-06-01'),
}) as fc.Arbitrary<EpochDay>

interface Row {
  readonly table: EventTableName
  readonly row: HistoryRow
}

const rowsOf = (history: CustomerHistory): Row[] =>
  eventTables.flatMap((table) => (history[table] ?? []).map((row: HistoryRow) => ({ table, row })))

function historyOf({ customer }: CustomerHistory, rows: readonly Row[]): CustomerHistory {
  const tables = eventTables.map((table) => [
    table,
    rows.filter((one) => one.table === table).map(({ row }) => row),
  ])
  return { customer: { ...customer, id: 'C' }, ...Object.fromEntries(tables) }
}

function valuesOf({ columns }: ReturnType<FollowedCustomer['features']>): Values {
  return new Map([['customer', columns.map((column) => cellOf(column, 0) as FeatureValue)]])
}

/** A history, its rows in any order, how many of them are there at the beginning, and where it is asked. */
const lives = customerHistories.chain((history) => {
  const rows = rowsOf(history)
  return fc.record({
    history: fc.constant(history),
    rows: fc.shuffledSubarray(rows, { minLength: rows.length }),
    given: fc.nat({ max: rows.length }),
    asks: fc.array(cutoffDays, { minLength: rows.length + 1, maxLength: rows.length + 1 }),
    isAsked: fc.array(fc.boolean(), { minLength: rows.length + 1, maxLength: rows.length + 1 }),
  })
})

test('rows appended in any order, asked at any time: the features of the whole history so far', () => {
  let compared = 0
  fc.assert(
    fc.property(lives, rules, ({ history, rows, given, asks, isAsked }, asked) => {
      const [compiled, names] = [compileRules(asked), asked.map(featureName)]
      const followed = followCustomer(historyOf(history, rows.slice(0, given)), compiled)
      for (let count = given; count <= rows.length; count++) {
        if (isAsked[count] || count === rows.length) {
          const cutoff = asks[count]!
          const whole = featuresOf(historyOf(history, rows.slice(0, count)), compiled, cutoff)
          expect(differences(valuesOf(followed.features(cutoff)), valuesOf(whole), names)).toEqual([])
          compared++
        }
        if (count < rows.length) followed.append(rows[count]!.table, rows[count]!.row)
      }
    }),
    { numRuns: 60 },
  )
  expect(compared).toBeGreaterThan(200)
})

test('the features do not depend on the order in which the rows are given', () => {
  fc.assert(
    fc.property(lives, rules, ({ history, rows, asks }, asked) => {
      const shuffled = featuresOf(historyOf(history, rows), asked, asks[0]!)
      expect(valuesOf(shuffled)).toEqual(
        valuesOf(featuresOf(historyOf(history, rowsOf(history)), asked, asks[0]!)),
      )
    }),
    { numRuns: 60 },
  )
})

const customer = { id: 'A', activatedAt: '2025-01-10' }
const april = epochDay('2025-04-01')
const row = (followed: FollowedCustomer, cutoff = april): FeatureValue[] =>
  valuesOf(followed.features(cutoff)).get('customer')!

test('a late row is seen from the day it became known on, and only from then on', () => {
  const followed = followCustomer({ customer }, [sumOf('usage', 'minutes', 'all'), recency('usage')])
  followed.append('usage', { day: '2025-03-01', minutes: 10 })
  // Happened in March, reported on 5 April.
  followed.append('usage', { day: '2025-03-20', minutes: 7, knownAt: '2025-04-05' })
  // Happened in February, reported in March: before anybody asked.
  followed.append('usage', { day: '2025-02-01', minutes: 1, knownAt: '2025-03-05' })
  expect(row(followed)).toEqual([11, 31])
  expect(row(followed, epochDay('2025-04-05'))).toEqual([11, 35])
  expect(row(followed, epochDay('2025-04-06'))).toEqual([18, 17])
  expect(row(followed, epochDay('2025-03-05'))).toEqual([10, 4])
})

test('a row that is refused changes nothing, and is named by table, row and column', () => {
  const followed = followCustomer({ customer, usage: [{ day: '2025-03-01', minutes: 1, network: null }] }, [
    sumOf('usage', 'minutes', 'all'),
    countOf('usage', 'all'),
    firstValue('usage', 'network', 'text', 'all'),
  ])
  const before = row(followed)
  const bad = { day: '2025-01-09', minutes: 'many', network: '5G' } as unknown as HistoryRow
  expect(() => followed.append('usage', bad)).toThrow(HoldfastError)
  try {
    followed.append('usage', bad)
  } catch (error) {
    const { operation, problems } = error as HoldfastError
    expect(operation).toBe('append')
    expect(problems.map(({ code, place }) => [code, place?.table, place?.row, place?.column])).toEqual([
      ['event-before-activation', 'usage', 2, 'day'],
      ['value-type', 'usage', 2, 'minutes'],
    ])
  }
  expect(row(followed)).toEqual(before)
  followed.append('usage', { day: '2025-03-02', minutes: 2, network: '4G' })
  expect(row(followed)).toEqual([3, 2, '4G'])
})

test('a table that no history has is refused, one that no rule reads is checked', () => {
  const followed = followCustomer({ customer }, [countOf('usage', 'all')])
  expect(() => followed.append('usages' as 'usage', {})).toThrow(
    'append: expected table usages to be one of usage, bills, payments, plans, contacts, devices. Did you mean usage?',
  )
  expect(() => followed.append('bills', { period: '2025-02' })).toThrow('expected amount to have a value')
})

const minutes = [sumOf('usage', 'minutes', 'all')]

test('a misspelled measure of a later row is refused, and so is one that no row has', () => {
  const followed = followCustomer({ customer, usage: [{ day: '2025-03-01', minutes: 1 }] }, minutes)
  expect(() => followed.append('usage', { day: '2025-03-02', Minutes: 2 })).toThrow(
    'append: table usage, row 2: expected column minutes to have this name in every row that has it, got "Minutes" ' +
      '(string). Did you mean Minutes? Rename it to minutes; if minutes is not known, write null.',
  )
  expect(row(followed)).toEqual([1])
  // The same row once more: a refused row is not remembered as a good one.
  expect(() => followed.append('usage', { day: '2025-03-02', Minutes: 2 })).toThrow('Did you mean Minutes?')
  // A row without the measure misses it.
  followed.append('usage', { day: '2025-03-02', dataMb: 5 })
  expect(row(followed)).toEqual([1])
  const without = followCustomer({ customer }, minutes)
  without.append('usage', { day: '2025-03-02', dataMb: 5 })
  expect(() => without.features(april)).toThrow(
    'features: table usage: expected column minutes to be one of day, dataMb: the rules read it. Add it',
  )
})

test('a table that was neither given nor appended to is asked for', () => {
  const followed = followCustomer({ customer }, minutes)
  expect(() => followed.features(april)).toThrow(
    'features: expected table usage to be in the history: the rules read it. If the customer has no rows of it, give ' +
      'an empty list: { usage: [] }.',
  )
  expect(row(followCustomer({ customer, usage: [] }, minutes))).toEqual([0])
  followed.append('usage', { day: '2025-03-02', minutes: 2 })
  expect(row(followed)).toEqual([2])
})

test('a later row of another customer, or of a day that is none, is refused', () => {
  const followed = followCustomer({ customer }, minutes)
  expect(() => followed.append('usage', { id: 'B', day: '2025-03-02', minutes: 2 })).toThrow(
    'expected id to be that of the customer ("A"), got "B"',
  )
  expect(() => followed.append('usage', { day: 20250302, minutes: 2 })).toThrow("Did you mean '2025-03-02'?")
  expect(() => followed.features(20250401 as EpochDay)).toThrow(
    /^features: expected cutoff to be a day .*, got 20250401 \(number\)\. Did you mean '2025-04-01'\?$/,
  )
})
