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
 * In the engine every table is called by its input name (`customers`, `usage`, …). Days are INTEGER days since
 * 1970-01-01, so that no engine's date arithmetic can differ from ours. Every event table has besides its own columns
 * `id` and `day`: the day its row happened on (`usage.day`, `payments.day`, `contacts.day`; `plans.from`; the last day
 * of the month of `bills.period` and `devices.period`; `period` itself is the month's first day). `calls` has `from`,
 * `to` and `day`, and no `id`: either end may be a customer or not. `customers` has `id`, `activatedAt`, `cancelledAt` (always
 * there, NULL where unknown) and its attributes.
 */
export interface History<Tables extends HistoryKinds = HistoryKinds> {
  readonly engine: Engine
  /** The tables that were given, each with its columns and their kinds, under our names. */
  readonly tables: Tables
  /** First day for which the history is no longer complete: the latest of its tables. */
  readonly completeUntil: EpochDay
  /** Time zone in which instants of the tables have their day. */
  readonly timeZone: string
  /** What was done with rows of events that have the values of an earlier row in every column. */
  readonly repeatedRows: RepeatedRows
  /**
   * First day for which each table is no longer complete: what reads a table is asked as of this day at the latest, and
   * every outcome window that looks for its rows must end at or before it.
   */
  readonly completeUntilByTable: CompleteUntilByTable
  /**
   * What was noticed in the tables and may be a fault of the export, in sentences: tables that have ended and on what
   * ground, days that were given and contradict the rows, months that are out.
   */
  readonly notes: readonly string[]
  /**
   * Rows that were set aside: columns `table`, `file`, `row`, `column`, `code`, `rule`, `value`. One row per broken
   * rule. `row` counts the file's rows from 1, header not counted; `file` is missing where the source was in memory.
   */
  readonly rejects: Table
  /** Frees the engine. */
  close(): Promise<void>
}
