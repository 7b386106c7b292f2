import { dayAtTime, type EpochDay, parseDay, timeSource, utc } from './days.js'

/** The name of `YYYY-MM-DD`, with or without a time after it. */
export const isoFormat = 'YYYY-MM-DD'

/**
 * The date formats that are detected, besides `YYYY-MM-DD`. Dates with points have the day first everywhere; with
 * slashes and dashes only the values of the column can tell day and month apart, if at all.
 */
export const knownDateFormats = [
  'YYYY/MM/DD',
  'YYYY.MM.DD',
  'YYYY-M-D',
  'YYYY年MM月DD日',
  'DD/MM/YYYY',
  'MM/DD/YYYY',
  'DD.MM.YYYY',
  'DD-MM-YYYY',
  'MM-DD-YYYY',
  'DD/MM/YY',
  'MM/DD/YY',
  'DD.MM.YY',
  'DD-MM-YY',
  'MM-DD-YY',
  'YY-MM-DD',
  'DD MMM YYYY',
  'DD-MMM-YYYY',
  'DD-MMM-YY',
  'MMM DD, YYYY',
  'MMM DD YYYY',
] as const

/** A date format as a pattern (in the syntax that JavaScript and RE2 share). */
export interface DatePattern {
  /** Of a whole text. A time may follow the day, in the fourth group; the groups after it are those of `timeSource`. */
  readonly pattern: string
  /** The parts that the first three groups hold, in their order. */
  readonly parts: readonly ('year' | 'month' | 'day')[]
  readonly hasShortYear: boolean
  /** Of two-digit years, if the format says it (`19YY`): 1900 or 2000. */
  readonly century: number | null
  readonly hasMonthName: boolean
}

const tokens = /YYYY|(?:19|20)?YY|MMM|MM|M|DD|D/g
/** Returns the pattern of a format such as `DD/MM/YYYY`, undefined unless it names year, month and day once each. */
export function datePattern(format: string): DatePattern | undefined {
  const found = [...format.matchAll(tokens)]
  const parts = found.map(([token]) => partOf(token))
  if ([...parts].sort().join() !== 'day,month,year') return undefined
  let pattern = ''
  let end = 0
  for (const [index, token] of found.entries()) {
    const next = found[index + 1]
    const touches = token.index + token[0].length === next?.index || (index > 0 && token.index === end)
    pattern += `${escaped(format.slice(end, token.index))}(${tokenPattern(token[0], touches)})`
    end = token.index + token[0].length
  }
  return {
    pattern: `${pattern}${escaped(format.slice(end))}(${timeSource})?`,
    parts,
    hasShortYear: !format.includes('YYYY'),
    century: centuryOf(found.map(([token]) => token)),
    hasMonthName: format.includes('MMM'),
  }
}

function centuryOf(found: readonly string[]): number | null {
  const year = found.find((token) => /^\d\dYY$/.test(token))
  return year === undefined ? null : 100 * Number(year.slice(0, 2))
}

function partOf(token: string): 'year' | 'month' | 'day' {
  if (token.endsWith('Y')) return 'year'
  return token.startsWith('M') ? 'month' : 'day'
}

function tokenPattern(token: string, touches: boolean): string {
  if (token === 'YYYY') return '[0-9]{4}'
  if (token === 'YY') return '[0-9]{2}'
  // A century that is written must match
  if (token.endsWith('YY')) return `(?:${token.slice(0, 2)})?[0-9]{2}`
  if (token === 'MMM') return '[A-Za-z]{3,9}'
  return touches ? '[0-9]{2}' : '[0-9]{1,2}'
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

type Reader = (text: string) => EpochDay | undefined

const readers = new Map<string, Reader>()

/** Returns a function that reads days of a format, instants in a time zone, and returns undefined for other texts. */
export function dayReader(format: string, timeZone: string = utc): Reader {
  const key = `${format} in ${timeZone}`
  let reader = readers.get(key)
  if (reader === undefined) {
    reader = format === isoFormat ? (text) => parseDay(text, timeZone) : compiledReader(format, timeZone)
    readers.set(key, reader)
  }
  return reader
}

// A text that may end with the name or offset of a time zone; a dash is more often between parts of a day
const maybeInstant = /.{10}.*(?:[Zz]|UTC|GMT|[+\u2212-][0-9:]+)(?:\[[^\]]*\])*\s*$/

/** Returns whether any text is an instant of a format: a time with its offset from UTC. */
export function haveInstants(texts: readonly string[], format: string): boolean {
  // More than a day apart, so that no instant has the same day in both
  const [west, east] = [dayReader(format, 'Etc/GMT+12'), dayReader(format, 'Etc/GMT-14')]
  return texts.some((text) => maybeInstant.test(text) && west(text) !== east(text))
}

function compiledReader(format: string, timeZone: string): Reader {
  const { pattern, parts, hasShortYear, hasMonthName, century } = datePattern(format)!
  const whole = new RegExp(`^${pattern}$`)
  const [year, month, day] = (['year', 'month', 'day'] as const).map((part) => parts.indexOf(part) + 1)
  return (text) => {
    const plain = withDigits(text)
    const found = /[0-9]/.test(plain) ? whole.exec(plain) : null
    if (found === null) return undefined
    const monthNumber = hasMonthName ? monthOfName(found[month!]!) : Number(found[month!])
    const yearNumber = hasShortYear
      ? fullYear(Number(found[year!]!.slice(-2)), century)
      : Number(found[year!])
    const two = (number: number) => String(number).padStart(2, '0')
    const written = parseDay(
      `${String(yearNumber).padStart(4, '0')}-${two(monthNumber)}-${two(Number(found[day!]))}`,
    )
    const time = found[4]
    return written === undefined || time === undefined ? written : dayAtTime(written, time, timeZone)
  }
}

/** As in POSIX, if the format names no century: 69 to 99 are 1969 to 1999. */
function fullYear(year: number, century: number | null): number {
  if (century !== null) return century + year
  return year >= 69 ? 1900 + year : 2000 + year
}

/** English names of months, January first. */
export const longMonths = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

function monthOfName(name: string): number {
  const lower = name.toLowerCase()
  const index = longMonths.findIndex(
    (long) => long === lower || (lower.length === 3 && long.startsWith(lower)),
  )
  return lower === 'sept' ? 9 : index + 1
}

// Digits as typed in Chinese and Japanese texts
function withDigits(text: string): string {
  return text
    .trim()
    .replaceAll(/[０-９／－．：]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
}
