import { addDays, addMonths, type EpochDay, formatDay, monthStart, parseDay } from '../base/days.js'
import { closestWord, type Place, type Problem, refuse } from '../base/errors.js'
import { type EventTableName, eventTableNames, type HistoryKinds, inputTables } from './inputs.js'
import type { ColumnKind } from './table.js'

/** A day as a service writes it: `YYYY-MM-DD` (a time after it is cut off), a `Date` (UTC) or an `EpochDay`. */
export type DayInput = string | number | Date

/** A cell of a customer's history as a service writes it; null, undefined and blank texts are missing. */
export type HistoryCell = string | number | boolean | Date | null | undefined

/** A row of a customer's history: our column names and any measures or attributes. */
export interface HistoryRow {
  readonly [column: string]: HistoryCell
}

/**
 * The history of one customer in memory, under our names: what a service hands to a scorer.
 *
 * The tables are those of `openHistory` without their `id`, because there is one customer. A table that is left out
 * is empty.
 */
export interface CustomerHistory {
  readonly customer: HistoryRow & {
    readonly id: string | number
    readonly activatedAt: DayInput
    readonly cancelledAt?: DayInput | null | undefined
  }
  readonly usage?: readonly (HistoryRow & { readonly day: DayInput })[] | undefined
  readonly bills?:
    | readonly (HistoryRow & { readonly period: DayInput; readonly amount: number })[]
    | undefined
  readonly payments?:
    | readonly (HistoryRow & { readonly day: DayInput; readonly amount: number })[]
    | undefined
  readonly plans?: readonly (HistoryRow & { readonly from: DayInput; readonly plan: string })[] | undefined
  readonly contacts?: readonly (HistoryRow & { readonly day: DayInput; readonly kind: string })[] | undefined
  readonly devices?:
    | readonly (HistoryRow & { readonly period: DayInput; readonly deviceId: string })[]
    | undefined
}

/** A checked cell: days are numbers (days since 1970-01-01), missing is null. */
export type CheckedCell = number | string | boolean | null

/** A checked row; a column that the row does not have is missing. */
export type CheckedRow = Readonly<Record<string, CheckedCell>>

/** A checked row of an event table: `day` is the day it happened on, the same as in the engine. */
export type CheckedEvent = CheckedRow & { readonly day: EpochDay }

/** A checked history of one customer: the same names, kinds and days as the engine has for a {@link CustomerHistory}. */
export interface CheckedCustomerHistory {
  /** `id`, `activatedAt`, `cancelledAt` (null where unknown) and the attributes. */
  readonly customer: CheckedRow & {
    readonly id: string
    readonly activatedAt: EpochDay
    readonly cancelledAt: EpochDay | null
  }
  /** The rows of each table by day, the earliest first; rows of one day keep their order. Empty where none were given. */
  readonly events: Readonly<Record<EventTableName, readonly CheckedEvent[]>>
}

/** Options of {@link checkCustomerHistory}. */
export interface CheckCustomerOptions {
  /**
   * Kinds of the further columns, as the history had them that a model learned from (`history.tables`). A cell of
   * another kind is then refused. Default: cells are read as they are; a text `YYYY-MM-DD` is a day.
   */
  readonly tables?: HistoryKinds
}

/**
 * Checks the history of one customer and returns it with days as numbers and the rows of each table by day.
 *
 * It is the in-memory counterpart of `openHistory`, for services that score one customer without an engine. A bill
 * and a device happen on the last day of their month, a plan on its first day (`from`), so that a cutoff sees the same
 * rows in both. What it does not check: whether a day is in the future, because only the caller knows what day it is.
 *
 * @throws {HoldfastError} all problems at once: `table-unknown`, `value-missing`, `value-type`, `value-not-finite`,
 * `event-before-activation`, `out-of-range` (cancelled before activation, plan ends before it begins), with table,
 * row and column
 *
 * O(rows log rows); the input is not changed.
 *
 * @example
 * const { customer, events } = checkCustomerHistory({
 *   customer: { id: 'A', activatedAt: '1970-01-02' },
 *   bills: [{ period: '1970-02', amount: 30 }],
 * })
 * events.bills
 * // => [{ period: 31, amount: 30, day: 58 }]
 */
export function checkCustomerHistory(
  history: CustomerHistory,
  options: CheckCustomerOptions = {},
): CheckedCustomerHistory {
  const problems: Problem[] = unknownTables(history)
  const customer = checkRow('customers', history?.customer, 1, options.tables?.customers, problems)
  checkOrder(customer, 'customers', 1, 'activatedAt', 'cancelledAt', problems)
  const activatedAt = customer['activatedAt']
  const events = Object.fromEntries(
    eventTableNames.map((table) => {
      const rows: unknown = history?.[table] ?? []
      if (!Array.isArray(rows)) {
        problems.push({
          code: 'value-type',
          parameter: `table ${table}`,
          rule: 'to be a list of rows',
          received: rows,
        })
        return [table, []]
      }
      const checked = rows.map((row: unknown, index) =>
        checkEvent(table, row, index + 1, activatedAt, options.tables?.[table], problems),
      )
      return [table, checked.sort((a, b) => a.day - b.day)]
    }),
  ) as Record<EventTableName, CheckedEvent[]>
  refuse('checkCustomerHistory', problems)
  return { customer: customer as CheckedCustomerHistory['customer'], events }
}

function unknownTables(history: CustomerHistory): Problem[] {
  const known = ['customer', ...eventTableNames]
  return Object.keys(history ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => {
      const close = closestWord(name, known)
      return {
        code: 'table-unknown' as const,
        parameter: `table ${name}`,
        rule: `to be one of ${known.join(', ')}`,
        wayOut: close === undefined ? 'Leave it out.' : `Did you mean ${close}?`,
      }
    })
}

function checkEvent(
  table: EventTableName,
  row: unknown,
  rowNumber: number,
  activatedAt: CheckedCell | undefined,
  kinds: Readonly<Record<string, ColumnKind>> | undefined,
  problems: Problem[],
): CheckedEvent {
  const checked = checkRow(table, row, rowNumber, kinds, problems)
  const { happenedAt } = inputTables[table]
  const date = checked[happenedAt]
  if (typeof date !== 'number') return { ...checked, day: 0 as EpochDay }
  const day = happenedAt === 'period' ? monthEnd(date as EpochDay) : (date as EpochDay)
  if (typeof activatedAt === 'number' && day < activatedAt) {
    problems.push({
      code: 'event-before-activation',
      parameter: happenedAt,
      rule: `to be on or after the activation of the customer (${formatDay(activatedAt as EpochDay)})`,
      received: formatDay(day),
      place: { table, row: rowNumber, column: happenedAt },
      wayOut: 'Correct activatedAt, or leave out what happened before it.',
    })
  }
  if (table === 'plans') checkOrder(checked, table, rowNumber, 'from', 'to', problems)
  const period = happenedAt === 'period' ? { period: monthStart(date as EpochDay) } : {}
  return { ...checked, ...period, day }
}

function checkOrder(
  row: CheckedRow,
  table: 'customers' | 'plans',
  rowNumber: number,
  startName: string,
  endName: string,
  problems: Problem[],
): void {
  const [start, end] = [row[startName], row[endName]]
  if (typeof start !== 'number' || typeof end !== 'number' || end >= start) return
  problems.push({
    code: 'out-of-range',
    parameter: endName,
    rule: `to be on or after ${startName} (${formatDay(start as EpochDay)})`,
    received: formatDay(end as EpochDay),
    place: { table, row: rowNumber, column: endName },
  })
}

/** Returns the last day of the month that the day lies in: the day that a bill or a device is known from. */
export function monthEnd(day: EpochDay): EpochDay {
  return addDays(addMonths(monthStart(day), 1), -1)
}

function checkRow(
  table: EventTableName | 'customers',
  row: unknown,
  rowNumber: number,
  kinds: Readonly<Record<string, ColumnKind>> | undefined,
  problems: Problem[],
): Record<string, CheckedCell> {
  const { required, optional } = inputTables[table]
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    problems.push({
      code: 'value-type',
      parameter: table === 'customers' ? 'customer' : `row ${rowNumber} of ${table}`,
      rule: 'to be an object with a value for each column',
      received: row,
    })
    return {}
  }
  const checked: Record<string, CheckedCell> = table === 'customers' ? { cancelledAt: null } : {}
  const names = new Set([...Object.keys(required), ...Object.keys(row)])
  if (table !== 'customers') names.delete('id')
  for (const name of names) {
    const kind = required[name] ?? optional[name] ?? kinds?.[name]
    const place: Place = { table, row: rowNumber, column: name }
    const value = checkCell((row as Record<string, unknown>)[name], kind, name, place, problems)
    if (value === null && name in required) problems.push(requiredMissing(name, place))
    checked[name] = value ?? null
  }
  return checked
}

function requiredMissing(name: string, place: Place): Problem {
  return {
    code: 'value-missing',
    parameter: name,
    rule: 'to have a value in every row',
    place,
    wayOut: 'Fill it in, or leave the row out.',
  }
}

const kindRules: Readonly<Record<ColumnKind, string>> = {
  number: 'to be a number',
  text: 'to be a text',
  day: 'to be a date written YYYY-MM-DD, a Date, or a whole number of days since 1970-01-01',
  boolean: 'to be true or false',
}

/** Returns the checked value, null where it is missing, undefined where it is refused (and the problem is noted). */
function checkCell(
  value: unknown,
  kind: ColumnKind | undefined,
  name: string,
  place: Place,
  problems: Problem[],
): CheckedCell | undefined {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' && value.trim() === '') return null
  const isNumber = typeof value === 'number'
  if (isNumber && !Number.isFinite(value) && kind !== 'day') {
    problems.push({
      code: 'value-not-finite',
      parameter: name,
      rule: 'to be finite',
      received: value,
      place,
      wayOut: 'Write null for missing.',
    })
    return undefined
  }
  const read = readCell(value, kind, name)
  if (read === undefined) {
    const rule = kind === undefined ? 'to be a number, a text, a boolean, a Date or null' : kindRules[kind]
    problems.push({ code: 'value-type', parameter: name, rule, received: value, place })
  }
  return read
}

function readCell(value: unknown, kind: ColumnKind | undefined, name: string): CheckedCell | undefined {
  switch (kind) {
    case 'number':
      return typeof value === 'number' ? value : undefined
    case 'text':
      if (typeof value === 'string') return value
      return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
    case 'boolean':
      if (value === 1 || value === 0) return value === 1
      return typeof value === 'boolean' ? value : undefined
    case 'day':
      return parseDay(name === 'period' && isMonth(value) ? `${value.trim()}-01` : value)
    default:
      return readFurther(value)
  }
}

function isMonth(value: unknown): value is string {
  return typeof value === 'string' && /^\s*\d{4}-\d{2}\s*$/.test(value)
}

// As the engine reads files: what is written as a day is a day
function readFurther(value: unknown): CheckedCell | undefined {
  if (typeof value === 'string') return (/^\d{4}-\d{2}-\d{2}$/.test(value) ? parseDay(value) : value) ?? value
  if (value instanceof Date) return parseDay(value)
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}
