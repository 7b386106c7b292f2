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

/** Returns the SQL of the number (DOUBLE) that a text stands for in a notation, NULL where it is none: as `numberIn`. */
export function writtenNumber(
  engine: Engine,
  text: string,
  { decimal, thousands, unit }: NumberNotation,
): string {
  const plain = plainText(engine, text)
  const [point, comma] = [
    numberWith(engine, plain, '.', thousands),
    numberWith(engine, plain, ',', thousands),
  ]
  if (decimal === null)
    return withUnit(engine, plain, `CASE WHEN ${point} = ${comma} THEN ${point} END`, unit)
  return withUnit(engine, plain, decimal === '.' ? point : comma, unit)
}

function plainText(engine: Engine, text: string): string {
  const { literal } = engine.dialect
  return `trim(translate(${text}, ${literal(wideForms)}, ${literal(plainForms)}))`
}

function numberWith(
  engine: Engine,
  plain: string,
  decimal: DecimalSign,
  thousands: string | undefined,
): string {
  const { literal } = engine.dialect
  const withoutExponent = `regexp_replace(${plain}, ${literal(exponentSource)}, '')`
  const mantissa = `regexp_replace(${withoutExponent}, ${literal(noCentsSource)}, ${literal('\\1')})`
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
  return `CASE WHEN (${number}) = 0 OR ${written} IN (${allowed}) THEN ${number} END`
}

/**
 * Returns the SQL of the day (DATE) that a text stands for in a format other than `YYYY-MM-DD`: as `dayReader`.
 *
 * @param timeZone where an instant has its day
 */
export function writtenDay(engine: Engine, text: string, format: string, timeZone: string = utc): string {
  const { literal } = engine.dialect
  const { pattern, parts, hasShortYear, hasMonthName } = datePattern(format)!
  const plain = `trim(translate(${text}, '０１２３４５６７８９／－．：', '0123456789/-.:'))`
  const group = (index: number) => `regexp_extract(${plain}, ${literal(`^${pattern}$`)}, ${index})`
  const part = (name: (typeof parts)[number]) => group(parts.indexOf(name) + 1)
  const year = hasShortYear
    ? `CASE WHEN TRY_CAST(${part('year')} AS INTEGER) >= 69 THEN '19' ELSE '20' END || ${part('year')}`
    : part('year')
  const month = hasMonthName ? monthNumber(engine, part('month')) : part('month')
  // A year below 100 is rather one with its century left out
  const isYear = hasShortYear ? '' : `NOT starts_with(${year}, '00') AND `
  const day = `TRY_CAST(${year} || '-' || ${month} || '-' || ${part('day')} AS DATE)`
  return `CASE WHEN ${isYear}true THEN ${dayAtTime(engine, day, group(4), timeZone)} END`
}

/** Returns the SQL of the day (DATE) of a trimmed text `YYYY-MM-DD`, with or without a time after it: as `parseDay`. */
export function isoDay(engine: Engine, text: string, timeZone: string = utc): string {
  // Cheaper than a regular expression: 10 characters YYYY-MM-DD of the years from 100 on, then nothing or a time
  const isDay = `${text}[5] = '-' AND ${text}[8] = '-' AND ${text}[10] BETWEEN '0' AND '9' AND left(${text}, 2) BETWEEN '01' AND '99'`
  const day = `TRY_CAST(left(${text}, 10) AS DATE)`
  const atTime = dayAtTime(engine, day, `substr(${text}, 11)`, timeZone)
  return `CASE WHEN ${isDay} THEN CASE WHEN length(${text}) = 10 THEN ${day} ELSE ${atTime} END END`
}

/** The day as it is written, or where its time says how far it is from UTC, that of the instant; NULL where it is no time. */
function dayAtTime(engine: Engine, day: string, time: string, timeZone: string): string {
  const { literal } = engine.dialect
  const part = (index: number) => `regexp_extract(${time}, ${literal(`^${timeSource}$`)}, ${index})`
  const count = (index: number) => `coalesce(TRY_CAST(${part(index)} AS INTEGER), 0)`
  const hours = `CASE lower(${part(3)}) WHEN '' THEN ${count(1)} WHEN 'p' THEN ${count(1)} % 12 + 12 ELSE ${count(1)} % 12 END`
  const offset = `CASE WHEN ${part(5)} IN ('', '+') THEN 1 ELSE -1 END * (60 * ${count(6)} + ${count(7)})`
  const minutes = `CAST(60 * (${hours}) + ${count(2)} - (${offset}) AS BIGINT)`
  const instant = `CAST(${day} AS TIMESTAMP) + to_minutes(${minutes})`
  const there = timeZone === utc ? instant : `timezone(${literal(timeZone)}, timezone('UTC', ${instant}))`
  return `CASE WHEN ${time} = '' THEN ${day} WHEN NOT regexp_full_match(${time}, ${literal(timeSource)}) THEN NULL WHEN ${part(4)} = '' THEN ${day} ELSE CAST(${there} AS DATE) END`
}

function monthNumber(engine: Engine, name: string): string {
  const branches = longMonths.map((long, index) => {
    const names = [long, long.slice(0, 3), ...(index === 8 ? ['sept'] : [])].map(engine.dialect.literal)
    return `WHEN lower(${name}) IN (${names.join(', ')}) THEN '${index + 1}'`
  })
  return `CASE ${branches.join(' ')} END`
}

/** Returns the SQL whether a whole number is one of days since 1970: none of a spreadsheet, no month YYYYMM; as a service has it. */
export function isDayNumber(number: string): string {
  const { first, after } = spreadsheetDays
  const isMonth = `(${number} BETWEEN 190001 AND 219912 AND CAST(${number} AS BIGINT) % 100 BETWEEN 1 AND 12)`
  return `(${number} BETWEEN ${earliestDay} AND ${latestDay} AND NOT (${number} >= ${first} AND ${number} < ${after}) AND NOT ${isMonth})`
}

/** True where a format needs other SQL than `YYYY-MM-DD` does. */
export function isOwnFormat(format: string | undefined): format is string {
  return format !== undefined && format !== isoFormat
}
