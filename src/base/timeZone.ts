import { z } from 'zod'
import { isTimeZone, timeZoneWords, utc } from './days.js'

/** Rule of an option that is a time zone; UTC where it is left out. */
export const timeZoneRule = z
  .string()
  .refine(isTimeZone, `to be ${timeZoneWords}`)
  .describe(timeZoneWords)
  .default(utc)
