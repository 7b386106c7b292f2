import { z } from 'zod'
import { isPlainObject } from './arguments.js'
import { type EpochDay, epochDay, parseDay, spreadsheetDay } from './days.js'
import { nounOf } from './nounOf.js'

// 45507 is 2024-08-03 in a spreadsheet, and no day of 2094
const readDay = (value: unknown) => (spreadsheetDay(value) === undefined ? parseDay(value) : undefined)

const rule = 'a day written YYYY-MM-DD or YYYY-MM, or a whole number of days since 1970-01-01'

/** Rule of an option that is a day; `YYYY-MM` is the first of the month. */
export const dayRule = z
  .union([z.string(), z.number()])
  .transform((value, context): EpochDay => {
    const day = readDay(typeof value === 'string' && /^\d{4}-\d{2}$/.test(value) ? `${value}-01` : value)
    if (day !== undefined) return day
    context.addIssue(`to be ${rule}`)
    return z.NEVER
  })
  .describe(rule)

/**
 * Returns options in which days that are instants, `Date`s and texts with an offset, are the days that they have in a time
 * zone: what a rule alone reads in UTC. Everything else is left for the rule.
 */
export function withDaysIn<Options>(options: Options, names: readonly string[], timeZone: string): Options {
  if (!isPlainObject(options) || nounOf(options) !== undefined) return options
  const dayIn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(dayIn)
    if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, dayIn(v)]))
    return parseDay(value, timeZone) ?? value
  }
  const given = Object.entries(options).filter(([name]) => names.includes(name))
  return { ...options, ...Object.fromEntries(given.map(([name, value]) => [name, dayIn(value)])) }
}

/** Returns whether a day depends on the time zone: a `Date`, or a text with an offset. */
export function isInstant(value: unknown): boolean {
  // More than a day apart, so that no instant has the same day in both
  return parseDay(value, 'Etc/GMT+12') !== parseDay(value, 'Etc/GMT-14')
}

/** Rule of an option that is a day, also as a `Date`. */
export const dayOption = z
  .custom<EpochDay | string | Date>(
    (value) => readDay(value) !== undefined,
    'to be a date written YYYY-MM-DD, a Date, or a whole number of days since 1970-01-01',
  )
  .transform((value) => epochDay(value))
