import { argumentProblems, isPlainObject } from './arguments.js'
import { type DayInput, dayHint, dayWords, type EpochDay, givenDay, parseDay } from './days.js'
import type { Problem } from './errors.js'
import { nounOf } from './nounOf.js'
import * as z from './schema.js'

/** Schema of an option that is a day. */
export const dayRule = z
  .custom<DayInput>((value) => givenDay(value) !== undefined)
  .describe(dayWords)
  .transform((value) => givenDay(value)!)

/**
 * Returns options with instants (`Date`s and texts with an offset) converted to days in a time zone, which a schema
 * alone would read in UTC. Everything else is left to the schema.
 */
export function withDaysIn<Options>(options: Options, names: readonly string[], timeZone: string): Options {
  if (!isPlainObject(options) || nounOf(options) !== undefined) return options
  const dayIn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(dayIn)
    if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, dayIn(v)]))
    return isInstant(value) ? (givenDay(value, timeZone) ?? value) : value
  }
  const given = Object.entries(options).filter(([name]) => names.includes(name))
  if (given.length === 0) return options
  return { ...options, ...Object.fromEntries(given.map(([name, value]) => [name, dayIn(value)])) }
}

/** Returns the days of a list, or what is wrong with it; the time zone gives instants their day. */
export function daysOrProblems(
  parameter: string,
  given: readonly DayInput[],
  timeZone: string,
): { readonly days: readonly EpochDay[]; readonly problems: readonly Problem[] } {
  const noList = argumentProblems(parameter, given, 'list')
  if (noList.length > 0) return { days: [], problems: noList }
  const problem = { code: 'option-invalid', parameter } as const
  if (given.length === 0)
    return { days: [], problems: [{ ...problem, rule: 'to hold at least one day', received: given }] }
  const days = Array.from(given, (value) => givenDay(value, timeZone))
  const problems = Array.from(given)
    .filter((_, place) => days[place] === undefined)
    .map((value) => ({ ...problem, rule: `to be ${dayWords}`, received: value, ...dayHint(value) }))
  return { days: days.filter((day) => day !== undefined), problems }
}

/** Returns whether a day depends on the time zone: a `Date`, or a text with an offset. */
export function isInstant(value: unknown): boolean {
  // More than a day apart, so that no instant has the same day in both
  return parseDay(value, 'Etc/GMT+12') !== parseDay(value, 'Etc/GMT-14')
}
