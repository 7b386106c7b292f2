import { addMonths, type EpochDay, epochDay, monthStart, monthsBetween } from '../../base/days.js'
import { beginningOfTime, type DayWindow, type WindowRule, windowBefore } from '../../base/windows.js'
import type { Lag } from '../formula.js'

/**
 * The bounds of windows as SQL, computed here and not by the engine: numbers for one cutoff, for several the columns of
 * the table `windows`, which has one row per cutoff.
 */
export class WindowsSql {
  readonly #columns = new Map<string, (cutoff: EpochDay) => number>()

  constructor(readonly cutoffs: readonly EpochDay[]) {}

  /** True if there is only one cutoff, so that no row belongs to two. */
  get isOneCutoff(): boolean {
    return this.cutoffs.length === 1
  }

  get lastCutoff(): EpochDay {
    return Math.max(...this.cutoffs) as EpochDay
  }

  /** Returns the windows of a rule, one per cutoff. */
  of(rule: WindowRule): DayWindow[] {
    return this.cutoffs.map((cutoff) => windowBefore(cutoff, rule))
  }

  /** Returns every day on which one of the windows begins or ends, and every cutoff, in order. */
  bounds(rules: readonly WindowRule[]): number[] {
    const days = rules.flatMap((rule) => this.of(rule)).flatMap(({ start, end }) => [start, end])
    return [...new Set<number>([...days, ...this.cutoffs])]
      .filter((day) => day > beginningOfTime)
      .sort((a, b) => a - b)
  }

  /** Returns the first day of a window. */
  start(rule: WindowRule): string {
    return this.#column(`${windowKey(rule)}_start`, (cutoff) => windowBefore(cutoff, rule).start)
  }

  /** Returns the day after a window. */
  end(rule: WindowRule): string {
    return this.#column(`${windowKey(rule)}_end`, (cutoff) => windowBefore(cutoff, rule).end)
  }

  /** Returns the first day of the earliest of some windows. */
  earliestStart(label: string, rules: readonly WindowRule[]): string {
    return this.#column(`${label}_start`, (cutoff) =>
      Math.min(...rules.map((rule) => windowBefore(cutoff, rule).start)),
    )
  }

  /** Returns the cutoff, or the day that much earlier. */
  asOf(lag: Lag | undefined): string {
    if (lag === undefined) return this.#column('as_of', (cutoff) => cutoff)
    if ('days' in lag) return this.#column(`as_of_${lag.days}d`, (cutoff) => cutoff - lag.days)
    return this.#column(`as_of_${lag.months}m`, (cutoff) => addMonths(cutoff, -lag.months))
  }

  /**
   * Returns the month of the cutoff, counted from January 1970, and the last activation day of the month for which that
   * month is complete: on the last day of a month, 31.
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

  /** Returns the join of the table to the population `p`, if there is a table. */
  joins(): string[] {
    return this.isOneCutoff ? [] : ['JOIN windows w ON w.cutoff = p.cutoff']
  }

  /** Returns the table, once all columns have been asked for. */
  tables(): string[] {
    if (this.isOneCutoff) return []
    const names = ['cutoff', ...this.#columns.keys()]
    const rows = this.cutoffs.map(
      (cutoff) => `(${[cutoff, ...[...this.#columns.values()].map((value) => value(cutoff))].join(', ')})`,
    )
    return [`windows(${names.join(', ')}) AS (VALUES\n  ${rows.join(',\n  ')})`]
  }

  #column(name: string, value: (cutoff: EpochDay) => number): string {
    if (this.isOneCutoff) return numeral(value(this.cutoffs[0]!))
    this.#columns.set(name, value)
    return `w.${name}`
  }
}

const firstMonth = epochDay('1970-01-01')

function numeral(value: number): string {
  return value < 0 ? `(${value})` : String(value)
}

/** A name for a window, as an SQL identifier. */
function windowKey(rule: WindowRule): string {
  if (rule === 'all') return 'all'
  const [length, unit] = 'days' in rule ? [rule.days, 'd'] : [rule.months, 'm']
  return `w${length}${unit}${rule.lag ?? 0}`
}
