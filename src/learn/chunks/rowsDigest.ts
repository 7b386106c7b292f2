import { type Bitmap, isMissing } from '../../base/bitmap.js'
import { HoldfastError, type Problem } from '../../base/errors.js'
import type { NumberValues } from '../../base/matrix.js'
import type { CheckedChunk } from './checkedChunks.js'

/** The numbers that stand for the texts of a chunk, per column; see `TextIndex`. */
export type TextNumbers = ReadonlyMap<string, Int32Array>

/**
 * A number of 32 bits per column that the values of all rows make in their order: where one value differs, so does the
 * number; where several do, nearly always. However the rows are cut into chunks.
 */
export class RowsDigest {
  #rowCount = 0
  readonly #ofColumn = new Map<string, number>()

  get rowCount(): number {
    return this.#rowCount
  }

  add({ features, outcome, weight }: CheckedChunk, texts: TextNumbers): void {
    this.#rowCount += features.rowCount
    for (const column of features.columns) {
      const key = `column ${column.name}`
      if (column.kind === 'number') this.#take(key, column.values, column.missing)
      else this.#take(key, texts.get(column.name)!, null)
    }
    this.#take('outcome', outcome, null)
    if (weight !== null) this.#take('weight', weight, null)
  }

  /** @throws {HoldfastError} `data-changed` where the rows of the second reading are not these */
  refuseOthers(operation: string, second: RowsDigest): void {
    const changed = [...this.#ofColumn].find(([key, digest]) => second.#ofColumn.get(key) !== digest)
    if (second.#rowCount === this.#rowCount && changed === undefined) return
    const rows = (count: number): string => `${count} rows`
    const received =
      second.#rowCount === this.#rowCount
        ? `other values in ${changed![0]}`
        : `${rows(second.#rowCount)} after ${rows(this.#rowCount)}`
    throw new HoldfastError(operation, [rowsChanged(received)])
  }

  #take(key: string, values: NumberValues | Uint8Array, missing: Bitmap | null): void {
    this.#ofColumn.set(key, digestOf(values, missing, this.#ofColumn.get(key) ?? 0))
  }
}

/** Returns the problem that a second reading gave other rows than the first. */
export function rowsChanged(received: string): Problem {
  return {
    code: 'data-changed',
    parameter: 'the chunks',
    rule: 'to give the same rows in the same order at both readings, not counting rows of weight 0',
    received,
    wayOut:
      'Order the rows (ORDER BY), and give what can be gone through twice: an object that begins anew, not a generator.',
  }
}

/** What stands for a missing value: the bits of no finite number. */
const missingBits = 0x7ff80001

function digestOf(values: NumberValues | Uint8Array, missing: Bitmap | null, before: number): number {
  const number = new Float64Array(1)
  const bits = new Int32Array(number.buffer)
  let digest = before
  for (let row = 0; row < values.length; row++) {
    number[0] = values[row]!
    if (isMissing(missing, row)) bits.fill(missingBits)
    digest = Math.imul(digest ^ bits[0]!, 0x9e3779b1)
    digest = Math.imul(((digest << 13) | (digest >>> 19)) ^ bits[1]!, 0x85ebca6b)
    digest ^= digest >>> 15
  }
  return digest
}
