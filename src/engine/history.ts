import type { EpochDay } from '../base/days.js'
import type { HistoryKinds, InputTableName } from '../table/inputs.js'
import type { RepeatedRows } from '../table/repeatedRows.js'
import type { Table } from '../table/table.js'
import type { Engine } from './engine.js'

/** For each table the first day for which it is no longer complete. */
export type CompleteUntilByTable = Readonly<Partial<Record<InputTableName, EpochDay>>>

/**
 * A checked history, loaded into an engine under our own table and column names.
 *
 * In the engine every table has its input name (`customers`, `usage`, …). Days are INTEGER days since 1970-01-01, so
 * that no engine's date arithmetic can differ from ours. Besides its own columns, every event table has `id` and `day`,
 * the day its row happened on (`usage.day`, `payments.day`, `contacts.day`; `plans.from`; the last day of the month of
 * `bills.period` and `devices.period`; `period` itself is the month's first day). `calls` has `from`, `to` and `day`,
 * but no `id`: either end may be a customer or not. `customers` has `id`, `activatedAt`, `cancelledAt` (always there,
 * NULL if unknown) and its attributes.
 */
export interface History<Tables extends HistoryKinds = HistoryKinds> {
  readonly engine: Engine
  /** The given tables, each with its columns and their kinds, under our names. */
  readonly tables: Tables
  /** First day for which the history is no longer complete: the latest of its tables. */
  readonly completeUntil: EpochDay
  /** Time zone that decides the day of an instant. */
  readonly timeZone: string
  /** What was done with rows of events that equal an earlier row in every column. */
  readonly repeatedRows: RepeatedRows
  /**
   * First day for which each table is no longer complete: cutoffs of what reads a table can be this day at the latest,
   * and every outcome window that looks for its rows must end at or before it.
   */
  readonly completeUntilByTable: CompleteUntilByTable
  /**
   * Possible faults of the export, in sentences: tables that have ended and how that is known, given days that
   * contradict the rows, months without rows.
   */
  readonly notes: readonly string[]
  /**
   * Rows that were set aside: columns `table`, `file`, `row`, `column`, `code`, `rule`, `value`. One row per broken
   * rule. `row` counts the file's rows from 1, header not counted; `file` is missing if the source was in memory.
   */
  readonly rejects: Table
  /** Frees the engine. */
  close(): Promise<void>
}
