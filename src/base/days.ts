import { HoldfastError } from './errors.js'

declare const epochDayBrand: unique symbol

/** A calendar day as the number of days since 1970-01-01 (UTC). An integer; no time of day, no zone. */
export type EpochDay = number & { readonly [epochDayBrand]: true }

/**
 * A day as it may be given: `YYYY-MM-DD` (a time after it is cut off), an `EpochDay`, or an instant (a `Date`, or a
 * text whose time has an offset), whose day is that of the history's time zone, by default UTC. As an option also
 * `YYYY-MM`, the first of the month.
 */
export type DayInput = string | number | Date

/** A length of time in whole days. */
export type Days = number

/** A length of time in calendar months. */
export type Months = number

const millisPerDay = 86_400_000

/** 2200-01-01. A later day in a row is probably a number that means something else. */
export const beyondAnyRow = 84_006 as EpochDay

/** 2000-01-01 and 2050-01-01 as spreadsheets count days, from 1899-12-30: as days since 1970 they begin in 2070. */
export const spreadsheetDays = { first: 36_526, after: 54_789, from: 25_569 } as const

/** Returns the day of a spreadsheet's day number, if it is more likely one than days since 1970. */
export function spreadsheetDay(value: unknown): EpochDay | undefined {
  const { first, after, from } = spreadsheetDays
  if (typeof value !== 'number' || !(value >= first && value < after)) return undefined
  return (Math.floor(value) - from) as EpochDay
}

/** 0001-01-01 and 9999-12-31: days beyond are never written. */
export const [earliestDay, latestDay] = [-719_162, 2_932_896]

/** The default time zone, which gives instants their day. */
export const utc = 'UTC'

/** A time zone's name, in words. */
export const timeZoneWords = 'the IANA name of a time zone, such as Europe/Berlin or UTC'

/** True if the runtime knows this time zone. */
export function isTimeZone(name: string): boolean {
  try {
    clockOf(name)
    return true
  } catch {
    return false
  }
}

/**
 * Returns the day of a date, a text or a day number.
 *
 * A text is `YYYY-MM-DD`, or `YYYY-MM` for the first of the month; a wall-clock time after it is cut off. An instant (a
 * `Date`, or a text whose time has an offset: `2024-12-04T23:59:00-05:00`, `…Z`, `…-05:00[America/New_York]`) is
 * converted to its day in UTC. Anything else after the day (25:99, a second day, a zone without an offset) makes the
 * text invalid. A number is already a count of days.
 *
 * Numbers that look like dates are refused: 20250201, or the month 202502, which would be a day in the year 2524.
 *
 * @throws {HoldfastError} `value-type` for anything else, and for days that do not exist (2025-02-30)
 *
 * @example
 * epochDay('1970-01-31')
 * // => 30
 */
export function epochDay(value: DayInput): EpochDay {
  const day = typeof value === 'number' ? parseDay(value) : givenDay(value)
  if (day !== undefined) return day
  throw noGivenDay('epochDay', 'day', value)
}

/** A given day, in words. */
export const dayWords =
  'a day written YYYY-MM-DD or YYYY-MM, a Date, or a whole number of days since 1970-01-01'

/**
 * Returns the day given as an option or parameter, undefined if it is not a day: `YYYY-MM` is the first of the month,
 * and a number that is more likely a spreadsheet's day (45507 is 2024-08-03, not a day of 2094) is not one.
 */
export function givenDay(value: unknown, timeZone = utc): EpochDay | undefined {
  if (spreadsheetDay(value) !== undefined) return undefined
  const isMonth = typeof value === 'string' && /^\d{4}-\d{2}$/.test(value)
  return parseDay(isMonth ? `${value}-01` : value, timeZone)
}

/** Like {@link givenDay}, for a parameter of another function: its refusal names both. */
export function dayOf(operation: string, parameter: string, value: unknown, timeZone = utc): EpochDay {
  const day = givenDay(value, timeZone)
  if (day !== undefined) return day
  throw noGivenDay(operation, parameter, value)
}

function noGivenDay(operation: string, parameter: string, value: unknown): HoldfastError {
  const problem = { code: 'value-type', parameter, rule: `to be ${dayWords}`, received: value } as const
  return new HoldfastError(operation, [{ ...problem, ...dayHint(value) }])
}

/** Returns the way out for a value that was probably meant as a day: `Did you mean '2025-02-01'?` */
export function dayHint(value: unknown): { readonly wayOut?: string } {
  const meant = typeof value === 'number' ? meantByNumber(value) : meantByText(value)
  return meant === undefined ? {} : { wayOut: `Did you mean '${meant}'?` }
}

function meantByNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined
  // Milliseconds or seconds since 1970, from 2001 to 2200
  if (value >= 978_307_200_000 && value < beyondAnyRow * millisPerDay) {
    return formatDay(Math.floor(value / millisPerDay) as EpochDay)
  }
  if (value >= 978_307_200 && value < beyondAnyRow * 86_400)
    return formatDay(Math.floor(value / 86_400) as EpochDay)
  const day = spreadsheetDay(value)
  if (day !== undefined) return formatDay(day)
  return meantByText(String(value))
}

function meantByText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const [, year, month, day = '01'] =
    /^\s*(\d{4})[-/.]?(0[1-9]|1[0-2])(?:[-/.]?(\d\d))?\s*$/.exec(value) ?? []
  if (year === undefined || month === undefined) return undefined
  const text = `${year}-${month}-${day}`
  return parseDay(text) === undefined ? undefined : text
}

/**
 * Like {@link epochDay}, but undefined if the value is not a day. For loops over input rows.
 *
 * @param timeZone gives instants their day
 */
export function parseDay(value: unknown, timeZone: string = utc): EpochDay | undefined {
  if (typeof value === 'number') return isDayNumber(value) ? (value as EpochDay) : undefined
  if (value instanceof Date) {
    const instant = value.getTime()
    return Number.isNaN(instant) ? undefined : dayOfInstant(instant, timeZone)
  }
  return typeof value === 'string' ? dayOfText(value, timeZone) : undefined
}

const clocks = new Map<
  string,
  { readonly format: Intl.DateTimeFormat; readonly days: Map<number, EpochDay> }
>()

function clockOf(timeZone: string) {
  let clock = clocks.get(timeZone)
  if (clock === undefined) {
    const parts = {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      calendar: 'gregory',
      era: 'short',
    } as const
    clock = { format: new Intl.DateTimeFormat('en-US', { timeZone, ...parts }), days: new Map() }
    clocks.set(timeZone, clock)
  }
  return clock
}

const millisPerQuarter = 900_000
const mostQuarters = 100_000

/** Days and clocks change only at quarters of an hour in UTC: one lookup for each quarter. */
function dayOfInstant(instant: number, timeZone: string): EpochDay {
  if (timeZone === utc) return Math.floor(instant / millisPerDay) as EpochDay
  const quarter = Math.floor(instant / millisPerQuarter)
  const { format, days } = clockOf(timeZone)
  let day = days.get(quarter)
  if (day === undefined) {
    const parts = new Map(
      format.formatToParts(quarter * millisPerQuarter).map(({ type, value }) => [type, value]),
    )
    const [year, month, date] = [
      Number(parts.get('year')),
      Number(parts.get('month')),
      Number(parts.get('day')),
    ]
    day = dayOfCalendar(parts.get('era') === 'BC' ? 1 - year : year, month, date)
    if (days.size >= mostQuarters) days.clear()
    days.set(quarter, day)
  }
  return day
}

function isDayNumber(value: number): boolean {
  if (!Number.isInteger(value) || value < earliestDay || value > latestDay) return false
  // The months of 1900 to 2199 written as YYYYMM
  return !(value >= 190_001 && value <= 219_912 && value % 100 >= 1 && value % 100 <= 12)
}

// Without a regular expression or a Date, because a service reads thousands of days per call.
function dayOfText(value: string, timeZone: string): EpochDay | undefined {
  const text = value.length === 10 ? value : value.trim()
  if (text.length < 10 || text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return undefined
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  // A year below 100 more likely lacks its century.
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1)) return undefined
  if (day > daysInMonth(year, month)) return undefined
  const written = dayOfCalendar(year, month, day)
  return text.length === 10 ? written : dayAtTime(written, text.slice(10), timeZone)
}

/**
 * A time after a day, in the syntax that JavaScript and RE2 share: hour, minute and AM/PM in groups 1 to 3, then an
 * optional UTC offset: sign, hours, minutes in groups 5 to 7 within the zone (group 4). Zone names in brackets may
 * follow only an offset (RFC 9557).
 */
export const timeSource =
  '(?:T|,? ) ?([01]?[0-9]|2[0-3])[:.h]([0-5][0-9])(?:[:.](?:[0-5][0-9]|60)(?:[.,][0-9]+)?)?(?: ?([AaPp])\\.?[Mm]\\.?)?' +
  '(?: ?(Z|z|UTC|GMT|(?:UTC|GMT)?([+\u2212-])(0[0-9]|1[0-8]|[1-9]):?([0-5][0-9])?)(?:\\[!?[A-Za-z0-9_+/=.-]+\\])*)?'

const wholeTime = new RegExp(`^${timeSource}$`)

/** Returns the day of a written day with a time after it; undefined if that is not a time. */
export function dayAtTime(written: EpochDay, time: string, timeZone: string): EpochDay | undefined {
  const found = wholeTime.exec(time)
  if (found === null) return undefined
  const [, hour, minute, half, zone, sign, offsetHours = '0', offsetMinutes = '0'] = found
  if (zone === undefined) return written
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0)
  const offset =
    (sign === undefined || sign === '+' ? 1 : -1) * (60 * Number(offsetHours) + Number(offsetMinutes))
  return dayOfInstant(60_000 * (1440 * written + 60 * hours + Number(minute) - offset), timeZone)
}

const [dash, zero] = ['-'.charCodeAt(0), '0'.charCodeAt(0)]

/** NaN if a character is not a digit. */
function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - zero
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    number = number * 10 + digit
  }
  return number
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/**
 * Years begin on 1 March, so that leap days come last.
 *
 * @see Howard Hinnant, chrono-compatible low-level date algorithms, days_from_civil
 */
function dayOfCalendar(year: number, month: number, day: number): EpochDay {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return (era * 146_097 + dayOfEra - 719_468) as EpochDay
}

/** Returns the day as `YYYY-MM-DD`. */
export function formatDay(day: EpochDay): string {
  if (!isDay(day)) throw noDay('formatDay', 'day', day)
  return dateOf(day).toISOString().slice(0, 10)
}

/** Returns the day `count` days later (earlier if negative). */
export function addDays(day: EpochDay, count: Days): EpochDay {
  if (!isDay(day)) throw noDay('addDays', 'day', day)
  if (!isDay(count)) throw noDay('addDays', 'count', count)
  return (day + count) as EpochDay
}

/**
 * Returns the same day of the month `count` calendar months later (earlier if negative), or the last day of a shorter
 * month: one month before 31 March is 28 or 29 February. The same rule as SQL's `+ INTERVAL n MONTH`.
 *
 * @example
 * formatDay(addMonths(epochDay('2025-03-31'), -1))
 * // => '2025-02-28'
 */
export function addMonths(day: EpochDay, count: Months): EpochDay {
  if (!isDay(day)) throw noDay('addMonths', 'day', day)
  if (!isDay(count)) throw noDay('addMonths', 'count', count)
  const date = dateOf(day)
  const monthIndex = date.getUTCFullYear() * 12 + date.getUTCMonth() + count
  const year = Math.floor(monthIndex / 12)
  const month = monthIndex - year * 12
  const daysInMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return (Date.UTC(year, month, Math.min(date.getUTCDate(), daysInMonth)) / millisPerDay) as EpochDay
}

/** Returns the first day of the day's month. */
export function monthStart(day: EpochDay): EpochDay {
  return (day - dateOf(day).getUTCDate() + 1) as EpochDay
}

/** Returns the last day of the day's month. */
export function monthEnd(day: EpochDay): EpochDay {
  return addDays(addMonths(monthStart(day), 1), -1)
}

/**
 * Returns the number of complete calendar months from `start` to `end` (negative if `end` is earlier). A month is
 * complete when `addMonths(start, n) <= end`.
 *
 * @example
 * monthsBetween(epochDay('2025-01-15'), epochDay('2025-04-14'))
 * // => 2
 */
export function monthsBetween(start: EpochDay, end: EpochDay): Months {
  const from = dateOf(start)
  const to = dateOf(end)
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
  return addMonths(start, months) > end ? months - 1 : months
}

/**
 * Returns the first days of the months from `first` up to and including `last`. The usual cutoffs: one snapshot per month.
 *
 * @example
 * monthly('2025-01', '2025-03').map(formatDay)
 * // => ['2025-01-01', '2025-02-01', '2025-03-01']
 */
export function monthly(first: string, last: string): EpochDay[] {
  const [start, end] = [monthOf('first', first), monthOf('last', last)]
  if (end < start) {
    throw new HoldfastError('monthly', [
      {
        code: 'out-of-range',
        parameter: 'last',
        rule: `to be at or after first (${first})`,
        received: last,
        wayOut: 'Swap the two months.',
      },
    ])
  }
  const days: EpochDay[] = []
  for (let day = monthStart(start); day <= end; day = addMonths(day, 1)) days.push(day)
  return days
}

function monthOf(parameter: string, text: unknown): EpochDay {
  const day = typeof text === 'string' ? givenDay(text) : undefined
  if (day !== undefined) return day
  const wayOut =
    typeof text === 'number' ? "Write year and month as one text: monthly('2024-11', '2025-02')." : null
  const rule = 'to be a month written YYYY-MM'
  const problem = { code: 'value-type', parameter, rule, received: text } as const
  throw new HoldfastError('monthly', [wayOut === null ? problem : { ...problem, wayOut }])
}

function dateOf(day: EpochDay): Date {
  return new Date(day * millisPerDay)
}

// For day numbers and counts of days: whole, and far within the range of a Date.
function isDay(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) < 100_000_000
}

function noDay(operation: string, parameter: 'day' | 'count', received: unknown): HoldfastError {
  const rule = parameter === 'day' ? 'to be a day number' : 'to be a whole number'
  const wayOut = 'Convert a text or a Date with epochDay.'
  const problem = { code: 'value-type', parameter, rule, received } as const
  return new HoldfastError(operation, [parameter === 'day' ? { ...problem, wayOut } : problem])
}
