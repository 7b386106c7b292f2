import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addMonths, type EpochDay, epochDay, monthStart } from '../../src/base/days.js'
import { type OperatorTables, operatorTableNames, simulateTables } from '../../src/entries/simulate.js'
import { type InputTableName, inputTables } from '../../src/table/inputs.js'
import type { Table } from '../../src/table/table.js'
import { groupedBy, rowsById, textsOf } from './monthRows.js'

const operators = fc.record({
  seed: fc.integer({ min: 0, max: 4_294_967_295 }),
  months: fc.integer({ min: 2, max: 14 }),
  firstMonth: fc.constantFrom('2023-01', '2023-12', '2024-02', '2025-07'),
})
const simulate = (options: object) => simulateTables({ customers: 60, ...options })
const runs = { numRuns: 12 }

const dayColumns = {
  usage: 'day',
  bills: 'period',
  payments: 'day',
  plans: 'from',
  contacts: 'day',
  devices: 'period',
} as const

/** The simulated operator knows everything on the day it happens. */
const knowledge = new Set(['knownAt', 'cancelledKnownAt'])

it('the tables have the columns of the input tables, of their kinds', () => {
  const tables = simulate({ months: 6 })
  for (const name of operatorTableNames) {
    if (name === 'truth') continue
    const { required, optional } = inputTables[name satisfies InputTableName]
    for (const [column, kind] of Object.entries({ ...required, ...optional })) {
      if (knowledge.has(column)) continue
      expect(tables[name].column(column).kind, `${name}.${column}`).toBe(kind)
    }
  }
})

it('every number is finite and never below 0, except balances', () => {
  fc.assert(
    fc.property(operators, (options) => {
      for (const table of Object.values<Table>(simulate(options))) {
        for (const column of table.columns) {
          if (column.kind !== 'number') continue
          expect(column.values.every(Number.isFinite), column.name).toBe(true)
          if (column.name !== 'balance')
            expect(
              column.values.every((value) => value >= 0),
              column.name,
            ).toBe(true)
        }
      }
    }),
    runs,
  )
})

it('every day lies in the simulated months', () => {
  fc.assert(
    fc.property(operators, (options) => {
      const tables = simulate(options)
      const first = epochDay(`${options.firstMonth}-01`)
      const end = addMonths(first, options.months)
      const days = [
        ...Object.entries(dayColumns).map(([name, column]) => tables[name as 'usage'].days(column)),
        tables.truth.days('month'),
        tables.plans.days('to'),
        tables.customers.days('cancelledAt'),
      ]
      for (const { name, values, missing } of days) {
        const isInside = values.every((day, row) => missing?.has(row) || (day >= first && day < end))
        expect(isInside, name).toBe(true)
      }
      expect(tables.customers.days('activatedAt').values.every((day) => day < end)).toBe(true)
    }),
    runs,
  )
})

it('ids are unique, and every row belongs to a customer', () => {
  fc.assert(
    fc.property(operators, (options) => {
      const tables = simulate(options)
      const rowOf = rowsById(tables.customers)
      expect(rowOf.size).toBe(tables.customers.rowCount)
      for (const name of operatorTableNames) {
        expect(
          textsOf(tables[name], 'id').every((id) => rowOf.has(id!)),
          name,
        ).toBe(true)
      }
    }),
    runs,
  )
})

it('nothing happens before activation, nor from the day of cancellation on', () => {
  fc.assert(
    fc.property(operators, (options) => {
      const tables = simulate(options)
      for (const [name, column] of Object.entries(dayColumns)) {
        // A period names its month: the month of activation counts.
        const isPeriod = column === 'period'
        forEachEvent(tables, name as 'usage', column, (day, activated, cancelled) => {
          const isEarly = !(day >= (isPeriod ? monthStart(activated) : activated))
          if (isEarly || (cancelled !== null && !(day < cancelled)))
            expect.fail(`${name}: ${day} is not from ${activated} to before ${cancelled}`)
        })
      }
    }),
    runs,
  )
})

it('bills are of months that are whole in the network', () => {
  fc.assert(
    fc.property(operators, (options) => {
      forEachEvent(simulate(options), 'bills', 'period', (period, activated, cancelled) => {
        const isLate = cancelled !== null && !(addMonths(period, 1) <= cancelled)
        if (period !== monthStart(period) || !(period >= activated) || isLate)
          expect.fail(`${period} is no whole month from ${activated} to ${cancelled}`)
      })
    }),
    runs,
  )
})

it('the plans of a line follow each other without a gap, and the last one is in force until cancellation', () => {
  fc.assert(
    fc.property(operators, (options) => {
      const { plans, customers } = simulate(options)
      const rows = groupedBy(plans.rows(), ({ id }) => id)
      for (const { id, cancelledAt } of customers.rows()) {
        const own = rows.get(id!)!
        const ends = own.map(({ to }) => to)
        expect(own.slice(1).map(({ from }) => from)).toEqual(ends.slice(0, -1))
        expect(ends.at(-1)).toBe(cancelledAt)
        for (const { from, to } of own) expect(to === null || to! > from!).toBe(true)
      }
    }),
    runs,
  )
})

it('usage has at most one row a day', () => {
  fc.assert(
    fc.property(operators, (options) => {
      const { usage } = simulate(options)
      const ids = usage.texts('id').codes
      const keys = usage.days('day').values.map((day, row) => day * 1000 + ids[row]!)
      expect(new Set(keys).size).toBe(usage.rowCount)
    }),
    runs,
  )
})

it('missing values occur where operators have them, and nowhere else', () => {
  const tables = simulateTables({ customers: 1500, months: 12, seed: 4 })
  const missing = operatorTableNames.flatMap((name) =>
    tables[name].columns
      .filter((column) => column.missing !== null)
      .map((column) => `${name}.${column.name}`),
  )
  expect(missing).toEqual([
    'customers.cancelledAt',
    'customers.ageBand',
    'usage.dataMb',
    'usage.messages',
    'payments.balance',
    'plans.to',
    'plans.contractEnd',
    'truth.churnProbability',
    'truth.cancelProbability',
    'truth.silentProbability',
    'truth.quietProbability',
    'truth.leaveReason',
  ])
})

it('second cards and re-entries share a device with another line', () => {
  const { devices, customers } = simulateTables({ customers: 1500, months: 12, seed: 4 })
  const ids = textsOf(devices, 'id')
  const owners = new Map<string, Set<string>>()
  textsOf(devices, 'deviceId').forEach((device, row) => {
    owners.set(device!, (owners.get(device!) ?? new Set()).add(ids[row]!))
  })
  const shared = [...owners.values()].filter((lines) => lines.size > 1)
  expect(shared.length).toBeGreaterThan(20)
  const rowOf = rowsById(customers)
  const cancelled = customers.days('cancelledAt')
  const activated = customers.days('activatedAt').values
  const isReEntry = (lines: Set<string>) => {
    const rows = Array.from(lines, (id) => rowOf.get(id)!)
    return rows.some((old) =>
      rows.some((row) => !cancelled.missing?.has(old) && activated[row]! >= cancelled.values[old]!),
    )
  }
  expect(shared.some(isReEntry)).toBe(true)
  expect(shared.some((lines) => !isReEntry(lines))).toBe(true)
})

function forEachEvent(
  tables: OperatorTables,
  name: keyof typeof dayColumns,
  column: string,
  see: (day: EpochDay, activated: EpochDay, cancelled: EpochDay | null) => void,
): void {
  const { customers } = tables
  const rowOf = rowsById(customers)
  const activated = customers.days('activatedAt').values
  const cancelled = customers.days('cancelledAt')
  const days = tables[name].days(column).values
  textsOf(tables[name], 'id').forEach((id, row) => {
    const customer = rowOf.get(id!)!
    const end = cancelled.missing?.has(customer) ? null : (cancelled.values[customer]! as EpochDay)
    see(days[row]! as EpochDay, activated[customer]! as EpochDay, end)
  })
}
