import { checkArguments } from './arguments.js'
import { Bitmap, isMissing } from './bitmap.js'
import { HoldfastError } from './errors.js'
import type { NumberNotation } from './writtenNumbers.js'

/** Numbers of a column; each is read as the 64-bit number that it is equal to. */
export type NumberValues = Float64Array | Float32Array | Int32Array

/** A column of numbers. Finite wherever it is not missing. Features may be of 32 bits; tables are of 64. */
export interface NumberColumn<Values extends NumberValues = Float64Array> {
  readonly kind: 'number'
  readonly name: string
  /** Shape (rows); 0 behind a missing bit. */
  readonly values: Values
  readonly missing: Bitmap | null
  /**
   * The texts that the numbers were read from, where the numbers alone would not give them back: `+7`, `12E3` and `1.0`
   * may be the names of customers. Codes of any value behind a missing bit.
   */
  readonly written?: WrittenNumbers
  /** How the source wrote the numbers, where that was not `-1234.5`: what they are read by again in scoring. */
  readonly notation?: NumberNotation
  /** Where the values are the days from a day to another: that other one, which moves them all. */
  readonly daysUntil?: number
  /** True where it was read from texts whose points could as well stand between groups of digits: `1.022` in every cell. */
  readonly mayBeGrouped?: boolean
}

/** The texts of numbers, stored once each: `dictionary[codes[row]]`. */
export interface WrittenNumbers {
  readonly codes: Int32Array
  readonly dictionary: readonly string[]
  /** Returns those of some rows, where they need not be made of all. */
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

/** What a learner can read. */
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

/** Returns the column with its numbers in 64 bits: the same object where they are. */
export function wideColumn(column: NumberColumn<NumberValues>): NumberColumn {
  const { values } = column
  if (values instanceof Float64Array) return column as NumberColumn
  return { ...column, values: Float64Array.from(values) }
}

/**
 * Returns the texts of numbers, made when they are first read: only a column of ids is asked for them.
 *
 * @param textAt the text of a row; null where it is missing
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

/** Returns the matrix with only the given rows, in their order. Copies. */
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
