import { addDays, addMonths, type EpochDay } from '../base/days.js'
import { type DayWindow, windowAfter } from '../base/windows.js'
import type { LabelRule } from './rule.js'

/**
 * Returns the days whose events decide the outcome as of a cutoff.
 *
 * With c = cutoff, g = gapDays:
 *
 *     horizon { days: n }     [c + g, c + g + n)
 *     horizon { months: n }   [c + g, n calendar months after c + g)
 *
 * @example
 * outcomeWindow(cancelled({ gapDays: 0, horizonMonths: 1 }), epochDay('2025-02-01'))
 * // => { start: 20120, end: 20148 }     the 28 days of February
 */
export function outcomeWindow(rule: LabelRule, cutoff: EpochDay): DayWindow {
  if ('days' in rule.horizon) return windowAfter(cutoff, rule.gapDays, rule.horizon.days)
  const start = addDays(cutoff, rule.gapDays)
  return { start, end: addMonths(start, rule.horizon.months) }
}
