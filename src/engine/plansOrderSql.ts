import { planColumns } from '../table/planColumns.js'
import type { ColumnKind } from '../table/table.js'
import type { Dialect } from './engine.js'

/**
 * Returns how the rows of `plans`, `t`, are put in order so that the plan in force as of a day comes first, for all who ask:
 * the one that began last; of those of one day one that has not ended, then the greatest by the other columns in the order
 * of their names. `ended` is 1 where a row has ended before the day.
 *
 * @param columns the columns of `plans`
 */
export function plansOrderSql(
  columns: Readonly<Record<string, ColumnKind>>,
  asOf: string,
  { identifier }: Dialect,
): { readonly ended: string; readonly order: string } {
  const names = Object.keys(columns)
  const ended = names.includes('to') ? `CASE WHEN t.${identifier('to')} < ${asOf} THEN 1 ELSE 0 END` : '0'
  const ties = planColumns(names).map((column) => `t.${identifier(column)} DESC NULLS LAST`)
  return { ended, order: ['t.day DESC', ended, ...ties].join(', ') }
}
