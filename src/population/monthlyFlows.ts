import { checkArguments } from '../base/arguments.js'
import { addMonths, monthly } from '../base/days.js'
import type { History } from '../engine/history.js'
import { dayColumn, Table } from '../table/table.js'
import type { FalseChurn } from './falseChurnTable.js'

/** Which months are counted. */
export interface MonthlyFlowsOptions {
  /** First and last month, `YYYY-MM`; both are counted. */
  readonly first: string
  readonly last: string
  /** Made by {@link falseChurnTable}: figures net of re-entry beside the gross ones. */
  readonly falseChurn?: Pick<FalseChurn, 'table'>
}

/**
 * Counts who came, who left and who was there, month by month, gross and net of re-entry.
 *
 * A leaver who comes back as a new customer inflates the churn and the new customers alike, and hides in neither total:
 *
 *     new          activatedAt in the month
 *     newNet       those of them who are not the new line of a leaver
 *     left         cancelledAt in the month
 *     leftNet      those of them who did not come back as a new line
 *     realChurn    those of them who were no second card, no re-entry and not closed for arrears
 *     stock        in the network when the next month begins
 *
 * A line that is the new one of several leavers is taken from `new` once. A month that is not over in the history counts
 * as far as it is known.
 *
 * @returns columns `month` (its first day), `new`, `left`, `stock` and, with false churn, `newNet`, `leftNet`, `realChurn`
 * @throws {HoldfastError} `value-type`, `out-of-range` for months that are none
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
 * @see {@link stockFlowAudit} for figures that others have counted
 */
export async function monthlyFlows(history: History, options: MonthlyFlowsOptions): Promise<Table> {
  checkArguments('monthlyFlows', ['history', history, 'history'], ['options', options, 'object'])
  const months = monthly(options.first, options.last)
  const { identifier } = history.engine.dialect
  const counts = countsOf(history, options.falseChurn !== undefined)
  const columns = Object.entries(counts).map(
    ([name, condition]) => `count(CASE WHEN ${condition} THEN 1 END) AS ${identifier(name)}`,
  )
  const found = await history.engine.query(
    `WITH months(month, next_month) AS (VALUES ${months.map((month) => `(${month}, ${addMonths(month, 1)})`).join(', ')})
     SELECT m.month, ${columns.join(', ')}
     FROM months m CROSS JOIN ${identifier('customers')} c ${falseChurnJoins(options.falseChurn)}
     GROUP BY m.month ORDER BY m.month`,
  )
  return new Table([dayColumn('month', months), ...Object.keys(counts).map((name) => found.numbers(name))])
}

/** What is counted in each month, as conditions on a customer `c` and a month `m`. */
function countsOf({ engine }: History, hasFalseChurn: boolean): Record<string, string> {
  const activatedAt = `c.${engine.dialect.identifier('activatedAt')}`
  const cancelledAt = `c.${engine.dialect.identifier('cancelledAt')}`
  const came = `${activatedAt} >= m.month AND ${activatedAt} < m.next_month`
  const left = `${cancelledAt} >= m.month AND ${cancelledAt} < m.next_month`
  const stock = `${activatedAt} < m.next_month AND NOT coalesce(${cancelledAt} < m.next_month, false)`
  const gross = { new: came, left, stock }
  if (!hasFalseChurn) return gross
  return {
    ...gross,
    newNet: `${came} AND s.successor IS NULL`,
    leftNet: `${left} AND f.successor IS NULL`,
    realChurn: `${left} AND f.id IS NULL`,
  }
}

function falseChurnJoins(falseChurn: Pick<FalseChurn, 'table'> | undefined): string {
  if (falseChurn === undefined) return ''
  const { table } = falseChurn
  const successors = `(SELECT DISTINCT successor FROM ${table})`
  return `LEFT JOIN ${table} f ON f.id = c.id LEFT JOIN ${successors} s ON s.successor = c.id`
}
