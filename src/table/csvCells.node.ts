import { isUtf8 } from 'node:buffer'
import { type BadLine, wrongLength } from './badLines.js'
import { type CellPlaces, ColumnCells } from './columnCells.node.js'
import type { CsvHeader } from './csvHeader.node.js'
import { encodedBytes } from './encoding.node.js'

/** The columns of a CSV file, and the rows with a wrong number of fields. */
export interface CsvCells {
  readonly columns: readonly ColumnCells[]
  readonly badLines: readonly BadLine[]
}

/** Bytes scanned together: they stay in the cache while the columns are read. */
const bytesTogether = 65_536
const [lineFeed, carriageReturn, quote] = [10, 13, 34]

/**
 * Returns the cells of a CSV file with regular lines and quotes; null if they are irregular or the text cannot be read:
 * then the general parser reads it, or says what is wrong.
 *
 *     lines    all end alike, in LF or in CR LF; outside quotes there are no others of these
 *     quotes   open and close whole fields; within fields they are doubled
 *
 * On a file of 500,000 rows × 22 columns it takes a tenth of the general parser's time.
 */
export async function readCsvCells(
  path: string,
  encoding: string,
  { names, delimiter }: CsvHeader,
  missing: ReadonlySet<string>,
): Promise<CsvCells | null> {
  const columns = names.map((name) => new ColumnCells(name, missing))
  const records = new RecordScanner(path, names.length, delimiter.charCodeAt(0))
  try {
    for await (const bytes of encodedBytes(path, encoding)) {
      if (!takeBlock(records.add(bytes), columns)) return null
    }
  } catch {
    return null
  }
  return takeBlock(records.end(), columns) ? { columns, badLines: records.badLines } : null
}

function takeBlock(block: CellPlaces | 'odd' | null, columns: readonly ColumnCells[]): boolean {
  if (block === 'odd') return false
  if (block !== null) for (const [index, column] of columns.entries()) column.add(block, 2 * index)
  return true
}

/** Finds the fields of records in a stream of bytes. */
class RecordScanner {
  readonly badLines: BadLine[] = []
  #bytes: Buffer = Buffer.allocUnsafe(2 * bytesTogether)
  #length = 0
  /** Bytes before it belong to records already returned. */
  #start = 0
  #enough = bytesTogether
  #bounds = new Int32Array(65_536)
  /** Indices in the bounds of this record's fields that hold doubled quotes. */
  #doubled: number[] = []
  #endsInTwo: boolean | undefined
  #row = -1

  constructor(
    readonly path: string,
    readonly fields: number,
    readonly delimiter: number,
  ) {}

  /** Returns the complete records once there are enough bytes; 'odd' if they are irregular. */
  add(piece: Uint8Array): CellPlaces | 'odd' | null {
    this.#bytes.copyWithin(0, this.#start, this.#length)
    this.#length -= this.#start
    this.#start = 0
    if (this.#length + piece.length > this.#bytes.length) {
      const longer = Buffer.allocUnsafe(2 * (this.#length + piece.length))
      this.#bytes.copy(longer, 0, 0, this.#length)
      this.#bytes = longer
    }
    this.#bytes.set(piece, this.#length)
    this.#length += piece.length
    return this.#length < this.#enough ? null : this.#scan(false)
  }

  end(): CellPlaces | 'odd' | null {
    return this.#scan(true)
  }

  #scan(isEnd: boolean): CellPlaces | 'odd' {
    const stride = 2 * this.fields
    let start = this.#start
    if (this.#row < 0 && isUtf8Mark(this.#bytes, this.#length)) start += 3
    const first = start
    let records = 0
    while (start < this.#length) {
      const next = this.#scanRecord(start, records * stride, isEnd)
      if (next === 'odd') return 'odd'
      if (next === 'cut') break
      records += this.#keepRecord(records * stride, next)
      start = next.after
    }
    if (!isUtf8(this.#bytes.subarray(first, start))) return 'odd'
    this.#start = start
    // A longer record is not searched for in every piece
    this.#enough = Math.max(bytesTogether, 2 * (this.#length - start))
    return { bytes: this.#bytes, bounds: this.#bounds, records, stride }
  }

  /** Finds the fields of the record that begins at `start`, and stores their bounds from `first` on. */
  #scanRecord(start: number, first: number, isEnd: boolean): Found | 'odd' | 'cut' {
    const [bytes, length, delimiter] = [this.#bytes, this.#length, this.delimiter]
    this.#doubled = []
    let at = first
    let index = start
    let isQuoted = false
    for (;;) {
      if (at + 2 > this.#bounds.length) this.#growBounds()
      let fieldEnd: number
      if (index < length && bytes[index] === quote) {
        const close = this.#closingQuote(index + 1, at)
        if (close < 0) return isEnd ? 'odd' : 'cut'
        this.#bounds[at] = index + 1
        fieldEnd = close
        index = close + 1
        isQuoted = true
      } else {
        this.#bounds[at] = index
        let byte = 0
        while (index < length) {
          byte = bytes[index]!
          if (byte === delimiter || byte === lineFeed) break
          if (byte === quote) return 'odd'
          if (byte === carriageReturn) break
          index++
        }
        fieldEnd = index
      }
      this.#bounds[at + 1] = fieldEnd
      at += 2
      const isBlank = fieldEnd === start && !isQuoted
      if (index === length) return isEnd ? { after: index, end: at, isBlank } : 'cut'
      if (bytes[index] === delimiter) {
        index++
        continue
      }
      const after = this.#lineEnd(index, isEnd)
      return typeof after === 'number' ? { after, end: at, isBlank } : after
    }
  }

  /** Returns the position of a field's closing quote, −1 if there is none. */
  #closingQuote(from: number, at: number): number {
    let isDoubled = false
    for (let index = this.#bytes.indexOf(quote, from); index >= 0 && index < this.#length; ) {
      if (index + 1 === this.#length || this.#bytes[index + 1] !== quote) {
        if (isDoubled) this.#doubled.push(at)
        return index
      }
      isDoubled = true
      index = this.#bytes.indexOf(quote, index + 2)
    }
    return -1
  }

  /** Returns where the line after the one that ends at `index` begins. */
  #lineEnd(index: number, isEnd: boolean): number | 'odd' | 'cut' {
    const bytes = this.#bytes
    if (bytes[index] === lineFeed) {
      this.#endsInTwo ??= false
      return this.#endsInTwo ? 'odd' : index + 1
    }
    if (bytes[index] !== carriageReturn) return 'odd'
    if (index + 1 === this.#length) return isEnd ? 'odd' : 'cut'
    if (bytes[index + 1] !== lineFeed) return 'odd'
    this.#endsInTwo ??= true
    return this.#endsInTwo ? index + 2 : 'odd'
  }

  /** Returns 1 if the record is a row of the table: not the header, not blank, with the right number of fields. */
  #keepRecord(first: number, { end, isBlank }: Found): 0 | 1 {
    if (isBlank) return 0
    for (const at of this.#doubled) this.#bounds[at + 1] = withSingleQuotes(this.#bytes, this.#bounds, at)
    if (++this.#row === 0) return 0
    if (end - first === 2 * this.fields) return 1
    const fields: string[] = []
    for (let at = first; at < end; at += 2)
      fields.push(this.#bytes.toString('utf8', this.#bounds[at]!, this.#bounds[at + 1]!))
    this.badLines.push(wrongLength(this.path, this.#row, fields, this.fields))
    return 0
  }

  #growBounds(): void {
    const longer = new Int32Array(2 * this.#bounds.length)
    longer.set(this.#bounds)
    this.#bounds = longer
  }
}

/** A record: where the next one begins, and where its bounds end. */
interface Found {
  readonly after: number
  readonly end: number
  readonly isBlank: boolean
}

/** Replaces the doubled quotes of a field by single ones, and returns its new end. */
function withSingleQuotes(bytes: Buffer, bounds: Int32Array, at: number): number {
  let to = bounds[at]!
  for (let from = to; from < bounds[at + 1]!; from++) {
    bytes[to++] = bytes[from]!
    if (bytes[from] === quote) from++
  }
  return to
}

function isUtf8Mark(bytes: Buffer, length: number): boolean {
  return length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}
