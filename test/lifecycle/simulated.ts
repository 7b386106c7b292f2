import type { EpochDay } from '../../src/base/days.js'
import { epochDay } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { type OperatorTables, simulateTables } from '../../src/entries/simulate.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import type { Row, Table } from '../../src/table/table.js'

const eventTables = ['usage', 'bills', 'payments', 'plans', 'contacts', 'devices'] as const

/** Opens the history of a simulated operator, with what its tables hold up to a day. */
export async function openSimulated(tables: OperatorTables, before?: EpochDay): Promise<History> {
  const { customers } = tables
  const seen = (name: (typeof eventTables)[number], column: string): Table => {
    const days = tables[name].days(column).values
    return before === undefined ? tables[name] : tables[name].take(rowsWhere(days, (day) => day < before))
  }
  const joined = customers.days('activatedAt').values
  return openHistory(
    {
      customers: before === undefined ? customers : customers.take(rowsWhere(joined, (day) => day < before)),
      usage: seen('usage', 'day'),
      bills: seen('bills', 'period'),
      payments: seen('payments', 'day'),
      plans: seen('plans', 'from'),
      contacts: seen('contacts', 'day'),
      devices: seen('devices', 'period'),
    },
    { today: epochDay('2030-01-01'), ...(before === undefined ? {} : { completeUntil: before }) },
  )
}

function rowsWhere(values: Int32Array, keep: (value: number) => boolean): number[] {
  return Array.from(values.keys()).filter((row) => keep(values[row]!))
}

const noRows = () => Object.fromEntries(eventTables.map((name) => [name, []]))

/** The same tables customer by customer, as a service would hand them over. */
export function customerHistories(tables: OperatorTables): Map<string, CustomerHistory> {
  const histories = new Map<string, Record<string, unknown>>()
  for (const customer of tables.customers.rows())
    histories.set(String(customer['id']), { customer, ...noRows() })
  for (const name of eventTables) {
    for (const { id, ...row } of tables[name].rows() as (Row & { id: string })[]) {
      const history = histories.get(id)!
      const rows = (history[name] ?? []) as unknown[]
      rows.push(row)
      history[name] = rows
    }
  }
  return histories as unknown as Map<string, CustomerHistory>
}

export { simulateTables }
