import type { EpochDay } from '../base/days.js'
import { formatDay } from '../base/days.js'
import { refuse } from '../base/errors.js'
import { ownValue, setOwnValue } from '../base/ownValue.js'
import { ExactSum } from '../base/statistics.js'
import type { CheckedCustomerHistory, CheckedEvent } from '../table/customerHistory.js'
import { isKnownBefore } from '../table/customerHistory.js'
import type { HistoryKinds } from '../table/inputs.js'
import { eventTableNames } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'
import { type Calendar, calendarOf, monthIndexOf } from './calendar.js'
import { type MonthFigures, type MonthlyBlock, MonthlyBlockBuilder } from './monthlyBlock.js'
import { tablesOf } from './monthlySql.js'
import type { CheckedSignals, SignalRule } from './signalRule.js'

/** Returns the tables and columns in one customer's rows as of a day, from which to choose signals. */
export function kindsOf(history: CheckedCustomerHistory, asOf: EpochDay): HistoryKinds {
  const kinds: Partial<Record<(typeof eventTableNames)[number], Record<string, ColumnKind>>> = {}
  for (const table of eventTableNames) {
    const rows = knownRows(history.events[table], asOf)
    if (rows.length === 0) continue
    const columns: Record<string, ColumnKind> = {}
    for (const row of rows) {
      for (const [name, value] of Object.entries(row)) {
        if (typeof value === 'number' && !dayColumns.has(name))
          setOwnValue<ColumnKind>(columns, name, 'number')
      }
    }
    kinds[table] = columns
  }
  return kinds
}

const dayColumns: ReadonlySet<string> = new Set(['day', 'period', 'from', 'to', 'contractEnd', 'knownAt'])

/**
 * Returns the monthly series of one customer in memory: a block of one, with the same figures as `monthlySignals`.
 *
 * Uses rows that happened and were known before `asOf`. The first month is that of `from`, else of the customer's first
 * such row, else of the activation.
 *
 * @throws {HoldfastError} `out-of-range` if the customer has no whole month before `asOf`
 */
export function customerMonths(
  operation: string,
  history: CheckedCustomerHistory,
  checked: CheckedSignals,
  from: EpochDay | undefined,
  asOf: EpochDay,
): MonthlyBlock {
  const { id, activatedAt, cancelledAt, cancelledKnownAt = null } = history.customer
  const rows: RowsOfTables = new Map(
    tablesOf(checked).map((table) => [table, knownRows(history.events[table], asOf)]),
  )
  const calendar = calendarOf(from ?? firstDayOf(rows) ?? activatedAt, asOf)
  if (calendar.months === 0 || activatedAt >= calendar.starts.at(-1)!) {
    refuse(operation, [
      {
        code: 'out-of-range',
        parameter: 'asOf',
        rule: `to be at least a whole month after the first month of customer ${id}`,
        received: formatDay(asOf),
        wayOut: 'There is no month to judge yet: treat the stage as acquisition.',
      },
    ])
  }
  const builder = new MonthlyBlockBuilder(calendar, checked.signals, 1)
  const left = isKnownBefore(cancelledKnownAt, asOf) ? cancelledAt : null
  builder.add(id, activatedAt, left, figuresOf(rows, checked, calendar))
  return builder.build()
}

/** The rows of each table read, by day. */
type RowsOfTables = ReadonlyMap<SignalRule['table'], readonly CheckedEvent[]>

function knownRows(rows: readonly CheckedEvent[], asOf: EpochDay): CheckedEvent[] {
  return rows.filter(({ day, knownAt = null }) => day < asOf && isKnownBefore(knownAt, asOf))
}

function firstDayOf(rows: RowsOfTables): EpochDay | undefined {
  const days = [...rows.values()].flatMap(([first]) => first?.day ?? [])
  return days.length === 0 ? undefined : (Math.min(...days) as EpochDay)
}

function figuresOf(rows: RowsOfTables, checked: CheckedSignals, calendar: Calendar): MonthFigures[] {
  const rowsOf = new Map([...rows].map(([table, own]) => [table, byMonth(own, calendar)]))
  return calendar.starts.slice(0, -1).map((_, month) => {
    const rowsIn = (table: SignalRule['table']) => rowsOf.get(table)![month]!
    return {
      month,
      active: rowsIn(checked.activityTable).some((row) => isAlive(row, checked.activityMeasures)) ? 1 : 0,
      hasRow: (signal) => rowsIn(checked.signals[signal]!.table).length > 0,
      figure: (signal) => figureOf(checked.signals[signal]!, rowsIn(checked.signals[signal]!.table)),
    }
  })
}

function byMonth(rows: readonly CheckedEvent[], calendar: Calendar): CheckedEvent[][] {
  const months = Array.from({ length: calendar.months }, (): CheckedEvent[] => [])
  for (const row of rows) months[monthIndexOf(calendar, row.day)]?.push(row)
  return months
}

function isAlive(row: CheckedEvent, measures: readonly string[]): boolean {
  const values = measures.map((measure) => ownValue(row, measure) ?? null)
  return values.some((value) => value !== null && value !== 0) || values.every((value) => value === null)
}

function figureOf(rule: SignalRule, rows: readonly CheckedEvent[]): number | null {
  if (rule.aggregate === 'activeDays') return new Set(rows.map((row) => row.day)).size
  const sum = new ExactSum()
  let isKnown = false
  for (const row of rows) {
    const value = ownValue(row, rule.measure!)
    if (typeof value !== 'number') continue
    sum.add(value)
    isKnown = true
  }
  return isKnown ? sum.value : null
}
