import { z } from 'zod'
import { isTimeZone, timeZoneWords, utc } from './days.js'

/** Rule of an option that is a time zone; UTC where it is left out. */
export const timeZoneRule = z
  .string()
  .refine(isTimeZone, `to be ${timeZoneWords}`)
  .describe(timeZoneWords)
  .default(utc)

/** Returns the time zone that options name, UTC where they name none: what is no time zone is refused with the others. */
export function zoneOf(options: { readonly timeZone?: unknown } | undefined): string {
  const timeZone = options?.timeZone
  return typeof timeZone === 'string' && isTimeZone(timeZone) ? timeZone : utc
}
