import { addDays, addMonths, type Days, type EpochDay, type Months } from './days.js'

/** A span of days, half-open: `start <= day < end`. */
export interface DayWindow {
  readonly start: EpochDay
  readonly end: EpochDay
}

/** A window counted back from a cutoff: its length, and how far before the cutoff it ends (`lag`). */
export type WindowRule =
  | { readonly days: Days; readonly lag?: Days; readonly months?: never }
  | { readonly months: Months; readonly lag?: Months; readonly days?: never }
  | 'all'

/** Start of the window `'all'`, earlier than any day. */
export const beginningOfTime = -100_000_000 as EpochDay

/**
 * Returns the days of a window as of a cutoff. They never include the cutoff itself or a later day.
 *
 * With c = cutoff, n = length, l = lag (default 0):
 *
 *     { days: n, lag: l }     [c - l - n, c - l)
 *     { months: n, lag: l }   [c - (l + n) months, c - l months)
 *     'all'                   everything before c
 *
 * @example
 * windowBefore(epochDay('2025-04-01'), { months: 1 })
 * // => { start: 20148, end: 20179 }     [2025-03-01, 2025-04-01)
 */
export function windowBefore(cutoff: EpochDay, rule: WindowRule): DayWindow {
  if (rule === 'all') return { start: beginningOfTime, end: cutoff }
  const lag = rule.lag ?? 0
  if ('days' in rule) return { start: addDays(cutoff, -lag - rule.days), end: addDays(cutoff, -lag) }
  return { start: addMonths(cutoff, -lag - rule.months), end: addMonths(cutoff, -lag) }
}

/**
 * Returns the days whose events decide an outcome. The gap is the time needed to act; events in it belong to neither side.
 *
 * With c = cutoff, g = gapDays:
 *
 *     { days: n }     [c + g, c + g + n)
 *     { months: n }   [c + g, n calendar months after c + g)
 */
export function windowAfter(
  cutoff: EpochDay,
  gapDays: Days,
  length: { readonly days: Days } | { readonly months: Months },
): DayWindow {
  const start = addDays(cutoff, gapDays)
  return { start, end: 'days' in length ? addDays(start, length.days) : addMonths(start, length.months) }
}

/** Returns the last `count` single months before the cutoff, the latest first: month 0 ends at the cutoff. */
export function monthsBefore(cutoff: EpochDay, count: Months): DayWindow[] {
  return Array.from({ length: count }, (_, lag) => windowBefore(cutoff, { months: 1, lag }))
}
