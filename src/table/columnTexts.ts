import { Bitmap } from '../base/bitmap.js'
import type { Problem, ProblemCode } from '../base/errors.js'
import type { NumberColumn } from '../base/matrix.js'
import { dayReader, haveInstants, isoFormat } from '../base/writtenDays.js'
import { hasExponent, type NumberNotation, numberIn } from '../base/writtenNumbers.js'
import {
  type ColumnReading,
  notFiniteText,
  numberText,
  type PointsMayGroup,
  type TextCounts,
} from './columnReading.js'
import { usualMissing } from './inferKind.js'
import type { Column } from './table.js'

/** The cells of one column of a source. */
export interface SourceCells {
  readonly name: string
  /** Number of rows. */
  readonly length: number
  /** Distinct texts in order of first appearance. */
  readonly dictionary: readonly string[]
  /** Codes of the texts, -1 = missing. Shape (rows). */
  readonly codes: Int32Array
  /** True if some cells came as numbers, which have no notation of their own. */
  readonly hasNumbers: boolean
  /** True if some cells came as instants, and are their days. */
  readonly hasInstants: boolean
  /** Given if all cells are known to be plain numbers or missing: they need not become texts. */
  readonly plainNumbers: PlainNumbers | null
}

/** A column of numbers as programs write them. */
export interface PlainNumbers {
  readonly pointsMayGroup: PointsMayGroup
  /** Returns the column; its original notation is computed only on demand. */
  readonly column: (name: string) => NumberColumn
}

/** The cells of one column as texts, each distinct text once, in the order of the rows. */
export class ColumnTexts implements SourceCells {
  /** Distinct texts in order of first appearance. */
  readonly dictionary: string[] = []
  readonly plainNumbers = null
  readonly #codeOf = new Map<string, number>()
  #codes = new Int32Array(1024)
  #length = 0
  /** True if some cells came as numbers, which have no notation of their own. */
  hasNumbers = false
  /** True if some cells came as instants, and are their days. */
  hasInstants = false
  /** True if the column is part of nested objects. */
  isPart = false

  constructor(
    readonly name: string,
    private readonly missing: ReadonlySet<string>,
  ) {}

  /** Number of rows. */
  get length(): number {
    return this.#length
  }

  /** Codes of the texts, -1 = missing. Shape (rows). */
  get codes(): Int32Array {
    return this.#codes.subarray(0, this.#length)
  }

  /** Adds the cell of the next row; null, blank texts and marks of missing cells are missing. */
  add(text: string | null): void {
    if (this.#length === this.#codes.length) {
      const longer = new Int32Array(this.#codes.length * 2)
      longer.set(this.#codes)
      this.#codes = longer
    }
    this.#codes[this.#length++] = text === null || this.#isMissing(text) ? -1 : this.#code(text)
  }

  /** Adds missing cells until there are `length` rows. */
  fillUpTo(length: number): void {
    while (this.#length < length) this.add(null)
  }

  #isMissing(text: string): boolean {
    const trimmed = text.trim()
    return trimmed === '' || this.missing.has(trimmed)
  }

  #code(text: string): number {
    const known = this.#codeOf.get(text)
    if (known !== undefined) return known
    this.#codeOf.set(text, this.dictionary.length)
    this.dictionary.push(text)
    return this.dictionary.length - 1
  }
}

/** A rule that some cells of a column break. */
export interface BrokenCells {
  readonly code: ProblemCode
  readonly rule: string
  readonly wayOut: string
  /** Rows that break it, from 0, ascending. */
  readonly rows: readonly number[]
  readonly received: string
}

const longInteger = /^[+-]?(\d{16,})(\.\d*)?$/

/** Returns the number of cells of each distinct text. */
export function countsOf({ dictionary, codes }: SourceCells): TextCounts {
  const times = new Int32Array(dictionary.length)
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) times[codes[row]!]!++
  return { texts: dictionary, times }
}

/**
 * Returns the typed column of texts, and the cells that do not fit. Those are missing in the column: the caller refuses
 * them or removes their rows.
 *
 * @param timeZone gives instants their day
 */
export function typedColumn(
  texts: SourceCells,
  reading: ColumnReading,
  timeZone: string,
): { column: Column; broken: readonly BrokenCells[] } {
  const { kind } = reading
  const { name, plainNumbers } = texts
  if (kind === 'number' && plainNumbers !== null)
    return { column: { ...plainNumbers.column(name), ...notationOf(reading) }, broken: [] }
  const { codes, dictionary } = texts
  if (kind === 'text') {
    const own = codes.slice()
    const missing = own.includes(-1) ? Bitmap.where(own.length, (row) => own[row]! < 0) : null
    if (missing !== null) for (let row = 0; row < own.length; row++) if (own[row]! < 0) own[row] = 0
    return { column: { kind, name, codes: own, dictionary, missing }, broken: [] }
  }
  // Each distinct text is read once: as a number, missing, or the code of the rule that it breaks
  const read = dictionary.map((text) => readText(text.trim(), reading, timeZone))
  const valueAt = (row: number) => (codes[row]! < 0 ? undefined : read[codes[row]!])
  const missing = Bitmap.where(codes.length, (row) => typeof valueAt(row) !== 'number')
  const store = { number: Float64Array, day: Int32Array, boolean: Uint8Array }[kind]
  const values = new store(codes.length)
  for (let row = 0; row < values.length; row++) {
    const value = valueAt(row)
    if (typeof value === 'number') values[row] = value
  }
  const broken = (['value-type', 'value-not-finite', 'out-of-range'] as const).flatMap((code) => {
    const rows: number[] = []
    for (let row = 0; row < codes.length; row++) if (valueAt(row) === code) rows.push(row)
    if (rows.length === 0) return []
    return [{ code, ...cellRule(code, reading, name), rows, received: dictionary[codes[rows[0]!]!]! }]
  })
  const written = kind === 'number' ? writtenNumbers(texts, read) : {}
  const hasInstants =
    kind === 'day' && (texts.hasInstants || haveInstants(dictionary, reading.dateFormat ?? isoFormat))
  const zone = hasInstants ? { timeZone } : {}
  return {
    column: { kind, name, values, missing, ...written, ...notationOf(reading), ...zone } as Column,
    broken,
  }
}

function writtenNumbers({ codes, dictionary }: SourceCells, read: readonly unknown[]) {
  const trimmed = dictionary.map((text) => text.trim())
  const isGivenBack = trimmed.every(
    (text, code) => typeof read[code] !== 'number' || text === String(read[code]),
  )
  return isGivenBack
    ? {}
    : { written: { codes: codes.map((code) => Math.max(code, 0)), dictionary: trimmed } }
}

function notationOf({ numbers, dateFormat, pointsMayGroup }: ColumnReading): {
  readonly notation?: NumberNotation
  readonly dateFormat?: string
  readonly mayBeGrouped?: boolean
} {
  return {
    ...(numbers && { notation: numbers }),
    ...(dateFormat && { dateFormat }),
    ...(pointsMayGroup && { mayBeGrouped: true }),
  }
}

type BrokenRule = 'value-type' | 'value-not-finite' | 'out-of-range'

function readText(
  text: string,
  { kind, numbers, dateFormat }: ColumnReading,
  timeZone: string,
): number | undefined | BrokenRule {
  if (usualMissing.has(text)) return undefined
  switch (kind) {
    case 'number': {
      if (notFiniteText.test(text)) return 'value-not-finite'
      if (numbers !== undefined) return safeNumber(numberIn(numbers, text), !hasExponent(text))
      if (!numberText.test(text)) return 'value-type'
      return safeNumber(Number(text), longInteger.test(text))
    }
    case 'boolean':
      if (/^(true|1)$/i.test(text)) return 1
      return /^(false|0)$/i.test(text) ? 0 : 'value-type'
    default:
      return dayReader(dateFormat ?? isoFormat, timeZone)(text) ?? 'value-type'
  }
}

function safeNumber(value: number | undefined, isWrittenOut: boolean): number | BrokenRule {
  if (value === undefined) return 'value-type'
  if (isWrittenOut && Number.isInteger(value) && !Number.isSafeInteger(value)) return 'out-of-range'
  return Number.isFinite(value) ? value : 'value-not-finite'
}

/** Returns the rule of a cell in words, such as "to be a number with a decimal comma". */
export function cellRuleOf({ kind, numbers, dateFormat }: ColumnReading): string {
  switch (kind) {
    case 'number': {
      if (numbers === undefined) return 'to be a number'
      const { decimal, unit } = numbers
      const sign = decimal === ',' ? ' with a decimal comma' : decimal === '.' ? ' with a decimal point' : ''
      return `to be a number${unit === undefined ? '' : ` in ${unit}`}${sign}`
    }
    case 'day':
      return `to be a date written ${dateFormat ?? isoFormat}`
    default:
      return kind === 'boolean' ? 'to be true or false' : 'to be a text'
  }
}

function cellRule(code: BrokenRule, reading: ColumnReading, name: string) {
  const types = `types: { ${JSON.stringify(name)}: 'text' }`
  if (code === 'out-of-range') {
    return {
      rule: 'to lie within ±(2^53 − 1), the integers that a number holds exactly',
      wayOut: `Declare ${types} for an id; write a quantity in a larger unit, or with an exponent.`,
    }
  }
  return code === 'value-not-finite'
    ? { rule: 'to be a finite number', wayOut: 'Write blank for missing.' }
    : {
        rule: cellRuleOf(reading),
        wayOut: `Write blank for missing, name the mark in missing: ['?'], or declare ${types}.`,
      }
}

/** Returns the problem of broken cells: the first, and their number. */
export function cellProblem(
  name: string,
  broken: BrokenCells,
  file: string | undefined,
  rowNumber: number,
): Problem {
  return {
    code: broken.code,
    parameter: name,
    rule: broken.rule,
    received: broken.received,
    place: { ...(file === undefined ? {} : { file }), row: rowNumber, column: name },
    wayOut: broken.wayOut,
    count: broken.rows.length,
  }
}
