import { checkArguments } from './arguments.js'

/**
 * A set of row numbers, one bit per row: which values of a column are missing.
 *
 * The value behind a set bit is 0 and is never read.
 */
export class Bitmap {
  private constructor(
    /** Number of rows. */
    readonly length: number,
    /** Bit `row & 31` of word `row >> 5`. For kernels; do not write to it. */
    readonly words: Uint32Array,
  ) {}

  /** Returns a bitmap of the rows for which `isSet` is true, or null if there are none. */
  static where(length: number, isSet: (row: number) => boolean): Bitmap | null {
    checkArguments('Bitmap.where', ['length', length, 'number'], ['isSet', isSet, 'function'])
    let words: Uint32Array | null = null
    for (let row = 0; row < length; row++) {
      if (!isSet(row)) continue
      words ??= new Uint32Array((length + 31) >>> 5)
      words[row >>> 5]! |= 1 << (row & 31)
    }
    return words === null ? null : new Bitmap(length, words)
  }

  /** True if the row is in the set. */
  has(row: number): boolean {
    return ((this.words[row >>> 5]! >>> (row & 31)) & 1) === 1
  }

  /** Number of rows in the set. O(length / 32). */
  count(): number {
    let total = 0
    for (let word of this.words) {
      for (; word !== 0; word &= word - 1) total++
    }
    return total
  }

  /** Returns the bitmap of the given rows, in their order; null if none is set. */
  take(rows: ArrayLike<number>): Bitmap | null {
    checkArguments('Bitmap.take', ['rows', rows, 'list'])
    return Bitmap.where(rows.length, (row) => this.has(rows[row]!))
  }
}

/** True if the row is missing; a column without a bitmap has no missing values. */
export function isMissing(missing: Bitmap | null, row: number): boolean {
  return missing?.has(row) ?? false
}
