import { z } from 'zod'
import { type EpochDay, epochDay, parseDay, spreadsheetDay } from './days.js'

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

/** Rule of an option that is a day, also as a `Date`. */
export const dayOption = z
  .custom<EpochDay | string | Date>(
    (value) => readDay(value) !== undefined,
    'to be a date written YYYY-MM-DD, a Date, or a whole number of days since 1970-01-01',
  )
  .transform((value) => epochDay(value))
