import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { dayHint, type EpochDay, formatDay, parseDay, spreadsheetDay } from '../base/days.js'
import { inNameOf, type Problem, refuse } from '../base/errors.js'
import { textColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { timeZoneRule } from '../base/timeZone.js'
import { compareTexts } from './planColumns.js'
import { cellOf, dayColumn, idColumn, Table } from './table.js'

/** How to read periods. */
export interface CustomersFromOptions {
  /** Column with the customer's id. Default `'id'`. */
  readonly id?: string
  /** Day column of the first day of a period. Default `'from'`. */
  readonly from?: string
  /** Day column of the end of a period; missing = ongoing. Default `'to'`. */
  readonly to?: string
  /** Longest pause between two periods that is not churn, in days. Integer ≥ 0. Default 30. */
  readonly pauseDays?: number
  /**
   * How to treat customers who left for longer and came back: `first` = until they first left, `last` = since they last
   * came back, `whole` = the whole time, as if they had not left. No default: such customers are refused.
   */
  readonly returning?: 'first' | 'last' | 'whole'
  /** Time zone that gives a `Date`, or a text with an offset, its day. Default `'UTC'`. */
  readonly timeZone?: string
}

const optionsSchema = z.strictObject({
  id: z.string().min(1).default('id'),
  from: z.string().min(1).default('from'),
  to: z.string().min(1).default('to'),
  pauseDays: z.int().min(0).default(30),
  returning: z.enum(['first', 'last', 'whole']).optional(),
  timeZone: timeZoneRule,
})

interface Period {
  readonly from: EpochDay
  /** null = ongoing. */
  readonly to: EpochDay | null
}

/**
 * Returns the table `customers` of a history from periods: subscriptions, contracts, memberships.
 *
 *     activatedAt    first day of the first period
 *     cancelledAt    the latest end of the periods; missing if one is ongoing
 *
 * Periods may overlap, or follow each other with a pause of up to `pauseDays`: a change of plan is not churn.
 *
 * @param periods a table, or row objects, with a customer and two days; other columns are ignored
 * @returns columns `id`, `activatedAt`, `cancelledAt`; a row per customer in the order of ids
 * @throws {HoldfastError} `column-missing`; `table-empty`; `value-missing`, `value-type`, `out-of-range` (an end before
 * its start), with the row; `option-invalid` if customers came back and `returning` is not given
 *
 * O(periods · log periods).
 *
 * @example
 * const subscriptions = [
 *   { account: 'A', start: '2024-01-01', end: '2024-06-30' },
 *   { account: 'A', start: '2024-07-01', end: null },
 *   { account: 'B', start: '2024-02-10', end: '2024-08-09' },
 * ]
 * customersFrom(subscriptions, { id: 'account', from: 'start', to: 'end' }).rows()
 * // => [
 * //   { id: 'A', activatedAt: '2024-01-01', cancelledAt: null },
 * //   { id: 'B', activatedAt: '2024-02-10', cancelledAt: '2024-08-09' },
 * // ]
 *
 * @see {@link subscriptionPeriods} to treat each period as a subscription of its own
 */
export function customersFrom(
  periods: Table | readonly Readonly<Record<string, unknown>>[],
  options: CustomersFromOptions = {},
): Table {
  if (!(periods instanceof Table)) checkArguments('customersFrom', ['periods', periods, 'rows'])
  const checked = checkOptions('customersFrom', optionsSchema, options)
  const periodsOf = inNameOf('customersFrom', () => byCustomer(periods, checked))
  const ids = [...periodsOf.keys()].sort(compareTexts)
  const spells = ids.map((id) => spellsOf(periodsOf.get(id)!, checked.pauseDays))
  refuseReturning(ids, spells, checked)
  const { returning } = checked
  const customers = spells.map((each): Period => {
    const [first, last] = [each[0]!, each.at(-1)!]
    if (returning === 'first') return first
    return returning === 'last' ? last : { from: first.from, to: last.to }
  })
  return new Table([
    textColumn('id', ids),
    dayColumn(
      'activatedAt',
      customers.map(({ from }) => from),
    ),
    dayColumn(
      'cancelledAt',
      customers.map(({ to }) => to),
    ),
  ])
}

type Checked = z.output<typeof optionsSchema>

function byCustomer(
  periods: Table | readonly Readonly<Record<string, unknown>>[],
  options: Checked,
): Map<string, Period[]> {
  const cells = cellsOf(periods, options)
  const problems: Problem[] = []
  const found = new Map<string, Period[]>()
  cells.forEach((cell, row) => {
    const from = dayIn(cell.from, options.timeZone)
    const to = cell.to == null ? null : dayIn(cell.to, options.timeZone)
    const wrong = rowProblems(cell, from, to, row, options)
    problems.push(...wrong)
    if (wrong.length > 0) return
    const id = String(cell.id)
    const own = found.get(id)
    const period = { from: from!, to: to! }
    if (own === undefined) found.set(id, [period])
    else own.push(period)
  })
  if (cells.length === 0)
    problems.push({ code: 'table-empty', parameter: 'periods', rule: 'to hold at least one period' })
  refuse('customersFrom', problems.slice(0, mostProblems))
  return found
}

const mostProblems = 5

interface Cells {
  readonly id: unknown
  readonly from: unknown
  readonly to: unknown
}

function cellsOf(
  periods: Table | readonly Readonly<Record<string, unknown>>[],
  { id, from, to }: Checked,
): Cells[] {
  if (!(periods instanceof Table)) {
    return periods.map((row) => ({ id: row?.[id], from: row?.[from], to: row?.[to] }))
  }
  const [ids, begins, ends] = [idColumn(periods.column(id)), periods.column(from), periods.column(to)]
  return Array.from({ length: periods.rowCount }, (_, row) => ({
    id: cellOf(ids, row),
    from: cellOf(begins, row),
    to: cellOf(ends, row),
  }))
}

function dayIn(value: unknown, timeZone: string): EpochDay | undefined {
  return spreadsheetDay(value) === undefined ? parseDay(value, timeZone) : undefined
}

function rowProblems(
  cell: Cells,
  from: EpochDay | undefined,
  to: EpochDay | null | undefined,
  row: number,
  names: Checked,
): Problem[] {
  const place = { row: row + 1 }
  const isId = (typeof cell.id === 'string' && cell.id !== '') || Number.isSafeInteger(cell.id)
  const noDay = (name: string, received: unknown): Problem => ({
    code: received == null ? 'value-missing' : 'value-type',
    parameter: name,
    rule: 'to be a date written YYYY-MM-DD, a Date, or a whole number of days since 1970-01-01',
    received,
    place,
    ...dayHint(received),
  })
  const isBackwards = from !== undefined && to != null && to < from
  return [
    ...(isId
      ? []
      : [
          {
            code: 'value-type',
            parameter: names.id,
            rule: 'to be a text',
            received: cell.id,
            place,
          } as const,
        ]),
    ...(from === undefined ? [noDay(names.from, cell.from)] : []),
    ...(to === undefined ? [noDay(names.to, cell.to)] : []),
    ...(isBackwards
      ? [
          {
            code: 'out-of-range',
            parameter: names.to,
            rule: `to be at or after ${names.from}, ${formatDay(from)}`,
            received: formatDay(to),
            place,
          } as const,
        ]
      : []),
  ]
}

/** Periods merged unless a longer pause separates them, in order of time. */
function spellsOf(periods: readonly Period[], pauseDays: number): Period[] {
  const spells: Period[] = []
  for (const period of [...periods].sort((a, b) => a.from - b.from)) {
    const last = spells.at(-1)
    const isNew = last === undefined || (last.to !== null && period.from > last.to + pauseDays + 1)
    if (isNew) spells.push(period)
    else {
      const to = last.to === null || period.to === null ? null : (Math.max(last.to, period.to) as EpochDay)
      spells[spells.length - 1] = { from: last.from, to }
    }
  }
  return spells
}

function refuseReturning(
  ids: readonly string[],
  spells: readonly (readonly Period[])[],
  { returning, pauseDays }: Checked,
): void {
  if (returning !== undefined) return
  const back = ids.filter((_, index) => spells[index]!.length > 1)
  if (back.length === 0) return
  refuse('customersFrom', [
    {
      code: 'option-invalid',
      parameter: 'returning',
      rule: `to be 'first', 'last' or 'whole': ${back.length} of ${ids.length} customers left for more than ${pauseDays} days and came back, such as ${back[0]}`,
      wayOut:
        "'first' takes them until they left, 'last' since they came back, 'whole' as if they had not left; subscriptionPeriods makes each period a subscription of its own.",
    },
  ])
}
