import type { EpochDay } from '../../base/days.js'
import type { DayWindow, WindowRule } from '../../base/windows.js'
import type { RowCondition } from '../../population/rowFilter.js'
import type { CheckedCustomer, CheckedEvent } from '../../table/customerHistory.js'
import type { EventTableName } from '../../table/inputs.js'
import type { ColumnKind } from '../../table/table.js'
import type { Lag, PartialHow } from '../formula.js'
import type { RowColumn } from './rowColumn.js'

/**
 * Rules as steps that run in memory: first the parts, reading each group of rows once per window, then the arithmetic.
 * What several rules share is computed once. Numbers are kept in slots; NaN = missing.
 */
export interface RuleProgram {
  readonly windows: readonly WindowRule[]
  readonly tables: readonly TableProgram[]
  /** How long before the cutoff a plan in force is looked up; null = at the cutoff. */
  readonly lags: readonly (Lag | null)[]
  readonly steps: readonly Step[]
  readonly slots: number
}

/** What is read of one table. */
export interface TableProgram {
  readonly table: EventTableName
  readonly columns: readonly ColumnProgram[]
  readonly groups: readonly GroupProgram[]
}

/** A column and the kinds that the rules can read. */
export interface ColumnProgram {
  readonly name: string
  readonly kinds: readonly ColumnKind[]
}

/** The parts of the rows that one filter lets through. */
export interface GroupProgram {
  readonly conditions: readonly RowCondition[]
  readonly parts: readonly PartProgram[]
}

/** A part: how a column's rows in a window are reduced, and the slot for the result. */
export interface PartProgram {
  readonly how: PartialHow
  /** Index in the columns of the table, −1 for none. */
  readonly column: number
  /** Index in the windows of the program. */
  readonly window: number
  readonly slot: number
}

/** One operation of a formula. */
export interface Step {
  readonly slot: number
  /** @returns NaN = missing */
  readonly run: (values: Float64Array, asked: Asked) => number
}

/** What a step can read besides the slots. */
export interface Asked {
  readonly cutoff: EpochDay
  readonly customer: CheckedCustomer
  /** In the order of the program's tables. */
  readonly tables: readonly AskedTable[]
  /** The program's windows as of the cutoff. */
  readonly windows: readonly DayWindow[]
  /** Plans in force, in the order of the program's lags. */
  readonly plans: readonly (CheckedEvent | undefined)[]
}

/** The rows of a table of one customer. */
export interface AskedTable {
  readonly columns: readonly RowColumn[]
  /** By row. */
  readonly days: Int32Array
  /** Returns the rows of a group that happened and were known before the cutoff, by day. */
  seen(group: number, cutoff: EpochDay): Int32Array
}

/** Reads a text; null = missing. */
export type TextStep = (values: Float64Array, asked: Asked) => string | null
