import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput, EpochDay } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import { zoneOf } from '../base/timeZone.js'
import {
  type CustomerHistory,
  checkCustomerShape,
  checkHistoryRows,
  type TableReads,
} from '../table/customerHistory.js'
import type { EventTableName, HistoryKinds } from '../table/inputs.js'
import type { RepeatedRows } from '../table/repeatedRows.js'
import { alignLevels, type BaseLevels } from './baseLevels.js'
import { customerMonths, kindsOf } from './customerMonths.js'
import { type CheckedSignals, type SignalOptions, signalOptionsShape, signalsOf } from './signalRule.js'
import { type StageOptions, stageOptionsShape, withStageOrder } from './stageOptions.js'
import { type MonthTag, tagMonths } from './tagMonths.js'

/** Options of {@link tagCustomer}. */
export interface TagCustomerOptions extends SignalOptions, StageOptions {
  /**
   * First day that is not seen: only rows and a cancellation before it, known before it, are used. The last month that
   * is over by then is tagged.
   */
  readonly asOf: DayInput
  /** First month of the series: any day of it. Default: the month of the customer's first row in the tables read. */
  readonly from?: DayInput
  /**
   * Tables and columns of the history that the customer comes from (`history.tables`), to choose the same signals.
   * Default: those in the customer's rows.
   */
  readonly tables?: HistoryKinds
  /** Time zone that gives instants in the rows and these options their day. Default `'UTC'`. */
  readonly timeZone?: string
  /**
   * Treatment of rows that equal an earlier row in every column, as in the history (`history.repeatedRows`): each
   * counts, they are left out, or the customer is refused. Default `'keep'`.
   */
  readonly repeatedRows?: RepeatedRows
  /** Levels of the whole base, to remove the season. Default: values are compared as they are. */
  readonly baseLevels?: BaseLevels
}

const schema = withStageOrder(
  z.strictObject({
    ...signalOptionsShape,
    ...stageOptionsShape,
    ...checkCustomerShape,
    asOf: dayRule,
    from: dayRule.optional(),
    baseLevels: z
      .strictObject({
        firstMonth: z.int().transform((day) => day as EpochDay),
        levels: z.record(z.string(), z.array(z.number().gt(0))),
      })
      .optional(),
  }),
)

/**
 * Returns the lifecycle stage of one customer as of a day, with its reason, without an engine.
 *
 * Use it in a service. The result equals that of {@link tagLifecycle} for the same customer if both use the same
 * settings: `tables` and `from` of the whole history, and its `baseLevels` if the tags are seasonal.
 *
 * The current month of `asOf` is not judged, not even by a cancellation in it.
 *
 * @param history tables of one customer
 * @param options `asOf`, signals and thresholds
 * @returns the tag of the last month that is over
 * @throws {HoldfastError} as `checkCustomerHistory`; with `tables`, `table-unknown` and `column-missing` for what the
 * signals read but the customer's rows lack; `option-invalid`, `option-unknown`; `out-of-range` if no month of the
 * customer is over; `table-unknown` if there is no usage, payment or bill and `tables` is not given
 *
 * O(rows + months).
 *
 * @example
 * const bills = ['2025-01', '2025-02', '2025-03', '2025-04', '2025-05'].map((period, month) => ({
 *   period,
 *   amount: [50, 50, 50, 30, 30][month],
 * }))
 * const tag = tagCustomer({ customer: { id: 'A', activatedAt: '2020-06-15' }, bills }, { asOf: epochDay('2025-06-10') })
 * tag.stage
 * // => 'decline'
 *
 * @see {@link tagMonths} for the rules
 */
export function tagCustomer(history: CustomerHistory, options: TagCustomerOptions): MonthTag {
  checkArguments('tagCustomer', ['history', history, 'customerHistory'], ['options', options, 'object'])
  const operation = 'tagCustomer'
  const { asOf, from, tables, timeZone, repeatedRows, baseLevels, signals, activityTable, ...stageOptions } =
    checkOptions(operation, schema, withDaysIn(options, ['asOf', 'from'], zoneOf(options)))
  const kinds = tables as HistoryKinds | undefined
  const reading = { ...(kinds === undefined ? {} : { tables: kinds }), timeZone, repeatedRows }
  const asked = { signals, activityTable } as SignalOptions
  const told = kinds === undefined ? undefined : signalsOf(operation, kinds, asked)
  const checked = checkHistoryRows(
    operation,
    history,
    reading,
    told === undefined ? undefined : readsOf(told),
  )
  const rules = told ?? signalsOf(operation, kindsOf(checked, asOf), asked)
  const block = customerMonths(operation, checked, rules, from, asOf)
  const names = rules.signals.map((signal) => signal.name)
  const levels = baseLevels === undefined ? [] : alignLevels(operation, baseLevels, block.calendar, names)
  const first = block.month[0]!
  const tags = tagMonths(
    {
      ...block,
      firstMonth: block.calendar.starts[first]!,
      baseLevels: Object.fromEntries(levels.map((level, index) => [names[index]!, level.subarray(first)])),
    },
    stageOptions as StageOptions,
  )
  return tags.at(-1)!
}

function readsOf({ signals, activityTable }: CheckedSignals): TableReads {
  const reads = new Map<EventTableName, string[]>([[activityTable, []]])
  for (const { table, measure } of signals) {
    reads.set(table, [...(reads.get(table) ?? []), ...(measure === undefined ? [] : [measure])])
  }
  return reads
}
