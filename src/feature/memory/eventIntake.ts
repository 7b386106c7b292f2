import type { EpochDay } from '../../base/days.js'
import type { Problem } from '../../base/errors.js'
import type { ColumnWatch } from '../../table/columnWatch.js'
import type { CheckedEvent } from '../../table/customerHistory.js'
import type { FoundRepeats, RepeatedRows, RowCopies } from '../../table/repeatedRows.js'
import type { RowReader } from '../../table/rowReader.js'
import type { CustomerTable } from './customerTable.js'

/** In a day with more rows than this, they are looked up among each other and not compared. */
const rowsCompared = 8

/** What an intake does with the rows of a table that rules read. */
export interface Repeats {
  readonly copies: RowCopies
  readonly rule: RepeatedRows
}

/** Takes in the rows of one table of one customer: checks them and hands them on. */
export class EventIntake {
  readonly #reader: RowReader
  readonly #columns: CustomerTable | null
  readonly #whole: CheckedEvent[] | null
  readonly #repeats: Repeats | null
  #rows = 0

  /**
   * @param watch says which columns are misspelled or not there
   * @param columns where the columns go that rules read, null where there are none
   * @param whole where the rows go as they are, null where nobody needs them
   * @param repeats finds rows that are there already, null where no rule reads the table
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
   * Takes in rows; what is wrong with them is added to the problems, and then nothing more is taken in.
   *
   * @param isAll true where no row is going to follow
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

  /** Takes in one more row, unless something is wrong with it: that is added to the problems. */
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

  /** Returns the rows that are there more than once, null where there are none. */
  repeats(): FoundRepeats | null {
    return this.#repeats?.copies.found(this.#rows) ?? null
  }

  /** Returns why repeated rows cannot be taken as the rule says. */
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
 * Finds repeated rows among all rows of a table. Rows of one day mostly lie beside each other and differ in what the rules
 * read: only those that do not are looked up, which takes a third of the time of reading a row.
 */
class DayRows {
  #day = Number.NaN
  #direction = 0
  #isByDay = true
  /** First row of the day, and first that was not added to the copies; from 0. */
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
