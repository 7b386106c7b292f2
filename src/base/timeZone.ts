import { z } from 'zod'
import { isTimeZone, utc } from './days.js'

const rule = 'the IANA name of a time zone, such as Europe/Berlin or UTC'

/** Rule of an option that is a time zone; UTC where it is left out. */
export const timeZoneRule = z.string().refine(isTimeZone, `to be ${rule}`).describe(rule).default(utc)
