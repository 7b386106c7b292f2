import type { Problem } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'
import { type CellCounts, inferKind, usualMissing } from '../table/inferKind.js'
import { inputTables } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'
import type { Engine } from './engine.js'
import { cleanedText, isNoneOf } from './historyFiles.js'
import { placeOfSource, type StagedTable } from './historySources.js'

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
  const { required, optional } = inputTables[staged.table]
  const declared: Readonly<Record<string, ColumnKind>> = { ...required, ...optional }
  const problems: Problem[] = []
  const plans: ColumnPlan[] = []
  const undecided: { name: string; sourceName: string }[] = []
  for (const [name, sourceName] of ourNames(staged)) {
    const type = staged.columns.get(sourceName)!
    const raw = rawKindOf(type, staged.kinds.get(sourceName))
    const wanted = ownValue(declared, name) ?? ownValue(staged.types, name)
    if (raw === undefined) problems.push(typeUnreadable(staged, sourceName, type))
    else if (wanted === undefined && raw === 'text' && !typedTable(staged))
      undecided.push({ name, sourceName })
    else {
      const kind = wanted ?? (raw === 'time' ? 'day' : raw)
      const plan = planColumn(engine, staged, missing, {
        name,
        sourceName,
        kind,
        raw,
        required: Object.hasOwn(required, name),
      })
      if (plan === undefined) problems.push(kindDiffers(staged, sourceName, kind, type))
      else plans.push(plan)
    }
  }
  plans.push(...(await planUndecided(engine, staged, missing, undecided)))
  return { plans, problems }
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
): Promise<ColumnPlan[]> {
  if (undecided.length === 0) return []
  const counts = undecided.map(({ sourceName }) => {
    const shown = withoutMarks(engine, shownText(engine, staged, sourceName, missing))
    const text = `trim(${shown})`
    const conditions = [
      `${shown} IS NOT NULL`,
      isNumber(shown),
      `regexp_full_match(${text}, '${nameOfDigits}')`,
      `${asDate(text)} IS NOT NULL AND length(${text}) = 10`,
      `lower(${text}) IN ('true', 'false')`,
    ]
    return `[${conditions.map((condition) => `count(*) FILTER (WHERE ${condition})`).join(', ')}]`
  })
  const lists = counts.map((list, index) => `unnest(${list}) AS c${index}`)
  const found = await engine.query(`SELECT ${lists.join(', ')} FROM ${staged.raw}`)
  return undecided.map(({ name, sourceName }, index) => {
    const [present, numbers, leadingZeros, days, booleans] = found.numbers(`c${index}`).values
    const kind = inferKind({ present, numbers, leadingZeros, days, booleans } as CellCounts)
    return planColumn(engine, staged, missing, { name, sourceName, kind, raw: 'text', required: false })!
  })
}

interface ColumnFacts {
  readonly name: string
  readonly sourceName: string
  readonly kind: ColumnKind
  readonly raw: RawKind
  readonly required: boolean
}

function planColumn(
  engine: Engine,
  staged: StagedTable,
  missing: readonly string[],
  facts: ColumnFacts,
): ColumnPlan | undefined {
  const { name, sourceName, kind, raw, required } = facts
  const column = engine.dialect.identifier(sourceName)
  const base = { name, sourceName, kind, required }
  if (raw === 'text') {
    const text = shownText(engine, staged, sourceName, missing)
    const shown = kind === 'text' ? text : withoutMarks(engine, text)
    return { ...base, shown, ...fromText(shown, name, kind, staged.numbersAreDays) }
  }
  const shown = `CAST(${column} AS VARCHAR)`
  const never = { wrongType: null, notFinite: null, rounded: null }
  const type = staged.columns.get(sourceName)!
  const isFloat = type === 'FLOAT' || type === 'DOUBLE'
  const day = dayOfTime(column, type)
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
      const value = `CASE WHEN ${column} = trunc(${column}) AND abs(${column}) < 1000000 THEN CAST(${column} AS INTEGER) END`
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
  shown: string,
  name: string,
  kind: ColumnKind,
  numbersAreDays: boolean,
): Pick<ColumnPlan, 'value' | 'wrongType' | 'notFinite' | 'rounded'> {
  const text = `trim(${shown})`
  switch (kind) {
    case 'text':
      return { value: shown, wrongType: null, notFinite: null, rounded: null }
    case 'number': {
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
      const month = name === 'period' ? `coalesce(${asMonth(text)}, ${asDate(text)})` : asDate(text)
      const date = `CAST(${month} - DATE '1970-01-01' AS INTEGER)`
      const value = numbersAreDays
        ? `coalesce(${date}, CASE WHEN regexp_full_match(${text}, '-?[0-9]{1,6}') THEN CAST(${text} AS INTEGER) END)`
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
function dayOfTime(column: string, type: string): string {
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

// Cheaper than a regular expression: 10 characters YYYY-MM-DD, then nothing or a time
function asDate(text: string): string {
  const dashes = `${text}[5] = '-' AND ${text}[8] = '-' AND ${text}[10] BETWEEN '0' AND '9'`
  const end = `(length(${text}) = 10 OR ${text}[11] IN ('T', ' '))`
  return `CASE WHEN ${dashes} AND ${end} THEN TRY_CAST(left(${text}, 10) AS DATE) END`
}

function asMonth(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '[0-9]{4}-[0-9]{2}') THEN TRY_CAST(${text} || '-01' AS DATE) END`
}

/** Returns the SQL of a day number as `YYYY-MM-DD`. */
function dayText(day: string): string {
  return `strftime(DATE '1970-01-01' + CAST(${day} AS INTEGER), '%Y-%m-%d')`
}
