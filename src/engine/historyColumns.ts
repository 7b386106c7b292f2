import { isMissing } from '../base/bitmap.js'
import { utc } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'
import { type ColumnReading, type ReadingWish, readingOf, type TextCounts } from '../table/columnReading.js'
import { inputTables } from '../table/inputs.js'
import { wishOf } from '../table/readingOptions.js'
import type { ColumnKind } from '../table/table.js'
import type { Engine } from './engine.js'
import { cleanedText } from './historyFiles.js'
import { placeOfSource, type StagedTable } from './historySources.js'
import {
  type CellPlan,
  countCells,
  expectedOf,
  foundReading,
  haveNoNumber,
  isLong,
  isNameOfDigits,
  questionProblems,
  readCells,
  withoutMarks,
} from './textColumns.js'
import { isDayNumber } from './writtenSql.js'

/** How a column is built from one of the source, as SQL expressions over the raw table and its steps. */
export interface ColumnPlan extends CellPlan {
  /** Our name. */
  readonly name: string
  /** The name in the source, for messages. */
  readonly sourceName: string
  readonly kind: ColumnKind
  readonly required: boolean
  /** The cell as text, NULL if missing, to show for a bad row. */
  readonly shown: string
  /** How the source writes its numbers or days, unless as programs do. */
  readonly reading?: ColumnReading
  /**
   * If the kind is expected from a sample: SQL that is true for a valid cell that shows the column to be of another
   * kind. Such a plan holds if no cell breaks it; else the columns are planned again, with all cells counted.
   */
  readonly unexpected?: string
}

type RawKind = 'text' | 'number' | 'day' | 'time' | 'boolean'

const numericType = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*)$/

function rawKindOf(type: string, known: ColumnKind | undefined): RawKind | undefined {
  if (known === 'day') return 'day'
  if (numericType.test(type)) return 'number'
  if (type === 'VARCHAR' || type === 'UUID' || type.startsWith('ENUM(')) return 'text'
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'time'
  return type === 'BOOLEAN' ? 'boolean' : undefined
}

/**
 * Plans every column of a staged table, or returns the problems of its columns.
 *
 * @param expects whether a sample may decide the kind: see {@link ColumnPlan.unexpected}
 */
export async function planColumns(
  engine: Engine,
  staged: StagedTable,
  missing: readonly string[],
  expects: boolean,
): Promise<{ plans: readonly ColumnPlan[]; problems: readonly Problem[] }> {
  const { required } = inputTables[staged.table]
  const problems: Problem[] = []
  const plans: ColumnPlan[] = []
  const undecided: { name: string; sourceName: string }[] = []
  const samples = await sampledTexts(engine, staged, missing)
  const questions: { readonly name: string; readonly sourceName: string; readonly reading: ColumnReading }[] =
    []
  for (const [name, sourceName] of ourNames(staged)) {
    const type = staged.columns.get(sourceName)!
    const raw = rawKindOf(type, staged.kinds.get(sourceName))
    const wanted = declaredKind(staged, name)
    if (raw === undefined) problems.push(typeUnreadable(staged, sourceName, type))
    else if (wanted === undefined && raw === 'text' && !typedTable(staged))
      undecided.push({ name, sourceName })
    else {
      const kind = wanted ?? (raw === 'time' ? 'day' : raw)
      const reading = declaredReading(staged, samples, name, sourceName, raw === 'text' ? kind : undefined)
      if (reading !== undefined) questions.push({ name, sourceName, reading })
      const plan = planColumn(engine, staged, missing, {
        name,
        sourceName,
        kind,
        raw,
        required: Object.hasOwn(required, name),
        reading,
      })
      if (plan === undefined) problems.push(kindDiffers(staged, sourceName, kind, type))
      else plans.push(plan)
    }
  }
  const found = await planUndecided(engine, staged, missing, undecided, samples, expects)
  plans.push(...found.plans)
  problems.push(...questionsOf(staged, samples, [...questions, ...found.readings]))
  return { plans, problems }
}

/** Returns the fixed kind of a column by its name, or the declared one. */
export function declaredKind(staged: StagedTable, name: string): ColumnKind | undefined {
  const { required, optional } = inputTables[staged.table]
  const known: Readonly<Record<string, ColumnKind>> = { ...required, ...optional }
  return ownValue(known, name) ?? ownValue(staged.types, name)
}

// Texts of a typed file or table are texts; those of CSV and JSON can be anything
function typedTable(staged: StagedTable): boolean {
  return staged.kinds.size > 0 || staged.files.some((file) => file.path.toLowerCase().endsWith('.parquet'))
}

/** Returns our name for every column name of the source, in its order. */
export function ourNames(staged: StagedTable): Map<string, string> {
  const ours = new Map([...staged.columnNames].map(([our, theirs]) => [theirs, our]))
  return new Map(
    [...staged.columns.keys()].map((sourceName) => [ours.get(sourceName) ?? sourceName, sourceName]),
  )
}

function typeUnreadable(staged: StagedTable, column: string, received: string): Problem {
  return {
    code: 'column-type',
    parameter: `column ${column}`,
    rule: 'to hold numbers, texts, days or booleans',
    received,
    place: { ...placeOfSource(staged), column },
    wayOut: 'Leave the column out of the file, or write it as one of these.',
  }
}

function kindDiffers(staged: StagedTable, column: string, kind: ColumnKind, received: string): Problem {
  return {
    code: 'column-type',
    parameter: `column ${column}`,
    rule: `to hold ${kind} values`,
    received,
    place: { ...placeOfSource(staged), column },
    wayOut: 'Write it as this type, or map another column in columns.',
  }
}

async function planUndecided(
  engine: Engine,
  staged: StagedTable,
  missing: readonly string[],
  undecided: readonly { name: string; sourceName: string }[],
  samples: ReadonlyMap<string, TextCounts>,
  expects: boolean,
): Promise<{ plans: ColumnPlan[]; readings: NamedReading[] }> {
  if (undecided.length === 0) return { plans: [], readings: [] }
  const texts = undecided.map(({ sourceName }) => shownText(engine, staged, sourceName, missing))
  const expected = expects ? await expectedReadings(engine, staged, undecided, samples) : []
  const uncounted = undecided.flatMap((_, index) => (expected[index] === undefined ? [index] : []))
  const counted = await countCells(
    engine,
    uncounted.map((index) => texts[index]!),
    staged.raw,
  )
  const readings = undecided.map(({ name, sourceName }, index): NamedReading => {
    const wish = wishOf(name, staged.notation)
    const cameAsNumbers = staged.numberColumns.has(sourceName)
    const counts = counted[uncounted.indexOf(index)]
    return {
      name,
      sourceName,
      reading: expected[index] ?? foundReading(name, counts!, samples.get(sourceName), wish, cameAsNumbers),
    }
  })
  const plans = readings.map(
    ({ name, sourceName, reading }, index): ColumnPlan => ({
      ...planColumn(engine, staged, missing, {
        name,
        sourceName,
        kind: reading.kind,
        raw: 'text',
        required: false,
        reading,
      })!,
      ...(expected[index]?.kind === 'number'
        ? { unexpected: isNameOfDigits(flagOf(engine, 'text', name)) }
        : {}),
    }),
  )
  return { plans, readings }
}

/**
 * Returns how some columns are read without counting all their cells, undefined for the others: as numbers if the
 * sampled cells are plain ones, until a cell contradicts, and as texts if some are words and none is a number.
 */
async function expectedReadings(
  engine: Engine,
  staged: StagedTable,
  undecided: readonly { name: string; sourceName: string }[],
  samples: ReadonlyMap<string, TextCounts>,
): Promise<(ColumnReading | undefined)[]> {
  const readings = undecided.map(({ name, sourceName }) => {
    const sample = samples.get(sourceName)
    const wish = wishOf(name, staged.notation)
    if (sample === undefined || isWished(wish) || staged.numberColumns.has(sourceName)) return undefined
    const expected = expectedOf(sample.texts)
    const reading = readingOf(name, sample, wish)
    const isAlike = reading.kind === (expected === 'words' ? 'text' : 'number')
    const isPlain = reading.numbers === undefined && reading.doubt === undefined
    return expected !== 'unknown' && isAlike && isPlain ? reading : undefined
  })
  const words = readings.flatMap((reading, index) => (reading?.kind === 'text' ? [index] : []))
  const names = words.map((index) => engine.dialect.identifier(undecided[index]!.sourceName))
  const areWords = await haveNoNumber(engine, names, staged.raw)
  for (const [place, index] of words.entries()) if (!areWords[place]) readings[index] = undefined
  return readings
}

/** True if a notation is given for a column. */
export function isWished(wish: ReadingWish): boolean {
  return Object.values(wish).some((each) => each !== undefined && each !== false)
}

interface NamedReading {
  readonly name: string
  readonly sourceName: string
  readonly reading: ColumnReading
}

/** Rows whose texts show how a column is written; cells of other rows written otherwise are refused. */
export const rowsSampled = 4_000

/** False for columns that are texts or booleans anyway. */
function isReadByTexts(staged: StagedTable, name: string): boolean {
  const kind = declaredKind(staged, name)
  return kind === undefined ? !typedTable(staged) : kind === 'number' || kind === 'day'
}

/** Returns some texts of each column of texts, from evenly spaced rows. */
async function sampledTexts(
  engine: Engine,
  staged: StagedTable,
  missing: readonly string[],
): Promise<ReadonlyMap<string, TextCounts>> {
  const names = [...ourNames(staged)]
    .filter(([name, theirs]) => staged.columns.get(theirs) === 'VARCHAR' && isReadByTexts(staged, name))
    .map(([, theirs]) => theirs)
  if (names.length === 0) return new Map()
  const texts = names.map((name, index) => `${shownText(engine, staged, name, missing)} AS c${index}`)
  const step = Math.max(1, Math.floor(staged.rowCount / rowsSampled))
  const rows = await engine.query(`SELECT ${texts.join(', ')} FROM ${staged.raw} WHERE rowid % ${step} = 0`)
  return new Map(
    names.map((name, index) => {
      const { codes, dictionary, missing: isNull } = rows.texts(`c${index}`)
      const times = new Int32Array(dictionary.length)
      for (let row = 0; row < codes.length; row++) if (!isMissing(isNull, row)) times[codes[row]!]!++
      return [name, { texts: dictionary, times }]
    }),
  )
}

/** Returns how a column of texts of known kind is written; undefined if irrelevant. */
function declaredReading(
  staged: StagedTable,
  samples: ReadonlyMap<string, TextCounts>,
  name: string,
  sourceName: string,
  kind: ColumnKind | undefined,
): ColumnReading | undefined {
  const counts = samples.get(sourceName)
  if ((kind !== 'number' && kind !== 'day') || counts === undefined) return undefined
  if (kind === 'number' && staged.numberColumns.has(sourceName)) return undefined
  return readingOf(name, counts, { ...wishOf(name, staged.notation), kind })
}

function questionsOf(
  staged: StagedTable,
  samples: ReadonlyMap<string, TextCounts>,
  readings: readonly NamedReading[],
): Problem[] {
  const asked = readings.map(({ name, sourceName, reading }) => ({
    name,
    reading,
    texts: samples.get(sourceName)?.texts ?? [],
    place: { ...placeOfSource(staged), column: sourceName },
  }))
  return questionProblems(asked, staged.expectsCommas)
}

interface ColumnFacts {
  readonly name: string
  readonly sourceName: string
  readonly kind: ColumnKind
  readonly raw: RawKind
  readonly required: boolean
  /** How its texts are written. */
  readonly reading?: ColumnReading | undefined
}

function planColumn(
  engine: Engine,
  staged: StagedTable,
  missing: readonly string[],
  facts: ColumnFacts,
): ColumnPlan | undefined {
  const { name, sourceName, kind, raw, required, reading } = facts
  const column = engine.dialect.identifier(sourceName)
  const base = { name, sourceName, kind, required, steps: [] }
  if (raw === 'text') {
    const text = shownText(engine, staged, sourceName, missing)
    const step = (what: string) => flagOf(engine, what, name)
    const shown = { name: step('shown'), sql: kind === 'text' ? text : withoutMarks(engine, text) }
    const place = { ...staged, takesMonths: name === 'period' }
    const said = reading?.numbers === undefined && reading?.dateFormat === undefined ? {} : { reading }
    const read = readCells(engine, shown.name, step, kind, place, reading)
    // A column in doubt is refused as a whole, not also cell by cell
    const unchecked = reading?.doubt === undefined ? {} : { wrongType: null, notFinite: null, rounded: null }
    return { ...base, ...said, ...read, steps: [shown, ...read.steps], shown: shown.name, ...unchecked }
  }
  const shown = `CAST(${column} AS VARCHAR)`
  const never = { wrongType: null, notFinite: null, rounded: null }
  const type = staged.columns.get(sourceName)!
  const isFloat = type === 'FLOAT' || type === 'DOUBLE'
  const day = dayOfTime(engine, column, type, staged.timeZone)
  switch (`${raw} to ${kind}`) {
    case 'number to number': {
      const number = `CAST(${column} AS DOUBLE)`
      const notFinite = isFloat ? `NOT isfinite(${number})` : null
      const rounded = isFloat ? null : isLong(number)
      return { ...base, shown, value: number, wrongType: null, notFinite, rounded }
    }
    case 'number to text': {
      // An id that was read as a float because some were missing: 17, not 17.0
      const whole = `TRY_CAST(${column} AS HUGEINT)`
      const value = `CASE WHEN ${whole} = ${column} THEN CAST(${whole} AS VARCHAR) ELSE ${shown} END`
      const rounded = isFloat ? `isfinite(${column}) AND ${isLong(column)}` : null
      return { ...base, shown, value, ...never, rounded }
    }
    case 'number to day': {
      const value = `CASE WHEN ${column} = trunc(${column}) AND ${isDayNumber(column)} THEN CAST(${column} AS INTEGER) END`
      return {
        ...base,
        shown,
        value,
        ...never,
        wrongType: `(${value}) IS NULL AND ${column} IS NOT NULL`,
      }
    }
    case 'number to boolean': {
      const value = `CASE ${column} WHEN 0 THEN false WHEN 1 THEN true END`
      return {
        ...base,
        shown,
        value,
        ...never,
        wrongType: `(${value}) IS NULL AND ${column} IS NOT NULL`,
      }
    }
    case 'time to day':
      return {
        ...base,
        shown,
        value: day,
        ...never,
        wrongType: `${column} IS NOT NULL AND NOT isfinite(${column})`,
      }
    case 'day to day':
      return { ...base, shown: dayText(column), value: column, ...never }
    case 'boolean to boolean':
      return { ...base, shown, value: column, ...never }
    case 'time to text':
    case 'boolean to text':
      return { ...base, shown, value: shown, ...never }
    case 'day to text':
      return { ...base, shown: dayText(column), value: dayText(column), ...never }
    default:
      return undefined
  }
}

/** Returns the name of a check column next to one of ours in the checked rows. */
export function flagOf(engine: Engine, what: string, name: string): string {
  return engine.dialect.identifier(`holdfast ${what} ${name}`)
}

function shownText(
  engine: Engine,
  staged: StagedTable,
  sourceName: string,
  missing: readonly string[],
): string {
  const text = `CAST(${engine.dialect.identifier(sourceName)} AS VARCHAR)`
  return staged.isCleaned ? text : cleanedText(engine, text, missing)
}

// In integers: DuckDB rounds when it converts nanoseconds to a day, and a double rounds counts of both
function dayOfTime(engine: Engine, instant: string, type: string, timeZone: string): string {
  const column =
    type === 'TIMESTAMP WITH TIME ZONE' && timeZone !== utc
      ? `timezone(${engine.dialect.literal(timeZone)}, ${instant})`
      : instant
  const [count, perDay] =
    type === 'TIMESTAMP_NS'
      ? [`epoch_ns(${column})`, 86_400_000_000_000]
      : [`epoch_us(${column})`, 86_400_000_000]
  return `TRY_CAST(${count} // ${perDay} - CAST(${count} % ${perDay} < 0 AS BIGINT) AS INTEGER)`
}

/** Returns the SQL of a day number as `YYYY-MM-DD`. */
function dayText(day: string): string {
  return `strftime(DATE '1970-01-01' + CAST(${day} AS INTEGER), '%Y-%m-%d')`
}
