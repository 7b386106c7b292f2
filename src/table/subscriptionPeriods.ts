import * as z from 'zod'
import { argumentProblems, checkArguments } from '../base/arguments.js'
import { addDays, addMonths, type EpochDay, formatDay, monthStart, parseDay } from '../base/days.js'
import { nearName, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { ownValue } from '../base/ownValue.js'
import { timeZoneRule } from '../base/timeZone.js'
import type { HistoryRow } from './customerHistory.js'
import {
  type EventTableName,
  eventTableNames,
  type InputTableName,
  inputTableNames,
  inputTables,
} from './inputs.js'

/** Rows of a history in which customers have several periods or products. */
export type PeriodTables = Readonly<
  Partial<Record<InputTableName, readonly HistoryRow[]>> & { readonly customers: readonly HistoryRow[] }
>

/** How to tell the periods apart. */
export interface SubscriptionPeriodsOptions {
  /** Column, in every table, that names the product: each product of a customer is a separate subscription. */
  readonly product?: string
  /**
   * Time zone that gives instants (`Date`s, and texts whose time has an offset) their day; the same as for the history
   * opened with the tables. Default `'UTC'`.
   */
  readonly timeZone?: string
}

const schema = z.strictObject({ product: z.string().min(1).optional(), timeZone: timeZoneRule })

type CheckedOptions = z.output<typeof schema>

/** A history of subscriptions, and their customers. */
export interface SubscriptionPeriods {
  /**
   * Tables for `openHistory`: one row of `customers` per period, whose `id` names the period (`A`, `A#2`; with products
   * `A/tv`, `A/tv#2`), and each event under the id of its period.
   */
  readonly tables: PeriodTables
  /** The customer of each id. */
  readonly customerOf: ReadonlyMap<string, string>
}

interface Period {
  readonly row: HistoryRow
  readonly rowNumber: number
  readonly customer: string
  readonly start: EpochDay
  readonly end: EpochDay | null
}

/**
 * Returns a history in which each period of a customer is a subscription with its own id: for customers who left and
 * came back under the same id, or who have several products.
 *
 * `openHistory` refuses an id that is in `customers` twice: there is no single answer whether such a customer churned.
 * Here a subscription churns, not a customer. An event belongs to the last period that had begun on its day (bills and
 * devices: on the last day of their month), so that the last bill after a cancellation counts for its period; one
 * before all periods stays with the first, and `openHistory` reports it.
 *
 * Subscriptions of one customer resemble each other: for splits and folds, give the `ids` of customers, as in the
 * example.
 *
 * @param tables row objects under our names, with several rows per id in `customers`; without products, the ends of
 * `calls` that are customers get the id of their period on that day
 * @throws {HoldfastError} all problems at once: `value-missing`, `value-type` in the columns that define periods;
 * `out-of-range` if two periods of one subscription overlap; `column-missing` if a table lacks the product;
 * `table-unknown`, `option-invalid`, `option-unknown`; `duplicate-id` if a customer's id equals the name of another's
 * period
 *
 * O(rows log rows) time; a shallow copy of each row.
 *
 * @example
 * const { tables, customerOf } = subscriptionPeriods({
 *   customers: [
 *     { id: 'A', activatedAt: '2024-01-01', cancelledAt: '2024-06-30' },
 *     { id: 'A', activatedAt: '2024-11-01' },
 *   ],
 *   usage: [{ id: 'A', day: '2024-05-02', minutes: 5 }, { id: 'A', day: '2024-12-24', minutes: 8 }],
 * })
 * tables.customers.map(({ id }) => id)
 * // => ['A', 'A#2']
 * tables.usage.map(({ id }) => id)
 * // => ['A', 'A#2']
 * // trainBoosting({ ...dataset, ids: dataset.ids.map((id) => customerOf.get(id)) })
 * customerOf.get('A#2')
 * // => 'A'
 */
export function subscriptionPeriods(
  tables: PeriodTables,
  options?: SubscriptionPeriodsOptions,
): SubscriptionPeriods {
  checkArguments('subscriptionPeriods', ['tables', tables, 'object'])
  const checked = checkOptions('subscriptionPeriods', schema, options)
  const problems = periodTableProblems(tables, checked)
  refuse('subscriptionPeriods', problems)
  const periodsOf = new Map<string, Period[]>()
  for (const [index, row] of tables.customers.entries()) {
    const read = periodOf(row, index + 1, checked, problems)
    if (read === undefined) continue
    const periods = periodsOf.get(read.subscription)
    if (periods === undefined) periodsOf.set(read.subscription, [read.period])
    else periods.push(read.period)
  }
  const customerOf = new Map<string, string>()
  const idOf = new Map<Period, string>()
  for (const [subscription, periods] of periodsOf) {
    periods.sort((a, b) => a.start - b.start)
    for (const [index, period] of periods.entries()) {
      if (index > 0) problems.push(...overlapProblems(periods[index - 1]!, period, subscription))
      const id = index === 0 ? subscription : `${subscription}#${index + 1}`
      if (customerOf.has(id)) problems.push(calledAlike(id, period))
      customerOf.set(id, period.customer)
      idOf.set(period, id)
    }
  }
  const periodAt: PeriodAt = (subscription, day) => {
    const periods = periodsOf.get(subscription)
    if (periods === undefined || day === undefined) return subscription
    return idOf.get(periods.findLast(({ start }) => start <= day) ?? periods[0]!)!
  }
  const events = Object.fromEntries(
    eventTableNames.flatMap((table) => {
      const rows = tables[table]
      return rows === undefined ? [] : [[table, eventsOf(table, rows, checked, periodAt, problems)]]
    }),
  )
  const calls = tables.calls === undefined ? {} : { calls: callsOf(tables.calls, checked, periodAt) }
  refuse('subscriptionPeriods', problems)
  const customers = [...idOf].map(([{ row }, id]) => ({ ...row, id }))
  return { tables: { customers, ...events, ...calls }, customerOf }
}

function subscriptionOf(row: HistoryRow, product: string | undefined): string | undefined {
  const id = textOf(ownValue(row, 'id'))
  if (id === undefined || product === undefined) return id
  const name = textOf(ownValue(row, product))
  return name === undefined ? undefined : `${id}/${name}`
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value.trim() !== '') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
}

function periodOf(
  row: HistoryRow,
  rowNumber: number,
  { product, timeZone }: CheckedOptions,
  problems: Problem[],
): { readonly subscription: string; readonly period: Period } | undefined {
  const subscription = subscriptionOf(row, product)
  const start = parseDay(ownValue(row, 'activatedAt'), timeZone)
  const cancelledAt = ownValue(row, 'cancelledAt')
  const isOpen = cancelledAt === undefined || cancelledAt === null || cancelledAt === ''
  const end = isOpen ? null : parseDay(cancelledAt, timeZone)
  if (subscription !== undefined && start !== undefined && end !== undefined) {
    return { subscription, period: { row, rowNumber, customer: textOf(row['id'])!, start, end } }
  }
  const [column, rule] =
    subscription === undefined
      ? [product === undefined ? 'id' : `id and ${product}`, 'to have a value in every row']
      : [
          start === undefined ? 'activatedAt' : 'cancelledAt',
          'to be a date written YYYY-MM-DD, a Date, or a number of days',
        ]
  const received = ownValue(row, column)
  problems.push({
    code: received === undefined || received === null ? 'value-missing' : 'value-type',
    parameter: column,
    rule,
    received,
    place: { table: 'customers', row: rowNumber, column },
  })
  return undefined
}

function overlapProblems(before: Period, period: Period, subscription: string): Problem[] {
  if (before.end !== null && before.end <= period.start) return []
  return [
    {
      code: 'out-of-range',
      parameter: 'activatedAt',
      rule: `to be at or after the end of the period of ${subscription} before it (row ${before.rowNumber}: ${before.end === null ? 'not cancelled' : formatDay(before.end)})`,
      received: formatDay(period.start),
      place: { table: 'customers', row: period.rowNumber, column: 'activatedAt' },
      wayOut: 'If these are two products, name the column that tells them apart as product.',
    },
  ]
}

function calledAlike(id: string, { rowNumber }: Period): Problem {
  return {
    code: 'duplicate-id',
    parameter: 'id',
    rule: 'not to be the name of a period of another customer',
    received: id,
    place: { table: 'customers', row: rowNumber, column: 'id' },
    wayOut: 'Rename that customer.',
  }
}

function eventsOf(
  table: EventTableName,
  rows: readonly HistoryRow[],
  { product, timeZone }: CheckedOptions,
  periodAt: PeriodAt,
  problems: Problem[],
): HistoryRow[] {
  if (product !== undefined && rows.length > 0 && !rows.some((row) => ownValue(row, product) !== undefined)) {
    problems.push({
      code: 'column-missing',
      parameter: `table ${table}`,
      rule: `to have the column ${product}, which tells the products of a customer apart`,
      place: { table },
      wayOut: 'Add it, or leave the table out.',
    })
    return []
  }
  const { happenedAt } = inputTables[table]
  return rows.map((row) => {
    const subscription = subscriptionOf(row, product)
    // Unknown customer or no day: openHistory reports what is wrong with the row
    if (subscription === undefined) return row
    return { ...row, id: periodAt(subscription, happenedOn(ownValue(row, happenedAt), happenedAt, timeZone)) }
  })
}

/** The id of a subscription's period on a day; the subscription itself if it is unknown. */
type PeriodAt = (subscription: string, day: EpochDay | undefined) => string

/** Either end of a call may be a customer or a number of another network, which stays as it is. */
function callsOf(
  rows: readonly HistoryRow[],
  { timeZone }: CheckedOptions,
  periodAt: PeriodAt,
): HistoryRow[] {
  return rows.map((row) => {
    const day = parseDay(ownValue(row, 'day'), timeZone)
    const ends = (['from', 'to'] as const).flatMap((name) => {
      const end = textOf(ownValue(row, name))
      return end === undefined ? [] : [[name, periodAt(end, day)]]
    })
    return { ...row, ...Object.fromEntries(ends) }
  })
}

/** Unknown tables would be ignored, and the ends of a call name no product. */
function periodTableProblems(tables: PeriodTables, { product }: CheckedOptions): Problem[] {
  const unknown = Object.keys(tables).filter((name) => !inputTableNames.includes(name as InputTableName))
  const noLists = inputTableNames.filter(
    (name) => (name === 'customers' || tables[name] !== undefined) && !Array.isArray(tables[name]),
  )
  return [
    ...unknown.map((name): Problem => {
      const rule = `to be one of ${inputTableNames.join(', ')}`
      const wayOut = nearName(name, inputTableNames, 'Leave it out.')
      return { code: 'table-unknown', parameter: `table ${name}`, rule, ...wayOut }
    }),
    ...noLists.flatMap((name) => argumentProblems(`tables.${name}`, tables[name], 'rows')),
    ...(product === undefined || tables.calls === undefined
      ? []
      : [
          {
            code: 'option-invalid',
            parameter: 'table calls',
            rule: 'not to be given with product: the two ends of a call name customers, not their products',
            wayOut:
              'Leave calls out, or write the subscription that called, id/product, as from and to by yourself.',
          } as const,
        ]),
  ]
}

function happenedOn(value: unknown, column: string, timeZone: string): EpochDay | undefined {
  const isMonth = typeof value === 'string' && /^\d{4}-\d{2}$/.test(value)
  const day = parseDay(isMonth ? `${value}-01` : value, timeZone)
  if (day === undefined || column !== 'period') return day
  return addDays(addMonths(monthStart(day), 1), -1)
}
