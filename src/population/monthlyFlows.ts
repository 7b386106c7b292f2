import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { addMonths, type EpochDay, formatDay, monthly } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { numberColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { cancelledKnownBefore } from '../engine/knownBefore.js'
import { dayColumn, Table } from '../table/table.js'
import type { FalseChurn } from './falseChurnTable.js'

/** Which months to count. */
export interface MonthlyFlowsOptions {
  /** First and last month, `YYYY-MM`; both are counted. */
  readonly first: string
  readonly last: string
  /** Result of {@link falseChurnTable}: adds figures net of re-entry. */
  readonly falseChurn?: Pick<FalseChurn, 'table' | 'completeUntil'>
  /**
   * First day of which nothing is known: figures as they could be counted then. `YYYY-MM-DD`, a day number, or an
   * instant in the time zone of the history. Default, and latest: the day until which customers are complete
   * (`history.completeUntilByTable`).
   */
  readonly asOf?: DayInput
}

const daysSchema = z.strictObject({
  asOf: dayRule.optional(),
  falseChurn: z.custom<Pick<FalseChurn, 'table' | 'completeUntil'>>().optional(),
  first: z.unknown(),
  last: z.unknown(),
})

/**
 * Counts who came, who left and who stayed, month by month, gross and net of re-entry.
 *
 * A leaver who comes back as a new customer inflates both the churn and the new customers:
 *
 *     new          activatedAt in the month
 *     newNet       those who are not the new line of a leaver
 *     left         cancelledAt in the month
 *     leftNet      those who did not come back as a new line
 *     realChurn    those who were not a second card, a re-entry or closed for arrears
 *     stock        customers when the next month begins
 *
 * A line that is the new one of several leavers is subtracted from `new` once.
 *
 * Events count on the day they happened, if they were known before `asOf`: a cancellation with a `cancelledKnownAt` at
 * or after it is not counted, and the customer is in the stock. If cancellations are entered late, later counts may
 * therefore find more leavers in the last months. Figures of a month that is not over by `asOf` are missing; net
 * figures are also missing if devices or payments for false churn are not complete for the month. False churn uses all
 * that the history knows.
 *
 * @returns columns `month` (its first day), `new`, `left`, `stock` and, with false churn, `newNet`, `leftNet`, `realChurn`
 * @throws {HoldfastError} `value-type`, `out-of-range` for invalid months; `option-invalid`, `option-unknown`;
 * `window-open` if the customers are not complete until `asOf`
 *
 * @example
 * const history = await openHistory({
 *   customers: [
 *     { id: 'B', activatedAt: '2024-01-15', cancelledAt: '2025-03-20' },
 *     { id: 'B2', activatedAt: '2025-03-21', cancelledAt: null },
 *     { id: 'C', activatedAt: '2024-01-15', cancelledAt: '2025-03-25' },
 *   ],
 *   devices: ['B', 'B2', 'C'].map((id) => ({ id, period: '2025-03', deviceId: `phone of ${id[0]}` })),
 * })
 * const flows = await monthlyFlows(history, {
 *   first: '2025-03',
 *   last: '2025-03',
 *   falseChurn: await falseChurnTable(history, falseChurn()),
 * })
 * await history.close()
 * flows.rows()
 * // => [{ month: '2025-03-01', new: 1, left: 2, stock: 1, newNet: 0, leftNet: 1, realChurn: 1 }]
 *
 * @see {@link stockFlowAudit} for figures counted by others
 */
export async function monthlyFlows(history: History, options: MonthlyFlowsOptions): Promise<Table> {
  checkArguments('monthlyFlows', ['history', history, 'history'], ['options', options, 'object'])
  const { asOf: given, falseChurn } = checkOptions(
    'monthlyFlows',
    daysSchema,
    withDaysIn(options, ['asOf'], history.timeZone),
  )
  const months = monthly(options.first, options.last)
  const complete = completeUntilOf(history, [])
  const asOf = given ?? complete
  refuse('monthlyFlows', asOf > complete ? [notComplete(asOf, complete)] : [])
  const { identifier } = history.engine.dialect
  const counts = countsOf(history, falseChurn !== undefined, asOf)
  const columns = Object.entries(counts).map(
    ([name, condition]) => `count(CASE WHEN ${condition} THEN 1 END) AS ${identifier(name)}`,
  )
  const found = await history.engine.query(
    `WITH months(month, next_month) AS (VALUES ${months.map((month) => `(${month}, ${addMonths(month, 1)})`).join(', ')})
     SELECT m.month, ${columns.join(', ')}
     FROM months m CROSS JOIN ${identifier('customers')} c ${falseChurnJoins(falseChurn)}
     GROUP BY m.month ORDER BY m.month`,
  )
  const netUntil = Math.min(asOf, falseChurn?.completeUntil ?? asOf)
  return new Table([
    dayColumn('month', months),
    ...Object.keys(counts).map((name) => {
      const until = gross.includes(name) ? asOf : netUntil
      const { values } = found.numbers(name)
      return numberColumn(
        name,
        months.map((month, row) => (addMonths(month, 1) <= until ? values[row]! : null)),
      )
    }),
  ])
}

/** Figures that do not need false churn. */
const gross: readonly string[] = ['new', 'left', 'stock']

/** The figures of a month, as conditions on a customer `c` and a month `m`. */
function countsOf(history: History, hasFalseChurn: boolean, asOf: EpochDay): Record<string, string> {
  const { identifier } = history.engine.dialect
  const activatedAt = `c.${identifier('activatedAt')}`
  const leftBy = (day: string) => cancelledKnownBefore(history, 'c', day, `${asOf}`)
  const came = `${activatedAt} >= m.month AND ${activatedAt} < m.next_month`
  const left = `${leftBy('m.next_month')} AND c.${identifier('cancelledAt')} >= m.month`
  const stock = `${activatedAt} < m.next_month AND NOT coalesce(${leftBy('m.next_month')}, false)`
  if (!hasFalseChurn) return { new: came, left, stock }
  return {
    new: came,
    left,
    stock,
    newNet: `${came} AND s.successor IS NULL`,
    leftNet: `${left} AND f.successor IS NULL`,
    realChurn: `${left} AND f.id IS NULL`,
  }
}

function notComplete(asOf: EpochDay, complete: EpochDay): Problem {
  return {
    code: 'window-open',
    parameter: 'asOf',
    rule: `to be at or before ${formatDay(complete)}, up to which the customers are complete`,
    received: formatDay(asOf),
    wayOut: 'Use an earlier day, or give openHistory completeUntil.',
  }
}

function falseChurnJoins(falseChurn: Pick<FalseChurn, 'table'> | undefined): string {
  if (falseChurn === undefined) return ''
  const { table } = falseChurn
  const successors = `(SELECT DISTINCT successor FROM ${table})`
  return `LEFT JOIN ${table} f ON f.id = c.id LEFT JOIN ${successors} s ON s.successor = c.id`
}
