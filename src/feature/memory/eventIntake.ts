import type { Problem } from '../../base/errors.js'
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
   * @param columns where the columns go that rules read, null where there are none
   * @param whole where the rows go as they are, null where nobody needs them
   */
  constructor(reader: RowReader, columns: CustomerTable | null, whole: CheckedEvent[] | null) {
    this.#reader = reader
    this.#columns = columns
    this.#whole = whole
  }

  /** Takes in rows; what is wrong with them is added to the problems, and then nothing more is taken in. */
  takeAll(rows: readonly unknown[], problems: Problem[]): void {
    this.#columns?.reserve(rows.length)
    let rowNumber = 0
    for (const row of rows) this.#take(row, ++rowNumber, problems)
  }

  /** Takes in one more row, unless something is wrong with it: that is added to the problems. */
  take(row: unknown, problems: Problem[]): void {
    this.#take(row, this.#rows + 1, problems)
  }

  #take(row: unknown, rowNumber: number, problems: Problem[]): void {
    const reader = this.#reader
    reader.read(row, rowNumber, problems)
    this.#columns?.append(reader, rowNumber, problems)
    if (problems.length > 0) return
    this.#rows++
    this.#whole?.push(reader.row() as CheckedEvent)
  }
}
