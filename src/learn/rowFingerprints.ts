import { isMissing } from '../base/bitmap.js'
import { categoryOf } from '../base/category.js'
import type { FeatureColumn, FeatureMatrix } from '../base/matrix.js'

/** Fingerprints are whole numbers below this; 6 bytes each. */
export const fingerprintLimit = 2 ** 48
const bytesEach = 6

/** Returns the columns of these names; null where one is not there. */
export function columnsNamed(features: FeatureMatrix, names: readonly string[]): FeatureColumn[] | null {
  const byName = new Map(features.columns.map((column) => [column.name, column]))
  const own = names.map((name) => byName.get(name))
  return own.includes(undefined) ? null : (own as FeatureColumn[])
}

const missingNumber = 0x7ff80001

/**
 * Returns a fingerprint per row, shape (rows), each a whole number below 2^48: equal rows have the same, others nearly
 * always another. Two numbers of 32 bits that each value is mixed into, one after the other; 48 bits of them. Numbers count as of single
 * precision: the last digits of a feature differ between SQL and a service.
 */
export function fingerprintsOf(
  columns: readonly FeatureColumn[],
  rowCount: number,
  salt: number,
): Float64Array {
  const first = new Int32Array(rowCount).fill(salt)
  const second = new Int32Array(rowCount).fill(~salt)
  for (const column of columns) {
    const numbers = numbersToMix(column, rowCount, salt)
    for (let row = 0; row < rowCount; row++) {
      const number = isMissing(column.missing, row) ? missingNumber : numbers[row]!
      first[row] = mixed(first[row]!, number, 0x9e3779b1)
      second[row] = mixed(second[row]!, number, 0x85ebca6b)
    }
  }
  const fingerprints = new Float64Array(rowCount)
  for (let row = 0; row < rowCount; row++)
    fingerprints[row] = (first[row]! >>> 0) * 65_536 + (second[row]! & 0xffff)
  return fingerprints
}

/** Returns the 32 bits that stand for each value of a column. */
function numbersToMix(column: FeatureColumn, rowCount: number, salt: number): Int32Array {
  if (column.kind === 'text') {
    const texts = column.dictionary.map((text) => {
      const category = categoryOf(text)
      return category === null ? missingNumber : textNumber(category, salt)
    })
    const numbers = new Int32Array(rowCount)
    for (let row = 0; row < rowCount; row++) numbers[row] = texts[column.codes[row]!]!
    return numbers
  }
  // Days until another day move with it: the day itself stays.
  const { values, daysUntil = 0 } = column
  const singles = new Float32Array(rowCount)
  for (let row = 0; row < rowCount; row++) singles[row] = values[row]! - daysUntil + 0
  return new Int32Array(singles.buffer)
}

function mixed(hash: number, value: number, factor: number): number {
  let next = Math.imul(hash ^ value, factor)
  next = Math.imul(((next << 13) | (next >>> 19)) ^ (next >>> 16), 0xc2b2ae35)
  return next ^ (next >>> 15)
}

/** Returns a number of 32 bits that stands for a text. */
export function textNumber(text: string, salt: number): number {
  let hash = mixed(salt, text.length, 0x9e3779b1)
  for (let index = 0; index < text.length; index++) hash = mixed(hash, text.charCodeAt(index), 0x85ebca6b)
  return hash >>> 0
}

/** Returns fingerprints as text, 6 bytes each. */
export function textOf(numbers: readonly number[]): string {
  let bytes = ''
  for (const number of numbers)
    for (let index = 0; index < bytesEach; index++)
      bytes += String.fromCharCode(Math.floor(number / 256 ** index) % 256)
  return btoa(bytes)
}

/** Returns the fingerprints of a text of `textOf`. */
export function numbersOf(text: string): number[] {
  const bytes = atob(text)
  return Array.from({ length: Math.floor(bytes.length / bytesEach) }, (_, place) => {
    let number = 0
    for (let index = bytesEach - 1; index >= 0; index--)
      number = number * 256 + bytes.charCodeAt(place * bytesEach + index)
    return number
  })
}
