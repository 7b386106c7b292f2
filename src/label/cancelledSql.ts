import { causeSql } from './causeSql.js'
import type { LabelParts, LabelSqlOptions } from './labelParts.js'
import type { CancelledRule } from './rule.js'

/** Returns the condition that the customer c cancels in the outcome window. */
export function cancelledInWindow({ dialect }: LabelSqlOptions): string {
  const cancelledAt = `c.${dialect.identifier('cancelledAt')}`
  return `coalesce(${cancelledAt} >= w.outcome_start AND ${cancelledAt} < w.outcome_end, false)`
}

/** Returns the parts of the label `cancelled`. */
export function cancelledSql(
  { cause }: CancelledRule,
  options: LabelSqlOptions,
): LabelParts & { outcome: string } {
  const inWindow = cancelledInWindow(options)
  if (cause === undefined) return { tables: [], joins: [], nulls: [], outcome: inWindow }
  const { tables, joins, holds, unknown } = causeSql(cause, 'cause', options)
  return {
    tables,
    joins,
    nulls: unknown === undefined ? [] : [[unknown[0], `${inWindow} AND ${unknown[1]}`]],
    outcome: `${inWindow} AND ${holds}`,
  }
}
