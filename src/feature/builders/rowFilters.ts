import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { checkOptions } from '../../base/options.js'
import {
  conditionsOf,
  type NumberRange,
  ownColumn,
  type RowCondition,
  type RowFilter,
  rowFilterSchema,
} from '../../population/rowFilter.js'

/** Rows of some days of the week. */
export type WeekdayCondition = Extract<RowCondition, { readonly weekday: unknown }>

/** Rows of some hours of the day. */
export type HoursCondition<Column extends string> =
  | { readonly column: Column; readonly between: NumberRange }
  | { readonly column: Column; readonly notBetween: NumberRange }

/** 1 = Monday … 7 = Sunday. */
const usualWeekend: readonly number[] = [6, 7]

/**
 * Returns the filter "rows of a weekend day".
 *
 * @param weekend its days, 1 = Monday … 7 = Sunday; default Saturday and Sunday
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * weekends()
 * // => { weekday: [6, 7] }
 */
export function weekends(weekend: readonly number[] = usualWeekend): WeekdayCondition {
  return checked('weekends', { weekday: weekend })
}

/**
 * Returns the filter "rows of a day that is not of the weekend".
 *
 * @param weekend its days, 1 = Monday … 7 = Sunday; default Saturday and Sunday
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * weekdays([5, 6])
 * // => { weekday: [1, 2, 3, 4, 7] }
 */
export function weekdays(weekend: readonly number[] = usualWeekend): WeekdayCondition {
  checked('weekdays', { weekday: weekend })
  return checked('weekdays', { weekday: [1, 2, 3, 4, 5, 6, 7].filter((day) => !weekend.includes(day)) })
}

const hour = z.number().min(0).max(24)
const hoursSchema = z.strictObject({ from: hour, to: hour, column: ownColumn })

/**
 * Returns the filter "rows of these hours of the day", `[from, to)`, through midnight if `from` is later than `to`. The
 * hour is in the column `hour`; rows without one are left out.
 *
 * @param from 0 to 24
 * @param to 0 to 24, different from `from`
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * [hours(7, 22), hours(22, 7)]   // day and night
 * // => [{ column: 'hour', between: [7, 22] }, { column: 'hour', notBetween: [7, 22] }]
 */
export function hours(from: number, to: number): HoursCondition<'hour'>
/**
 * Returns the filter "rows of these hours of the day", with the hour in a column of another name.
 *
 * @param column number column with the hour
 * @throws {HoldfastError} `option-invalid`
 */
export function hours<Column extends string>(from: number, to: number, column: Column): HoursCondition<Column>
export function hours(from: number, to: number, column = 'hour'): HoursCondition<string> {
  checkOptions('hours', hoursSchema, { from, to, column })
  return checked('hours', from > to ? { column, notBetween: [to, from] } : { column, between: [from, to] })
}

/**
 * Returns the filter "rows for which all of these hold".
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * allOf(weekends(), { column: 'kind', in: ['voice'] })
 * // => [{ weekday: [6, 7] }, { column: 'kind', in: ['voice'] }]
 */
export function allOf<const Filters extends readonly [RowFilter, RowFilter, ...RowFilter[]]>(
  ...filters: Filters
): readonly ConditionOf<Filters[number]>[] {
  checkArguments(
    'allOf',
    ...filters.map((filter, index) => [`filters.${index}`, filter, 'rowFilter'] as const),
  )
  const conditions: unknown = checkOptions('allOf', rowFilterSchema, filters.flatMap(conditionsOf))
  return conditions as readonly ConditionOf<Filters[number]>[]
}

type ConditionOf<Filter> = Filter extends readonly (infer Condition)[] ? Condition : Filter

function checked<Condition extends RowCondition>(operation: string, condition: Condition): Condition {
  return checkOptions(operation, rowFilterSchema, condition) as Condition
}
