import { type EpochDay, formatDay } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import { dayReader, isoFormat, knownDateFormats } from '../base/writtenDays.js'
import {
  type DecimalSign,
  hasSignBehind,
  isAmount,
  type NumberNotation,
  numberIn,
  readNumber,
  unitOf,
} from '../base/writtenNumbers.js'
import { type CellCounts, inferKind, nearlyAll, usualMissing } from './inferKind.js'
import type { ColumnKind } from './table.js'

/** Distinct texts of a column, with the number of cells of each. */
export interface TextCounts {
  readonly texts: readonly string[]
  readonly times: ArrayLike<number>
}

/** What a user says about how a column is written. */
export interface ReadingWish {
  readonly kind?: ColumnKind | undefined
  readonly decimal?: DecimalSign | undefined
  readonly thousands?: string | undefined
  readonly dateFormat?: string | undefined
  /** True if the signs or the format are given for this column and not for the whole source. */
  readonly isOwn?: boolean
  /** How the column was written elsewhere: used if every cell fits. */
  readonly known?: ColumnNotation | undefined
}

/** How a column of numbers or of days is written. */
export type ColumnNotation = NumberNotation | { readonly dateFormat: string }

/** How to read the cells of a column. */
export interface ColumnReading {
  readonly kind: ColumnKind
  /** How its numbers are written, if not as `-1234.5`. */
  readonly numbers?: NumberNotation
  /** How its days are written, if not as `YYYY-MM-DD`. */
  readonly dateFormat?: string
  /** Why the user has to be asked. */
  readonly doubt?: Doubt
  /** True if its points could just as well group digits: `1.022` everywhere. */
  readonly pointsMayGroup?: boolean
}

/** What is unclear about a column, as part of a problem. */
export type Doubt = Pick<Problem, 'rule' | 'received' | 'wayOut'>

/** A number as programs write it. */
export const numberText = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
/** Not a number or infinite, as programs write it. */
export const notFiniteText = /^[+-]?(nan|inf(inity)?)$/i
// 007 is a name, and so is an integer with more digits than a number can hold
const nameText = /^[+-]?(0\d+|\d{16,})$/
const groupedByPoints = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/
// Like telephone numbers: many digits in groups, equally many in every cell
const fewestDigitsOfName = 9
const textsTried = 200

interface PresentCells extends TextCounts {
  readonly name: string
  /** Cells that are neither missing nor a usual mark of it. */
  readonly present: number
}

/**
 * Returns how to read the texts of a column, considered together.
 *
 * Numbers as programs write them, days `YYYY-MM-DD` (a time after them is cut off) and true or false need no options.
 * Other notations of numbers and days are recognised if nearly all cells can be read in one way and no other way reads
 * as many of them differently; if two ways do, `doubt` asks. A dash is a minus before a number, and after it if the
 * column also has amounts; `12,-` is 12, and bands such as `18-` are texts.
 */
export function readingOf(name: string, counts: TextCounts, wish: ReadingWish = {}): ColumnReading {
  if (wish.kind === 'text' || wish.kind === 'boolean') return { kind: wish.kind }
  const cells = presentCells(name, counts)
  const { known } = wish
  if (known !== undefined && cells.present > 0 && fitsAll(cells, known, wish)) return readingBy(known)
  const wantsDay = wish.kind === 'day' || (wish.isOwn === true && wish.dateFormat !== undefined)
  if (wantsDay) return wantedDays(cells, wish)
  if (wish.kind === 'number' || (wish.isOwn === true && wish.dateFormat === undefined))
    return numberReading(cells, wish, true)
  return foundReading(cells, wish)
}

/** Whether the points in a column of numbers may group digits. */
export type PointsMayGroup = 'surely' | 'perhaps' | 'no'

/** True if a text is a number as programs write it, and not a name in digits such as 007. */
export function isPlainNumber(text: string): boolean {
  return numberText.test(text) && !nameText.test(text)
}

/**
 * Returns the same as `readingOf` for a column of plain numbers and missing cells, without its texts; undefined if it
 * needs the texts.
 */
export function readingOfPlainNumbers(
  mayGroup: PointsMayGroup,
  { kind = 'number', decimal, thousands, dateFormat, known }: ReadingWish,
): ColumnReading | undefined {
  if (kind !== 'number' || dateFormat !== undefined || known !== undefined) return undefined
  const said = decimal ?? decimalBeside(thousands)
  if (said === '.' || (said === undefined && mayGroup === 'no')) return { kind }
  return said === undefined && mayGroup === 'perhaps' ? { kind, pointsMayGroup: true } : undefined
}

/** Returns how to read texts that came as numbers or from a typed source: as programs write them. */
export function plainReading(name: string, counts: TextCounts): ColumnReading {
  return { kind: inferKind(plainCounts(presentCells(name, counts))) }
}

function presentCells(name: string, { texts, times }: TextCounts): PresentCells {
  const cells = { name, texts: [] as string[], times: [] as number[], present: 0 }
  for (let code = 0; code < texts.length; code++) {
    if (times[code] === 0) continue
    const text = texts[code]!.trim()
    if (text === '' || usualMissing.has(text)) continue
    cells.texts.push(text)
    cells.times.push(times[code]!)
    cells.present += times[code]!
  }
  return cells
}

function fitsAll(
  cells: PresentCells,
  known: ColumnNotation,
  { kind, decimal, dateFormat }: ReadingWish,
): boolean {
  if ('dateFormat' in known) {
    return (
      (kind ?? 'day') === 'day' &&
      dateFormat === undefined &&
      cells.texts.every((text) => dayReader(known.dateFormat)(text) !== undefined)
    )
  }
  return (
    (kind ?? 'number') === 'number' &&
    decimal === undefined &&
    cells.texts.every((text) => numberIn(known, text) !== undefined)
  )
}

function readingBy(known: ColumnNotation): ColumnReading {
  return 'dateFormat' in known
    ? { kind: 'day', ...formatOf(known.dateFormat) }
    : { kind: 'number', numbers: known }
}

function formatOf(format: string | undefined): Pick<ColumnReading, 'dateFormat'> {
  return format === undefined || format === isoFormat ? {} : { dateFormat: format }
}

function foundReading(cells: PresentCells, wish: ReadingWish): ColumnReading {
  if (cells.present === 0) return { kind: 'number' }
  if (wish.dateFormat !== undefined) {
    const wished = dayReading(cells, wish)
    if (wished !== undefined) return wished
  }
  const counts = plainCounts(cells)
  const kind = inferKind(counts)
  if (kind === 'boolean') return { kind }
  if (counts.leadingZeros > 0) return { kind: 'text' }
  const isPlain = kind === 'number' && counts.numbers === cells.present && wish.decimal !== ','
  if (isPlain) return numberReading(cells, wish, true)
  return (
    dayReading(cells, { ...wish, dateFormat: undefined }) ?? numberReading(cells, wish, kind === 'number')
  )
}

function plainCounts({ texts, times, present }: PresentCells): CellCounts {
  const counts = { present, numbers: 0, leadingZeros: 0, days: 0, booleans: 0 }
  for (const [code, text] of texts.entries()) {
    const count = times[code]!
    if (isNumberText(text)) counts.numbers += count
    if (beginsAsNumber(text) && nameText.test(text)) counts.leadingZeros += count
    if (text.length <= longestBoolean && /^(true|false)$/i.test(text)) counts.booleans += count
  }
  return counts
}

const longestBoolean = 5
const lastDigit = 57

/** True if the first character may begin a number: a sign, a point or a digit. For many ids it does not. */
function beginsAsNumber(text: string): boolean {
  return text.charCodeAt(0) <= lastDigit
}

function isNumberText(text: string): boolean {
  return (beginsAsNumber(text) && numberText.test(text)) || notFiniteText.test(text)
}

/** A way to read texts, with the number of cells it can read. */
interface Way<Value> {
  readonly values: readonly (Value | undefined)[]
  readonly count: number
}

/** @param fewest if fewer cells can be read, the count is 0 and the rest is skipped */
function wayOf<Value>(
  { texts, times, present }: PresentCells,
  read: (text: string) => Value | undefined,
  fewest = 0,
): Way<Value> {
  const values: (Value | undefined)[] = []
  let unread = 0
  for (let code = 0; code < texts.length; code++) {
    const value = read(texts[code]!)
    values.push(value)
    if (value === undefined) unread += times[code]!
    if (present - unread < fewest) return { values, count: 0 }
  }
  return { values, count: present - unread }
}

/** False if so few of the first texts can be read that "nearly all" is out of reach. */
function isWorthTrying({ texts }: PresentCells, read: (text: string) => unknown): boolean {
  const some = texts.slice(0, textsTried)
  return some.filter((text) => read(text) !== undefined).length * 2 >= some.length
}

function dayReading(cells: PresentCells, wish: ReadingWish): ColumnReading | undefined {
  const isDeclared = wish.kind === 'day' || (wish.isOwn === true && wish.dateFormat !== undefined)
  const formats = wish.dateFormat === undefined ? [isoFormat, ...knownDateFormats] : [wish.dateFormat]
  const ways = formats
    .filter((format) => isWorthTrying(cells, dayReader(format)))
    .map((format) => ({ format, ...wayOf(cells, dayReader(format)) }))
  const most = Math.max(0, ...ways.map((way) => way.count))
  if (most === 0 || (!isDeclared && most < nearlyAll * cells.present)) return undefined
  const [best, ...others] = ways.filter((way) => way.count === most)
  const rival = others.find((other) => orderOf(other.format) !== orderOf(best!.format))
  if (rival === undefined) {
    const century = wish.dateFormat === undefined ? twoCenturies(cells, best!) : undefined
    return { kind: 'day', ...formatOf(best!.format), ...(century === undefined ? {} : { doubt: century }) }
  }
  return { kind: 'day', doubt: twoDays(cells, best!, rival) }
}

/** Uses the format given for this column; a format for all columns does not apply to columns written differently. */
function wantedDays(cells: PresentCells, wish: ReadingWish): ColumnReading {
  const { dateFormat } = wish
  const isSaid = wish.isOwn === true || dateFormat === undefined
  const said = dayReading(cells, isSaid ? wish : { ...wish, kind: undefined })
  const found = said ?? (isSaid ? undefined : dayReading(cells, { ...wish, dateFormat: undefined }))
  return found ?? { kind: 'day', ...formatOf(dateFormat) }
}

/** The order of day, month and year: formats with different orders read the same text as different days. */
function orderOf(format: string): string {
  return format.replaceAll(/[^YMD]/g, '').replaceAll(/(.)\1*/g, '$1')
}

/**
 * Returns the question to which century two-digit years belong. 00 to 29 are in this one and 69 to 99 in the last, as
 * in POSIX; 40 to 68 are asked, because births are in the past and ends of contracts in the future, and so are 30 to 39
 * in a column with years of the last century.
 */
function twoCenturies(
  cells: PresentCells,
  { format, values }: Way<EpochDay> & { format: string },
): Doubt | undefined {
  if (format.includes('YYYY')) return undefined
  const years = values.map((day) => (day === undefined ? undefined : Number(formatDay(day).slice(0, 4))))
  const isOld = years.some((year) => year !== undefined && year < 2000)
  const at = years.findIndex((year) => year !== undefined && year >= (isOld ? 2030 : 2040))
  if (at < 0) return undefined
  const [quoted, read] = [JSON.stringify(cells.name), formatDay(values[at]!)]
  return {
    rule: 'to have years whose century is clear',
    received: cells.texts[at],
    wayOut: `It is ${read} with dateFormat: { ${quoted}: '${format}' }; where it is ${years[at]! - 100}${read.slice(4)}, with dateFormat: { ${quoted}: '${format.replace('YY', '19YY')}' }, or declare types: { ${quoted}: 'text' }.`,
  }
}

function twoDays(
  cells: PresentCells,
  one: Way<EpochDay> & { format: string },
  other: Way<EpochDay> & { format: string },
): Doubt {
  const at = Math.max(
    0,
    one.values.findIndex(
      (value, code) =>
        value !== undefined && other.values[code] !== undefined && value !== other.values[code],
    ),
  )
  const quoted = JSON.stringify(cells.name)
  const said = ({ format, values }: typeof one) =>
    `${values[at] === undefined ? 'no day' : formatDay(values[at])} with dateFormat: { ${quoted}: '${format}' }`
  return {
    rule: 'to be written so that its days can be read in one way only',
    received: cells.texts[at],
    wayOut: `It is ${said(one)} and ${said(other)}: say which, or declare types: { ${quoted}: 'text' }.`,
  }
}

function numberReading(cells: PresentCells, wish: ReadingWish, isNumber: boolean): ColumnReading {
  const { thousands } = wish
  const isDeclared = wish.kind === 'number' || wish.isOwn === true
  const fewest = isDeclared ? 0 : nearlyAll * cells.present
  const plain = wayOf(cells, (text) => (isNumberText(text) ? 0 : undefined), fewest)
  const decimal = wish.decimal ?? decimalBeside(thousands)
  if (decimal !== ',' && plain.count === cells.present) {
    const mayGroup = decimal === undefined && pointsMayGroup(cells)
    if (mayGroup === 'surely') return { kind: 'number', doubt: twoNumbers(cells, '.', ',') }
    return { kind: 'number', ...(mayGroup === 'perhaps' ? { pointsMayGroup: true } : {}) }
  }
  const signs: DecimalSign[] = decimal === undefined ? ['.', ','] : [decimal]
  const ways = signs
    .map((sign) => ({ sign, ...wayOf(cells, (text) => readNumber(text, sign, thousands), fewest) }))
    .sort((a, b) => b.count - a.count)
  const [best, second] = [ways[0]!, ways[1]]
  const isUnread = isDeclared ? best.count === 0 : best.count < nearlyAll * cells.present
  if (isUnread || (!isDeclared && isNameInGroups(cells))) {
    return unreadNumbers(cells, wish, plain.count, isNumber)
  }
  const isTie = second !== undefined && second.count === best.count
  if (isTie && best.values.some((value, code) => value !== second.values[code]))
    return { kind: 'number', doubt: twoNumbers(cells, best.sign, second.sign) }
  const behind = isDeclared ? 'signs' : signsBehind(cells, best.values)
  if (behind === 'bands') return { kind: 'text' }
  if (behind !== 'signs') return { kind: 'number', doubt: behind }
  const units = unitsOf(cells, best.values)
  if (units.length > 1) return { kind: 'number', doubt: twoUnits(cells, units) }
  const isPlain = plain.count >= best.count && decimal === undefined
  if (isPlain) return { kind: 'number' }
  return {
    kind: 'number',
    numbers: {
      decimal: isTie ? null : best.sign,
      ...(thousands === undefined ? {} : { thousands }),
      ...(units[0] === undefined || units[0] === '' ? {} : { unit: units[0] }),
    },
  }
}

function decimalBeside(thousands: string | undefined): DecimalSign | undefined {
  if (thousands === '.') return ','
  return thousands === ',' ? '.' : undefined
}

/**
 * A column that is nearly all plain numbers, or declared as numbers, has bad cells; if a given sign does not fit, it is
 * asked.
 */
function unreadNumbers(
  cells: PresentCells,
  wish: ReadingWish,
  plainCount: number,
  isNumber: boolean,
): ColumnReading {
  if (plainCount < nearlyAll * cells.present) return { kind: isNumber ? 'number' : 'text' }
  if (wish.decimal === undefined && wish.thousands === undefined) return { kind: 'number' }
  const at = cells.texts.findIndex(
    (text) => numberText.test(text) && readNumber(text, wish.decimal ?? '.', wish.thousands) === undefined,
  )
  const quoted = JSON.stringify(cells.name)
  return {
    kind: 'number',
    doubt: {
      rule: `to be written with the given signs (decimal ${JSON.stringify(wish.decimal ?? '.')})`,
      received: cells.texts[Math.max(at, 0)],
      wayOut: `Set the signs of this column: decimal: { ${quoted}: '.' }, or declare types: { ${quoted}: 'text' }.`,
    },
  }
}

/**
 * Returns whether the points of plain numbers may group digits: `perhaps` if three digits follow each, `surely` enough
 * to ask if some of these end in a 0, which programs do not write in a fraction.
 */
function pointsMayGroup({ texts }: PresentCells): PointsMayGroup {
  const pointed = texts.filter((text) => text.includes('.'))
  if (pointed.length === 0 || !pointed.every((text) => groupedByPoints.test(text))) return 'no'
  return pointed.some((text) => text.endsWith('0')) ? 'surely' : 'perhaps'
}

/**
 * Returns what a minus after numbers, or brackets around them, mean. If the column has amounts, they are signs; if all
 * cells are whole numbers with them, they are bands (`18-`, `25-`) or note numbers; otherwise it is asked, unless there
 * are brackets or most cells have no minus.
 */
function signsBehind(
  { name, texts, times }: PresentCells,
  values: readonly (number | undefined)[],
): 'signs' | 'bands' | Doubt {
  const read = texts.map((_, code) => code).filter((code) => values[code] !== undefined)
  const dashBefore = texts.find((text) => /^[^0-9]*[-–—−][^0-9]*[.,][0-9]/.test(text))
  const quoted = JSON.stringify(name)
  if (dashBefore !== undefined && texts.some((text) => /[0-9][.,][-–—]/.test(text))) {
    return {
      rule: 'to be written so that its dashes say either no cents or a minus',
      received: dashBefore,
      wayOut: `Write the digit before the fraction, or declare types: { ${quoted}: 'text' }.`,
    }
  }
  const behind = read.filter((code) => hasSignBehind(texts[code]!))
  if (behind.length === 0 || read.some((code) => isAmount(texts[code]!))) return 'signs'
  if (behind.length === read.length) return 'bands'
  const cellsOf = (codes: readonly number[]) => codes.reduce((sum, code) => sum + times[code]!, 0)
  if (behind.every((code) => texts[code]!.endsWith(')')) || 2 * cellsOf(behind) < cellsOf(read))
    return 'signs'
  const text = texts[behind[0]!]!
  return {
    rule: 'to be written so that a minus behind a number is known for a sign',
    received: text,
    wayOut: `It is ${values[behind[0]!]} with decimal: { ${quoted}: '.' }: say so, or declare types: { ${quoted}: 'text' }.`,
  }
}

function isNameInGroups({ texts }: PresentCells): boolean {
  const digits = texts[0]?.replaceAll(/\D/g, '').length ?? 0
  return (
    texts.length > 1 &&
    digits >= fewestDigitsOfName &&
    texts.every((text) => /^\d+([ .'-])\d+(\1\d+)*$/.test(text) && text.length === texts[0]!.length)
  )
}

function unitsOf({ texts }: PresentCells, values: readonly (number | undefined)[]): string[] {
  // 0 fits every unit
  const units = new Set(
    texts.filter((_, code) => values[code] !== undefined && values[code] !== 0).map(unitOf),
  )
  // A currency may be left out in some cells; but plain numbers among percentages may be shares of 1
  if (!units.has('%') && units.size === 2) units.delete('')
  return [...units]
}

/** Returns the question about the first text that can be read as two numbers. */
export function twoNumbers(
  cells: Pick<PresentCells, 'name' | 'texts'>,
  one: DecimalSign,
  other: DecimalSign,
): Doubt {
  const { name, texts } = cells
  const at = texts.findIndex((text) => {
    const [first, second] = [readNumber(text, one), readNumber(text, other)]
    return first !== second && (first !== undefined || second !== undefined)
  })
  const text = texts[Math.max(at, 0)]!
  const quoted = JSON.stringify(name)
  const said = (sign: DecimalSign) =>
    `${readNumber(text, sign) ?? 'no number'} with decimal: { ${quoted}: '${sign}' }`
  return {
    rule: 'to be written so that its numbers can be read in one way only',
    received: text,
    wayOut: `It is ${said(one)} and ${said(other)}: say which, or declare types: { ${quoted}: 'text' }.`,
  }
}

function twoUnits({ name, texts }: PresentCells, units: readonly string[]): Doubt {
  const shown = units.map((unit) => (unit === '' ? 'no sign' : unit))
  return {
    rule: `to hold numbers of one unit, not of ${shown.join(' and ')}`,
    received: texts.find((text) => unitOf(text) === units[1]),
    wayOut: `Write all of them in one unit, or declare types: { ${JSON.stringify(name)}: 'text' }.`,
  }
}

const textsLookedAt = 2000
// 2024-01, 01/2024, and days with the month's name in any language
const monthText = /^(\d{4}[-/.](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[-/.]\d{4}|\d{1,2}\.? \p{L}{3,}\.? \d{4})$/u
// 12 GB, 5min
const quantityText = /^[+-]?\d[\d.,']* ?[\p{L}/]{1,12}$/u

/** Returns the share of cells of a text column that are numbers or days in some notation, and the first such text. */
export function looksLike({ texts, times }: TextCounts): {
  readonly share: number
  readonly what: 'numbers' | 'days' | 'numbers with a unit'
  readonly example: string
} {
  const some = texts.slice(0, textsLookedAt)
  const isNumber = (text: string) =>
    numberText.test(text) || readNumber(text, '.') !== undefined || readNumber(text, ',') !== undefined
  const isDay = (text: string) =>
    monthText.test(text) ||
    [isoFormat, ...knownDateFormats].some((format) => dayReader(format)(text) !== undefined)
  const isQuantity = (text: string) => isNumber(text) || quantityText.test(text)
  const sum = (isAny: (text: string) => boolean) =>
    some.reduce((count, text, code) => count + (isAny(text.trim()) ? times[code]! : 0), 0)
  const all = some.reduce((count, _, code) => count + times[code]!, 0)
  const [numbers, days, quantities] = [sum(isNumber), sum(isDay), sum(isQuantity)]
  // A unit counts if few numbers lack it
  const [what, looks, count] =
    days > numbers && days >= quantities
      ? (['days', isDay, days] as const)
      : numbers * 2 > quantities
        ? (['numbers', isNumber, numbers] as const)
        : (['numbers with a unit', isQuantity, quantities] as const)
  return { share: all === 0 ? 0 : count / all, what, example: some.find((text) => looks(text.trim())) ?? '' }
}
