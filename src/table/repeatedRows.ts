import { type EpochDay, formatDay } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import * as z from '../base/schema.js'
import { type InputTableName, inputTables } from './inputs.js'
import type { RowReader } from './rowReader.js'

/** What to do with rows of an event table that equal an earlier row in every column. */
export type RepeatedRows = 'keep' | 'drop' | 'refuse'

/** Schema of the option for repeated rows; default `'keep'`. */
export const repeatedRowsRule = z.enum(['keep', 'drop', 'refuse']).default('keep')

/** Repeated rows of one table. */
export interface FoundRepeats {
  readonly table: InputTableName
  /** All rows of the table, including repeated ones. */
  readonly rows: number
  /** Rows that equal an earlier one in every column. */
  readonly repeated: number
  /** One such row in words: `A on 2025-06-01`. */
  readonly example: string
}

/** Returns a note about repeated rows that were kept or dropped. */
export function repeatsNote({ table, rows, repeated, example }: FoundRepeats, done: RepeatedRows): string {
  const found = `Table ${table}: ${repeated} of ${rows} rows have the values of an earlier row in every column, such as those of ${example}`
  if (done === 'drop') return `${found}; they were left out, as repeatedRows asks.`
  const whole = 2 * repeated >= rows ? 'The whole table seems to be duplicated. ' : ''
  return `${found}: sums and counts take each of them. ${whole}If they are the same events, leave them out with repeatedRows: 'drop'.`
}

/** Returns the problem of a table with repeated rows. */
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
  'Give each row once; if equal rows are different events, add a column that tells them apart, in training too.'

// A double as two 32-bit integers
const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)
// No finite number has these as its upper half
const [textMark, booleanMark] = [0x7ff8_0001, 0x7ff8_0002]

/**
 * Finds the rows of one table of one customer that equal an earlier row in every column (missing equals missing), by a
 * 64-bit hash, as `openHistory` does for all customers.
 */
export class RowCopies {
  #repeated = 0
  #firstDay = 0 as EpochDay
  readonly #columns: readonly string[] | null
  /** Per column of the reader: whether it tells rows apart. */
  readonly #isCompared: boolean[] = []
  readonly #textCodes = new Map<string, number>()
  // The key of the last row
  #low = 0
  #high = 0
  // An open-addressing hash table; 0 in both halves = empty
  #lows = new Int32Array(64)
  #highs = new Int32Array(64)
  #size = 0

  /**
   * @param id the customer's id
   * @param known columns of the table in the training history, if known: only they tell rows apart
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

  /** Adds the last row of the reader; false if an equal one is there. */
  add(): boolean {
    if (this.#has()) return false
    this.#put(this.#low, this.#high)
    if (2 * ++this.#size > this.#lows.length) this.#grow()
    return true
  }

  /** Adds the last row of the reader; if an equal one is there, counts it and returns true. */
  isRepeated(): boolean {
    if (this.add()) return false
    if (this.#repeated++ === 0) this.#firstDay = this.reader.day
    return true
  }

  /** Returns the counted rows, of `rows` in all; null if there are none. */
  found(rows: number): FoundRepeats | null {
    return this.#repeated === 0 ? null : this.#foundOn(this.#firstDay, rows, this.#repeated)
  }

  /** Returns problems if the rule refuses the counted rows. */
  problems(rule: RepeatedRows, rows: number): Problem[] {
    return this.#problemsOf(rule, this.found(rows))
  }

  /** Returns problems if the rule refuses the last row of the reader, which follows `rows` others. */
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

  /** Rows look equal, but lack a column that told rows apart in the history. */
  #lacking(): Problem[] {
    const { optional } = inputTables[this.reader.table]
    const absent = (this.#columns ?? []).filter(
      (name) => !this.reader.columns.includes(name) && !Object.hasOwn(optional, name),
    )
    return absent.map((name) => ({
      code: 'column-missing',
      parameter: `column ${name}`,
      rule: 'to be given if rows are equal in all others: in the history it told rows apart, and only one of equal ones was kept',
      place: { table: this.reader.table },
      wayOut: 'Add it; if its value is not known, write null.',
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

  /** The position of a key, or the free one for it. */
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

/** The finalizer of MurmurHash3: every bit of both words and of the seed flips about half of the others. */
function mixed(first: number, second: number, seed: number): number {
  let word = Math.imul(first ^ Math.imul(seed + 1, 0x9e37_79b1), 0x85eb_ca6b)
  word = Math.imul(word ^ (word >>> 15) ^ second, 0xc2b2_ae35)
  word = Math.imul(word ^ (word >>> 13), 0x27d4_eb2f)
  return word ^ (word >>> 16)
}
