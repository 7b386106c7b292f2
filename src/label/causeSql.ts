import { isOpenSql } from '../base/amounts.js'
import type { CancelCause, InvoluntaryRule, UnpaidBefore } from './cancelCause.js'
import type { LabelParts, LabelSqlOptions } from './labelParts.js'

/** SQL that identifies the cancellations of one cause. */
export interface CauseParts extends Omit<LabelParts, 'nulls'> {
  /** Condition: the cancellation of `c` has this cause. */
  readonly holds: string
  /** Reason and condition for an unknown cause. Left out if it is always known. */
  readonly unknown?: readonly [reason: string, condition: string]
}

/**
 * Returns the parts that determine the cause of each customer's cancellation, whenever that was.
 *
 * @param name name of the tables, unique in the statement
 */
export function causeSql(cause: CancelCause, name: string, options: LabelSqlOptions): CauseParts {
  const parts = involuntarySql(cause.by, name, options)
  return cause.of === 'involuntary' ? parts : { ...parts, holds: `NOT ${parts.holds}` }
}

function involuntarySql(by: InvoluntaryRule, name: string, options: LabelSqlOptions): CauseParts {
  if (by.kind === 'unpaid') return unpaidSql(by, name, options)
  const { identifier, literal } = options.dialect
  const column = `c.${identifier(by.column)}`
  return {
    tables: [],
    joins: [],
    holds: `${column} IN (${by.in.map(literal).join(', ')})`,
    unknown: [`cancelled without ${by.column}`, `${column} IS NULL`],
  }
}

function unpaidSql(by: UnpaidBefore, name: string, options: LabelSqlOptions): CauseParts {
  const { failed: { kinds, withinDays } = { kinds: [], withinDays: 1 }, balance } = by
  const { identifier, literal, exactSum } = options.dialect
  const kind = `t.${identifier('kind')}`
  const cancelledAt = `c.${identifier('cancelledAt')}`
  const hasFailed =
    kinds.length === 0 ? '1 = 0' : `(${kind} IS NOT NULL AND ${kind} IN (${kinds.map(literal).join(', ')}))`
  const [paid, due] = [`${name}_paid`, `${name}_due`]
  const paidTable = [
    `${paid} AS (`,
    `  SELECT c.id, max(CASE WHEN ${hasFailed} AND t.day > ${cancelledAt} - ${withinDays} THEN t.day END) AS failed_day,`,
    `    max(CASE WHEN NOT (${hasFailed}) AND coalesce(t.amount, 0) >= 0 THEN t.day END) AS paid_day,`,
    `    ${exactSum(`CASE WHEN NOT (${hasFailed}) THEN t.amount END`)} AS amount`,
    `  FROM ${identifier('customers')} c`,
    `  JOIN ${identifier('payments')} t ON t.id = c.id AND t.day <= ${cancelledAt}`,
    '  GROUP BY c.id)',
  ].join('\n')
  const joins = [`LEFT JOIN ${paid} ON ${paid}.id = p.id`]
  const failed = `coalesce(${paid}.failed_day > coalesce(${paid}.paid_day, ${paid}.failed_day - 1), false)`
  if (balance === undefined) return { tables: [paidTable], joins, holds: failed }
  const dueTable = [
    `${due} AS (`,
    `  SELECT c.id, ${exactSum('t.amount')} AS amount`,
    `  FROM ${identifier('customers')} c`,
    `  JOIN ${identifier('bills')} t ON t.id = c.id`,
    `    AND CASE WHEN t.amount < 0 THEN t.day <= ${cancelledAt} ELSE t.day + ${balance.dueDays} < ${cancelledAt} END`,
    '  GROUP BY c.id)',
  ].join('\n')
  const [owed, settled] = [`coalesce(${due}.amount, 0)`, `coalesce(${paid}.amount, 0)`]
  return {
    tables: [paidTable, dueTable],
    joins: [...joins, `LEFT JOIN ${due} ON ${due}.id = p.id`],
    holds: `(${failed} OR ${isOpenSql(owed, `${settled} + ${balance.above.toExponential()}`)})`,
  }
}
