import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { withDaysIn } from '../base/dayRule.js'
import type { EpochDay } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import type { History } from '../engine/history.js'
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

const schema = z.strictObject(monthlyOptionsShape)

/**
 * Yields the monthly series of all customers of a history, block by block, ordered by id and month.
 *
 * Use it to see what the stage rules see, or to feed other rules. Each month is a calendar month
 * `[first day, first day of the next)`, entirely before `asOf`, from the rows known before `asOf` (a row without
 * `knownAt` is):
 *
 *     signal          sum of the measure over the month, or its active days; a month without a row is 0 for usage and
 *                     payments and missing for bills; also missing in the month of an activation after its first day
 *     active          at least one sign of life in the month; activation counts
 *     cancelled       cancelled before the end of the month, known before `asOf` (`cancelledKnownAt`)
 *     tenureMonths    complete months from activation to the end of the month
 *
 * A customer's rows begin with the month of activation or the first month of the series, whichever is later. Customers
 * activated in a month that is not over are left out.
 *
 * @param history an open history with `usage`, `bills` or `payments`
 * @param options signals and period
 * @returns blocks; the arrays of a block stay valid
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-unknown`, `column-missing`; `window-open` if the
 * tables are not complete up to `asOf`; `out-of-range`, `table-empty` if no whole month is left
 *
 * One pass of the engine over the tables; memory for `customersPerBlock` customers. A temporary table is dropped after
 * the last block or when the loop is left.
 *
 * @see `tagCustomer` for one customer in memory
 */
export async function* monthlySignals(
  history: History,
  options?: MonthlyOptions,
): AsyncGenerator<MonthlyBlock, void, undefined> {
  checkArguments('monthlySignals', ['history', history, 'history'])
  const operation = 'monthlySignals'
  const checked = checkOptions(operation, schema, withDaysIn(options, ['asOf', 'from'], history.timeZone))
  const signals = signalsOf(operation, history.tables, checked as SignalOptions)
  const asOf = (checked.asOf ?? signalsCompleteUntil(history, signals)) as EpochDay
  checkComplete(operation, 'asOf', [asOf], history, signals)
  const from = checked.from as EpochDay | undefined
  const calendar = await historyCalendar(operation, history, signals, from, asOf)
  const table = await MonthlyTable.make(history, signals, calendar, asOf)
  try {
    yield* table.blocks(checked.customersPerBlock)
  } finally {
    await table.drop()
  }
}
