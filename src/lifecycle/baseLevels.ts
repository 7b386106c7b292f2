import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { withDaysIn } from '../base/dayRule.js'
import type { EpochDay } from '../base/days.js'
import { formatDay } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { ownValue } from '../base/ownValue.js'
import type { History } from '../engine/history.js'
import { type Calendar, monthIndexOf } from './calendar.js'
import {
  checkComplete,
  historyCalendar,
  type MonthlyOptions,
  monthlyOptionsShape,
  signalsCompleteUntil,
} from './lifecycleOptions.js'
import type { MonthlyBlock } from './monthlyBlock.js'
import { MonthlyTable } from './monthlyTable.js'
import { type SignalOptions, signalsOf } from './signalRule.js'

/** Level of each signal over the whole base, month by month; 1 in the first month. Plain data, may be stored as JSON. */
export interface BaseLevels {
  /** First day of the first month. */
  readonly firstMonth: EpochDay
  /** For each signal, by name, one level per month, all above 0. */
  readonly levels: Readonly<Record<string, readonly number[]>>
}

/** Options of {@link baseLevels}. */
export interface BaseLevelOptions extends MonthlyOptions {
  /** A month with fewer customers than this for the median keeps the level before it. Integer ≥ 1, default 100. */
  readonly minBaseCustomers?: number
}

const schema = z.strictObject({
  ...monthlyOptionsShape,
  minBaseCustomers: z.int().min(1).default(100),
})

/**
 * Returns how the signals of the whole base rose and fell, to remove the season from a customer's figures.
 *
 * Compute it once a month where the base is, and pass it to `tagCustomer` in a service. Do not use it if the whole base
 * really falls: a decline that everybody shares is divided away.
 *
 *     level(first) = 1
 *     level(t)     = level(t − 1) × median over customers of value(t) / value(t − 1)
 *
 * over the customers whose two months are whole, known and above 0. Month t uses only months t and t − 1, from rows and
 * cancellations known before `asOf`.
 *
 * @throws {HoldfastError} as {@link monthlySignals}
 *
 * Two passes of the engine over the monthly figures for each signal.
 */
export async function baseLevels(history: History, options?: BaseLevelOptions): Promise<BaseLevels> {
  checkArguments('baseLevels', ['history', history, 'history'])
  const operation = 'baseLevels'
  const checked = checkOptions(operation, schema, withDaysIn(options, ['asOf', 'from'], history.timeZone))
  const signals = signalsOf(operation, history.tables, checked as SignalOptions)
  const asOf = (checked.asOf ?? signalsCompleteUntil(history, signals)) as EpochDay
  checkComplete(operation, 'asOf', [asOf], history, signals)
  const calendar = await historyCalendar(
    operation,
    history,
    signals,
    checked.from as EpochDay | undefined,
    asOf,
  )
  const table = await MonthlyTable.make(history, signals, calendar, asOf)
  try {
    const levels = await table.baseLevels(checked.minBaseCustomers)
    return {
      firstMonth: calendar.starts[0]!,
      levels: Object.fromEntries(
        signals.signals.map(({ name }, index) => [name, Array.from(levels[index]!)]),
      ),
    }
  } finally {
    await table.drop()
  }
}

/** Returns the level of each row's month, for each signal of a block. */
export function levelsOfRows(block: MonthlyBlock, levels: readonly ArrayLike<number>[]): Float64Array[] {
  return levels.map((level) => Float64Array.from(block.month, (month) => level[month]!))
}

/**
 * Returns the levels of the signals over the months of a calendar.
 *
 * @throws {HoldfastError} `column-missing` for a signal without levels, `window-open` for months that they do not reach
 */
export function alignLevels(
  operation: string,
  base: BaseLevels,
  calendar: Calendar,
  names: readonly string[],
): Float64Array[] {
  const problems: Problem[] = []
  const first = calendar.starts[0]!
  const offset = calendarOffset(base.firstMonth, first)
  const aligned = names.map((name) => {
    const levels = ownValue(base.levels, name)
    if (levels === undefined) {
      const rule = `to have levels of ${name}`
      problems.push({
        code: 'column-missing',
        parameter: 'baseLevels',
        rule,
        received: Object.keys(base.levels),
      })
      return new Float64Array()
    }
    if (offset < 0 || offset + calendar.months > levels.length) {
      problems.push({
        code: 'window-open',
        parameter: `baseLevels.levels.${name}`,
        rule: `to reach from ${formatDay(first)} to ${formatDay(calendar.starts.at(-1)!)}`,
        received: `${levels.length} months from ${formatDay(base.firstMonth)}`,
        wayOut: 'Compute baseLevels up to the same day, or give a later from.',
      })
    }
    return Float64Array.from(levels.slice(Math.max(0, offset), offset + calendar.months))
  })
  refuse(operation, problems)
  return aligned
}

function calendarOffset(from: EpochDay, to: EpochDay): number {
  return monthIndexOf({ starts: [from], months: 0 }, to)
}
