import { createHash } from 'node:crypto'
import { type Bitmap, isMissing } from '../base/bitmap.js'
import type { FeatureColumn, FeatureMatrix, NumberValues, TextColumn } from '../base/matrix.js'

/** Input of a fingerprint; a `Dataset` is one. */
export interface FingerprintedData {
  readonly ids: readonly string[]
  readonly cutoffs: Int32Array | null
  readonly features: FeatureMatrix
  readonly outcome: Uint8Array
  readonly weight?: Float64Array
}

/** Bytes that are hashed together: a call per text or number would take longer than the hash. */
const bytesTogether = 65_536

/** Bytes of texts and numbers on their way into a hash. */
class HashedBytes {
  readonly #hash = createHash('sha256')
  readonly #bytes = Buffer.alloc(bytesTogether)
  readonly #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, bytesTogether)
  #length = 0

  /** The length before the text distinguishes ["ab", "c"] from ["a", "bc"]. */
  addText(text: string): void {
    // At most three bytes for each unit of UTF-16
    if (4 + 3 * text.length > bytesTogether) {
      const bytes = Buffer.from(text)
      this.addInteger(bytes.length)
      this.addBytes(bytes)
      return
    }
    const start = this.#room(4 + 3 * text.length)
    const length = this.#bytes.write(text, start + 4)
    this.#view.setInt32(start, length, true)
    this.#length += 4 + length
  }

  addInteger(value: number): void {
    this.#view.setInt32(this.#room(4), value, true)
    this.#length += 4
  }

  addIntegers(values: Int32Array): void {
    for (let row = 0; row < values.length; row++) this.addInteger(values[row]!)
  }

  addNumbers(values: NumberValues, missing: Bitmap | null): void {
    for (let row = 0; row < values.length; row++) {
      this.#view.setFloat64(this.#room(8), isMissing(missing, row) ? 0 : values[row]! + 0, true)
      this.#length += 8
    }
  }

  addBytes(bytes: Uint8Array): void {
    this.#flush()
    this.#hash.update(bytes)
  }

  digest(): string {
    this.#flush()
    return this.#hash.digest('hex')
  }

  /** Returns the position of this many free bytes. */
  #room(bytes: number): number {
    if (this.#length + bytes > bytesTogether) this.#flush()
    return this.#length
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, this.#length))
    this.#length = 0
  }
}

/**
 * Returns the SHA-256 of a dataset's contents: the same data gives the same text, on every machine and in every run.
 *
 * Keep it with a model to know later what it was trained on. It covers ids, cutoffs, the name, kind, values, missing rows
 * and category texts of each feature, outcomes and weights, in the order of rows and columns. It does not depend on the
 * order of a column's dictionary, on unused texts in it, on the value behind a missing bit, or on the sign of zero.
 *
 * O(rows × columns) time, about .2 s for 10 million values; constant memory.
 *
 * @returns 64 hexadecimal digits
 */
export function fingerprint({ ids, cutoffs, features, outcome, weight }: FingerprintedData): string {
  const hash = new HashedBytes()
  hash.addText('holdfast dataset 1')
  hash.addInteger(ids.length)
  for (const id of ids) hash.addText(id)
  hash.addText(cutoffs === null ? 'flat' : 'cutoffs')
  if (cutoffs !== null) hash.addIntegers(cutoffs)
  hash.addInteger(features.columns.length)
  for (const column of features.columns) addColumn(hash, column)
  hash.addBytes(outcome)
  hash.addText(weight === undefined ? 'unweighted' : 'weighted')
  if (weight !== undefined) hash.addNumbers(weight, null)
  return hash.digest()
}

function addColumn(hash: HashedBytes, column: FeatureColumn): void {
  hash.addText(column.kind)
  hash.addText(column.name)
  const missingCount = column.missing?.count() ?? 0
  hash.addInteger(missingCount)
  if (column.missing !== null && missingCount > 0) hash.addIntegers(Int32Array.from(column.missing.words))
  if (column.kind === 'number') hash.addNumbers(column.values, column.missing)
  else addTexts(hash, column)
}

// Texts are numbered in order of first appearance, whatever the order of the dictionary.
function addTexts(hash: HashedBytes, column: TextColumn): void {
  const numbers = new Int32Array(column.dictionary.length).fill(-1)
  const texts: string[] = []
  const rows = new Int32Array(column.codes.length)
  for (let row = 0; row < rows.length; row++) {
    if (isMissing(column.missing, row)) continue
    const code = column.codes[row]!
    if (numbers[code] === -1) numbers[code] = texts.push(column.dictionary[code]!) - 1
    rows[row] = numbers[code]!
  }
  hash.addInteger(texts.length)
  for (const text of texts) hash.addText(text)
  hash.addIntegers(rows)
}
