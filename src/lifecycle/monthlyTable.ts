import { isMissing } from '../base/bitmap.js'
import type { EpochDay } from '../base/days.js'
import type { History } from '../engine/history.js'
import { cancelledKnownBefore } from '../engine/knownBefore.js'
import { type Column, cellOf, type Table } from '../table/table.js'
import type { Calendar } from './calendar.js'
import { type MonthFigures, type MonthlyBlock, MonthlyBlockBuilder } from './monthlyBlock.js'
import { baseRatioSql, hasRowColumn, monthlySql, signalColumn } from './monthlySql.js'
import type { CheckedSignals } from './signalRule.js'

// Two callers may tag the same history at once, and need different tables in the engine.
let tablesMade = 0

/** The monthly figures of a history, computed in the engine in one pass and read block by block. */
export class MonthlyTable {
  readonly #history: History
  readonly #checked: CheckedSignals
  readonly #calendar: Calendar
  readonly #asOf: EpochDay
  readonly #name: string

  private constructor(
    history: History,
    checked: CheckedSignals,
    calendar: Calendar,
    asOf: EpochDay,
    name: string,
  ) {
    this.#history = history
    this.#checked = checked
    this.#calendar = calendar
    this.#asOf = asOf
    this.#name = name
  }

  /** @param asOf rows and cancellations known before this day are used; the end of the calendar or later */
  static async make(
    history: History,
    checked: CheckedSignals,
    calendar: Calendar,
    asOf: EpochDay,
  ): Promise<MonthlyTable> {
    const name = `holdfast_monthly_${++tablesMade}`
    const { engine } = history
    const query = monthlySql(history, checked, calendar, asOf)
    await engine.run(`CREATE TEMPORARY TABLE ${engine.dialect.identifier(name)} AS ${query}`)
    return new MonthlyTable(history, checked, calendar, asOf, name)
  }

  async drop(): Promise<void> {
    const { engine } = this.#history
    await engine.run(`DROP TABLE IF EXISTS ${engine.dialect.identifier(this.#name)}`)
  }

  /** Reads all customers activated before the end of the calendar, by id, block by block. */
  async *blocks(customersPerBlock: number): AsyncGenerator<MonthlyBlock> {
    let after: string | null = null
    for (;;) {
      const customers: Table = await this.#customers(after, customersPerBlock)
      if (customers.rowCount === 0) return
      const last = String(customers.cell('id', customers.rowCount - 1))
      yield this.#block(customers, await this.#figures(after, last))
      if (customers.rowCount < customersPerBlock) return
      after = last
    }
  }

  #customers(after: string | null, limit: number): Promise<Table> {
    const { engine } = this.#history
    const [activatedAt, cancelledAt] = ['activatedAt', 'cancelledAt'].map(engine.dialect.identifier)
    const end = this.#calendar.starts.at(-1)!
    const hasLeft = cancelledKnownBefore(this.#history, 'customers', `${end}`, `${this.#asOf}`)
    const isAfter = after === null ? '' : ` AND id > ${engine.dialect.literal(after)}`
    return engine.query(
      `SELECT id, ${activatedAt}, CASE WHEN ${hasLeft} THEN ${cancelledAt} END AS ${cancelledAt} FROM customers WHERE ${activatedAt} < ${end}${isAfter} ORDER BY id LIMIT ${limit}`,
    )
  }

  #figures(after: string | null, last: string): Promise<Table> {
    const { engine } = this.#history
    const isAfter = after === null ? '' : `id > ${engine.dialect.literal(after)} AND `
    return engine.query(
      `SELECT * FROM ${engine.dialect.identifier(this.#name)} WHERE ${isAfter}id <= ${engine.dialect.literal(last)} ORDER BY id, month`,
    )
  }

  // The engine orders both tables in the same way, so they can be merged by comparing ids for equality.
  #block(customers: Table, figures: Table): MonthlyBlock {
    const { signals } = this.#checked
    const builder = new MonthlyBlockBuilder(this.#calendar, signals, customers.rowCount)
    const [ids, figureIds] = [customers.texts('id'), figures.texts('id')]
    const [activatedAt, cancelledAt] = [customers.numbers('activatedAt'), customers.column('cancelledAt')]
    const cursor = new FigureCursor(figures, this.#checked)
    let row = 0
    for (let customer = 0; customer < customers.rowCount; customer++) {
      const id = ids.dictionary[ids.codes[customer]!]!
      const first = row
      while (row < figures.rowCount && figureIds.dictionary[figureIds.codes[row]!] === id) row++
      builder.add(
        id,
        activatedAt.values[customer]! as EpochDay,
        cellOf(cancelledAt, customer) as EpochDay | null,
        cursor.rows(first, row),
      )
    }
    return builder.build()
  }

  /**
   * Returns for each signal the level of the whole base in each month: 1 in the first, then times the median
   * month-over-month ratio of its customers; a month with fewer than `minCustomers` of them keeps the level.
   */
  async baseLevels(minCustomers: number): Promise<Float64Array[]> {
    const { engine } = this.#history
    const levels: Float64Array[] = []
    for (let signal = 0; signal < this.#checked.signals.length; signal++) {
      const ratios = await engine.query(
        baseRatioSql(this.#history, this.#name, signal, this.#calendar, this.#asOf),
      )
      const level = new Float64Array(this.#calendar.months).fill(1)
      const ratioOf = new Map<number, number>()
      for (let row = 0; row < ratios.rowCount; row++) {
        if (ratios.numbers('customers').values[row]! < minCustomers) continue
        ratioOf.set(ratios.numbers('month').values[row]!, ratios.numbers('ratio').values[row]!)
      }
      for (let month = 1; month < level.length; month++) {
        level[month] = level[month - 1]! * (ratioOf.get(month) ?? 1)
      }
      levels.push(level)
    }
    return levels
  }
}

/** Reads the rows of a figure table one by one without creating an object for each. */
class FigureCursor implements MonthFigures {
  month = 0
  active = 0
  #row = 0
  readonly #months: Float64Array
  readonly #active: Float64Array
  readonly #hasRow: readonly Float64Array[]
  readonly #signals: readonly (Column & { readonly kind: 'number' })[]

  constructor(figures: Table, { signals }: CheckedSignals) {
    this.#months = figures.numbers('month').values
    this.#active = figures.numbers('active').values
    this.#hasRow = signals.map((signal) => figures.numbers(hasRowColumn(signal.table)).values)
    this.#signals = signals.map((_, index) => figures.numbers(signalColumn(index)))
  }

  *rows(first: number, end: number): Generator<MonthFigures> {
    for (let row = first; row < end; row++) {
      this.#row = row
      this.month = this.#months[row]!
      this.active = this.#active[row]!
      yield this
    }
  }

  hasRow = (signal: number): boolean => this.#hasRow[signal]![this.#row] === 1

  figure = (signal: number): number | null => {
    const { values, missing } = this.#signals[signal]!
    return isMissing(missing, this.#row) ? null : values[this.#row]!
  }
}
