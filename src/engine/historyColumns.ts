import { isMissing } from '../base/bitmap.js'
import { utc } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'
import { exponentSource } from '../base/writtenNumbers.js'
import { type ColumnReading, readingOf, type TextCounts, twoNumbers } from '../table/columnReading.js'
import { type CellCounts, inferKind, usualMissing } from '../table/inferKind.js'
import { inputTables } from '../table/inputs.js'
import { wishOf } from '../table/readingOptions.js'
import type { ColumnKind } from '../table/table.js'
import type { Engine } from './engine.js'
import { cleanedText, isNoneOf } from './historyFiles.js'
import { placeOfSource, type StagedTable } from './historySources.js'
import { isDayNumber, isOwnFormat, isoDay, writtenDay, writtenNumber } from './writtenSql.js'

/** How one column of ours is made from a column of the source, as SQL expressions over the raw table. */
export interface ColumnPlan {
  /** Our name. */
  readonly name: string
  /** The name in the source, for messages. */
  readonly sourceName: string
  readonly kind: ColumnKind
  readonly required: boolean
  /** The cell as text, NULL where it is missing: what is shown of a bad row. */
  readonly shown: string
  /** The typed value, NULL where it is missing or of another kind. Days are INTEGER. */
  readonly value: string
  /** True where a cell is there that is not of the kind. NULL where that cannot be. */
  readonly wrongType: string | null
  /** True where a cell is NaN or infinite. NULL where that cannot be. */
  readonly notFinite: string | null
  /** True where a whole number beyond 2^53 would lose, or has lost, some of its digits. NULL where that cannot be. */
  readonly rounded: string | null
  /** How the source writes its numbers or days, where not as programs do. */
  readonly reading?: ColumnReading
}

// 007 is a name, and so is an integer with more digits than a number holds
const nameOfDigits = '[+-]?(0[0-9]+|[0-9]{16,})'

type RawKind = 'text' | 'number' | 'day' | 'time' | 'boolean'

const numericType = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*)$/

function rawKindOf(type: string, known: ColumnKind | undefined): RawKind | undefined {
  if (known === 'day') return 'day'
  if (numericType.test(type)) return 'number'
  if (type === 'VARCHAR' || type === 'UUID' || type.startsWith('ENUM(')) return 'text'
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'time'
  return type === 'BOOLEAN' ? 'boolean' : undefined
}

/** Plans every column of a staged table, or says what is wrong with its columns. */
export async function planColumns(
  engine: Engine,
  staged: StagedTable,
  missing: readonly string[],
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
  const found = await planUndecided(engine, staged, missing, undecided, samples)
  plans.push(...found.plans)
  problems.push(...questionsOf(staged, samples, [...questions, ...found.readings]))
  return { plans, problems }
}

/** Returns the kind that our name has, or that the user declares. */
function declaredKind(staged: StagedTable, name: string): ColumnKind | undefined {
  const { required, optional } = inputTables[staged.table]
  const known: Readonly<Record<string, ColumnKind>> = { ...required, ...optional }
  return ownValue(known, name) ?? ownValue(staged.types, name)
}

// Texts of a typed file or table are texts; texts of CSV and JSON can be anything
function typedTable(staged: StagedTable): boolean {
  return staged.kinds.size > 0 || staged.files.some((file) => file.path.toLowerCase().endsWith('.parquet'))
}

/** Returns our name and the source's for every column of the source, in its order. */
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
): Promise<{ plans: ColumnPlan[]; readings: NamedReading[] }> {
  if (undecided.length === 0) return { plans: [], readings: [] }
  const counts = undecided.map(({ sourceName }) => {
    const shown = withoutMarks(engine, shownText(engine, staged, sourceName, missing))
    const text = `trim(${shown})`
    const conditions = [
      `${shown} IS NOT NULL`,
      isNumber(shown),
      `regexp_full_match(${text}, '${nameOfDigits}')`,
      `${isoDay(engine, text)} IS NOT NULL AND length(${text}) = 10`,
      `lower(${text}) IN ('true', 'false')`,
    ]
    return `[${conditions.map((condition) => `count(*) FILTER (WHERE ${condition})`).join(', ')}]`
  })
  const lists = counts.map((list, index) => `unnest(${list}) AS c${index}`)
  const found = await engine.query(`SELECT ${lists.join(', ')} FROM ${staged.raw}`)
  const readings = undecided.map(({ name, sourceName }, index): NamedReading => {
    const [present, numbers, leadingZeros, days, booleans] = found.numbers(`c${index}`).values
    const counts = { present, numbers, leadingZeros, days, booleans } as CellCounts
    return { name, sourceName, reading: foundReading(staged, name, sourceName, counts, samples) }
  })
  const plans = readings.map(
    ({ name, sourceName, reading }) =>
      planColumn(engine, staged, missing, {
        name,
        sourceName,
        kind: reading.kind,
        raw: 'text',
        required: false,
        reading,
      })!,
  )
  return { plans, readings }
}

interface NamedReading {
  readonly name: string
  readonly sourceName: string
  readonly reading: ColumnReading
}

/** Rows whose texts say how a column is written. What the others hold is refused where it is written in another way. */
const rowsSampled = 4_000

/** False for what is a text or a boolean anyway. */
function isReadByTexts(staged: StagedTable, name: string): boolean {
  const kind = declaredKind(staged, name)
  return kind === undefined ? !typedTable(staged) : kind === 'number' || kind === 'day'
}

/** Returns some texts of each column of texts, from rows in even steps. */
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

/** Returns how a column of texts is written whose kind is known; undefined where that is no matter. */
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

/** Returns what a column of texts is read as: what all its cells say, and how, what some of them say. */
function foundReading(
  staged: StagedTable,
  name: string,
  sourceName: string,
  counts: CellCounts,
  samples: ReadonlyMap<string, TextCounts>,
): ColumnReading {
  const { present, numbers, leadingZeros } = counts
  const wish = wishOf(name, staged.notation)
  const kind = inferKind(counts)
  const isSaid = wish.isOwn === true
  if (staged.numberColumns.has(sourceName) && wish.dateFormat === undefined) return { kind }
  const reading = readingOf(name, samples.get(sourceName) ?? { texts: [], times: [] }, wish)
  if (present === 0 || isSaid || reading.kind === 'text') return isSaid ? reading : { kind }
  if (leadingZeros > 0 || kind === 'boolean') return { kind }
  const isAll = kind === 'day' || (kind === 'number' && numbers === present)
  if (isAll && reading.kind === kind) return reading
  // Nearly all cells of the sample are of a kind that not nearly all cells are
  const isPlainNumber =
    reading.kind === 'number' && reading.numbers === undefined && reading.doubt === undefined
  return isPlainNumber || isAll ? { kind } : reading
}

/** Returns the problems of columns that can be read in two ways, each and all together. */
function questionsOf(
  staged: StagedTable,
  samples: ReadonlyMap<string, TextCounts>,
  readings: readonly NamedReading[],
): Problem[] {
  const hasCommas = readings.some(({ reading }) => reading.numbers?.decimal === ',')
  return readings.flatMap(({ name, sourceName, reading }) => {
    const texts = samples.get(sourceName)?.texts ?? []
    const isGrouped = reading.pointsMayGroup === true && hasCommas
    const asked = reading.doubt ?? (isGrouped ? twoNumbers({ name, texts }, '.', ',') : undefined)
    if (asked === undefined) return []
    return [
      {
        code: 'column-type',
        parameter: name,
        ...asked,
        place: { ...placeOfSource(staged), column: sourceName },
      },
    ]
  })
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
  const base = { name, sourceName, kind, required }
  if (raw === 'text') {
    const text = shownText(engine, staged, sourceName, missing)
    const shown = kind === 'text' ? text : withoutMarks(engine, text)
    const said = reading?.numbers === undefined && reading?.dateFormat === undefined ? {} : { reading }
    const read = fromText(engine, shown, name, kind, staged, reading)
    // What is asked is refused as a whole: its cells are not refused besides
    const unchecked = reading?.doubt === undefined ? {} : { wrongType: null, notFinite: null, rounded: null }
    return { ...base, ...said, shown, ...read, ...unchecked }
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
      // An id that was read as a floating number because some were missing: 17, not 17.0
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

function fromText(
  engine: Engine,
  shown: string,
  name: string,
  kind: ColumnKind,
  { numbersAreDays, timeZone }: StagedTable,
  reading: ColumnReading | undefined,
): Pick<ColumnPlan, 'value' | 'wrongType' | 'notFinite' | 'rounded'> {
  const text = `trim(${shown})`
  switch (kind) {
    case 'text':
      return { value: shown, wrongType: null, notFinite: null, rounded: null }
    case 'number': {
      if (reading?.numbers !== undefined) {
        const written = writtenNumber(engine, shown, reading.numbers)
        return {
          value: written,
          wrongType: `${shown} IS NOT NULL AND (${written}) IS NULL`,
          notFinite: null,
          rounded: `CASE WHEN ${isLong(`(${written})`)} THEN NOT regexp_matches(${text}, '${exponentSource}') END`,
        }
      }
      const number = `TRY_CAST(${shown} AS DOUBLE)`
      return {
        value: number,
        wrongType: `${shown} IS NOT NULL AND NOT ${isNumber(shown)}`,
        notFinite: `${isNumber(shown)} AND NOT isfinite(${number})`,
        rounded: `CASE WHEN ${isLong(number)} THEN regexp_full_match(${text}, '[+-]?[0-9]{16,}([.][0-9]*)?') END`,
      }
    }
    case 'boolean': {
      const value = `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false WHEN '1' THEN true WHEN '0' THEN false END`
      return {
        value,
        wrongType: `${shown} IS NOT NULL AND (${value}) IS NULL`,
        notFinite: null,
        rounded: null,
      }
    }
    case 'day': {
      const own = isOwnFormat(reading?.dateFormat)
        ? writtenDay(engine, shown, reading.dateFormat, timeZone)
        : isoDay(engine, text, timeZone)
      const month = name === 'period' ? `coalesce(${asMonth(text)}, ${own})` : own
      const date = `CAST(${month} - DATE '1970-01-01' AS INTEGER)`
      const value = numbersAreDays
        ? `coalesce(${date}, CASE WHEN regexp_full_match(${text}, '-?[0-9]{1,7}') AND ${isDayNumber(`TRY_CAST(${text} AS INTEGER)`)} THEN TRY_CAST(${text} AS INTEGER) END)`
        : date
      return {
        value,
        wrongType: `${shown} IS NOT NULL AND (${value}) IS NULL`,
        notFinite: null,
        rounded: null,
      }
    }
  }
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

function withoutMarks(engine: Engine, text: string): string {
  return `CASE WHEN ${isNoneOf(engine, `trim(${text})`, usualMissing)} THEN ${text} END`
}

// In whole numbers: DuckDB rounds nanoseconds when it makes a day of them, and a double rounds counts of both
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

function isLong(number: string): string {
  return `abs(${number}) > ${Number.MAX_SAFE_INTEGER}`
}

// DuckDB also reads 1_000 as a number, which a person may have meant otherwise
function isNumber(text: string): string {
  return `(TRY_CAST(${text} AS DOUBLE) IS NOT NULL AND NOT contains(${text}, '_'))`
}

function asMonth(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '[0-9]{4}-[0-9]{2}') THEN TRY_CAST(${text} || '-01' AS DATE) END`
}

/** Returns the SQL of a day number as `YYYY-MM-DD`. */
function dayText(day: string): string {
  return `strftime(DATE '1970-01-01' + CAST(${day} AS INTEGER), '%Y-%m-%d')`
}
