import { checkArguments } from './arguments.js'
import { Bitmap, isMissing } from './bitmap.js'
import { HoldfastError } from './errors.js'
import type { NumberNotation } from './writtenNumbers.js'

/** Numbers of a column; each is read as its 64-bit value. */
export type NumberValues = Float64Array | Float32Array | Int32Array

/** A column of numbers, finite unless missing. Features may have 32 bits; tables have 64. */
export interface NumberColumn<Values extends NumberValues = Float64Array> {
  readonly kind: 'number'
  readonly name: string
  /** Shape (rows); 0 behind a missing bit. */
  readonly values: Values
  readonly missing: Bitmap | null
  /**
   * The texts from which the numbers were read, if the numbers alone do not reproduce them: `+7`, `12E3` and `1.0` may
   * be ids of customers. Codes behind a missing bit are arbitrary.
   */
  readonly written?: WrittenNumbers
  /** How the source wrote the numbers, if not as `-1234.5`; for reading them in scoring. */
  readonly notation?: NumberNotation
  /** If the values are days until another day: that day. */
  readonly daysUntil?: number
  /** True if the points in its texts could just as well group digits: `1.022` in every cell. */
  readonly mayBeGrouped?: boolean
}

/** The texts of numbers, stored once each: `dictionary[codes[row]]`. */
export interface WrittenNumbers {
  readonly codes: Int32Array
  readonly dictionary: readonly string[]
  /** Returns the texts of some rows, if that does not need those of all. */
  readonly take?: (rows: Int32Array) => WrittenNumbers
}

/** A column of texts, stored once each: `dictionary[codes[row]]`. Learners read it as categories. */
export interface TextColumn {
  readonly kind: 'text'
  readonly name: string
  /** Shape (rows), each in `[0, dictionary.length)`; 0 behind a missing bit. */
  readonly codes: Int32Array
  /** Distinct texts, in any order. May hold texts that no row uses. */
  readonly dictionary: readonly string[]
  readonly missing: Bitmap | null
}

/** A column that a learner can read. */
export type FeatureColumn = NumberColumn<NumberValues> | TextColumn

/** The input of learners and models: columns of equal length, with unique names. */
export interface FeatureMatrix {
  readonly rowCount: number
  readonly columns: readonly FeatureColumn[]
}

/** Name and kind of a feature, and the categories that the model has seen, in the model's own order. */
export type FeatureSpec =
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: 'text'; readonly name: string; readonly categories: readonly string[] }

/**
 * Returns a number column; null and undefined become missing.
 *
 * @throws {HoldfastError} `value-not-finite` for NaN and infinities, with the row
 *
 * @example
 * numberColumn('tenure', [1, null, 3]).missing?.count()
 * // => 1
 */
export function numberColumn(name: string, values: ArrayLike<number | null | undefined>): NumberColumn {
  checkArguments('numberColumn', ['name', name, 'text'], ['values', values, 'list'])
  const numbers = new Float64Array(values.length)
  const missing = Bitmap.where(values.length, (row) => values[row] == null)
  for (let row = 0; row < numbers.length; row++) {
    if (isMissing(missing, row)) continue
    const value = values[row]!
    if (!Number.isFinite(value)) throw notFinite(name, row, value)
    numbers[row] = value
  }
  return { kind: 'number', name, values: numbers, missing }
}

function notFinite(name: string, row: number, received: number): HoldfastError {
  return new HoldfastError('numberColumn', [
    {
      code: 'value-not-finite',
      parameter: `column ${name}`,
      rule: 'to hold finite numbers',
      received,
      place: { row: row + 1, column: name },
      wayOut: 'Write null for missing.',
    },
  ])
}

/** Returns the column with 64-bit numbers: the same object if it has them. */
export function wideColumn(column: NumberColumn<NumberValues>): NumberColumn {
  const { values } = column
  if (values instanceof Float64Array) return column as NumberColumn
  return { ...column, values: Float64Array.from(values) }
}

/**
 * Returns the texts of numbers, created when first read, because only columns of ids need them.
 *
 * @param textAt the text of a row; null = missing
 */
export function writtenLater(length: number, textAt: (row: number) => string | null): WrittenNumbers {
  let made: WrittenNumbers | undefined
  const written = (): WrittenNumbers => {
    made ??= textColumn(
      '',
      Array.from({ length }, (_, row) => textAt(row)),
    )
    return made
  }
  return {
    get codes() {
      return written().codes
    },
    get dictionary() {
      return written().dictionary
    },
    take: (rows) => writtenLater(rows.length, (row) => textAt(rows[row]!)),
  }
}

/** Returns a text column, dictionary in order of first appearance; null and undefined become missing. */
export function textColumn(name: string, values: ArrayLike<string | null | undefined>): TextColumn {
  checkArguments('textColumn', ['name', name, 'text'], ['values', values, 'list'])
  const codes = new Int32Array(values.length)
  const codeOf = new Map<string, number>()
  for (let row = 0; row < values.length; row++) {
    const text = values[row]
    if (text == null) continue
    if (typeof text !== 'string') throw noText(name, row, text)
    let code = codeOf.get(text)
    if (code === undefined) {
      code = codeOf.size
      codeOf.set(text, code)
    }
    codes[row] = code
  }
  const missing = Bitmap.where(values.length, (row) => values[row] == null)
  return { kind: 'text', name, codes, dictionary: [...codeOf.keys()], missing }
}

function noText(name: string, row: number, received: unknown): HoldfastError {
  return new HoldfastError('textColumn', [
    {
      code: 'value-type',
      parameter: `column ${name}`,
      rule: 'to hold texts',
      received,
      place: { row: row + 1, column: name },
      wayOut: 'Write null for missing, and numbers as texts: String(5).',
    },
  ])
}

/** Returns a copy of the matrix with only the given rows, in their order. */
export function takeRows(matrix: FeatureMatrix, rows: ArrayLike<number>): FeatureMatrix {
  return { rowCount: rows.length, columns: matrix.columns.map((column) => takeColumn(column, rows)) }
}

function takeColumn(column: FeatureColumn, rows: ArrayLike<number>): FeatureColumn {
  const missing = column.missing?.take(rows) ?? null
  if (column.kind === 'text') return { ...column, codes: takeValues(column.codes, rows), missing }
  const { kind, name, values, daysUntil } = column
  const moved = daysUntil === undefined ? {} : { daysUntil }
  return { kind, name, values: takeValues(values, rows), missing, ...moved }
}

/** Returns the values at the given rows, in an array of the same type. */
export function takeValues<Values extends NumberValues | Uint8Array>(
  values: Values,
  rows: ArrayLike<number>,
): Values {
  const taken = new (values.constructor as new (length: number) => Values)(rows.length)
  for (let index = 0; index < rows.length; index++) taken[index] = values[rows[index]!]!
  return taken
}

/** Returns at most so many row numbers, in even steps over all rows. */
export function spreadRows(rowCount: number, most: number): Int32Array {
  const count = Math.min(rowCount, most)
  return Int32Array.from({ length: count }, (_, index) => Math.floor((index * rowCount) / count))
}
