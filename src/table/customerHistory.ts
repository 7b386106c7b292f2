import type { DayInput, EpochDay } from '../base/days.js'
import { nearName, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import * as z from '../base/schema.js'
import { timeZoneRule } from '../base/timeZone.js'
import { ColumnWatch } from './columnWatch.js'
import { type EventTableName, eventTableNames, type HistoryKinds, historyKindsRule } from './inputs.js'
import { type FoundRepeats, type RepeatedRows, RowCopies, repeatedRowsRule } from './repeatedRows.js'
import { type CheckedCell, RowReader } from './rowReader.js'
import type { ColumnKind } from './table.js'

/** A cell of a customer's history; null, undefined and blank texts are missing. */
export type HistoryCell = string | number | boolean | Date | null | undefined

/**
 * A row of a customer's history: our column names and any measures or attributes. A nested object gives a column for
 * each of its parts, as in a history: `customer.plan`.
 */
export interface HistoryRow {
  readonly [column: string]: HistoryCell | HistoryRow
}

/**
 * The history of one customer in memory, under our names, as a service passes it to a scorer.
 *
 * The tables are those of `openHistory`, with or without the customer's `id`. A table that rules read must be given,
 * even if empty: otherwise it might have been forgotten.
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

/** A checked row; absent columns are missing. */
export type CheckedRow = Readonly<Record<string, CheckedCell>>

/** A checked row of an event table: `day` is the day it happened, the same as in the engine. */
export type CheckedEvent = CheckedRow & { readonly day: EpochDay }

/** A checked customer; columns not named here are attributes. */
export type CheckedCustomer = CheckedRow & {
  readonly id: string
  readonly activatedAt: EpochDay
  readonly cancelledAt: EpochDay | null
}

/** A checked history of one customer: the same names, kinds and days as the engine has for a {@link CustomerHistory}. */
export interface CheckedCustomerHistory {
  /** `id`, `activatedAt`, `cancelledAt` (null where unknown) and the attributes. */
  readonly customer: CheckedCustomer
  /** The rows of each table by day; rows of the same day keep their order. Empty if none were given. */
  readonly events: Readonly<Record<EventTableName, readonly CheckedEvent[]>>
  /** Repeated rows (equal to an earlier one in every column) per table. */
  readonly repeats: readonly FoundRepeats[]
}

/** Options of {@link checkCustomerHistory}. */
export interface CheckCustomerOptions {
  /**
   * Kinds of the further columns, as in the history that a model was trained on (`history.tables`). Cells of another
   * kind are then refused. Default: cells are read as they are; a text `YYYY-MM-DD` is a day.
   */
  readonly tables?: HistoryKinds
  /** Time zone, an IANA name, that gives instants their day. Default `'UTC'`. */
  readonly timeZone?: string
  /**
   * Treatment of rows that equal an earlier row in every column, as in `openHistory`: keep them, leave them out, or
   * refuse the customer. With `tables`, only the columns named there tell rows apart. Default `'keep'`: they stay, and
   * are listed in `repeats`.
   */
  readonly repeatedRows?: RepeatedRows
}

/** Schema of {@link CheckCustomerOptions}. */
export const checkCustomerShape = {
  tables: historyKindsRule.exactOptional(),
  timeZone: timeZoneRule,
  repeatedRows: repeatedRowsRule,
}

const checkCustomerOptions = z.strictObject(checkCustomerShape)

/**
 * Checks the history of one customer and returns it with days as numbers and the rows of each table by day.
 *
 * The in-memory counterpart of `openHistory`, for services that score one customer without an engine. Bills and devices
 * happen on the last day of their month, plans on their first day (`from`), so that a cutoff sees the same rows in
 * both. It does not check whether a day is in the future, because only the caller knows today's date; but rows of the
 * year 2200 or later are refused. A table that is left out counts as empty here.
 *
 * @throws {HoldfastError} all problems at once: `table-unknown`, `column-missing` (spelled nearly like a known one),
 * `value-missing`, `value-type`, `value-not-finite`, `id-unknown` (another customer's row), `event-before-activation`,
 * `date-in-future`, `out-of-range` (cancelled before activation, plan ends before it begins), with table, row and
 * column
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
  const checked = checkOptions('checkCustomerHistory', checkCustomerOptions, options)
  return checkHistoryRows('checkCustomerHistory', history, checked)
}

/**
 * Like {@link checkCustomerHistory}, in the name of another function.
 *
 * @param reads the tables and columns that are read, and must be given
 */
export function checkHistoryRows(
  operation: string,
  history: CustomerHistory,
  { tables: known, timeZone, repeatedRows }: z.output<typeof checkCustomerOptions>,
  reads: TableReads = new Map(),
): CheckedCustomerHistory {
  const tables = (known ?? {}) as HistoryKinds
  const problems: Problem[] = [...unknownTables(history), ...absentTables(history, reads)]
  const attributes = new ColumnWatch('customers', reads.get('customers') ?? [], namesOf(tables.customers))
  const customer = checkCustomer(history, tables.customers, attributes, problems, timeZone)
  const checked = eventTableNames.map((table) => {
    const reader = new RowReader(table, tables[table], customer, timeZone)
    const copies = new RowCopies(reader, customer.id, tables[table])
    const watch = new ColumnWatch(table, reads.get(table) ?? [], namesOf(tables[table]))
    const given = rowsOf(history, table, problems)
    const rows: CheckedEvent[] = []
    for (const [index, row] of given.entries()) {
      const before = problems.length
      reader.read(row, index + 1, problems)
      if (reader.isOfNewShape) watch.note(reader.names(), index + 1)
      if (problems.length > before || (copies.isRepeated() && repeatedRows !== 'keep')) continue
      rows.push(reader.row() as CheckedEvent)
    }
    problems.push(...watch.misspelled(), ...watch.absent())
    return { table, rows: rows.sort((a, b) => a.day - b.day), copies, count: given.length }
  })
  refuse(operation, problems)
  refuse(
    operation,
    checked.flatMap(({ copies, count }) => copies.problems(repeatedRows, count)),
  )
  return {
    customer,
    events: Object.fromEntries(checked.map(({ table, rows }) => [table, rows])) as Record<
      EventTableName,
      CheckedEvent[]
    >,
    repeats: checked.flatMap(({ copies, count }) => copies.found(count) ?? []),
  }
}

/** The tables that are read, with the columns read. */
export type TableReads = ReadonlyMap<EventTableName | 'customers', readonly string[]>

function namesOf(kinds: Readonly<Record<string, ColumnKind>> | undefined): string[] {
  return Object.keys(kinds ?? {})
}

/** Returns the row of the customer, and adds what is wrong with it to the problems. */
export function checkCustomer(
  history: CustomerHistory,
  kinds: Readonly<Record<string, ColumnKind>> | undefined,
  watch: ColumnWatch,
  problems: Problem[],
  timeZone: string,
): CheckedCustomer {
  const reader = new RowReader('customers', kinds, undefined, timeZone)
  const before = problems.length
  reader.read(history?.customer, 1, problems)
  // Something that is not a row has no columns to miss.
  if (reader.size > 0 || problems.length === before) watch.note(reader.names(), 1)
  problems.push(...watch.misspelled(), ...watch.absent())
  return reader.row() as CheckedCustomer
}

/** Returns a problem for each table that is read but not given, not even as an empty list. */
export function absentTables(
  history: CustomerHistory,
  reads: TableReads,
  added: ReadonlySet<EventTableName> = new Set(),
): Problem[] {
  return [...reads.keys()]
    .filter((table) => table !== 'customers' && !added.has(table) && (history?.[table] ?? null) === null)
    .map((table) => ({
      code: 'table-unknown' as const,
      parameter: `table ${table}`,
      rule: 'to be in the history: the rules read it',
      wayOut: `If the customer has no rows of it, give an empty list: { ${table}: [] }.`,
    }))
}

/** Returns the rows of a table as they were given; a table that is left out is empty. */
export function rowsOf(
  history: CustomerHistory,
  table: EventTableName,
  problems: Problem[],
): readonly unknown[] {
  const rows: unknown = history?.[table] ?? []
  if (Array.isArray(rows)) return rows
  problems.push({
    code: 'value-type',
    parameter: `table ${table}`,
    rule: 'to be a list of rows',
    received: rows,
  })
  return []
}

/** Returns a problem for each unknown table. */
export function unknownTables(history: CustomerHistory): Problem[] {
  const known = ['customer', ...eventTableNames]
  return Object.keys(history ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => {
      return {
        code: 'table-unknown' as const,
        parameter: `table ${name}`,
        rule: `to be one of ${known.join(', ')}`,
        ...nearName(name, known, 'Leave it out.'),
      }
    })
}

/** True if something was known before a day, as `knownBefore` in SQL; a missing `knownAt` counts as known. */
export function isKnownBefore(knownAt: CheckedCell | undefined, day: EpochDay): boolean {
  return typeof knownAt !== 'number' || knownAt < day
}
