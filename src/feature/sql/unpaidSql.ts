import { isOpenSql } from '../../base/amounts.js'
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
 * The first day with an amount due that payments do not cover, as column `day` of a table named after the group.
 *
 * Amounts due and credits are accumulated once per customer, day by day. The sum of credits only falls, so its minimum
 * up to a cutoff is the total. If rows can become known late, each cutoff has other sums: the rows are then separated
 * by cutoff first.
 *
 * @param paid the column with the sum of all payments, and the joins that add it to the population `p`
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
  const sumWhere = (sign: string) =>
    dialect.exactSum(`CASE WHEN ${amount} ${sign} THEN ${amount} ELSE 0e0 END`)
  const people = dialect.identifier(population)
  const seen = isPerCutoff
    ? ` JOIN ${people} p ON p.id = t.id AND ${visibleAfter(context, table)} < p.cutoff`
    : ''
  const dayKeys = [isPerCutoff ? 't.id, p.cutoff' : 't.id', 't.day'].join(', ')
  const days = [
    `${group}_days AS (`,
    `  SELECT ${dayKeys}, ${sumWhere('> 0')} AS due, ${sumWhere('< 0')} AS credit`,
    `  FROM ${dialect.identifier(table)} t${seen}${whereSql(conditions)}`,
    `  GROUP BY ${dayKeys})`,
  ].join('\n')
  const upToDay = `OVER (PARTITION BY ${keys} ORDER BY day)`
  const dues = [
    `${group}_dues AS (`,
    `  SELECT ${keys}, day, due > 0 AS is_due, ${dialect.exactSum('due')} ${upToDay} AS due,`,
    `    ${dialect.exactSum('credit')} ${upToDay} AS credit`,
    `  FROM ${group}_days)`,
  ].join('\n')
  const ofCutoff = isPerCutoff ? 'd.cutoff = p.cutoff' : 'd.day < p.cutoff'
  const seenDues = [
    `${group}_seen AS (`,
    '  SELECT p.id, p.cutoff, d.day, d.is_due, d.due,',
    `    coalesce(${paid.column}, 0) - min(d.credit) OVER (PARTITION BY p.id, p.cutoff) AS settled`,
    `  FROM ${people} p`,
    `  JOIN ${group}_dues d ON d.id = p.id AND ${ofCutoff}`,
    ...paid.joins.map((join) => `  ${join}`),
    ')',
  ].join('\n')
  const unpaid = [
    `${group} AS (`,
    `  SELECT id, cutoff, min(day) AS day FROM ${group}_seen`,
    `  WHERE is_due AND ${isOpenSql('due', 'settled')}`,
    '  GROUP BY id, cutoff)',
  ].join('\n')
  return [days, dues, seenDues, unpaid]
}
