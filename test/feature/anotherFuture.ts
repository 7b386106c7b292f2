import { addDays, type EpochDay, monthStart } from '../../src/base/days.js'
import type { CustomerHistory, HistoryRow } from '../../src/table/customerHistory.js'
import type { EventTableName } from '../../src/table/inputs.js'
import { dayOf, eventTables } from './arbitraryHistories.js'

/** The customers with everything that is not known at the cutoff replaced by what another random customer did. */
export function withAnotherFuture(
  customers: readonly CustomerHistory[],
  others: readonly CustomerHistory[],
  cutoff: EpochDay,
): CustomerHistory[] {
  const unknown = unknownRows(cutoff)
  return customers.map((customer, index) => {
    const { cancelledAt } = customer.customer
    const activatedAt = Number(customer.customer.activatedAt)
    const tables = eventTables.map((table) => {
      const past = (customer[table] ?? []).filter((row: HistoryRow) => isKnown(table, row, cutoff))
      const future = (others[index]![table] ?? [])
        .filter((row: HistoryRow) => !isKnown(table, row, cutoff))
        .filter((row: HistoryRow) => dayOf(table, row) >= activatedAt)
      const planted = unknown[table].filter((row) => dayOf(table, row) >= activatedAt)
      const rows = past.map((row: HistoryRow, place: number) => withAnotherEnd(row, place, cutoff))
      return [table, index % 5 === 0 ? rows : [...rows, ...future, ...planted]]
    })
    const isLeaver = cancelledAt != null && Number(cancelledAt) < cutoff
    const leaves = isLeaver ? cancelledAt : index % 2 === 0 ? cutoff + index : null
    return { customer: { ...customer.customer, cancelledAt: leaves }, ...Object.fromEntries(tables) }
  })
}

/** Says whether a row happened, and was known, before the cutoff. */
export function isKnown(table: EventTableName, row: HistoryRow, cutoff: EpochDay): boolean {
  const { knownAt } = row
  return dayOf(table, row) < cutoff && (knownAt == null || Number(knownAt) < cutoff)
}

/** An end at or after the cutoff is not known: it may be any other, or none. */
function withAnotherEnd(row: HistoryRow, place: number, cutoff: EpochDay): HistoryRow {
  const { to, closedAt } = row
  const other = place % 2 === 0 ? cutoff + place : null
  const isOpen = (end: HistoryRow[string]): boolean => end === null || Number(end) >= cutoff
  return {
    ...row,
    ...(to !== undefined && isOpen(to) ? { to: other } : {}),
    ...(closedAt !== undefined && isOpen(closedAt) ? { closedAt: other } : {}),
  }
}

/**
 * Rows that happen on the cutoff itself, or are known on it, that a rule which reads one day too far must stumble over.
 */
function unknownRows(cutoff: EpochDay): Readonly<Record<EventTableName, readonly HistoryRow[]>> {
  const before = addDays(cutoff, -1)
  const late = (row: HistoryRow, earlier: HistoryRow = { day: before }): HistoryRow[] => [
    row,
    { ...row, ...earlier, knownAt: cutoff },
  ]
  // The month before that of the cutoff: over by then, whichever day the cutoff is.
  const lastMonth = { period: addDays(monthStart(addDays(monthStart(cutoff), -1)), 14) }
  return {
    usage: late({ day: cutoff, minutes: 7777, dataMb: 7777, hour: 3, network: '5G', roaming: true }),
    bills: late({ period: cutoff, amount: 7777, discount: 777 }, lastMonth),
    payments: late({ day: cutoff, amount: -7777, kind: 'late', balance: -7777 }),
    plans: late(
      { from: cutoff, plan: 'XXL', fee: 7777, contractEnd: cutoff + 7777, bound: true },
      { from: before },
    ),
    contacts: late({ day: cutoff, kind: 'complaint', closedAt: null }),
    devices: late({ period: cutoff, deviceId: 'd9' }, lastMonth),
  }
}
