import { checkArguments } from '../base/arguments.js'
import type { EpochDay } from '../base/days.js'
import { inNameOf, type Problem, refuse } from '../base/errors.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { attributeProblems, columnProblems, tableProblems } from '../table/historyProblems.js'
import type { HistoryKinds, InputTableName } from '../table/inputs.js'
import { cellOf, Table } from '../table/table.js'
import { type ArrearsSign, type FalseChurnRule, falseChurn } from './falseChurnRule.js'
import { falseChurnReasons, falseChurnSql } from './falseChurnSql.js'
import { temporaryName } from './temporaryName.js'

/** The cancellations of a history that are not real churn. */
export interface FalseChurn {
  /**
   * Temporary table of the engine with the columns `id`, `reason` (`second card`, `re-entry`, `arrears`) and
   * `successor` (the new line of a re-entry, else NULL): one row per customer whose cancellation is not real churn.
   */
  readonly table: string
  /**
   * Columns `reason`, `customers`, `share` (of all cancelled customers, missing if there are none): the three reasons,
   * `real churn`, and `real churn so far` for those whose time to come back is not over in the tables that the rule
   * reads, or whose payments are not complete until they left (`history.completeUntilByTable`). The numbers add up to
   * all cancelled customers.
   */
  readonly report: Table
  /**
   * First day for which the tables that the rule reads are no longer complete: later cancellations are classified only
   * in part.
   */
  readonly completeUntil: EpochDay
  /** Drops the temporary table. */
  drop(): Promise<void>
}

/** The reason for real churn. */
export const realChurn = 'real churn'
/** The reason for churn that may still turn out not to be real. */
export const realChurnSoFar = 'real churn so far'

/**
 * Finds the cancellations that are not real churn, and reports how many there are and why.
 *
 * To leave them out of the training, give the rule to `churnPlan`; for figures with and without them see
 * {@link monthlyFlows} and {@link followCohort}. {@link falseChurn} has the definitions.
 *
 * @throws {HoldfastError} `table-unknown`, `column-missing`, `column-type` if the history lacks what the rule needs,
 * all at once
 *
 * One pass over devices and payments; O(cancelled customers) memory in the engine.
 *
 * @example
 * const history = await openHistory({
 *   customers: [
 *     { id: 'A', activatedAt: '2023-01-15', cancelledAt: null },
 *     { id: 'A2', activatedAt: '2024-06-01', cancelledAt: '2025-03-10' },
 *     { id: 'B', activatedAt: '2024-01-15', cancelledAt: '2025-03-20' },
 *     { id: 'B2', activatedAt: '2025-03-21', cancelledAt: null },
 *     { id: 'C', activatedAt: '2024-01-15', cancelledAt: '2025-03-25' },
 *   ],
 *   devices: ['A', 'A2', 'B', 'B2', 'C'].map((id) => ({ id, period: '2025-03', deviceId: `phone of ${id[0]}` })),
 * })
 * const { report } = await falseChurnTable(history, falseChurn())
 * await history.close()
 * report.rows().map(({ reason, customers }) => `${reason}: ${customers}`)
 * // => ['second card: 1', 're-entry: 1', 'arrears: 0', 'real churn: 1', 'real churn so far: 0']
 */
export async function falseChurnTable(history: History, rule: FalseChurnRule): Promise<FalseChurn> {
  checkArguments('falseChurnTable', ['history', history, 'history'], ['rule', rule, 'object'])
  const checked = inNameOf('falseChurnTable', () => falseChurn(rule))
  refuse('falseChurnTable', ruleProblems(checked, history.tables))
  const { engine } = history
  const table = temporaryName('false_churn')
  const leavers = `${table}_leavers`
  await engine.run(`CREATE TEMPORARY TABLE ${leavers} AS ${await leaversSql(history, checked)}`)
  try {
    const report = await reportOf(history, leavers)
    const select = `SELECT id, reason, successor FROM ${leavers} WHERE reason IS NOT NULL`
    await engine.run(`CREATE TEMPORARY TABLE ${table} AS ${select}`)
    const completeUntil = completeUntilOf(history, falseChurnTables(checked))
    return { table, report, completeUntil, drop: () => engine.run(`DROP TABLE IF EXISTS ${table}`) }
  } finally {
    await engine.run(`DROP TABLE IF EXISTS ${leavers}`)
  }
}

/** The tables that a rule reads, besides the customers. */
function falseChurnTables({ device, arrears }: FalseChurnRule): InputTableName[] {
  const asksPayments = arrears.some(({ by }) => by !== 'attribute')
  return [...(device === null ? [] : ['devices' as const]), ...(asksPayments ? ['payments' as const] : [])]
}

async function leaversSql(history: History, rule: FalseChurnRule): Promise<string> {
  const { engine } = history
  const { identifier } = engine.dialect
  const cancelledAt = identifier('cancelledAt')
  const found = await engine.query(
    `SELECT min(${cancelledAt}) AS first, max(${cancelledAt}) AS last FROM ${identifier('customers')}`,
  )
  // If nobody cancelled, any month will do
  const first = (found.cell('first', 0) ?? 0) as EpochDay
  const last = (found.cell('last', 0) ?? 0) as EpochDay
  return falseChurnSql({
    dialect: engine.dialect,
    rule,
    first,
    last,
    returnsUntil: completeUntilOf(history, rule.device === null ? [] : ['devices']),
    paymentsUntil: completeUntilOf(history, ['payments']),
  })
}

async function reportOf({ engine }: History, leavers: string): Promise<Table> {
  const { literal } = engine.dialect
  const real = `CASE WHEN is_open = 1 THEN ${literal(realChurnSoFar)} ELSE ${literal(realChurn)} END`
  const counts = await engine.query(
    `SELECT coalesce(reason, ${real}) AS reason, count(*) AS customers FROM ${leavers} GROUP BY 1`,
  )
  const reasons = [...falseChurnReasons, realChurn, realChurnSoFar]
  const values = counts.numbers('customers').values
  const found = new Map(Array.from(values, (count, row) => [cellOf(counts.column('reason'), row), count]))
  const customers = reasons.map((reason) => found.get(reason) ?? 0)
  const all = customers.reduce((sum, count) => sum + count, 0)
  return new Table([
    textColumn('reason', reasons),
    numberColumn('customers', customers),
    numberColumn(
      'share',
      customers.map((count) => (all === 0 ? null : count / all)),
    ),
  ])
}

function ruleProblems(rule: FalseChurnRule, tables: HistoryKinds): Problem[] {
  const withoutDevices = 'Without devices: falseChurn({ device: null, account: … }).'
  return [
    ...(rule.device === null ? [] : tableProblems(tables, 'devices', withoutDevices)),
    ...(rule.account === null ? [] : columnProblems(tables, 'customers', rule.account)),
    ...rule.arrears.flatMap((sign) => signProblems(sign, tables)),
  ]
}

function signProblems(sign: ArrearsSign, tables: HistoryKinds): Problem[] {
  if (sign.by === 'attribute') return attributeProblems(tables, sign.column, sign.in)
  return [
    ...tableProblems(tables, 'payments', 'Leave out the signs of arrears by payments and by balance.'),
    ...columnProblems(tables, 'payments', sign.by === 'payments' ? 'kind' : 'balance'),
  ]
}
