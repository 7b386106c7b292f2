import type { Place, Problem } from '../base/errors.js'
import { exponentSource } from '../base/writtenNumbers.js'
import {
  type ColumnReading,
  type ReadingWish,
  readingOf,
  type TextCounts,
  twoNumbers,
} from '../table/columnReading.js'
import { type CellCounts, inferKind, usualMissing } from '../table/inferKind.js'
import type { ColumnKind } from '../table/table.js'
import type { Engine } from './engine.js'
import { isNoneOf } from './historyFiles.js'
import {
  isDayNumber,
  isOwnFormat,
  isoDate,
  isoDay,
  type Step,
  type StepName,
  type Stepped,
  withSteps,
  writtenDay,
  writtenNumber,
} from './writtenSql.js'

/** The cells of a column as SQL expressions over its steps, see {@link withSteps}. */
export interface CellPlan {
  readonly steps: readonly Step[]
  /** The typed value, NULL if it is missing or of another kind. Days are INTEGER. */
  readonly value: string
  /** True for a cell that is not missing but of another kind. Null if that cannot be. */
  readonly wrongType: string | null
  /** True for a cell that is NaN or infinite. Null if that cannot be. */
  readonly notFinite: string | null
  /** True for an integer beyond 2^53, which would lose or has lost digits. Null if that cannot be. */
  readonly rounded: string | null
}

// 007 is a name, and so is an integer with more digits than a number holds
const nameOfDigits = '[+-]?(0[0-9]+|[0-9]{16,})'
const wholeNameOfDigits = new RegExp(`^${nameOfDigits}$`)

/** Returns the SQL that is true if a trimmed text of digits is a name rather than a number. */
export function isNameOfDigits(text: string): string {
  return `CASE WHEN ${text} < '1' OR length(${text}) >= 16 THEN regexp_full_match(${text}, '${nameOfDigits}') END`
}

/** Returns what some texts of a column suggest about the others. */
export function expectedOf(texts: readonly string[]): 'numbers' | 'words' | 'unknown' {
  if (texts.length === 0) return 'unknown'
  if (texts.every((text) => /^-?\d+(\.\d+)?$/.test(text) && !wholeNameOfDigits.test(text))) return 'numbers'
  const isWord = (text: string) => /^\D+$/.test(text) && !/^\s*(true|false)\s*$/i.test(text)
  return texts.every((text) => isWord(text) && !usualMissing.has(text.trim())) ? 'words' : 'unknown'
}

/**
 * Returns for each column of texts with some words whether none of its cells can be cast to a number: then it is text,
 * as the words are neither days nor booleans.
 */
export async function haveNoNumber(
  engine: Engine,
  texts: readonly string[],
  relation: string,
): Promise<boolean[]> {
  if (texts.length === 0) return []
  // Each distinct text once: a failed cast takes as long as reading ten cells
  const counts = texts.map(
    (text, index) =>
      `(SELECT count(TRY_CAST(text AS DOUBLE)) FROM (SELECT DISTINCT ${text} AS text FROM ${relation})) AS c${index}`,
  )
  const found = await engine.query(`SELECT ${counts.join(', ')}`)
  return texts.map((_, index) => found.cell(`c${index}`, 0) === 0)
}

/** Counts how many cells of columns of texts can be read as each kind, in one pass over a relation. */
export async function countCells(
  engine: Engine,
  texts: readonly string[],
  relation: string,
): Promise<CellCounts[]> {
  if (texts.length === 0) return []
  const { identifier } = engine.dialect
  const cells = texts.map((each, index) => {
    const [shown, text] = [identifier(`holdfast shown ${index}`), identifier(`holdfast text ${index}`)]
    const steps = [
      { name: shown, sql: withoutMarks(engine, each) },
      { name: text, sql: trimmedText(shown) },
    ]
    // The first character or the length rules out most cells: 0.45 s for two million cells instead of 1.3
    const conditions = [
      `${shown} IS NOT NULL`,
      isNumber(shown),
      isNameOfDigits(text),
      `${isoDate(text)} IS NOT NULL`,
      `CASE WHEN length(${text}) BETWEEN 4 AND 5 THEN lower(${text}) IN ('true', 'false') END`,
    ]
    const counts = conditions.map((condition) => `count(*) FILTER (WHERE ${condition})`)
    return { steps, list: `unnest([${counts.join(', ')}]) AS c${index}` }
  })
  const rows = withSteps(
    relation,
    cells.map(({ steps }) => steps),
  )
  const found = await engine.query(`SELECT ${cells.map(({ list }) => list).join(', ')} FROM ${rows}`)
  return texts.map((_, index) => {
    const [present, numbers, leadingZeros, days, booleans] = found.numbers(`c${index}`).values
    return { present, numbers, leadingZeros, days, booleans } as CellCounts
  })
}

/**
 * Returns how a column of texts is read: its kind by all cells, its notation by some.
 *
 * @param counts of all cells
 * @param sample of some
 * @param cameAsNumbers true if some cells came as numbers, not as written texts
 */
export function foundReading(
  name: string,
  counts: CellCounts,
  sample: TextCounts | undefined,
  wish: ReadingWish,
  cameAsNumbers: boolean,
): ColumnReading {
  const { present, numbers, leadingZeros } = counts
  const kind = inferKind(counts)
  const isSaid = wish.isOwn === true
  if (cameAsNumbers && wish.dateFormat === undefined) return { kind }
  const reading = readingOf(name, sample ?? { texts: [], times: [] }, wish)
  if (present === 0 || isSaid || reading.kind === 'text') return isSaid ? reading : { kind }
  if (leadingZeros > 0 || kind === 'boolean') return { kind }
  const isAll = kind === 'day' || (kind === 'number' && numbers === present)
  if (isAll && reading.kind === kind) return reading
  // Nearly all sampled cells are of a kind that not nearly all cells are of
  const isPlainNumber =
    reading.kind === 'number' && reading.numbers === undefined && reading.doubt === undefined
  return isPlainNumber || isAll ? { kind } : reading
}

/** A column of texts, how it is read, and some of its texts. */
export interface ReadColumn {
  readonly name: string
  readonly reading: ColumnReading
  readonly texts: readonly string[]
  readonly place: Place
}

/**
 * Returns the problems of columns that can be read in two ways.
 *
 * @param expectsCommas true if the source is of a kind that mostly has decimal commas: values separated by semicolons
 */
export function questionProblems(columns: readonly ReadColumn[], expectsCommas: boolean): Problem[] {
  const hasCommas = expectsCommas || columns.some(({ reading }) => reading.numbers?.decimal === ',')
  return columns.flatMap(({ name, reading, texts, place }): Problem[] => {
    const isGrouped = reading.pointsMayGroup === true && hasCommas
    const asked = reading.doubt ?? (isGrouped ? twoNumbers({ name, texts }, '.', ',') : undefined)
    return asked === undefined ? [] : [{ code: 'column-type', parameter: name, ...asked, place }]
  })
}

/** Where a column of texts is. */
export interface TextPlace {
  /** Whether days may be written as days since 1970. */
  readonly numbersAreDays: boolean
  /** Whether days may be written as months. */
  readonly takesMonths: boolean
  readonly timeZone: string
}

/**
 * Returns the SQL of the cells of a column of texts as values of a kind, and of those that are not.
 *
 * @param shown SQL of the text, a name
 * @param step names of the column's steps
 */
export function readCells(
  engine: Engine,
  shown: string,
  step: StepName,
  kind: ColumnKind,
  place: TextPlace,
  reading: ColumnReading | undefined,
): CellPlan {
  if (kind === 'text') return { steps: [], value: shown, wrongType: null, notFinite: null, rounded: null }
  const [text, value] = [step('text'), step('value')]
  const trimmed = { name: text, sql: trimmedText(shown) }
  const plan = (read: Stepped, flags: Partial<CellPlan> = {}): CellPlan => ({
    steps: [trimmed, ...read.steps, { name: value, sql: read.value }],
    value,
    wrongType: `${shown} IS NOT NULL AND ${value} IS NULL`,
    notFinite: null,
    rounded: null,
    ...flags,
  })
  switch (kind) {
    case 'number': {
      if (reading?.numbers !== undefined) {
        const withoutExponent = `NOT regexp_matches(${text}, '${exponentSource}')`
        return plan(writtenNumber(engine, shown, reading.numbers, step), {
          rounded: `CASE WHEN ${isLong(value)} THEN ${withoutExponent} END`,
        })
      }
      return plan(
        { steps: [], value: `TRY_CAST(${shown} AS DOUBLE)` },
        {
          wrongType: `${shown} IS NOT NULL AND NOT ${isNumber(shown, value)}`,
          notFinite: `NOT isfinite(${value}) AND ${isNumber(shown, value)}`,
          rounded: `CASE WHEN ${isLong(value)} THEN regexp_full_match(${text}, '[+-]?[0-9]{16,}([.][0-9]*)?') END`,
        },
      )
    }
    case 'boolean':
      return plan({
        steps: [],
        value: `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false WHEN '1' THEN true WHEN '0' THEN false END`,
      })
    case 'day': {
      const { steps, value: own } = isOwnFormat(reading?.dateFormat)
        ? writtenDay(engine, shown, reading.dateFormat, place.timeZone, step)
        : isoDay(engine, text, place.timeZone, step)
      const date = place.takesMonths ? `coalesce(${asMonth(text)}, ${own})` : own
      const day = `CAST(${date} - DATE '1970-01-01' AS INTEGER)`
      const number = step('number')
      if (!place.numbersAreDays) return plan({ steps, value: day })
      const written = `CASE WHEN regexp_full_match(${text}, '-?[0-9]{1,7}') THEN TRY_CAST(${text} AS INTEGER) END`
      return plan({
        steps: [...steps, { name: number, sql: written }],
        value: `coalesce(${day}, CASE WHEN ${isDayNumber(number)} THEN ${number} END)`,
      })
    }
  }
}

// The first sign of the first mark: texts that start with a digit sort before all marks and need no trimming
const firstOfMarks = [...usualMissing].sort()[0]!.charAt(0)

/** Returns the SQL of a text that is NULL if it is a usual mark for missing. */
export function withoutMarks(engine: Engine, text: string): string {
  const isBefore = `WHEN ${text} >= '!' AND ${text} < ${engine.dialect.literal(firstOfMarks)} THEN ${text}`
  return `CASE ${isBefore} WHEN ${isNoneOf(engine, `trim(${text})`, usualMissing)} THEN ${text} END`
}

// Most texts have no blank, and looking for one costs half as much as trimming
function trimmedText(text: string): string {
  return `CASE WHEN contains(${text}, ' ') THEN trim(${text}) ELSE ${text} END`
}

/** Returns the SQL that is true if a number is too large to hold integers exactly. */
export function isLong(number: string): string {
  return `abs(${number}) > ${Number.MAX_SAFE_INTEGER}`
}

// DuckDB also reads +-1 and 1_000 as numbers, which may have meant something else
function isNumber(text: string, value = `TRY_CAST(${text} AS DOUBLE)`): string {
  return `(CASE WHEN ${value} IS NULL THEN false ELSE NOT contains(${text}, '_') AND NOT contains(${text}, '+-') END)`
}

function asMonth(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '[0-9]{4}-[0-9]{2}') THEN TRY_CAST(${text} || '-01' AS DATE) END`
}
