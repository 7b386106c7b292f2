import { addMonths, type EpochDay, epochDay, monthStart, monthsBetween } from '../base/days.js'
import { type DayWindow, type WindowRule, windowBefore } from '../base/windows.js'
import type { Dialect } from '../engine/engine.js'

/** The table `windows` of a statement: one row per cutoff, with the bounds of every window as day numbers. */
export class WindowsSql {
  readonly #columns = new Map<string, (cutoff: EpochDay) => number>()

  constructor(
    readonly cutoffs: readonly EpochDay[],
    readonly dialect: Dialect,
  ) {}

  /** Returns the windows that a rule means, one per cutoff. */
  of(rule: WindowRule): DayWindow[] {
    return this.cutoffs.map((cutoff) => windowBefore(cutoff, rule))
  }

  /** Returns the column with the first day of a window. */
  start(rule: WindowRule): string {
    return this.#column(`${windowKey(rule)}_start`, (cutoff) => windowBefore(cutoff, rule).start)
  }

  /** Returns the column with the day after a window. */
  end(rule: WindowRule): string {
    return this.#column(`${windowKey(rule)}_end`, (cutoff) => windowBefore(cutoff, rule).end)
  }

  /** Returns the column with the earliest first day of some windows. */
  earliestStart(label: string, rules: readonly WindowRule[]): string {
    return this.#column(`${label}_start`, (cutoff) =>
      Math.min(...rules.map((rule) => windowBefore(cutoff, rule).start)),
    )
  }

  /**
   * Returns the column with the month of the cutoff, counted from January 1970, and the column with the day of the month
   * of activation up to which that month is complete: on the last day of a month, all of them.
   */
  calendar(): { month: string; dayReached: string } {
    return {
      month: this.#column('month', (cutoff) => monthsBetween(firstMonth, monthStart(cutoff))),
      dayReached: this.#column('day_reached', (cutoff) => {
        const start = monthStart(cutoff)
        return cutoff === addMonths(start, 1) - 1 ? 31 : cutoff - start + 1
      }),
    }
  }

  /** Returns the table, after all columns have been asked for. */
  table(): string {
    const names = ['cutoff', ...this.#columns.keys()]
    const rows = this.cutoffs.map(
      (cutoff) => `(${[cutoff, ...[...this.#columns.values()].map((value) => value(cutoff))].join(', ')})`,
    )
    return `windows(${names.join(', ')}) AS (VALUES\n  ${rows.join(',\n  ')})`
  }

  #column(name: string, value: (cutoff: EpochDay) => number): string {
    this.#columns.set(name, value)
    return `w.${name}`
  }
}

const firstMonth = epochDay('1970-01-01')

/** A name for a window, as an SQL identifier. */
function windowKey(rule: WindowRule): string {
  if (rule === 'all') return 'all'
  const [length, unit] = 'days' in rule ? [rule.days, 'd'] : [rule.months, 'm']
  return `w${length}${unit}${rule.lag ?? 0}`
}
