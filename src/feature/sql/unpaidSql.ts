import type { Amounts } from '../formula.js'
import {
  filterSql,
  hasKnownAt,
  measureSql,
  type RowsContext,
  scannedRows,
  visibleAfter,
  whereSql,
} from './rowsSql.js'

/**
 * The first day with a due that payments do not cover, as column `day` of a table with the group's name.
 *
 * The dues of each customer are added up day by day once. Where rows may become known later than they happen, each cutoff
 * has another sum: the rows are then told apart by cutoff first.
 *
 * @param paid where the sum of all payments stands: its column, and the joins that bring it beside the population `p`
 */
export function unpaidSql(
  group: string,
  due: Amounts,
  paid: { readonly column: string; readonly joins: readonly string[] },
  context: RowsContext,
): string[] {
  const { dialect, windows, population } = context
  const { table, measure, where } = due
  const isPerCutoff = !windows.isOneCutoff && hasKnownAt(context, table)
  const keys = isPerCutoff ? 'id, cutoff' : 'id'
  const amount = measureSql(context, table, measure)
  const conditions = [
    ...scannedRows(table, ['all'], context),
    ...filterSql(where, dialect),
    `${amount} IS NOT NULL`,
  ]
  const people = dialect.identifier(population)
  const seen = isPerCutoff
    ? ` JOIN ${people} p ON p.id = t.id AND ${visibleAfter(context, table)} < p.cutoff`
    : ''
  const dayKeys = [isPerCutoff ? 't.id, p.cutoff' : 't.id', 't.day'].join(', ')
  const days = [
    `${group}_days AS (`,
    `  SELECT ${dayKeys}, ${dialect.exactSum(amount)} AS amount`,
    `  FROM ${dialect.identifier(table)} t${seen}${whereSql(conditions)}`,
    `  GROUP BY ${dayKeys})`,
  ].join('\n')
  const dues = [
    `${group}_dues AS (`,
    `  SELECT ${keys}, day, ${dialect.exactSum('amount')} OVER (PARTITION BY ${keys} ORDER BY day) AS due`,
    `  FROM ${group}_days)`,
  ].join('\n')
  const ofCutoff = isPerCutoff ? 'd.cutoff = p.cutoff' : 'd.day < p.cutoff'
  const unpaid = [
    `${group} AS (`,
    '  SELECT p.id, p.cutoff, min(d.day) AS day',
    `  FROM ${people} p`,
    `  JOIN ${group}_dues d ON d.id = p.id AND ${ofCutoff}`,
    ...paid.joins.map((join) => `  ${join}`),
    `  WHERE round(d.due * 1e9) > round(coalesce(${paid.column}, 0) * 1e9)`,
    '  GROUP BY p.id, p.cutoff)',
  ].join('\n')
  return [days, dues, unpaid]
}
