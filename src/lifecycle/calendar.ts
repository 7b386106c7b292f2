import { addMonths, type EpochDay, monthStart, monthsBetween } from '../base/days.js'

/** Consecutive calendar months. */
export interface Calendar {
  /** First day of each month, and the first day after the last: `starts[m] <= day < starts[m + 1]`. Shape (months + 1). */
  readonly starts: readonly EpochDay[]
  readonly months: number
}

/** Returns the calendar months from the one of `from` to the last that is over by `until`. */
export function calendarOf(from: EpochDay, until: EpochDay): Calendar {
  const first = monthStart(from)
  const months = Math.max(0, monthsBetween(first, until))
  return {
    starts: Array.from({ length: months + 1 }, (_, month) => addMonths(first, month)),
    months,
  }
}

/** Returns the index of a day's month: below 0 before the calendar, `months` or more after it. */
export function monthIndexOf(calendar: Calendar, day: EpochDay): number {
  return monthsBetween(calendar.starts[0]!, monthStart(day))
}
