import { datePattern, isoFormat, longMonths } from '../base/writtenDays.js'
import {
  type DecimalSign,
  type NumberNotation,
  numberPattern,
  plainForms,
  unitSource,
  wideForms,
} from '../base/writtenNumbers.js'
import type { Engine } from './engine.js'

const exponent = '[eE][+-]?[0-9]+$'

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
  const mantissa = `regexp_replace(${plain}, ${literal(exponent)}, '')`
  const sign = `CASE WHEN regexp_matches(${mantissa}, '[-(]') THEN '-' ELSE '' END`
  const withoutUnit = `regexp_replace(${mantissa}, ${literal(unitSource)}, '', 'g')`
  const digits = `replace(regexp_replace(${withoutUnit}, '[^0-9${decimal}]', '', 'g'), ',', '.')`
  const number = `TRY_CAST(${sign} || ${digits} || regexp_extract(${plain}, ${literal(exponent)}) AS DOUBLE)`
  return `CASE WHEN regexp_full_match(${plain}, ${literal(numberPattern(decimal, thousands))}) THEN ${number} END`
}

function withUnit(engine: Engine, plain: string, number: string, unit: string | undefined): string {
  if (unit === undefined) return number
  const { literal } = engine.dialect
  const written = `lower(rtrim(regexp_extract(${plain}, ${literal(unitSource)}), '.'))`
  const allowed = (unit === '%' ? [unit] : [unit, '']).map(literal).join(', ')
  return `CASE WHEN (${number}) = 0 OR ${written} IN (${allowed}) THEN ${number} END`
}

/** Returns the SQL of the day (DATE) that a text stands for in a format other than `YYYY-MM-DD`: as `dayReader`. */
export function writtenDay(engine: Engine, text: string, format: string): string {
  const { literal } = engine.dialect
  const { pattern, parts, hasShortYear, hasMonthName } = datePattern(format)!
  const plain = `trim(translate(${text}, '０１２３４５６７８９／－．：', '0123456789/-.:'))`
  const part = (name: (typeof parts)[number]) =>
    `regexp_extract(${plain}, ${literal(`^${pattern}$`)}, ${parts.indexOf(name) + 1})`
  const year = hasShortYear
    ? `CASE WHEN TRY_CAST(${part('year')} AS INTEGER) >= 69 THEN '19' ELSE '20' END || ${part('year')}`
    : part('year')
  const month = hasMonthName ? monthNumber(engine, part('month')) : part('month')
  return `TRY_CAST(${year} || '-' || ${month} || '-' || ${part('day')} AS DATE)`
}

function monthNumber(engine: Engine, name: string): string {
  const branches = longMonths.map((long, index) => {
    const names = [long, long.slice(0, 3), ...(index === 8 ? ['sept'] : [])].map(engine.dialect.literal)
    return `WHEN lower(${name}) IN (${names.join(', ')}) THEN '${index + 1}'`
  })
  return `CASE ${branches.join(' ')} END`
}

/** True where a format needs other SQL than `YYYY-MM-DD` does. */
export function isOwnFormat(format: string | undefined): format is string {
  return format !== undefined && format !== isoFormat
}
