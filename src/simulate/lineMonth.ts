import type { EpochDay } from '../base/days.js'
import type { Random } from '../base/random.js'
import type { SimulatedMonths } from './calendar.js'
import type { Holder } from './holder.js'
import type { Line } from './line.js'
import type { OperatorRows } from './tables.js'
import type { World } from './world.js'

/** A month of a line whose rows are being written: the part in which the line is active. */
export interface LineMonth {
  readonly id: string
  readonly line: Line
  readonly holder: Holder
  readonly month: number
  /** First day of the line in the month. */
  readonly from: EpochDay
  /** Day after the last one: the day of cancellation, or the first of the next month. */
  readonly end: EpochDay
  /** Active from the first day of the month to the last. */
  readonly isWhole: boolean
  /** No usage at all: silent for good, suspended, or abroad. */
  readonly isQuiet: boolean
  /** Suspended for arrears at the start of the month, and so throughout. */
  readonly isSuspended: boolean
  /** Draws what is recorded, never what happens to the latent state. */
  readonly random: Random
}

/** State shared by all lines of a simulation. */
export interface Simulation {
  readonly months: SimulatedMonths
  readonly world: World
  readonly rows: OperatorRows
}

/** Returns a day on which the line is active in the month, between two shares of that span. */
export function dayWithin({ from, end, random }: LineMonth, low: number, high: number): EpochDay {
  const share = low + (high - low) * random.uniform()
  return Math.min(end - 1, from + Math.floor(share * (end - from))) as EpochDay
}
