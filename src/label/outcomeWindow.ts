import { addDays, type EpochDay } from '../base/days.js'
import { type DayWindow, windowAfter } from '../base/windows.js'
import type { FirstPassageRule, LabelRule } from './rule.js'

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
export function outcomeWindow(rule: Pick<LabelRule, 'gapDays' | 'horizon'>, cutoff: EpochDay): DayWindow {
  return windowAfter(cutoff, rule.gapDays, rule.horizon)
}

/**
 * Returns the days on which a first passage is looked for: the outcome window as far as the history is complete; empty
 * (`end <= start`) if the history ends before it begins.
 */
export function followUp(rule: FirstPassageRule, cutoff: EpochDay, completeUntil: EpochDay): DayWindow {
  const { gapDays, horizon } = rule
  if (horizon === 'all') return { start: addDays(cutoff, gapDays), end: completeUntil }
  const { start, end } = outcomeWindow({ gapDays, horizon }, cutoff)
  return { start, end: end < completeUntil ? end : completeUntil }
}
