import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EpochDay, epochDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { type Random, seededRandom } from '../../src/base/random.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { countOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { type CompileRulesOptions, compileRules } from '../../src/feature/memory/compileRules.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import { followCustomer } from '../../src/feature/memory/followCustomer.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { percentileReferences } from '../../src/feature/sql/percentileReferences.js'
import {
  type CustomerHistory,
  checkCustomerHistory,
  type HistoryRow,
} from '../../src/table/customerHistory.js'
import { cellOf } from '../../src/table/table.js'
import { customerHistories, eventTables, numbered, tablesOf } from './arbitraryHistories.js'
import { featureRules } from './arbitraryRules.js'
import { differences, type FeatureValue, inEngine, type Values } from './bothExecutions.js'

const anyRules = fc.uniqueArray(featureRules, {
  selector: featureName,
  minLength: 30,
  maxLength: 40,
  size: 'max',
})
const cutoff = epochDay('2025-06-10')

/** The rows of each table with copies of some of them, in the order of their days, back to front, or in any. */
function withCopies(customer: CustomerHistory, random: Random): CustomerHistory {
  const tables = eventTables.map((table) => {
    const rows = (customer[table] ?? []) as readonly HistoryRow[]
    const copies = rows.flatMap((row) => (random.uniform() < 0.3 ? [rewritten(row)] : []))
    const more = rows.flatMap((row) => (random.uniform() < 0.1 ? [row, { ...row }] : []))
    const all = [...rows, ...copies, ...more]
    const order = random.integer(3)
    const dayOf = (row: HistoryRow): number => Number(row['day'] ?? row['from'] ?? row['period'])
    if (order < 2) all.sort((a, b) => (order === 0 ? dayOf(a) - dayOf(b) : dayOf(b) - dayOf(a)))
    else all.sort(() => random.uniform() - 0.5)
    return [table, all]
  })
  return { ...customer, ...Object.fromEntries(tables) }
}

/** The same row in other words: its columns in another order, without `knownAt` where it has no value. */
function rewritten(row: HistoryRow): HistoryRow {
  return Object.fromEntries(
    Object.entries(row)
      .reverse()
      .filter(([name, value]) => name !== 'knownAt' || value !== null),
  )
}

const byKey = (id: unknown, columns: readonly Parameters<typeof cellOf>[0][]): Values =>
  new Map([[`${id}@${cutoff}`, columns.map((column) => cellOf(column, 0) as FeatureValue)]])

const isActive = ({ customer: { activatedAt, cancelledAt } }: CustomerHistory): boolean =>
  Number(activatedAt) < cutoff && !(cancelledAt != null && Number(cancelledAt) < cutoff)

function isRefused(call: () => unknown): boolean {
  try {
    call()
    return false
  } catch (error) {
    expect(error).toBeInstanceOf(HoldfastError)
    expect((error as HoldfastError).problems.map(({ code }) => code)).toContain('duplicate-row')
    return true
  }
}

test('rows that are there twice count, are left out or are refused in memory as in the engine', async () => {
  let repeated = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(customerHistories, { minLength: 25, maxLength: 25, size: 'max' }),
      anyRules,
      fc.constantFrom('keep', 'drop' as const),
      fc.nat(),
      async (histories, rules, repeatedRows, seed) => {
        const random = seededRandom(seed)
        const customers = numbered(histories).map((customer) => withCopies(customer, random))
        const options = { today: epochDay('2030-01-01'), completeUntil: '2027-01-01', repeatedRows } as const
        const history = await openHistory(tablesOf(customers), options)
        const engine = await inEngine(history, rules, [cutoff])
        const { tables } = history
        const percentiles = await percentileReferences(history, rules, { cutoffs: [cutoff] })
        await history.close()
        const names = rules.map(featureName)
        const compiled = compileRules(rules, { repeatedRows, tables, percentiles })
        const once = percentiles.map((reference) => ({ ...reference, repeatedRows: 'refuse' }) as const)
        const strict = compileRules(rules, { repeatedRows: 'refuse', tables, percentiles: once })
        for (const customer of customers.filter(isActive)) {
          const { id } = customer.customer
          const expected = new Map([[`${id}@${cutoff}`, engine.get(`${id}@${cutoff}`)!]])
          const whole = featuresOf(customer, compiled, cutoff)
          expect(differences(expected, byKey(id, whole.columns), names)).toEqual([])
          const half = Object.fromEntries(
            eventTables.map((table) => [table, (customer[table] ?? []).slice(0, 5)]),
          )
          const followed = followCustomer({ ...customer, ...half }, compiled)
          for (const table of eventTables)
            for (const row of (customer[table] ?? []).slice(5)) followed.append(table, row)
          expect(differences(expected, byKey(id, followed.features(cutoff).columns), names)).toEqual([])
          repeated += followed.repeats.length
          expect(isRefused(() => featuresOf(customer, strict, cutoff))).toBe(followed.repeats.length > 0)
        }
      },
    ),
    { numRuns: 4, endOnFailure: true },
  )
  // without copies all three would be the same
  expect(repeated).toBeGreaterThan(50)
})

const customer = { id: 'A', activatedAt: '2024-01-01' }
const rules = [sumOf('usage', 'minutes', { months: 1 }), countOf('usage', { months: 1 })]
const june = {
  customer,
  usage: [
    { day: '2025-06-01', minutes: 10 },
    { day: '2025-06-01', minutes: 10 },
  ],
}
const valuesOf = (history: CustomerHistory, options: CompileRulesOptions) =>
  featuresOf(history, compileRules(rules, options), cutoff).columns.map((column) => cellOf(column, 0))

test('two equal rows of a customer are 20 minutes, or 10, or refused with table, day and the way out', () => {
  expect(valuesOf(june, {})).toEqual([20, 2])
  expect(valuesOf(june, { repeatedRows: 'drop' })).toEqual([10, 1])
  expect(() => valuesOf(june, { repeatedRows: 'refuse' })).toThrow(
    'featuresOf: table usage: expected table usage to hold each row once (repeatedRows: \'refuse\'), but 1 of 2 rows have the values of an earlier row in every column, got "A on 2025-06-01" (string). Give each row once; if equal rows are different events, add a column that tells them apart, in training too.',
  )
})

test('a row after a dropped one has no value of it', () => {
  const usage = [...june.usage, { day: '2025-06-02', cell: 'north' }]
  expect(valuesOf({ customer, usage }, { repeatedRows: 'drop' })).toEqual([10, 2])
})

test('a number, a text and a time of the same look are different; what is missing and -0 are not', () => {
  const minutesOf = (...rows: readonly HistoryRow[]) => {
    const usage = rows.map((row) => ({ day: '2025-06-01', ...row }))
    return checkCustomerHistory({ customer, usage }, { repeatedRows: 'drop' }).events.usage.length
  }
  expect(minutesOf({ minutes: 1, cell: '1' }, { minutes: 1, cell: 1 })).toBe(2)
  expect(minutesOf({ a: 1, b: 2 }, { a: 2, b: 1 })).toBe(2)
  expect(minutesOf({ a: true }, { a: 1 })).toBe(2)
  expect(minutesOf({ a: 0, b: null }, { a: -0 }, { b: undefined, a: 0, c: ' ' })).toBe(1)
  expect(minutesOf({ day: '2025-06-01T10:00' }, { day: '2025-06-01T23:00' }, {})).toBe(1)
  expect(minutesOf({ knownAt: '2025-06-02' }, {})).toBe(2)
})

test('a row that arrives twice is 20 minutes, or 10, or refused, and a refused one changes nothing', () => {
  const arrive = (repeatedRows: 'keep' | 'drop' | 'refuse') => {
    const followed = followCustomer(
      { customer, usage: june.usage.slice(1) },
      compileRules(rules, { repeatedRows }),
    )
    const values = () => followed.features(cutoff).columns.map((column) => cellOf(column, 0))
    return { followed, values, again: () => followed.append('usage', { minutes: 10, day: '2025-06-01' }) }
  }
  const kept = arrive('keep')
  kept.again()
  expect(kept.values()).toEqual([20, 2])
  expect(kept.followed.repeats).toEqual([
    { table: 'usage', rows: 2, repeated: 1, example: 'A on 2025-06-01' },
  ])
  const dropped = arrive('drop')
  dropped.again()
  dropped.followed.append('usage', { day: '2025-06-01', minutes: 5 })
  expect(dropped.values()).toEqual([15, 2])
  const strict = arrive('refuse')
  expect(strict.again).toThrow('append: table usage: expected table usage to hold each row once')
  expect(strict.again).toThrow('1 of 2 rows')
  expect(strict.values()).toEqual([10, 1])
  expect(strict.followed.repeats).toEqual([])
})

test('rows are told apart by the columns of the history: further ones do not count, and one that is lacking is asked', () => {
  const tables = { usage: { id: 'text', day: 'day', minutes: 'number', cell: 'text' } } as const
  const usageOf = (...cells: readonly HistoryRow[]) => ({
    customer,
    usage: cells.map((cell) => ({ day: '2025-06-01', minutes: 10, ...cell })),
  })
  const drop = { repeatedRows: 'drop', tables } as const
  expect(valuesOf(usageOf({ cell: 'a' }, { cell: 'b' }), drop)).toEqual([20, 2])
  expect(valuesOf(usageOf({ cell: 'a', number: 1 }, { cell: 'a', number: 2 }), drop)).toEqual([10, 1])
  expect(valuesOf(usageOf({ cell: 'a' }, {}), drop)).toEqual([20, 2])
  expect(valuesOf(usageOf({}), drop)).toEqual([10, 1])
  for (const repeatedRows of ['drop', 'refuse'] as const) {
    expect(() => valuesOf(usageOf({}, {}), { repeatedRows, tables })).toThrow(
      'expected column cell to be given if rows are equal in all others',
    )
  }
  expect(valuesOf(usageOf({}, {}), { tables })).toEqual([20, 2])
  const followed = followCustomer(usageOf({}), compileRules(rules, drop))
  expect(() => followed.append('usage', { day: '2025-06-01', minutes: 10 })).toThrow('column cell')
  followed.append('usage', { day: '2025-06-01', minutes: 10, cell: 'b' })
  expect(cellOf(followed.features(cutoff as EpochDay).columns[0]!, 0)).toBe(20)
})

test('many rows of one day, of which few are repeated, are found whatever their order', () => {
  // more rows of a day than are compared, a late day in between, 1,000 rows: the hash table grows
  const usage = Array.from({ length: 1000 }, (_, index) => ({
    day: index % 50 === 49 ? '2025-05-20' : '2025-06-01',
    minutes: index,
  }))
  const history = { customer, usage: [...usage, usage[3]!, usage[49]!, usage[998]!] }
  expect(valuesOf(history, { repeatedRows: 'drop' })).toEqual([499_500, 1000])
  expect(checkCustomerHistory(history).repeats).toEqual([
    { table: 'usage', rows: 1003, repeated: 3, example: 'A on 2025-06-01' },
  ])
})

test('percentiles of a history that read its rows otherwise are refused', () => {
  const others = { feature: 'x', cutoff, groups: [], timeZone: 'Asia/Tokyo', repeatedRows: 'drop' } as const
  const compile = (options: CompileRulesOptions) => () =>
    compileRules(rules, { percentiles: [others], ...options })
  expect(compile({ timeZone: 'Asia/Tokyo', repeatedRows: 'drop' })).not.toThrow()
  expect(compile({ repeatedRows: 'drop' })).toThrow(
    "Give timeZone: 'Asia/Tokyo', or percentiles from a history",
  )
  expect(compile({ timeZone: 'Asia/Tokyo' })).toThrow(
    'expected repeatedRows to be that of the history from which the percentiles were made, drop, got "keep"',
  )
})

test('options of compileRules that it does not know are refused', () => {
  expect(() => compileRules(rules, { timezone: 'Europe/Berlin' } as never)).toThrow('Did you mean timeZone?')
  expect(() => compileRules(rules, { repeatedRows: 'skip' } as never)).toThrow('repeatedRows')
})
