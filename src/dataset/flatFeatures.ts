import { isMissing } from '../base/bitmap.js'
import { beyondAnyRow, type EpochDay, formatDay, parseDay } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { type FeatureColumn, type TextColumn, textColumn } from '../base/matrix.js'
import type { NumberNotation } from '../base/writtenNumbers.js'
import { type ColumnNotation, looksLike } from '../table/columnReading.js'
import { featureColumn } from '../table/featureColumn.js'
import { type Column, columnLength, Table } from '../table/table.js'
import { placeOf } from './placeOf.js'

/** A text column with more values than this, nearly all unique, names its rows and says nothing about new ones. */
const mostDistinctTexts = 20
/** From this share of distinct texts on, a column holds names. */
const nearlyUnique = 0.9
/** From this share on, a warning says that the texts of a column look like numbers or days. */
const mostCells = 0.5

/** How the columns of a flat table were read, so that scoring reads rows in the same way. */
export interface FlatReading {
  /** Columns of days that became the days until the day of the forecast. */
  readonly days: readonly string[]
  /** Notations of columns that are not written as programs write them. */
  readonly notations: Readonly<Record<string, ColumnNotation>>
}

/** Use of one column of a flat table. */
export interface ColumnUse {
  readonly column: string
  readonly use: 'number' | 'category' | 'day' | 'left out' | 'excluded' | 'id' | 'label' | 'weight'
  /** How it was read, or why it was left out; null if there is nothing to say. */
  readonly detail: string | null
}

/** The features of a flat table, and how its columns were used. */
export interface FlatFeatures {
  readonly columns: readonly FeatureColumn[]
  readonly uses: readonly ColumnUse[]
  readonly warnings: readonly string[]
}

/** Returns the named columns as learners read them. Unreadable columns must have been refused before. */
export function featureColumns(table: Table, names: readonly string[], asOf?: EpochDay): FeatureColumn[] {
  return names
    .map((name) => featureColumn(table.column(name), undefined, asOf))
    .filter((read) => 'kind' in read)
}

/** Returns exactly the named columns. */
export function namedFeatures(
  table: Table,
  names: readonly string[],
  asOf: EpochDay | undefined,
): FlatFeatures {
  const columns = names.map((name) => table.column(name))
  return {
    columns: featureColumns(table, names, asOf),
    uses: columns.map((column) => useOf(column, asOf)),
    warnings: columns.flatMap(lookalikeWarnings),
  }
}

/** Returns the useful columns, and a sentence about each that was left out. */
export function informativeFeatures(
  table: Table,
  names: readonly string[],
  asOf: EpochDay | undefined,
): FlatFeatures {
  const useful: string[] = []
  const uses: ColumnUse[] = []
  const warnings: string[] = []
  for (const name of names) {
    const column = table.column(name)
    const reason = reasonToLeaveOut(column, asOf)
    if (reason === undefined) {
      useful.push(name)
      uses.push(useOf(column, asOf))
      warnings.push(...lookalikeWarnings(column))
    } else {
      uses.push({ column: name, use: 'left out', detail: reason })
      warnings.push(`Column ${name} was left out: ${reason}.`)
    }
  }
  if (useful.length > 0) return { columns: featureColumns(table, useful, asOf), uses, warnings }
  throw new HoldfastError('fromFlatTable', [
    {
      code: 'column-missing',
      parameter: 'table',
      rule: 'to have at least one column that can be a feature',
      ...placeOf(table),
      wayOut: warnings.join(' '),
    },
  ])
}

/** Returns what scoring has to know about the features of a table. */
export function flatReading(table: Table, names: readonly string[]): FlatReading {
  const columns = names.map((name) => table.column(name))
  const notations = columns.flatMap((column): [string, ColumnNotation][] => {
    if (column.kind === 'number' && column.notation !== undefined) return [[column.name, column.notation]]
    if (column.kind === 'day' && column.dateFormat !== undefined)
      return [[column.name, { dateFormat: column.dateFormat }]]
    return []
  })
  return {
    days: columns.filter((column) => column.kind === 'day').map((column) => column.name),
    notations: Object.fromEntries(notations),
  }
}

/** Returns the uses of columns as a table: `column`, `use`, `detail`. */
export function usesTable(uses: readonly ColumnUse[]): Table {
  const texts = (name: keyof ColumnUse) =>
    textColumn(
      name,
      uses.map((use) => use[name]),
    )
  return new Table([texts('column'), texts('use'), texts('detail')], uses.length)
}

function useOf(column: Column, asOf: EpochDay | undefined): ColumnUse {
  const { name, kind } = column
  switch (kind) {
    case 'text': {
      const used = codesUsed(column)
      return { column: name, use: 'category', detail: `${used} ${used === 1 ? 'category' : 'categories'}` }
    }
    case 'day': {
      const format = column.dateFormat === undefined ? '' : `written ${column.dateFormat}; `
      const zone = column.timeZone === undefined ? '' : `instants in ${column.timeZone}; `
      return { column: name, use: 'day', detail: `${format}${zone}days until ${formatDay(asOf!)}` }
    }
    case 'boolean':
      return { column: name, use: 'number', detail: 'true is 1, false is 0' }
    case 'number':
      return { column: name, use: 'number', detail: notationWords(column.notation) }
  }
}

function notationWords(notation: NumberNotation | undefined): string | null {
  if (notation === undefined) return null
  const { decimal, unit } = notation
  const words = [
    ...(decimal === ',' ? ['written with decimal commas'] : []),
    ...(decimal === '.' ? ['written with decimal points'] : []),
    ...(unit === undefined ? [] : [`in ${unit}: 12${unit} is 12`]),
  ]
  return words.length === 0 ? null : words.join('; ')
}

function reasonToLeaveOut(column: Column, asOf: EpochDay | undefined): string | undefined {
  const rowCount = columnLength(column)
  const present = rowCount - (column.missing?.count() ?? 0)
  if (present === 0) return 'it has no value in any row'
  if (present === rowCount && hasOneValue(column)) return 'it has the same value in every row'
  if (column.kind === 'day') {
    return asOf === undefined ? 'it holds days, and asOf, the day of the forecast, is not given' : undefined
  }
  if (column.kind !== 'text') return undefined
  if (column.dictionary.every((text) => parseDay(text) !== undefined)) {
    return 'its texts are times; replace them by the days until the day of the forecast'
  }
  if (present <= mostDistinctTexts) return undefined
  const distinct = codesUsed(column)
  if (distinct < nearlyUnique * present) return undefined
  const texts =
    distinct === present
      ? `none of its ${present} texts occurs twice`
      : `it has ${distinct} different texts in ${present} rows`
  const looks = lookalike(column)
  return looks === undefined
    ? `${texts}; it names rows, such as an id`
    : `${texts}, and ${looks}: to use it, correct the others, list them in missing, or declare its kind in types when reading`
}

function hasOneValue(column: Column): boolean {
  const values: ArrayLike<number> = column.kind === 'text' ? column.codes : column.values
  for (let row = 1; row < values.length; row++) if (values[row] !== values[0]) return false
  return true
}

/** Returns how many of its texts a column uses. */
function codesUsed({ codes, dictionary, missing }: TextColumn): number {
  const isUsed = new Uint8Array(dictionary.length)
  let used = 0
  for (let row = 0; row < codes.length; row++) {
    if (isMissing(missing, row) || isUsed[codes[row]!] === 1) continue
    isUsed[codes[row]!] = 1
    used++
  }
  return used
}

/** Returns warnings about a column whose cells look like another kind than they are read as. */
function lookalikeWarnings(column: Column): string[] {
  const { name, kind } = column
  if (kind === 'number') return dayNumberWarnings(column)
  if (kind === 'day') return farDayWarnings(column)
  const looks = kind === 'text' ? lookalike(column) : undefined
  return looks === undefined
    ? []
    : [
        `Column ${name} is read as categories, but ${looks}: correct the others, list them in missing, or declare its kind in types when reading.`,
      ]
}

/** 1901-01-01: earlier days, such as 1900-01-01 and 0001-01-01, are mostly placeholders for none. */
const earliestLikely = -25_202

function farDayWarnings({ name, values, missing }: Column & { kind: 'day' }): string[] {
  const present = [...values].filter((_, row) => !isMissing(missing, row))
  const [late, early] = [
    present.filter((day) => day >= beyondAnyRow),
    present.filter((day) => day < earliestLikely),
  ]
  const words = (days: readonly number[]) =>
    `Column ${name} has ${days.length} ${days.length === 1 ? 'day' : 'days'}`
  const first = (days: readonly number[]) => formatDay(days[0] as EpochDay)
  return [
    ...(late.length === 0
      ? []
      : [`${words(late)} from 2200 on (${first(late)}): they mean no end, and are missing.`]),
    ...(early.length === 0
      ? []
      : [`${words(early)} before 1901 (${first(early)}): if they mean none, list them in missing.`]),
  ]
}

/** Returns what most cells of a text column look like: "67 % of its cells look like numbers ("12,5")". */
function lookalike({ dictionary, codes, missing }: Column & { kind: 'text' }): string | undefined {
  const times = new Int32Array(dictionary.length)
  for (let row = 0; row < codes.length; row++) if (!isMissing(missing, row)) times[codes[row]!]!++
  const { share, example, what } = looksLike({ texts: dictionary, times })
  if (share < mostCells) return undefined
  // "12 months" and "24 months" are categories
  if (what === 'numbers with a unit' && times.filter((count) => count > 0).length <= mostDistinctTexts)
    return undefined
  return `${Math.round(100 * share)} % of its cells look like ${what} (${JSON.stringify(example)})`
}

/** Ways to write a day or a month as a number. */
const dayNumbers: readonly {
  readonly words: string
  readonly is: (value: number) => boolean
  /** Requires a column name that suggests a day, because such numbers are also amounts. */
  readonly needsName?: boolean
  readonly format?: string
}[] = [
  { words: 'days, such as 20240131', is: isWrittenDay, format: 'YYYYMMDD' },
  { words: 'months, such as 202401', is: (value) => isWrittenDay(100 * value + 1) },
  { words: 'times, in seconds since 1970', is: (value) => isSince2000(value) },
  { words: 'times, in milliseconds since 1970', is: (value) => isSince2000(value / 1000) },
  // 2000-01-01 to 2050-01-01 in the day count of spreadsheets
  {
    words: 'days of a spreadsheet',
    is: (value) => Number.isInteger(value) && value >= 36_526 && value < 54_789,
    needsName: true,
  },
]
const nameOfDay = /date|day|since|until|start|end|birth|_at$|At$|datum|fecha|日期|时间/i

function isWrittenDay(value: number): boolean {
  const digits = String(value)
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
  return /^(19|20)\d{6}$/.test(digits) && parseDay(day) !== undefined
}

function isSince2000(seconds: number): boolean {
  return seconds >= 946_684_800 && seconds < 2_524_608_000 && Number.isInteger(seconds * 1000)
}

function dayNumberWarnings({ name, values, missing }: Column & { kind: 'number' }): string[] {
  const looks = dayNumbers.find(({ is, needsName }) => {
    if (needsName === true && !nameOfDay.test(name)) return false
    let present = 0
    for (let row = 0; row < values.length; row++) {
      if (isMissing(missing, row)) continue
      if (!is(values[row]!)) return false
      present++
    }
    return present > 0
  })
  if (looks === undefined) return []
  const { words, format } = looks
  const wayOut =
    format === undefined
      ? 'write them as YYYY-MM-DD'
      : `read it with dateFormat: { ${JSON.stringify(name)}: '${format}' }`
  return [`Column ${name} is read as numbers that look like ${words}: ${wayOut}, or name it in exclude.`]
}
