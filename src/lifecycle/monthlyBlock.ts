import { Bitmap } from '../base/bitmap.js'
import { type EpochDay, monthsBetween } from '../base/days.js'
import type { NumberColumn } from '../base/matrix.js'
import { type Calendar, monthIndexOf } from './calendar.js'
import type { SignalRule } from './signalRule.js'

/** The monthly series of some customers, one row for each customer and month, ordered by customer and month. */
export interface MonthlyBlock {
  readonly calendar: Calendar
  /** Shape (customers). */
  readonly ids: readonly string[]
  /** Row of each customer's first month, and the number of rows at the end. Shape (customers + 1). */
  readonly firstRows: Int32Array
  /** Index of each row's month in the calendar. Shape (rows). */
  readonly month: Int32Array
  /** Complete months since activation at the end of the month. Shape (rows). */
  readonly tenureMonths: Int32Array
  /** 1 = a sign of life in the month; the month of activation always has one. Shape (rows). */
  readonly active: Uint8Array
  /** 1 = cancelled by the end of the month. Shape (rows). */
  readonly cancelled: Uint8Array
  /** Shape (rows) each. Missing in the month of an activation after its first day: a partial month is not a level. */
  readonly signals: readonly NumberColumn[]
}

/** The months in which a customer has rows, from an engine or from rows in memory. */
export interface MonthFigures {
  /** Position in the calendar. */
  readonly month: number
  /** 1 = a row of the activity table is a sign of life. */
  readonly active: number
  /** For each signal: whether its table has a row in the month. */
  readonly hasRow: (signal: number) => boolean
  /** For each signal: its figure, null if all values are missing. */
  readonly figure: (signal: number) => number | null
}

/** Fills a block customer by customer: the one place that decides what a month without rows means. */
export class MonthlyBlockBuilder {
  readonly #calendar: Calendar
  readonly #rules: readonly SignalRule[]
  readonly #ids: string[] = []
  readonly #firstRows: Int32Array
  readonly #month: Int32Array
  readonly #tenureMonths: Int32Array
  readonly #active: Uint8Array
  readonly #cancelled: Uint8Array
  readonly #values: Float64Array[]
  readonly #isKnown: Uint8Array[]
  #customers = 0
  #rows = 0

  /** @param customers most customers to add */
  constructor(calendar: Calendar, rules: readonly SignalRule[], customers: number) {
    const capacity = customers * calendar.months
    this.#calendar = calendar
    this.#rules = rules
    this.#firstRows = new Int32Array(customers + 1)
    this.#month = new Int32Array(capacity)
    this.#tenureMonths = new Int32Array(capacity)
    this.#active = new Uint8Array(capacity)
    this.#cancelled = new Uint8Array(capacity)
    this.#values = rules.map(() => new Float64Array(capacity))
    this.#isKnown = rules.map(() => new Uint8Array(capacity))
  }

  /** Adds a customer activated before the end of the calendar, with the months that have rows, ascending. */
  add(
    id: string,
    activatedAt: EpochDay,
    cancelledAt: EpochDay | null,
    figures: Iterable<MonthFigures>,
  ): void {
    const { starts, months } = this.#calendar
    const joined = monthIndexOf(this.#calendar, activatedAt)
    const first = Math.max(0, joined)
    const tenure = monthsBetween(activatedAt, starts[first + 1]!)
    const offset = this.#rows - first
    for (let month = first; month < months; month++) {
      const row = offset + month
      const isPart = month === joined && activatedAt > starts[month]!
      this.#month[row] = month
      this.#tenureMonths[row] = tenure + month - first
      this.#active[row] = month === joined ? 1 : 0
      this.#cancelled[row] = cancelledAt !== null && cancelledAt < starts[month + 1]! ? 1 : 0
      this.#rules.forEach((rule, signal) => {
        this.#isKnown[signal]![row] = !isPart && rule.withoutRow === 'zero' ? 1 : 0
      })
    }
    for (const figure of figures) {
      // Earlier months would overwrite another customer's rows.
      if (figure.month >= first) this.#fill(offset + figure.month, figure, activatedAt)
    }
    this.#rows += months - first
    this.#ids.push(id)
    this.#firstRows[++this.#customers] = this.#rows
  }

  #fill(row: number, figures: MonthFigures, activatedAt: EpochDay): void {
    if (figures.active === 1) this.#active[row] = 1
    const start = this.#calendar.starts[figures.month]!
    if (activatedAt > start) return
    for (let signal = 0; signal < this.#rules.length; signal++) {
      if (!figures.hasRow(signal)) continue
      const value = figures.figure(signal)
      this.#isKnown[signal]![row] = value === null ? 0 : 1
      this.#values[signal]![row] = value ?? 0
    }
  }

  /** Returns the block. */
  build(): MonthlyBlock {
    const rows = this.#rows
    return {
      calendar: this.#calendar,
      ids: this.#ids,
      firstRows: this.#firstRows.subarray(0, this.#customers + 1),
      month: this.#month.subarray(0, rows),
      tenureMonths: this.#tenureMonths.subarray(0, rows),
      active: this.#active.subarray(0, rows),
      cancelled: this.#cancelled.subarray(0, rows),
      signals: this.#rules.map((rule, signal) => ({
        kind: 'number',
        name: rule.name,
        values: this.#values[signal]!.subarray(0, rows),
        missing: Bitmap.where(rows, (row) => this.#isKnown[signal]![row] === 0),
      })),
    }
  }
}
