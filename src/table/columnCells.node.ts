import { Bitmap } from '../base/bitmap.js'
import { type NumberColumn, writtenLater } from '../base/matrix.js'
import { isPlainNumber, type PointsMayGroup } from './columnReading.js'
import type { PlainNumbers, SourceCells } from './columnTexts.js'
import { usualMissing } from './inferKind.js'

/** How a number cell was written: 0 to 15 are digits after the point. */
const [asNumbersPrint, inItsOwnWay, noCell] = [253, 254, 255]
const mostDigits = 15
/** Numbers from this size on print without an exponent. */
const smallestPrinted = 1e-6
/** With more irregular cells than this number and share, keeping distinct texts is cheaper. */
const [mostOwnShare, mostOwn] = [1 / 8, 1024]

const powersOfTen = Float64Array.from({ length: mostDigits + 1 }, (_, power) => Number(`1e${power}`))
const [minus, point, zero, firstBeyondAscii] = [45, 46, 48, 128]

/** Positions of the cells of some records in bytes: start and end of each, record after record. */
export interface CellPlaces {
  readonly bytes: Buffer
  readonly bounds: Int32Array
  readonly records: number
  /** Numbers in `bounds` for one record. */
  readonly stride: number
}

/**
 * The cells of one column of a text file in UTF-8, from its bytes.
 *
 * As long as all of them are numbers as programs write them, or missing, they are kept as numbers with the count of
 * digits after the point, which restores their texts exactly (`24.90` is 24.9 with 2). At the first other cell the
 * column becomes one of distinct texts, in order of first appearance. Texts are compared as bytes, so that only
 * distinct ones become strings. 9 bytes per number, 4 per text.
 */
export class ColumnCells implements SourceCells {
  readonly hasNumbers = false
  readonly hasInstants = false
  #length = 0
  #numbers: NumberCells | null
  #texts: DistinctTexts | null = null
  #dictionary: readonly string[] | undefined

  readonly #missing: ReadonlySet<string>

  /** @param missing marks of a missing cell */
  constructor(
    readonly name: string,
    missing: ReadonlySet<string>,
  ) {
    this.#missing = missing
    this.#numbers = new NumberCells(missing)
  }

  get length(): number {
    return this.#length
  }

  get plainNumbers(): PlainNumbers | null {
    const numbers = this.#numbers
    if (numbers === null) return null
    return {
      pointsMayGroup: numbers.pointsMayGroup,
      column: (name) => numbers.column(name, this.#length),
    }
  }

  get dictionary(): readonly string[] {
    this.#dictionary ??= this.#asTexts().dictionary()
    return this.#dictionary
  }

  get codes(): Int32Array {
    return this.#asTexts().codes.subarray(0, this.#length)
  }

  /** Adds the cells of the column that begins at `column` within each record. */
  add(places: CellPlaces, column: number): void {
    const { records } = places
    let record = 0
    if (this.#numbers !== null) {
      record = this.#numbers.add(places, column, this.#length)
      this.#length += record
      if (record === records) return
    }
    const texts = this.#asTexts()
    texts.add(places, column, record, this.#length)
    this.#length += records - record
  }

  /** Turns the numbers back into their texts; from now on the column holds texts. */
  #asTexts(): DistinctTexts {
    if (this.#texts === null) {
      this.#texts = new DistinctTexts(this.#missing)
      for (let row = 0; row < this.#length; row++) this.#texts.addText(this.#numbers!.text(row), row)
      this.#numbers = null
    }
    return this.#texts
  }
}

/** Cells that are numbers as programs write them, or missing. */
class NumberCells {
  #values = new Float64Array(1024)
  #forms = new Uint8Array(1024)
  readonly #own = new Map<number, string>()
  readonly #missing: ReadonlySet<string>
  /** Marks of missing cells that are numbers. */
  readonly #marks: ReadonlySet<string>
  #pointed = 0
  #hasLastZero = false
  #mayGroup = true
  #hasMissing = false

  constructor(missing: ReadonlySet<string>) {
    this.#missing = missing
    this.#marks = new Set([...missing].filter(isPlainNumber))
  }

  /** Adds cells as long as they are numbers or missing; returns how many. @param row number of the first in the column */
  add({ bytes, bounds, records, stride }: CellPlaces, column: number, row: number): number {
    if (row + records > this.#values.length) this.#grow(row + records)
    const [values, forms, hasMarks] = [this.#values, this.#forms, this.#marks.size > 0]
    for (let record = 0, at = column; record < records; record++, at += stride) {
      const [start, end] = [bounds[at]!, bounds[at + 1]!]
      if (start === end) {
        this.#hasMissing = true
        forms[row + record] = noCell
        continue
      }
      const isNegative = bytes[start] === minus
      const first = isNegative ? start + 1 : start
      let mantissa = 0
      let pointAt = -1
      let index = first
      for (; index < end; index++) {
        const digit = bytes[index]! - zero
        if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
        else if (bytes[index] === point && pointAt < 0) pointAt = index
        else break
      }
      const whole = (pointAt < 0 ? end : pointAt) - first
      const decimals = pointAt < 0 ? 0 : end - pointAt - 1
      const value = decimals === 0 ? mantissa : mantissa / powersOfTen[decimals <= mostDigits ? decimals : 0]!
      const isPlain =
        index === end &&
        whole > 0 &&
        whole + decimals <= mostDigits &&
        (pointAt < 0 || decimals > 0) &&
        (whole === 1 || bytes[first] !== zero) &&
        (mantissa === 0 ? !isNegative : value >= smallestPrinted)
      if (!isPlain) {
        if (!this.#addOther(bytes.toString('utf8', start, end), row + record)) return record
        continue
      }
      if (hasMarks && this.#marks.has(bytes.toString('latin1', start, end))) {
        this.#hasMissing = true
        forms[row + record] = noCell
        continue
      }
      values[row + record] = isNegative ? -value : value
      forms[row + record] = decimals
      if (pointAt < 0) continue
      this.#pointed++
      if (bytes[end - 1] === zero) this.#hasLastZero = true
      if (decimals !== 3 || whole > 3 || bytes[first] === zero) this.#mayGroup = false
    }
    return records
  }

  /** Adds a cell that is written irregularly; false if it is not a number, or if such cells are too many. */
  #addOther(text: string, row: number): boolean {
    const trimmed = text.trim()
    const isNumber = isPlainNumber(trimmed)
    if (!isNumber) this.#hasMissing = true
    if (trimmed === '' || this.#missing.has(trimmed)) {
      this.#hasMissing = true
      this.#forms[row] = noCell
      return true
    }
    const value = isNumber ? Number(trimmed) : 0
    // Points that may group digits need the texts
    const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value)
    if (isNumber && (isRounded || !Number.isFinite(value) || /^[+-]?\d{1,3}\.\d{3}$/.test(trimmed)))
      return false
    if (!isNumber && !usualMissing.has(trimmed)) return false
    if (isNumber && trimmed.includes('.')) {
      this.#pointed++
      this.#mayGroup = false
    }
    this.#values[row] = value
    if (isNumber && text === String(value)) {
      this.#forms[row] = asNumbersPrint
      return true
    }
    this.#forms[row] = inItsOwnWay
    this.#own.set(row, text)
    return this.#own.size <= Math.max(mostOwn, mostOwnShare * row)
  }

  #grow(length: number): void {
    const longer = Math.max(length, 2 * this.#values.length)
    const [values, forms] = [this.#values, this.#forms]
    this.#values = new Float64Array(longer)
    this.#values.set(values)
    this.#forms = new Uint8Array(longer)
    this.#forms.set(forms)
  }

  /** The cell of a row as it was written; null = missing. */
  text(row: number): string | null {
    const form = this.#forms[row]!
    if (form <= mostDigits) return this.#values[row]!.toFixed(form)
    if (form === noCell) return null
    return form === asNumbersPrint ? String(this.#values[row]!) : this.#own.get(row)!
  }

  get pointsMayGroup(): PointsMayGroup {
    if (this.#pointed === 0 || !this.#mayGroup) return 'no'
    return this.#hasLastZero ? 'surely' : 'perhaps'
  }

  column(name: string, length: number): NumberColumn {
    const forms = this.#forms
    const isNoNumber = (row: number): boolean =>
      forms[row] === noCell || (forms[row] === inItsOwnWay && usualMissing.has(this.#own.get(row)!.trim()))
    let isGivenBack = !this.#hasLastZero
    for (const [row, text] of this.#own)
      isGivenBack &&= isNoNumber(row) || text.trim() === String(this.#values[row])
    this.#values = this.#values.slice(0, length)
    const column: NumberColumn = {
      kind: 'number',
      name,
      values: this.#values,
      missing: this.#hasMissing ? Bitmap.where(length, isNoNumber) : null,
    }
    return isGivenBack
      ? column
      : { ...column, written: writtenLater(length, (row) => this.text(row)?.trim() ?? null) }
  }
}

/** Distinct texts, compared as bytes, numbered in order of first appearance. */
class DistinctTexts {
  /** Per row; −1 = missing. */
  codes = new Int32Array(1024)
  readonly #missing: ReadonlySet<string>
  /** An open-addressing hash table of entry + 1; 0 = empty. */
  #slots = new Int32Array(256)
  /** Per entry: its hash, the end of its bytes in `#bytes`, and its code, −1 for a mark of missing cells. */
  #hashes = new Int32Array(128)
  #ends = new Int32Array(129)
  #codeOf = new Int32Array(128)
  #bytes: Buffer = Buffer.allocUnsafe(4096)
  #entries = 0
  #count = 0

  constructor(missing: ReadonlySet<string>) {
    this.#missing = missing
  }

  /** Adds the cells from a record on. @param row number of the first in the column */
  add({ bytes, bounds, records, stride }: CellPlaces, column: number, record: number, row: number): void {
    this.#holdRows(row + records - record)
    for (let at = column + record * stride, next = row; at < records * stride; at += stride) {
      this.codes[next++] = this.#code(bytes, bounds[at]!, bounds[at + 1]!)
    }
  }

  addText(text: string | null, row: number): void {
    this.#holdRows(row + 1)
    const bytes = text === null ? null : Buffer.from(text)
    this.codes[row] = bytes === null ? -1 : this.#code(bytes, 0, bytes.length)
  }

  dictionary(): string[] {
    const texts: string[] = []
    for (let entry = 0; entry < this.#entries; entry++) {
      if (this.#codeOf[entry]! < 0) continue
      const [start, end] = [this.#ends[entry]!, this.#ends[entry + 1]!]
      texts.push(textOf(this.#bytes, start, end))
    }
    return texts
  }

  #code(bytes: Buffer, start: number, end: number): number {
    if (start === end) return -1
    let hash = 0x811c9dc5
    for (let index = start; index < end; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193)
    hash ^= hash >>> 15
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#hashes[entry - 1] === hash && this.#isEntry(entry - 1, bytes, start, end))
        return this.#codeOf[entry - 1]!
      slot = (slot + 1) & mask
    }
    return this.#put(slot, hash, bytes, start, end)
  }

  #isEntry(entry: number, bytes: Buffer, start: number, end: number): boolean {
    const first = this.#ends[entry]!
    if (this.#ends[entry + 1]! - first !== end - start) return false
    const own = this.#bytes
    for (let index = start, at = first; index < end; index++, at++) if (bytes[index] !== own[at]) return false
    return true
  }

  #put(slot: number, hash: number, bytes: Buffer, start: number, end: number): number {
    const entry = this.#entries++
    if (entry === this.#hashes.length) this.#growEntries()
    const first = this.#ends[entry]!
    if (first + end - start > this.#bytes.length) {
      const longer = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, first + end - start))
      this.#bytes.copy(longer, 0, 0, first)
      this.#bytes = longer
    }
    bytes.copy(this.#bytes, first, start, end)
    this.#ends[entry + 1] = first + end - start
    this.#hashes[entry] = hash
    this.#slots[slot] = entry + 1
    const trimmed = textOf(bytes, start, end).trim()
    const code = trimmed === '' || this.#missing.has(trimmed) ? -1 : this.#count++
    this.#codeOf[entry] = code
    if (2 * this.#entries > this.#slots.length) this.#growSlots()
    return code
  }

  #growEntries(): void {
    const longer = (values: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(2 * values.length)
      grown.set(values)
      return grown
    }
    this.#hashes = longer(this.#hashes)
    this.#ends = longer(this.#ends)
    this.#codeOf = longer(this.#codeOf)
  }

  #growSlots(): void {
    this.#slots = new Int32Array(4 * this.#slots.length)
    const mask = this.#slots.length - 1
    for (let entry = 0; entry < this.#entries; entry++) {
      let slot = this.#hashes[entry]! & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = entry + 1
    }
  }

  #holdRows(length: number): void {
    if (length <= this.codes.length) return
    const longer = new Int32Array(Math.max(length, 2 * this.codes.length))
    longer.set(this.codes)
    this.codes = longer
  }
}

/** ASCII decodes faster, and most texts are ASCII. */
function textOf(bytes: Buffer, start: number, end: number): string {
  for (let index = start; index < end; index++)
    if (bytes[index]! >= firstBeyondAscii) return bytes.toString('utf8', start, end)
  return bytes.toString('latin1', start, end)
}
