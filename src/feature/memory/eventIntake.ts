import type { Problem } from '../../base/errors.js'
import type { ColumnWatch } from '../../table/columnWatch.js'
import type { CheckedEvent } from '../../table/customerHistory.js'
import type { RowReader } from '../../table/rowReader.js'
import type { CustomerTable } from './customerTable.js'

/** Takes in the rows of one table of one customer: checks them and hands them on. */
export class EventIntake {
  readonly #reader: RowReader
  readonly #columns: CustomerTable | null
  readonly #whole: CheckedEvent[] | null
  #rows = 0

  /**
   * @param watch says which columns are misspelled or not there
   * @param columns where the columns go that rules read, null where there are none
   * @param whole where the rows go as they are, null where nobody needs them
   */
  constructor(
    reader: RowReader,
    readonly watch: ColumnWatch,
    columns: CustomerTable | null,
    whole: CheckedEvent[] | null,
  ) {
    this.#reader = reader
    this.#columns = columns
    this.#whole = whole
  }

  /** Takes in rows; what is wrong with them is added to the problems, and then nothing more is taken in. */
  takeAll(rows: readonly unknown[], problems: Problem[]): void {
    const reader = this.#reader
    this.#columns?.reserve(rows.length)
    let rowNumber = 0
    for (const row of rows) {
      reader.read(row, ++rowNumber, problems)
      if (reader.isOfNewShape) this.watch.note(reader.names(), rowNumber)
      this.#keep(rowNumber, problems)
    }
    problems.push(...this.watch.misspelled())
  }

  /** Takes in one more row, unless something is wrong with it: that is added to the problems. */
  take(row: unknown, problems: Problem[]): void {
    const [reader, rowNumber] = [this.#reader, this.#rows + 1]
    reader.read(row, rowNumber, problems)
    const names = reader.names()
    if (!this.watch.hasSeen(names)) problems.push(...this.watch.misspelled({ names, row: rowNumber }))
    this.#keep(rowNumber, problems)
    if (problems.length === 0) this.watch.note(names, rowNumber)
  }

  #keep(rowNumber: number, problems: Problem[]): void {
    this.#columns?.append(this.#reader, rowNumber, problems)
    if (problems.length > 0) return
    this.#rows++
    this.#whole?.push(this.#reader.row() as CheckedEvent)
  }
}
