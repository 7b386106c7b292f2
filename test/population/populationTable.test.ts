import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDays, type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import type { HoldfastError } from '../../src/base/errors.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { populationTable, populationTables } from '../../src/population/populationTable.js'
import {
  activeCustomers,
  attributeIn,
  inactiveFor,
  joinedWithin,
  type PopulationRule,
  populationRuleSchema,
} from '../../src/population/rule.js'
import { columnProblems, tableProblems } from '../../src/table/historyProblems.js'

let history: History
const april = epochDay('2025-04-01')

beforeAll(async () => {
  history = await openHistory({
    customers: [
      { id: 'left-the-day-before', activatedAt: '2024-01-01', cancelledAt: '2025-03-31', status: 'ok' },
      { id: 'leaves-on-the-day', activatedAt: '2024-01-01', cancelledAt: '2025-04-01', status: 'ok' },
      { id: 'joins-on-the-day', activatedAt: '2025-04-01', cancelledAt: null, status: 'ok' },
      { id: 'joined-the-day-before', activatedAt: '2025-03-31', cancelledAt: null, status: 'free' },
      { id: 'joined-a-month-ago', activatedAt: '2025-03-01', cancelledAt: null, status: null },
    ],
    usage: [
      { id: 'leaves-on-the-day', day: '2025-03-31', minutes: 1 },
      { id: 'joined-a-month-ago', day: '2025-03-02', minutes: 1 },
      { id: 'joined-the-day-before', day: '2025-04-01', minutes: 1 },
    ],
  })
})

afterAll(() => history.close())

async function idsOf(
  rule: PopulationRule | undefined,
  cutoffs: readonly EpochDay[] = [april],
): Promise<string[]> {
  const population = await populationTable(history, rule, cutoffs)
  const rows = await history.engine.query(`SELECT id FROM ${population.table} ORDER BY id`)
  await population.drop()
  return rows.rows().map(({ id }) => String(id))
}

test('counted is who was activated before the cutoff and has not cancelled before it', async () => {
  expect(await idsOf(undefined)).toEqual(['joined-a-month-ago', 'joined-the-day-before', 'leaves-on-the-day'])
})

test('joined less than a month ago is left out, exactly a month ago is not', async () => {
  const rule = activeCustomers({ exclusions: [joinedWithin({ months: 1 })] })
  expect(await idsOf(rule)).toEqual(['joined-a-month-ago', 'leaves-on-the-day'])
  // The month before 1 April has 31 days.
  expect(await idsOf(activeCustomers({ exclusions: [joinedWithin({ days: 31 })] }))).toEqual(
    await idsOf(rule),
  )
})

test('an attribute that is missing is in no list', async () => {
  const rule = activeCustomers({ exclusions: [attributeIn('status', ['ok'])] })
  expect(await idsOf(rule)).toEqual(['joined-a-month-ago', 'joined-the-day-before'])
})

test('no row in [cutoff − days, cutoff) leaves out; a row on the cutoff does not help', async () => {
  // The use of 2 March is 30 days before 1 April.
  const rule = (days: number) => activeCustomers({ exclusions: [inactiveFor('usage', days)] })
  expect(await idsOf(rule(30))).toEqual(['joined-a-month-ago', 'leaves-on-the-day'])
  expect(await idsOf(rule(29))).toEqual(['leaves-on-the-day'])
})

test('a customer counts for the first reason that holds, and every reason is in the report', async () => {
  const exclusions = [
    joinedWithin({ days: 7 }),
    attributeIn('status', ['free', 'ok']),
    inactiveFor('usage', 9),
  ]
  const population = await populationTable(history, activeCustomers({ exclusions }), [april])
  expect(population.report.rows().map(({ reason, customers }) => [reason, customers])).toEqual([
    ['counted', 0],
    ['not yet activated', 1],
    ['cancelled before', 1],
    ['joined within 7 days', 1],
    ['status is free or ok', 1],
    ['no usage within 9 days', 1],
  ])
})

test('nobody disappears: per cutoff the reasons add up to all customers', async () => {
  const days = fc.integer({ min: -500, max: 60 }).map((offset) => addDays(april, offset))
  const exclusions = fc.subarray([
    joinedWithin({ months: 3 }),
    attributeIn('status', ['ok']),
    inactiveFor('usage', 20),
  ])
  await fc.assert(
    fc.asyncProperty(fc.array(days, { minLength: 1, maxLength: 3 }), exclusions, async (cutoffs, left) => {
      const population = await populationTable(history, activeCustomers({ exclusions: left }), cutoffs)
      const totals = new Map<unknown, number>()
      for (const { cutoff, customers } of population.report.rows())
        totals.set(cutoff, (totals.get(cutoff) ?? 0) + Number(customers))
      expect([...totals.values()]).toEqual(population.cutoffs.map(() => 5))
    }),
    { numRuns: 20 },
  )
})

test('cutoffs come in order of time, each once', async () => {
  const population = await populationTable(history, undefined, [april, addDays(april, -1), april])
  expect(population.cutoffs).toEqual([april - 1, april])
})

test('a population rule comes back from JSON as it was', () => {
  const rule = activeCustomers({
    exclusions: [
      joinedWithin({ months: 3 }),
      attributeIn('status', ['free', 1, true]),
      inactiveFor('usage', 180),
    ],
  })
  expect(populationRuleSchema.parse(JSON.parse(JSON.stringify(rule)))).toEqual(rule)
})

test('all exclusions that the history cannot answer are refused at once', async () => {
  const exclusions = [attributeIn('statos', ['ok']), attributeIn('status', [1]), inactiveFor('bills', 30)]
  const error = await populationTable(history, activeCustomers({ exclusions }), []).catch(
    (thrown: unknown) => thrown,
  )
  expect(
    (error as HoldfastError).problems.map(({ code, parameter, wayOut }) => [code, parameter, wayOut]),
  ).toEqual([
    ['option-invalid', 'cutoffs', undefined],
    ['column-missing', 'column statos', 'Did you mean status?'],
    ['column-type', 'column status', undefined],
    ['table-unknown', 'table bills', undefined],
  ])
})

test('no cutoffs, no day at all and a rule of nobody are answered', async () => {
  const refusals = async (cutoffs: readonly number[]) => {
    const error = await populationTable(history, undefined, cutoffs as EpochDay[]).catch((thrown) => thrown)
    return (error as HoldfastError).problems.map(({ received }) => received)
  }
  expect(await refusals([])).toEqual([[]])
  expect(await refusals([april, 0.5, Number.NaN])).toEqual([0.5, Number.NaN])
  expect(populationTables(null)).toEqual([])
  const rule = activeCustomers({
    exclusions: [
      joinedWithin({ months: 3 }),
      inactiveFor('usage', 1),
      inactiveFor('bills', 2),
      inactiveFor('usage', 3),
    ],
  })
  expect(populationTables(rule)).toEqual(['usage', 'bills'])
  expect(rule.exclusions[0]!.reason).toBe('joined within 3 months')
})

test('what a history does not have is said with the nearest name and with the way out', () => {
  const tables = { customers: { status: 'text' } } as const
  const rule = 'to be one of the tables of the history: customers'
  const unknown = { code: 'table-unknown', parameter: 'table bills', rule }
  expect(tableProblems(tables, 'bills')).toEqual([unknown])
  expect(tableProblems(tables, 'bills', 'Leave it out.')).toEqual([{ ...unknown, wayOut: 'Leave it out.' }])
  expect(tableProblems(tables, 'customers')).toEqual([])
  // A table that is not there is a problem of its own.
  expect(columnProblems(tables, 'bills', 'amount')).toEqual([])
  expect(columnProblems(tables, 'customers', 'status')).toEqual([])
  expect(columnProblems(tables, 'customers', 'x')).toHaveLength(1)
})

test('a cutoff may be written, a month or an instant; what is no day is refused with the others', async () => {
  const written = ['2025-04', '2025-05-01T01:00:00+02:00', new Date('2025-05-01T00:00:00Z')]
  const population = await populationTable(history, undefined, written)
  expect(population.cutoffs.map(formatDay)).toEqual(['2025-04-01', '2025-04-30', '2025-05-01'])
  await population.drop()
  const error = populationTable(history, undefined, ['2025-04-01', 45507, 'April'])
  await expect(error).rejects.toThrow(
    /2 problems.*cutoffs to be a day written YYYY-MM-DD or YYYY-MM.*got 45507 \(number\)\. Did you mean '2024-08-03'.*got "April"/s,
  )
})

test('who cancelled before the cutoff, known at or after it, is still counted at it', async () => {
  const late = await openHistory(
    {
      customers: [
        {
          id: 'known before',
          activatedAt: '2024-01-01',
          cancelledAt: '2025-03-20',
          cancelledKnownAt: '2025-03-31',
        },
        {
          id: 'known on the day',
          activatedAt: '2024-01-01',
          cancelledAt: '2025-03-20',
          cancelledKnownAt: '2025-04-01',
        },
        { id: 'known always', activatedAt: '2024-01-01', cancelledAt: '2025-03-20', cancelledKnownAt: null },
      ],
      usage: [
        { id: 'known on the day', day: '2025-03-19', minutes: 1, knownAt: '2025-04-01' },
        { id: 'known before', day: '2025-03-19', minutes: 1, knownAt: '2025-03-20' },
      ],
    },
    { today: '2025-04-02' },
  )
  const counted = async (rule: PopulationRule | undefined, cutoff: EpochDay): Promise<unknown[]> => {
    const population = await populationTable(late, rule, [cutoff])
    const rows = await late.engine.query(`SELECT id FROM ${population.table} ORDER BY id`)
    return rows.rows().map(({ id }) => id)
  }
  expect(await counted(undefined, april)).toEqual(['known on the day'])
  expect(await counted(undefined, addDays(april, 1))).toEqual([])
  // His only use became known on the cutoff: at the cutoff there is none to see.
  expect(await counted(activeCustomers({ exclusions: [inactiveFor('usage', 30)] }), april)).toEqual([])
  expect(
    await counted(activeCustomers({ exclusions: [inactiveFor('usage', 30)] }), addDays(april, -12)),
  ).toEqual([])
  expect(
    await counted(activeCustomers({ exclusions: [inactiveFor('usage', 30)] }), addDays(april, -11)),
  ).toEqual(['known before'])
  await late.close()
})
