import { isTimeZone, timeZoneWords, utc } from './days.js'
import * as z from './schema.js'

/** Schema of an option that is a time zone; default UTC. */
export const timeZoneRule = z
  .string()
  .refine(isTimeZone, `to be ${timeZoneWords}`)
  .describe(timeZoneWords)
  .default(utc)

/**
 * Returns the time zone in options, by default or if invalid UTC; invalid ones are refused later with the other options.
 */
export function zoneOf(options: { readonly timeZone?: unknown } | undefined): string {
  const timeZone = options?.timeZone
  return typeof timeZone === 'string' && isTimeZone(timeZone) ? timeZone : utc
}
