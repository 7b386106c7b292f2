import { z } from 'zod'
import { type EpochDay, formatDay } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import { type InputTableName, inputTables } from './inputs.js'
import type { RowReader } from './rowReader.js'

/** What to do with rows of an event table that have the values of an earlier row in every column. */
export type RepeatedRows = 'keep' | 'drop' | 'refuse'

/** Rule of an option that says what to do with repeated rows; they are kept where it is left out. */
export const repeatedRowsRule = z.enum(['keep', 'drop', 'refuse']).default('keep')

/** Rows of one table that are there more than once. */
export interface FoundRepeats {
  readonly table: InputTableName
  /** Rows of the table, the repeated ones too. */
  readonly rows: number
  /** Rows that have the values of an earlier one in every column. */
  readonly repeated: number
  /** Such a row, in words: `A on 2025-06-01`. */
  readonly example: string
}

/** Returns what is said of repeated rows that were kept or dropped. */
export function repeatsNote({ table, rows, repeated, example }: FoundRepeats, done: RepeatedRows): string {
  const found = `Table ${table}: ${repeated} of ${rows} rows have the values of an earlier row in every column, such as those of ${example}`
  if (done === 'drop') return `${found}; they were left out, as repeatedRows asks.`
  const whole = 2 * repeated >= rows ? 'The whole table seems to be there more than once. ' : ''
  return `${found}: sums and counts take each of them. ${whole}If they are the same events, leave them out with repeatedRows: 'drop'.`
}

/** Returns the problem of a table that holds a row more than once. */
export function repeatsProblem(
  { table, rows, repeated, example }: FoundRepeats,
  wayOut = "If a file was given twice, give it once; if they are the same events, repeatedRows: 'drop' leaves them out.",
): Problem {
  return {
    code: 'duplicate-row',
    parameter: `table ${table}`,
    rule: `to hold each row once (repeatedRows: 'refuse'), but ${repeated} of ${rows} rows have the values of an earlier row in every column`,
    received: example,
    place: { table },
    count: repeated,
    wayOut,
  }
}

const eachOnce =
  'Give each row once; where equal rows are different events, give them a column that tells them apart, in training too.'

// A double as two integers of 32 bits
const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)
// No finite number has these as its upper half
const [textMark, booleanMark] = [0x7ff8_0001, 0x7ff8_0002]

/**
 * Finds the rows of one table of one customer that have the cells of an earlier row in every column, missing ones like each
 * other: by 64 bits of a hash, as `openHistory` does for all customers.
 */
export class RowCopies {
  #repeated = 0
  #firstDay = 0 as EpochDay
  readonly #columns: readonly string[] | null
  /** Per column of the reader: true where rows are told apart by it. */
  readonly #isCompared: boolean[] = []
  readonly #textCodes = new Map<string, number>()
  // The key of the row that was looked at last
  #low = 0
  #high = 0
  // An open hash table: 0 in both halves is an empty place
  #lows = new Int32Array(64)
  #highs = new Int32Array(64)
  #size = 0

  /**
   * @param id whose rows they are
   * @param known columns of the table in the history of the training, where they are known: rows are told apart by them
   */
  constructor(
    readonly reader: RowReader,
    readonly id: string,
    known?: Readonly<Record<string, unknown>>,
  ) {
    // The engine gives every event table an id and a day
    const { required } = inputTables[reader.table]
    const isOwn = (name: string): boolean =>
      name !== 'id' && (name !== 'day' || Object.hasOwn(required, name))
    this.#columns = known === undefined ? null : Object.keys(known).filter(isOwn)
  }

  /** Adds the last row of the reader; false where one with the same cells is there. */
  add(): boolean {
    if (this.#has()) return false
    this.#put(this.#low, this.#high)
    if (2 * ++this.#size > this.#lows.length) this.#grow()
    return true
  }

  /** Adds the last row of the reader; true, and counted, where one with the same cells is there. */
  isRepeated(): boolean {
    if (this.add()) return false
    if (this.#repeated++ === 0) this.#firstDay = this.reader.day
    return true
  }

  /** Returns the rows that were counted, of so many; null where there are none. */
  found(rows: number): FoundRepeats | null {
    return this.#repeated === 0 ? null : this.#foundOn(this.#firstDay, rows, this.#repeated)
  }

  /** Returns why the rows that were counted cannot be taken as the rule says. */
  problems(rule: RepeatedRows, rows: number): Problem[] {
    return this.#problemsOf(rule, this.found(rows))
  }

  /** Returns why the last row of the reader, one more than `rows`, cannot be taken as the rule says. */
  problemsOfRow(rule: RepeatedRows, rows: number): Problem[] {
    if (rule === 'keep' || !this.#has()) return []
    return this.#problemsOf(rule, this.#foundOn(this.reader.day, rows + 1, this.#repeated + 1))
  }

  #problemsOf(rule: RepeatedRows, found: FoundRepeats | null): Problem[] {
    if (found === null || rule === 'keep') return []
    const lacking = this.#lacking()
    return rule === 'drop' || lacking.length > 0 ? lacking : [repeatsProblem(found, eachOnce)]
  }

  #foundOn(day: EpochDay, rows: number, repeated: number): FoundRepeats {
    return { table: this.reader.table, rows, repeated, example: `${this.id} on ${formatDay(day)}` }
  }

  #has(): boolean {
    this.#readKey()
    const at = this.#placeOf(this.#low, this.#high)
    return this.#lows[at] !== 0 || this.#highs[at] !== 0
  }

  /** Rows look equal, without a column by which the history told them apart. */
  #lacking(): Problem[] {
    const { optional } = inputTables[this.reader.table]
    const absent = (this.#columns ?? []).filter(
      (name) => !this.reader.columns.includes(name) && !Object.hasOwn(optional, name),
    )
    return absent.map((name) => ({
      code: 'column-missing',
      parameter: `column ${name}`,
      rule: 'to be there where rows are equal in all others: by it the history told them apart, and of equal ones it kept one',
      place: { table: this.reader.table },
      wayOut: 'Add it; where its value is not known, write null.',
    }))
  }

  #readKey(): void {
    const { size, places, cells } = this.reader
    let [low, high] = [0, 0]
    for (let index = 0; index < size; index++) {
      const [cell, place] = [cells[index]!, places[index]!]
      if (cell === null || !this.#compares(place)) continue
      let [first, second] = [0, booleanMark]
      if (typeof cell === 'number') {
        // -0 is 0
        double[0] = cell + 0
        first = halves[0]!
        second = halves[1]!
      } else if (typeof cell === 'string') {
        first = this.#codeOf(cell)
        second = textMark
      } else first = Number(cell)
      // A sum, so that the order of the columns does not matter
      low = (low + mixed(first, second, place)) | 0
      high = (high + mixed(second, first, ~place)) | 0
    }
    this.#low = low
    this.#high = low === 0 && high === 0 ? 1 : high
  }

  #compares(place: number): boolean {
    if (this.#columns === null) return true
    this.#isCompared[place] ??= this.#columns.includes(this.reader.columns[place]!)
    return this.#isCompared[place]
  }

  #codeOf(text: string): number {
    let code = this.#textCodes.get(text)
    if (code === undefined) {
      code = this.#textCodes.size
      this.#textCodes.set(text, code)
    }
    return code
  }

  /** Where a key is, or would be. */
  #placeOf(low: number, high: number): number {
    const [lows, highs] = [this.#lows, this.#highs]
    let at = low & (lows.length - 1)
    while ((lows[at] !== 0 || highs[at] !== 0) && (lows[at] !== low || highs[at] !== high))
      at = (at + 1) & (lows.length - 1)
    return at
  }

  #put(low: number, high: number): void {
    const at = this.#placeOf(low, high)
    this.#lows[at] = low
    this.#highs[at] = high
  }

  #grow(): void {
    const [lows, highs] = [this.#lows, this.#highs]
    this.#lows = new Int32Array(4 * lows.length)
    this.#highs = new Int32Array(4 * lows.length)
    for (let at = 0; at < lows.length; at++)
      if (lows[at] !== 0 || highs[at] !== 0) this.#put(lows[at]!, highs[at]!)
  }
}

/** As MurmurHash3 ends: every bit of both words and of the seed changes half of the others. */
function mixed(first: number, second: number, seed: number): number {
  let word = Math.imul(first ^ Math.imul(seed + 1, 0x9e37_79b1), 0x85eb_ca6b)
  word = Math.imul(word ^ (word >>> 15) ^ second, 0xc2b2_ae35)
  word = Math.imul(word ^ (word >>> 13), 0x27d4_eb2f)
  return word ^ (word >>> 16)
}
