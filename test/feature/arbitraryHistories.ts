import fc from 'fast-check'
import { type EpochDay, epochDay, monthEnd } from '../../src/base/days.js'
import { numberColumn, textColumn } from '../../src/base/matrix.js'
import type { CustomerHistory, HistoryRow } from '../../src/table/customerHistory.js'
import type { EventTableName } from '../../src/table/inputs.js'
import { booleanColumn, type Column, type ColumnKind, dayColumn, Table } from '../../src/table/table.js'

const firstDay = epochDay('2024-03-01')
const lastOffset = 500

/** Our columns and those of the user, for each table of the random histories. */
export const columnsOf: Readonly<Record<EventTableName | 'customers', Readonly<Record<string, ColumnKind>>>> =
  {
    customers: {
      id: 'text',
      activatedAt: 'day',
      cancelledAt: 'day',
      region: 'text',
      age: 'number',
      paperless: 'boolean',
      payerId: 'text',
      promotionEnd: 'day',
    },
    usage: {
      id: 'text',
      day: 'day',
      minutes: 'number',
      dataMb: 'number',
      hour: 'number',
      network: 'text',
      roaming: 'boolean',
      knownAt: 'day',
    },
    bills: { id: 'text', period: 'day', amount: 'number', discount: 'number', knownAt: 'day' },
    payments: {
      id: 'text',
      day: 'day',
      amount: 'number',
      kind: 'text',
      balance: 'number',
      knownAt: 'day',
    },
    plans: {
      id: 'text',
      from: 'day',
      to: 'day',
      plan: 'text',
      fee: 'number',
      contractEnd: 'day',
      bound: 'boolean',
      knownAt: 'day',
    },
    contacts: { id: 'text', day: 'day', kind: 'text', closedAt: 'day', knownAt: 'day' },
    devices: { id: 'text', period: 'day', deviceId: 'text', knownAt: 'day' },
  }

export const eventTables = ['usage', 'bills', 'payments', 'plans', 'contacts', 'devices'] as const

// Cents, as on bills; sums of them cancel to 0 often enough.
const money = fc.integer({ min: -300, max: 1000 }).map((cents) => cents / 100)
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 5 })
const kind = fc.constantFrom('complaint', 'question', 'late', "d'accord", '%|=[]')
const cellsOf: Readonly<Record<EventTableName, Readonly<Record<string, fc.Arbitrary<HistoryRow[string]>>>>> =
  {
    usage: {
      minutes: orNull(money),
      dataMb: orNull(fc.double({ min: 0, max: 1e6, noNaN: true })),
      hour: orNull(fc.integer({ min: 0, max: 23 })),
      network: orNull(fc.constantFrom('2G', '4G', '\u{1F600}', '\uFF21')),
      roaming: orNull(fc.boolean()),
    },
    bills: { amount: money, discount: orNull(money) },
    payments: { amount: money, kind: orNull(kind), balance: orNull(money) },
    // Texts that UTF-16 and UTF-8 put in different orders.
    plans: {
      plan: fc.constantFrom('S', 'M', '套餐', '\u{1F600}', '\uFF21'),
      fee: orNull(fc.constantFrom(10, 20)),
      bound: orNull(fc.boolean()),
    },
    contacts: { kind },
    devices: { deviceId: fc.constantFrom('d1', 'd2') },
  }

/** A random customer; days are day numbers. Half of the rows of a table share their day with another. */
export const customerHistories: fc.Arbitrary<CustomerHistory> = fc
  .record({
    id: fc.constant(''),
    activatedAt: fc.integer({ min: 0, max: lastOffset }).map((offset) => firstDay + offset),
    lifetime: orNull(fc.integer({ min: 0, max: lastOffset })),
    region: orNull(fc.constantFrom('north', '南')),
    age: orNull(fc.integer({ min: 18, max: 90 })),
    paperless: orNull(fc.boolean()),
    payerId: orNull(fc.constantFrom('C0', 'C1', 'C2', 'somebody')),
    promotionEnd: orNull(fc.integer({ min: 0, max: 2 * lastOffset }).map((offset) => firstDay + offset)),
  })
  .chain(({ lifetime, ...customer }) => {
    const cancelledAt = lifetime === null ? null : customer.activatedAt + lifetime
    const tables = Object.fromEntries(
      eventTables.map((table) => [table, rowsOf(table, customer.activatedAt)]),
    )
    return fc.record({
      customer: fc.constant({ ...customer, cancelledAt }),
      ...tables,
    }) as fc.Arbitrary<CustomerHistory>
  })

function rowsOf(table: EventTableName, activatedAt: number): fc.Arbitrary<HistoryRow[]> {
  const offset = fc.oneof(fc.integer({ min: 0, max: lastOffset }), fc.constantFrom(0, 28, 31, 60, 90))
  const length = orNull(fc.integer({ min: 0, max: 300 }))
  // Known on the day before, the day itself, or later: the first two say nothing.
  const late = orNull(fc.oneof(fc.constantFrom(-1, 0), fc.integer({ min: 1, max: 120 })))
  const row = fc.record({ offset, end: length, second: length, late, ...cellsOf[table] })
  return fc.array(
    row.map(({ offset: after, end, second, late: days, ...cells }): HistoryRow => {
      const day = activatedAt + after
      const later = (length: number | null) => (length === null ? null : day + length)
      if (table === 'plans')
        return { from: day, to: later(end), contractEnd: later(second), knownAt: later(days), ...cells }
      const settled = table === 'contacts' ? { closedAt: later(end) } : {}
      const happened = table === 'bills' || table === 'devices' ? { period: day } : { day }
      return { ...happened, ...settled, knownAt: later(days), ...cells }
    }),
    { maxLength: 12 },
  )
}

/** Several customers with an id each. A first one has a row in every table, because an empty table is refused. */
export function numbered(histories: readonly CustomerHistory[]): CustomerHistory[] {
  const activatedAt = firstDay
  const first: CustomerHistory = {
    customer: {
      id: '',
      activatedAt,
      region: null,
      age: null,
      paperless: null,
      payerId: 'C0',
      promotionEnd: activatedAt,
    },
    usage: [{ day: activatedAt, minutes: 1, dataMb: 1, hour: 1, network: '4G', roaming: true }],
    bills: [{ period: activatedAt, amount: 1, discount: 1 }],
    payments: [{ day: activatedAt, amount: 1, kind: 'late', balance: 1 }],
    plans: [{ from: activatedAt, plan: 'S', fee: 1, contractEnd: activatedAt, bound: true }],
    contacts: [{ day: activatedAt, kind: 'question', closedAt: activatedAt }],
    devices: [{ period: activatedAt, deviceId: 'd1' }],
  }
  return [first, ...histories].map((history, index) => ({
    ...history,
    customer: { ...history.customer, id: `C${index}` },
  }))
}

/** The customers with rows that are known as soon as they happen: tables without a column `knownAt`. */
export function knownAtOnce(customers: readonly CustomerHistory[]): CustomerHistory[] {
  return customers.map((customer) => {
    const tables = eventTables.map((table) => [
      table,
      (customer[table] ?? []).map(({ knownAt, ...row }: HistoryRow) => row),
    ])
    return { ...customer, ...Object.fromEntries(tables) }
  })
}

/** The customers' rows as the tables that `openHistory` reads, with the kinds of `columnsOf`. */
export function tablesOf(
  histories: readonly CustomerHistory[],
): Record<EventTableName, Table> & { customers: Table } {
  const table = (name: EventTableName | 'customers', rows: readonly HistoryRow[]): Table => {
    const columns = Object.entries(columnsOf[name]).filter(
      ([column]) => column !== 'knownAt' || rows.some((row) => row[column] != null),
    )
    return new Table(columns.map(([column, columnKind]) => columnFrom(column, columnKind, rows)))
  }
  const events = eventTables.map((name) => {
    const rows = histories.flatMap((history) =>
      (history[name] ?? []).map((row: HistoryRow) => ({ id: history.customer.id, ...row })),
    )
    return [name, table(name, rows)]
  })
  return {
    customers: table(
      'customers',
      histories.map((history) => history.customer),
    ),
    ...(Object.fromEntries(events) as Record<EventTableName, Table>),
  }
}

function columnFrom(name: string, kindOfColumn: ColumnKind, rows: readonly HistoryRow[]): Column {
  const cells = rows.map((row) => row[name] ?? null)
  switch (kindOfColumn) {
    case 'number':
      return numberColumn(name, cells as (number | null)[])
    case 'text':
      return textColumn(name, cells as (string | null)[])
    case 'day':
      return dayColumn(name, cells as (EpochDay | null)[])
    case 'boolean':
      return booleanColumn(name, cells as (boolean | null)[])
  }
}

/** The day a row happened on. */
export function dayOf(table: EventTableName, row: HistoryRow): number {
  const { from, period, day } = row
  if (table === 'plans') return Number(from)
  return table === 'bills' || table === 'devices' ? monthEnd(Number(period) as EpochDay) : Number(day)
}
