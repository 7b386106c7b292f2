import type { EpochDay } from '../base/days.js'
import type { Dialect } from '../engine/engine.js'
import type { History } from '../engine/history.js'
import { cancelledKnownBefore, knownBefore } from '../engine/knownBefore.js'
import type { EventTableName } from '../table/inputs.js'
import type { Calendar } from './calendar.js'
import type { CheckedSignals } from './signalRule.js'

/** Name of the column that says whether the table has a row in the month. */
export function hasRowColumn(table: EventTableName): string {
  return `has_${table}`
}

/** Name of the column of a signal. */
export function signalColumn(signal: number): string {
  return `signal_${signal}`
}

/** Returns the tables of the series, without repeats. */
export function tablesOf({ signals, activityTable }: CheckedSignals): EventTableName[] {
  return [...new Set([activityTable, ...signals.map((signal) => signal.table)])]
}

/** Returns the query for the first day of each table, `first_<table>`, among the rows known as of a day. */
export function firstDaysSql(history: History, checked: CheckedSignals, asOf: EpochDay): string {
  const { identifier } = history.engine.dialect
  const columns = tablesOf(checked).map((table) => {
    const isKnown = knownBefore(history, table, 'event', `${asOf}`)
    const first = `SELECT MIN(event.day) FROM ${identifier(table)} AS event WHERE event.day < ${asOf} AND ${isKnown}`
    return `(${first}) AS ${identifier(`first_${table}`)}`
  })
  return `SELECT ${columns.join(', ')}`
}

/**
 * Returns the query that reads the history once: one row for each customer and month with rows known before `asOf`,
 * with the columns `id`, `month`, `active`, `has_<table>`, `signal_<n>`.
 */
export function monthlySql(
  history: History,
  checked: CheckedSignals,
  calendar: Calendar,
  asOf: EpochDay,
): string {
  const days: string[] = []
  for (let month = 0; month < calendar.months; month++) {
    for (let day: number = calendar.starts[month]!; day < calendar.starts[month + 1]!; day++) {
      days.push(`(${day}, ${month})`)
    }
  }
  const tables = tablesOf(checked)
  const parts = tables.map((table) => tableSql(history, checked, table, asOf))
  const columns = [
    'MAX(active) AS active',
    ...tables.map((table) => `MAX(${hasRowColumn(table)}) AS ${hasRowColumn(table)}`),
    ...checked.signals.map((_, index) => `MAX(${signalColumn(index)}) AS ${signalColumn(index)}`),
  ]
  return [
    // A join on the day instead of date arithmetic, in which engines differ.
    `WITH calendar (day, month) AS (VALUES ${days.join(', ')})`,
    `SELECT id, month, ${columns.join(', ')}`,
    `FROM (${parts.join(' UNION ALL ')}) AS parts`,
    'GROUP BY id, month',
  ].join('\n')
}

function tableSql(history: History, checked: CheckedSignals, table: EventTableName, asOf: EpochDay): string {
  const { dialect } = history.engine
  const columns = [
    `${table === checked.activityTable ? `MAX(${activeSql(dialect, checked)})` : '0'} AS active`,
    ...tablesOf(checked).map((other) => `${other === table ? 1 : 0} AS ${hasRowColumn(other)}`),
    ...checked.signals.map((signal, index) => {
      const figure = signal.table === table ? signalSql(dialect, signal) : 'NULL'
      return `CAST(${figure} AS DOUBLE PRECISION) AS ${signalColumn(index)}`
    }),
  ]
  const from = `${dialect.identifier(table)} AS event JOIN calendar ON event.day = calendar.day`
  const isKnown = knownBefore(history, table, 'event', `${asOf}`)
  return `SELECT event.id AS id, calendar.month AS month, ${columns.join(', ')} FROM ${from} WHERE ${isKnown} GROUP BY event.id, calendar.month`
}

function signalSql(dialect: Dialect, signal: CheckedSignals['signals'][number]): string {
  if (signal.aggregate === 'activeDays') return 'COUNT(DISTINCT event.day)'
  return dialect.exactSum(`event.${dialect.identifier(signal.measure!)}`)
}

function activeSql(dialect: Dialect, { activityMeasures }: CheckedSignals): string {
  const columns = activityMeasures.map((measure) => `event.${dialect.identifier(measure)}`)
  if (columns.length === 0) return '1'
  const isSome = columns.map((column) => `${column} <> 0`).join(' OR ')
  const isUnknown = columns.map((column) => `${column} IS NULL`).join(' AND ')
  return `CASE WHEN ${isSome} OR (${isUnknown}) THEN 1 ELSE 0 END`
}

/**
 * Returns the query for the median month-over-month ratio of a signal, `month`, `ratio`, `customers`: over customers
 * whose two months are whole, known and above 0. It uses only the month and the one before it.
 */
export function baseRatioSql(
  history: History,
  monthlyTable: string,
  signal: number,
  calendar: Calendar,
  asOf: EpochDay,
): string {
  const { dialect } = history.engine
  const months = calendar.starts
    .slice(0, -1)
    .map((start, month) => `(${month}, ${start}, ${calendar.starts[month + 1]})`)
  const column = signalColumn(signal)
  const source = dialect.identifier(monthlyTable)
  return [
    `WITH spans (month, first, after) AS (VALUES ${months.join(', ')})`,
    `SELECT late.month AS month, MEDIAN(late.${column} / early.${column}) AS ratio, COUNT(*) AS customers`,
    `FROM ${source} AS late`,
    `JOIN ${source} AS early ON early.id = late.id AND early.month = late.month - 1`,
    'JOIN spans AS late_span ON late_span.month = late.month',
    'JOIN spans AS early_span ON early_span.month = early.month',
    'JOIN customers ON customers.id = late.id',
    `WHERE early.${column} > 0 AND late.${column} > 0`,
    `AND customers.${dialect.identifier('activatedAt')} <= early_span.first`,
    `AND NOT coalesce(${cancelledKnownBefore(history, 'customers', 'late_span.after', `${asOf}`)}, false)`,
    'GROUP BY late.month ORDER BY late.month',
  ].join('\n')
}
