import type { EpochDay } from '../../base/days.js'
import type { Problem } from '../../base/errors.js'
import type { ColumnWatch } from '../../table/columnWatch.js'
import type { CheckedEvent } from '../../table/customerHistory.js'
import type { FoundRepeats, RepeatedRows, RowCopies } from '../../table/repeatedRows.js'
import type { RowReader } from '../../table/rowReader.js'
import type { CustomerTable } from './customerTable.js'

/** On a day with more rows than this, rows are looked up in a set instead of compared with each other. */
const rowsCompared = 8

/** How an intake treats repeated rows. */
export interface Repeats {
  readonly copies: RowCopies
  readonly rule: RepeatedRows
}

/** Takes in the rows of one table of one customer: checks them and passes them on. */
export class EventIntake {
  readonly #reader: RowReader
  readonly #columns: CustomerTable | null
  readonly #whole: CheckedEvent[] | null
  readonly #repeats: Repeats | null
  #rows = 0

  /**
   * @param watch finds misspelled and missing columns
   * @param columns takes the columns that rules read; null if there are none
   * @param whole takes whole rows; null if not needed
   * @param repeats finds repeated rows; null if no rule reads the table
   */
  constructor(
    reader: RowReader,
    readonly watch: ColumnWatch,
    columns: CustomerTable | null,
    whole: CheckedEvent[] | null,
    repeats: Repeats | null,
  ) {
    this.#reader = reader
    this.#columns = columns
    this.#whole = whole
    this.#repeats = repeats
  }

  /**
   * Takes in rows. What is wrong with them is added to the problems; from then on rows are only checked.
   *
   * @param isAll true if no more rows will follow
   */
  takeAll(rows: readonly unknown[], isAll: boolean, problems: Problem[]): void {
    const reader = this.#reader
    this.#columns?.reserve(rows.length)
    const days =
      isAll && this.#repeats !== null ? new DayRows(rows, reader, this.#columns, this.#repeats.copies) : null
    let rowNumber = 0
    for (const row of rows) {
      reader.read(row, ++rowNumber, problems)
      if (reader.isOfNewShape) this.watch.note(reader.names(), rowNumber)
      this.#keep(rowNumber, days, problems)
    }
    problems.push(...this.watch.misspelled())
  }

  /** Takes in one more row, or adds what is wrong with it to the problems. */
  take(row: unknown, problems: Problem[]): void {
    const [reader, rowNumber] = [this.#reader, this.#rows + 1]
    reader.read(row, rowNumber, problems)
    const names = reader.names()
    if (!this.watch.hasSeen(names)) problems.push(...this.watch.misspelled({ names, row: rowNumber }))
    if (problems.length === 0 && this.#repeats !== null)
      problems.push(...this.#repeats.copies.problemsOfRow(this.#repeats.rule, this.#rows))
    this.#keep(rowNumber, null, problems)
    if (problems.length === 0) this.watch.note(names, rowNumber)
  }

  /** Returns the repeated rows, null if there are none. */
  repeats(): FoundRepeats | null {
    return this.#repeats?.copies.found(this.#rows) ?? null
  }

  /** Returns problems if the rule refuses the repeated rows found. */
  repeatProblems(): Problem[] {
    return this.#repeats?.copies.problems(this.#repeats.rule, this.#rows) ?? []
  }

  #keep(rowNumber: number, days: DayRows | null, problems: Problem[]): void {
    this.#columns?.refuseWrongKinds(this.#reader, rowNumber, problems)
    if (problems.length > 0) return
    this.#rows++
    this.#columns?.append(this.#reader)
    if (this.#repeats !== null && this.#isRepeated(rowNumber, days) && this.#repeats.rule !== 'keep') {
      this.#columns?.takeBack()
      return
    }
    this.#whole?.push(this.#reader.row() as CheckedEvent)
  }

  #isRepeated(rowNumber: number, days: DayRows | null): boolean {
    return days === null ? this.#repeats!.copies.isRepeated() : days.isRepeated(rowNumber)
  }
}

/**
 * Finds repeated rows among all rows of a table. Rows of one day are mostly adjacent and differ in what the rules read:
 * only the others are looked up, because that takes a third of the time of reading a row.
 */
class DayRows {
  #day = Number.NaN
  #direction = 0
  #isByDay = true
  /** First row of the day, and first row not yet added to the copies; from 0. */
  #from = 0
  #added = 0

  constructor(
    readonly rows: readonly unknown[],
    readonly reader: RowReader,
    readonly columns: CustomerTable | null,
    readonly copies: RowCopies,
  ) {}

  isRepeated(rowNumber: number): boolean {
    const last = rowNumber - 1
    if (this.reader.day !== this.#day) this.#begin(this.reader.day, last)
    if (!this.#isLookedUp(last)) return false
    if (this.#added < last) {
      for (let row = this.#added; row < last; row++) {
        this.reader.read(this.rows[row], row + 1, [])
        this.copies.add()
      }
      this.reader.read(this.rows[last], rowNumber, [])
    }
    this.#added = rowNumber
    return this.copies.isRepeated()
  }

  #isLookedUp(row: number): boolean {
    if (!this.#isByDay || this.#added > this.#from || row - this.#from >= rowsCompared) return true
    if (row === this.#from) return false
    return this.columns === null || this.columns.isLastLikeOneBefore()
  }

  #begin(day: EpochDay, row: number): void {
    const direction = Math.sign(day - this.#day)
    if (this.#isByDay && direction * this.#direction < 0) {
      this.#isByDay = false
      this.#added = 0
    }
    if (this.#isByDay) {
      this.#direction = Number.isNaN(direction) ? 0 : direction
      this.#from = row
      this.#added = row
    }
    this.#day = day
  }
}
