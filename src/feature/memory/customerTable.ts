import type { EpochDay } from '../../base/days.js'
import type { Problem } from '../../base/errors.js'
import type { RowReader } from '../../table/rowReader.js'
import { RowColumn, wrongKind } from './rowColumn.js'
import { RowGroup } from './rowGroup.js'
import type { AskedTable, GroupProgram, TableProgram } from './ruleProgram.js'

/**
 * The rows of one table of one customer, by day: the columns that the rules read.
 *
 * A row is appended at the end; late rows are sorted in together, when features are next asked for.
 */
export class CustomerTable implements AskedTable {
  readonly columns: readonly RowColumn[]
  readonly groups: readonly RowGroup[]
  days = new Int32Array(0)
  /** The day on which a row happened or became known, whichever is later. */
  knownBy = new Int32Array(0)
  /** The last day on which a late row became known. */
  lateUntil = Number.NEGATIVE_INFINITY
  readonly #hasChoice: boolean
  #size = 0
  #ordered = 0
  /** For each column of the reader the column here, null if no rule reads it. */
  readonly #targets: (RowColumn | null)[] = []

  constructor(program: TableProgram) {
    this.columns = program.columns.map(({ name, kinds }) => new RowColumn(name, kinds))
    this.#hasChoice = program.columns.some(({ kinds }) => kinds.length > 1)
    this.groups = program.groups.map((group) => new RowGroup(this.#conditions(group)))
  }

  /** Appends the reader's last row, once {@link refuseWrongKinds} has found nothing. */
  append(reader: RowReader): void {
    this.reserve(this.#size + 1)
    const row = this.#size++
    for (let index = 0; index < reader.size; index++) {
      this.#target(reader, reader.places[index]!)?.put(row, reader.cells[index]!)
    }
    this.#date(row, reader.day, reader.knownAt)
  }

  /** True if one of the rows right before the last, on the same day, equals it in every column. */
  isLastLikeOneBefore(): boolean {
    const { days, knownBy } = this
    const last = this.#size - 1
    for (let row = last - 1; row >= 0 && days[row] === days[last]; row--) {
      if (knownBy[row] === knownBy[last] && this.#areAlike(row, last)) return true
    }
    return false
  }

  // Without a closure, because it runs for nearly every row
  #areAlike(left: number, right: number): boolean {
    for (const column of this.columns) if (!column.isSame(left, right)) return false
    return true
  }

  /** Removes the row that was appended last, before features have been asked for. */
  takeBack(): void {
    const last = --this.#size
    for (const column of this.columns) column.values[last] = Number.NaN
  }

  /** Makes room for this many rows. */
  reserve(rows: number): void {
    if (rows <= this.days.length) return
    const capacity = Math.max(rows, 2 * this.days.length, 16)
    this.days = grown(this.days, new Int32Array(capacity))
    this.knownBy = grown(this.knownBy, new Int32Array(capacity))
    for (const column of this.columns) {
      column.values = grown(column.values, new Float64Array(capacity).fill(Number.NaN))
    }
  }

  /** Sorts the rows that came since the last call and passes them through the filters. */
  settle(): void {
    if (this.#ordered === this.#size) return
    const first = this.#order()
    for (const group of this.groups) group.update(first, this.#size, this.days)
    this.#ordered = this.#size
  }

  seen(group: number, cutoff: EpochDay): Int32Array {
    return this.groups[group]!.seen(cutoff, this.days, this.knownBy, this.lateUntil)
  }

  #conditions({ conditions }: GroupProgram): RowGroup['conditions'] {
    return conditions.map((condition) => {
      const name = 'weekday' in condition ? null : condition.column
      return { condition, column: this.columns.find((column) => column.name === name) ?? null }
    })
  }

  /**
   * Adds cells of the reader's last row that no rule can read to the problems. Columns of a single kind were checked by
   * the reader.
   */
  refuseWrongKinds(reader: RowReader, rowNumber: number, problems: Problem[]): void {
    if (!this.#hasChoice) return
    for (let index = 0; index < reader.size; index++) {
      const column = this.#target(reader, reader.places[index]!)
      const cell = reader.cells[index]!
      if (column === null || column.accepts(cell)) continue
      problems.push(wrongKind(column, cell, { table: reader.table, row: rowNumber, column: column.name }))
    }
  }

  #target(reader: RowReader, place: number): RowColumn | null {
    let target = this.#targets[place]
    if (target === undefined) {
      target = this.columns.find(({ name }) => name === reader.columns[place]) ?? null
      this.#targets[place] = target
    }
    return target
  }

  #date(row: number, day: EpochDay, knownAt: EpochDay | null): void {
    this.days[row] = day
    this.knownBy[row] = day
    if (knownAt === null || knownAt <= day) return
    this.knownBy[row] = knownAt
    this.lateUntil = Math.max(this.lateUntil, knownAt)
  }

  /** Returns the first row that is new or has moved. */
  #order(): number {
    const { days } = this
    let isInOrder = true
    let earliest = days[this.#ordered]!
    for (let row = this.#ordered; row < this.#size; row++) {
      if (row > 0 && days[row]! < days[row - 1]!) isInOrder = false
      if (days[row]! < earliest) earliest = days[row]!
    }
    if (isInOrder) return this.#ordered
    const first = firstAfter(days, this.#ordered, earliest)
    const moved = Array.from({ length: this.#size - first }, (_, index) => first + index)
    moved.sort((left, right) => days[left]! - days[right]!)
    const order = Int32Array.from(moved)
    move(this.days, order, first)
    move(this.knownBy, order, first)
    for (const column of this.columns) move(column.values, order, first)
    return first
  }
}

function grown<Values extends Int32Array | Float64Array>(values: Values, larger: Values): Values {
  larger.set(values)
  return larger
}

/** Returns the first of `size` days in order that is after a day. */
function firstAfter(days: Int32Array, size: number, day: number): number {
  let [low, high] = [0, size]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (days[middle]! <= day) low = middle + 1
    else high = middle
  }
  return low
}

function move(values: Int32Array | Float64Array, order: Int32Array, first: number): void {
  const before = values.slice(first, first + order.length)
  for (let index = 0; index < order.length; index++) values[first + index] = before[order[index]! - first]!
}
