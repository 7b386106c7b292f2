import type { EpochDay } from '../base/days.js'
import { windowBefore } from '../base/windows.js'
import type { Dialect } from '../engine/engine.js'
import { outcomeWindow } from './outcomeWindow.js'
import type { LabelRule, SilentRule, ValueDroppedRule } from './rule.js'

/** Why a counted customer has no outcome. */
export const horizonOpen = 'horizon not complete'
export const leftInGap = 'left in the gap'

/** Returns the reasons for which this label can be null, in the order in which they are looked for. */
export function nullReasons(rule: LabelRule): string[] {
  return [horizonOpen, leftInGap, ...conditionsOf(rule, String).map(([reason]) => reason)]
}

/** What a label statement is made for. */
export interface LabelSqlOptions {
  readonly dialect: Dialect
  /** Table of the engine with the columns `id` and `cutoff`. */
  readonly population: string
  readonly cutoffs: readonly EpochDay[]
  readonly completeUntil: EpochDay
}

/** Returns the query for `id`, `cutoff`, `outcome` (0, 1 or NULL) and `reason` (NULL where there is an outcome). */
export function labelSql(rule: LabelRule, options: LabelSqlOptions): string {
  const { dialect, population, cutoffs, completeUntil } = options
  const { identifier, literal } = dialect
  const cancelledAt = `c.${identifier('cancelledAt')}`
  const conditions = [
    [horizonOpen, 'w.is_open = 1'],
    [leftInGap, `${cancelledAt} >= p.cutoff AND ${cancelledAt} < w.outcome_start`],
    ...conditionsOf(rule, identifier),
  ]
  const cases = conditions.map(([reason, condition]) => `WHEN ${condition} THEN ${literal(reason!)}`)
  const rows = cutoffs.map((cutoff) => {
    const { start, end } = outcomeWindow(rule, cutoff)
    return `(${[cutoff, lookbackStart(rule, cutoff), start, end, end > completeUntil ? 1 : 0].join(', ')})`
  })
  const events = rule.kind === 'cancelled' ? [] : [eventsSql(rule, options)]
  const tables = [
    `windows(cutoff, lookback_start, outcome_start, outcome_end, is_open) AS (VALUES ${rows.join(', ')})`,
    ...events,
  ]
  const join = events.length === 0 ? [] : ['LEFT JOIN events e ON e.id = p.id AND e.cutoff = p.cutoff']
  return [
    `WITH ${tables.join(',\n')}`,
    'SELECT id, cutoff, CASE WHEN reason IS NULL THEN outcome END AS outcome, reason FROM (',
    `  SELECT p.id, p.cutoff, CASE ${cases.join(' ')} END AS reason,`,
    `    CASE WHEN ${outcomeSql(rule, cancelledAt)} THEN 1 ELSE 0 END AS outcome`,
    `  FROM ${identifier(population)} p`,
    '  JOIN windows w ON w.cutoff = p.cutoff',
    `  JOIN ${identifier('customers')} c ON c.id = p.id`,
    ...join,
    ') labelled',
  ].join('\n')
}

/** First day before the cutoff that the label looks at; the cutoff itself where it does not look back. */
function lookbackStart(rule: LabelRule, cutoff: EpochDay): EpochDay {
  switch (rule.kind) {
    case 'cancelled':
      return cutoff
    case 'silent':
      return windowBefore(cutoff, { days: rule.activeDays }).start
    case 'valueDropped':
      return windowBefore(cutoff, { months: rule.lookbackMonths }).start
  }
}

/** When a customer is not countable. */
function conditionsOf(
  rule: LabelRule,
  identifier: (name: string) => string,
): [reason: string, condition: string][] {
  switch (rule.kind) {
    case 'cancelled':
      return []
    case 'silent':
      return [[`no ${rule.table} in the ${rule.activeDays} days before`, 'coalesce(e.before, 0) = 0']]
    case 'valueDropped':
      return [
        ['activated within the look-back', `c.${identifier('activatedAt')} > w.lookback_start`],
        [`no ${rule.measure} in the look-back`, 'coalesce(e.before, 0) <= 0'],
      ]
  }
}

function outcomeSql(rule: LabelRule, cancelledAt: string): string {
  switch (rule.kind) {
    case 'cancelled':
      return `${cancelledAt} >= w.outcome_start AND ${cancelledAt} < w.outcome_end`
    case 'silent':
      return 'coalesce(e.after, 0) = 0'
    case 'valueDropped': {
      const after = `coalesce(e.after, 0) / ${rule.horizon.months}e0`
      const before = `coalesce(e.before, 0) / ${rule.lookbackMonths}e0`
      return `round((${after} - ${(1 - rule.share).toExponential()} * ${before}) * 1e9) <= 0`
    }
  }
}

/** Rows before the cutoff and rows in the outcome window, brought together per customer and cutoff. */
function eventsSql(rule: SilentRule | ValueDroppedRule, { dialect, population }: LabelSqlOptions): string {
  const sum = (condition: string): string =>
    rule.kind === 'silent'
      ? `count(CASE WHEN ${condition} THEN 1 END)`
      : dialect.exactSum(`CASE WHEN ${condition} THEN t.${dialect.identifier(rule.measure)} END`)
  return [
    'events AS (',
    `  SELECT p.id, p.cutoff, ${sum('t.day < p.cutoff')} AS before, ${sum('t.day >= w.outcome_start')} AS after`,
    `  FROM ${dialect.identifier(population)} p`,
    '  JOIN windows w ON w.cutoff = p.cutoff',
    `  JOIN ${dialect.identifier(rule.table)} t`,
    '    ON t.id = p.id AND t.day >= w.lookback_start AND t.day < w.outcome_end',
    '  GROUP BY p.id, p.cutoff)',
  ].join('\n')
}
