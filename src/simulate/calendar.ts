import { addMonths, type EpochDay, epochDay } from '../base/days.js'

/** Months simulated before the first one, so that customers have a past when the tables begin. */
export const pastMonths = 72

/** The months of a simulation: month 0 is the first in the tables, negative ones come before it. */
export interface SimulatedMonths {
  readonly count: number
  /** First day of a month, `-pastMonths <= month <= count`. */
  readonly start: (month: number) => EpochDay
  /** Number of days of a month. */
  readonly length: (month: number) => number
  /** 0 = January … 11 = December. */
  readonly ofYear: (month: number) => number
}

/** Returns the months of a simulation. */
export function simulatedMonths(firstMonth: string, count: number): SimulatedMonths {
  const first = epochDay(`${firstMonth}-01`)
  const firstOfYear = Number(firstMonth.slice(5)) - 1
  const starts = Int32Array.from({ length: pastMonths + count + 1 }, (_, index) =>
    addMonths(first, index - pastMonths),
  )
  return {
    count,
    start: (month) => starts[month + pastMonths]! as EpochDay,
    length: (month) => starts[month + pastMonths + 1]! - starts[month + pastMonths]!,
    ofYear: (month) => (((firstOfYear + month) % 12) + 12) % 12,
  }
}

// January … December. People talk more at the turn of the year and at the spring festival (February), stream more
// in summer, and change operator after the holidays (March, September). Invented, at the scale that operators
// publish.
export const minutesSeason = [1.04, 1.12, 0.98, 0.98, 1, 1, 0.97, 0.95, 1, 1.01, 1, 1.1]
export const dataSeason = [1.02, 1.08, 0.96, 0.97, 1, 1.02, 1.08, 1.1, 0.98, 0.98, 0.98, 1.04]
export const messagesSeason = [1.15, 1.35, 0.95, 0.95, 0.98, 0.98, 0.95, 0.95, 0.98, 1, 1, 1.25]
export const leavingSeason = [1.05, 0.85, 1.15, 1.03, 1, 1.02, 0.98, 0.93, 1.18, 1.03, 1, 0.88]
/** Chance that a customer is on holiday for part of the month: usage dips and recovers. */
export const holidayChance = [0.03, 0.07, 0.02, 0.03, 0.04, 0.03, 0.06, 0.09, 0.02, 0.04, 0.02, 0.05]
