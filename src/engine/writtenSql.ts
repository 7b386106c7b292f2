import { earliestDay, latestDay, spreadsheetDays, timeSource, utc } from '../base/days.js'
import { datePattern, isoFormat, longMonths } from '../base/writtenDays.js'
import {
  type DecimalSign,
  exponentSource,
  type NumberNotation,
  noCentsSource,
  numberPattern,
  plainForms,
  unitSource,
  wideForms,
} from '../base/writtenNumbers.js'
import type { Engine } from './engine.js'

/** A value computed once per row; later steps and expressions refer to it by name. */
export interface Step {
  /** As written in SQL. */
  readonly name: string
  readonly sql: string
}

/** SQL of a value and of the steps to it, each based on those before. */
export interface Stepped {
  readonly steps: readonly Step[]
  readonly value: string
}

/**
 * Returns the SQL of a relation with the steps of its columns. Expressions repeated in place of a name would be bound
 * and compiled each time: the rules of a table with two days then took its planner 100 ms, however few its rows.
 */
export function withSteps(relation: string, columns: readonly (readonly Step[])[]): string {
  const most = Math.max(0, ...columns.map((steps) => steps.length))
  let rows = relation
  for (let place = 0; place < most; place++) {
    const values = columns.flatMap((steps) =>
      steps.slice(place, place + 1).map(({ name, sql }) => `${sql} AS ${name}`),
    )
    rows = `(SELECT *, ${values.join(', ')} FROM ${rows})`
  }
  return rows
}

/** Returns the name of a step of a column, the same for the same word. */
export type StepName = (what: string) => string

/** Returns the SQL of the number (DOUBLE) that a text means in a notation, NULL if none: as `numberIn`. */
export function writtenNumber(
  engine: Engine,
  text: string,
  { decimal, thousands, unit }: NumberNotation,
  step: StepName,
): Stepped {
  const { literal } = engine.dialect
  const [plain, mantissa, number] = [step('plain'), step('mantissa'), step('number')]
  const withoutExponent = `regexp_replace(${plain}, ${literal(exponentSource)}, '')`
  const signs: readonly DecimalSign[] = decimal === null ? ['.', ','] : [decimal]
  const [one, other = one] = signs.map((sign) => numberWith(engine, { plain, mantissa }, sign, thousands))
  return {
    steps: [
      {
        name: plain,
        sql: `trim(translate(${text}, ${literal(wideForms)}, ${literal(plainForms)}))`,
      },
      {
        name: mantissa,
        sql: `regexp_replace(${withoutExponent}, ${literal(noCentsSource)}, ${literal('\\1')})`,
      },
      { name: number, sql: one === other ? one! : `CASE WHEN ${one} = ${other} THEN ${one} END` },
    ],
    value: withUnit(engine, plain, number, unit),
  }
}

function numberWith(
  engine: Engine,
  { plain, mantissa }: { readonly plain: string; readonly mantissa: string },
  decimal: DecimalSign,
  thousands: string | undefined,
): string {
  const { literal } = engine.dialect
  const sign = `CASE WHEN regexp_matches(${mantissa}, '[-(]') THEN '-' ELSE '' END`
  const withoutUnit = `regexp_replace(${mantissa}, ${literal(unitSource)}, '', 'g')`
  const digits = `replace(regexp_replace(${withoutUnit}, '[^0-9${decimal}]', '', 'g'), ',', '.')`
  const number = `TRY_CAST(${sign} || ${digits} || regexp_extract(${plain}, ${literal(exponentSource)}) AS DOUBLE)`
  return `CASE WHEN regexp_full_match(${plain}, ${literal(numberPattern(decimal, thousands))}) THEN ${number} END`
}

function withUnit(engine: Engine, plain: string, number: string, unit: string | undefined): string {
  if (unit === undefined) return number
  const { literal } = engine.dialect
  const written = `lower(rtrim(regexp_extract(${plain}, ${literal(unitSource)}), '.'))`
  const allowed = (unit === '%' ? [unit] : [unit, '']).map(literal).join(', ')
  return `CASE WHEN ${number} = 0 OR ${written} IN (${allowed}) THEN ${number} END`
}

/**
 * Returns the SQL of the day (DATE) that a text means in a format other than `YYYY-MM-DD`: as `dayReader`.
 *
 * @param timeZone decides the day of an instant
 */
export function writtenDay(
  engine: Engine,
  text: string,
  format: string,
  timeZone: string,
  step: StepName,
): Stepped {
  const { literal } = engine.dialect
  const { pattern, parts, hasShortYear, hasMonthName, century } = datePattern(format)!
  const [written, date, time] = [step('written'), step('date'), step('time')]
  const plain = `trim(translate(${text}, '０１２３４５６７８９／－．：', '0123456789/-.:'))`
  const year = hasShortYear
    ? `${centurySql(`${written}.year`, century)} || right(${written}.year, 2)`
    : `${written}.year`
  const month = hasMonthName ? monthNumber(engine, `${written}.month`) : `${written}.month`
  // A year below 100 more likely lacks its century
  const isYear = hasShortYear ? 'true' : `NOT starts_with(${year}, '00')`
  const names = [...parts, 'time'].map(literal).join(', ')
  const day = `TRY_CAST(${year} || '-' || ${month} || '-' || ${written}.day AS DATE)`
  return {
    steps: [
      { name: written, sql: `regexp_extract(${plain}, ${literal(`^${pattern}$`)}, [${names}])` },
      { name: date, sql: `CASE WHEN ${isYear} THEN ${day} END` },
      { name: time, sql: timeParts(engine, `${written}.time <> ''`, `${written}.time`) },
    ],
    value: dayAtTime(engine, date, time, timeZone),
  }
}

function centurySql(year: string, century: number | null): string {
  return century === null
    ? `CASE WHEN TRY_CAST(${year} AS INTEGER) >= 69 THEN '19' ELSE '20' END`
    : `'${century / 100}'`
}

/** Returns the SQL of the day (DATE) of a trimmed text that is `YYYY-MM-DD` and nothing more. */
export function isoDate(text: string): string {
  return `CASE WHEN length(${text}) = 10 THEN ${firstDate(text)} END`
}

/** Returns the SQL of the day (DATE) of a trimmed text `YYYY-MM-DD`, with or without a time after it: as `parseDay`. */
export function isoDay(engine: Engine, text: string, timeZone: string, step: StepName): Stepped {
  const [stamp, plain, date, time] = [step('stamp'), step('plain'), step('date'), step('time')]
  const isOther = `${plain} IS NULL`
  return {
    steps: [
      { name: stamp, sql: `TRY_CAST(${text} AS TIMESTAMP)` },
      { name: plain, sql: plainDay(text, stamp, timeZone) },
      { name: date, sql: `CASE WHEN ${isOther} THEN ${firstDate(text)} END` },
      {
        name: time,
        sql: timeParts(engine, `${isOther} AND length(${text}) > 10`, `substr(${text}, 11)`),
      },
    ],
    value: `coalesce(${plain}, ${dayAtTime(engine, date, time, timeZone)})`,
  }
}

/**
 * The day (DATE) of a text that is an instant exactly as DuckDB writes it, or with T before and Z after its time; NULL
 * for all others. A text that comes back unchanged was read completely. A million texts with times take 0.25 s; parsing
 * them by a regular expression takes 1.2.
 */
function plainDay(text: string, stamp: string, timeZone: string): string {
  const written = `CASE WHEN length(${text}) = 10 THEN CAST(CAST(${stamp} AS DATE) AS VARCHAR) ELSE CAST(${stamp} AS VARCHAR) END`
  const apart = `replace(${text}, 'T', ' ')`
  const isoText =
    timeZone === utc ? `CASE WHEN ends_with(${text}, 'Z') THEN left(${apart}, -1) ELSE ${apart} END` : apart
  const day = `CAST(${stamp} AS DATE)`
  // Years of four digits; infinity would also come back unchanged
  const isWritten = `${stamp} BETWEEN TIMESTAMP '0100-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'`
  return `CASE WHEN NOT ${isWritten} THEN NULL WHEN (${written}) = ${text} THEN ${day} WHEN CAST(${stamp} AS VARCHAR) = ${isoText} THEN ${day} END`
}

// The day that comes back unchanged: DuckDB also reads 2024-1-5. A year below 100 more likely lacks its century
function firstDate(text: string): string {
  const day = `TRY_CAST(left(${text}, 10) AS DATE)`
  return `CASE WHEN CAST(${day} AS VARCHAR) = left(${text}, 10) AND ${day} BETWEEN DATE '0100-01-01' AND DATE '9999-12-31' THEN ${day} END`
}

const timeNames = ['hour', 'minute', 'half', 'zone', 'sign', 'hours', 'minutes']

/** The parts of a time: NULL without one, each blank for what is not a time. */
function timeParts(engine: Engine, isThere: string, time: string): string {
  const { literal } = engine.dialect
  const whole = literal(`^${timeSource}$`)
  const parts = `regexp_extract(${time}, ${whole}, [${timeNames.map(literal).join(', ')}])`
  return `CASE WHEN ${isThere} THEN ${parts} END`
}

/** The day as written, or if its time has an offset from UTC, that of the instant; NULL for what is not a time. */
function dayAtTime(engine: Engine, day: string, time: string, timeZone: string): string {
  const { literal } = engine.dialect
  const count = (part: string) => `coalesce(TRY_CAST(${time}.${part} AS INTEGER), 0)`
  const hours = `CASE lower(${time}.half) WHEN '' THEN ${count('hour')} WHEN 'p' THEN ${count('hour')} % 12 + 12 ELSE ${count('hour')} % 12 END`
  const offset = `CASE WHEN ${time}.sign IN ('', '+') THEN 1 ELSE -1 END * (60 * ${count('hours')} + ${count('minutes')})`
  const minutes = `CAST(60 * (${hours}) + ${count('minute')} - (${offset}) AS BIGINT)`
  const instant = `CAST(${day} AS TIMESTAMP) + to_minutes(${minutes})`
  const there = timeZone === utc ? instant : `timezone(${literal(timeZone)}, timezone('UTC', ${instant}))`
  return `CASE WHEN ${time}.hour IS NULL THEN ${day} WHEN ${time}.hour = '' THEN NULL WHEN ${time}.zone = '' THEN ${day} ELSE CAST(${there} AS DATE) END`
}

function monthNumber(engine: Engine, name: string): string {
  const branches = longMonths.map((long, index) => {
    const names = [long, long.slice(0, 3), ...(index === 8 ? ['sept'] : [])].map(engine.dialect.literal)
    return `WHEN lower(${name}) IN (${names.join(', ')}) THEN '${index + 1}'`
  })
  return `CASE ${branches.join(' ')} END`
}

/**
 * Returns the SQL that is true if an integer is days since 1970, not a spreadsheet day or a month YYYYMM; scoring uses
 * the same rule.
 */
export function isDayNumber(number: string): string {
  const { first, after } = spreadsheetDays
  const isMonth = `(${number} BETWEEN 190001 AND 219912 AND CAST(${number} AS BIGINT) % 100 BETWEEN 1 AND 12)`
  return `(${number} BETWEEN ${earliestDay} AND ${latestDay} AND NOT (${number} >= ${first} AND ${number} < ${after}) AND NOT ${isMonth})`
}

/** True if a format needs other SQL than `YYYY-MM-DD`. */
export function isOwnFormat(format: string | undefined): format is string {
  return format !== undefined && format !== isoFormat
}
