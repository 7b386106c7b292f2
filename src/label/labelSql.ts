import type { EpochDay } from '../base/days.js'
import { windowBefore } from '../base/windows.js'
import { silentSql, valueDroppedSql } from './activitySql.js'
import { cancelledSql } from './cancelledSql.js'
import { firstPassageSql } from './firstPassageSql.js'
import {
  falseChurnJoin,
  type LabelParts,
  type LabelSqlOptions,
  type NullCase,
  populationJoin,
} from './labelParts.js'
import { followUp, outcomeWindow } from './outcomeWindow.js'
import { planDowngradedSql } from './planDowngradedSql.js'
import type { LabelRule, OutcomeRule } from './rule.js'

/** A statement and the reasons why its outcome can be NULL. */
export interface LabelStatement {
  readonly select: string
  readonly reasons: readonly string[]
}

/**
 * Returns the query for `id`, `cutoff`, `outcome` (0, 1 or NULL) and `reason` (NULL if there is an outcome), for a
 * first passage also `time_days`, `cause` and `entry_days`.
 */
export function labelSql(rule: OutcomeRule, options: LabelSqlOptions): LabelStatement {
  if (rule.kind === 'firstPassage') {
    const open: NullCase = ['outcome window not begun', 'w.is_open = 1']
    return firstPassageSql(rule, windowsSql(rule, options), [open, ...absentCases(options)], options)
  }
  const parts = partsOf(rule, options)
  const open: NullCase = ['horizon not complete', 'w.is_open = 1']
  const nulls = [open, ...absentCases(options), ...parts.nulls]
  const { literal } = options.dialect
  const cases = nulls.map(([reason, condition]) => `WHEN ${condition} THEN ${literal(reason)}`)
  const resolved = resolvedSql(parts.outcome, options)
  const select = [
    `WITH ${[windowsSql(rule, options), ...parts.tables].join(',\n')}`,
    'SELECT id, cutoff, CASE WHEN reason IS NULL THEN outcome END AS outcome, reason FROM (',
    `  SELECT p.id, p.cutoff, CASE ${[...cases, ...resolved.cases].join('\n    ')} END AS reason,`,
    `    CASE WHEN ${resolved.outcome} THEN 1 ELSE 0 END AS outcome`,
    `  ${populationJoin(options)}`,
    ...[...parts.joins, ...resolved.joins].map((join) => `  ${join}`),
    ') labelled',
  ].join('\n')
  return { select, reasons: nulls.map(([reason]) => reason) }
}

function partsOf(rule: LabelRule, options: LabelSqlOptions): LabelParts & { outcome: string } {
  switch (rule.kind) {
    case 'cancelled':
      return cancelledSql(rule, options)
    case 'silent':
      return silentSql(rule, options)
    case 'valueDropped':
      return valueDroppedSql(rule, options)
    case 'planDowngraded':
      return planDowngradedSql(rule, options)
  }
}

/** Customers who were gone when the outcome window began. */
function absentCases({ dialect, tables }: LabelSqlOptions): NullCase[] {
  const cancelledAt = `c.${dialect.identifier('cancelledAt')}`
  const gap: NullCase = ['left in the gap', `${cancelledAt} >= p.cutoff AND ${cancelledAt} < w.outcome_start`]
  // Only with this column can the population, which sees what was known then, count somebody who had left.
  if (tables.customers?.['cancelledKnownAt'] === undefined) return [gap]
  return [['left before the cutoff, known after it', `${cancelledAt} < p.cutoff`], gap]
}

/** A churn whose cancellation in the outcome window was false. */
function resolvedSql(
  outcome: string,
  { dialect, falseChurn }: LabelSqlOptions,
): { cases: string[]; joins: string[]; outcome: string } {
  if (falseChurn === undefined) return { cases: [], joins: [], outcome }
  const joins = [falseChurnJoin(falseChurn, dialect)]
  return falseChurn.as === 'stayed'
    ? { cases: [], joins, outcome: `(${outcome}) AND f.reason IS NULL` }
    : { cases: [`WHEN f.reason IS NOT NULL AND (${outcome}) THEN f.reason`], joins, outcome }
}

function windowsSql(rule: OutcomeRule, { cutoffs, completeUntil }: LabelSqlOptions): string {
  const rows = cutoffs.map((cutoff) => {
    if (rule.kind === 'firstPassage') {
      const { start, end } = followUp(rule, cutoff, completeUntil)
      return `(${[cutoff, cutoff, start, end, start >= completeUntil ? 1 : 0].join(', ')})`
    }
    const { start, end } = outcomeWindow(rule, cutoff)
    return `(${[cutoff, lookbackStart(rule, cutoff), start, end, end > completeUntil ? 1 : 0].join(', ')})`
  })
  return `windows(cutoff, lookback_start, outcome_start, outcome_end, is_open) AS (VALUES ${rows.join(', ')})`
}

/** First day of the label's look-back window; the cutoff itself if it has none. */
function lookbackStart(rule: LabelRule, cutoff: EpochDay): EpochDay {
  switch (rule.kind) {
    case 'silent': {
      const { activeDays, activeMonths } = rule
      const length = activeDays === undefined ? { months: activeMonths! } : { days: activeDays }
      return windowBefore(cutoff, length).start
    }
    case 'valueDropped':
      return windowBefore(cutoff, { months: rule.lookbackMonths }).start
    case 'cancelled':
    case 'planDowngraded':
      return cutoff
  }
}
