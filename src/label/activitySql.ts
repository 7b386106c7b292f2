import { knownBefore } from '../engine/knownBefore.js'
import type { LabelParts, LabelSqlOptions } from './labelParts.js'
import type { SilentRule, ValueDroppedRule } from './rule.js'

/** Returns the parts of the label `silent`. */
export function silentSql(rule: SilentRule, options: LabelSqlOptions): LabelParts & { outcome: string } {
  const sum = (condition: string) => `count(CASE WHEN ${condition} THEN 1 END)`
  const { activeDays, activeMonths } = rule
  const length = activeDays === undefined ? counted(activeMonths!, 'month') : counted(activeDays, 'day')
  return {
    ...eventsSql(rule, sum, options),
    nulls: [[`no ${rule.table} in the ${length} before`, 'coalesce(e.before, 0) = 0']],
    outcome: 'coalesce(e.after, 0) = 0',
  }
}

/** Returns the parts of the label `valueDropped`. */
export function valueDroppedSql(
  rule: ValueDroppedRule,
  options: LabelSqlOptions,
): LabelParts & { outcome: string } {
  const { identifier, exactSum } = options.dialect
  const sum = (condition: string) => exactSum(`CASE WHEN ${condition} THEN t.${identifier(rule.measure)} END`)
  const after = `coalesce(e.after, 0) / ${rule.horizon.months}e0`
  const before = `coalesce(e.before, 0) / ${rule.lookbackMonths}e0`
  return {
    ...eventsSql(rule, sum, options),
    nulls: [
      ['activated within the look-back', `c.${identifier('activatedAt')} > w.lookback_start`],
      [`no ${rule.measure} in the look-back`, 'coalesce(e.before, 0) <= 0'],
    ],
    outcome: `round((${after} - ${(1 - rule.share).toExponential()} * ${before}) * 1e9) <= 0`,
  }
}

/** Rows known before the cutoff and rows in the outcome window, aggregated by customer and cutoff, as `e`. */
function eventsSql(
  { table }: SilentRule | ValueDroppedRule,
  sum: (condition: string) => string,
  options: LabelSqlOptions,
): Pick<LabelParts, 'tables' | 'joins'> {
  const { identifier } = options.dialect
  const before = `t.day < p.cutoff AND ${knownBefore(options, table, 't', 'p.cutoff')}`
  const events = [
    'events AS (',
    `  SELECT p.id, p.cutoff, ${sum(before)} AS before, ${sum('t.day >= w.outcome_start')} AS after`,
    `  FROM ${identifier(options.population)} p`,
    '  JOIN windows w ON w.cutoff = p.cutoff',
    `  JOIN ${identifier(table)} t`,
    '    ON t.id = p.id AND t.day >= w.lookback_start AND t.day < w.outcome_end',
    '  GROUP BY p.id, p.cutoff)',
  ].join('\n')
  return { tables: [events], joins: ['LEFT JOIN events e ON e.id = p.id AND e.cutoff = p.cutoff'] }
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
