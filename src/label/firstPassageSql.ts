import { knownBefore } from '../engine/knownBefore.js'
import { cancelledInWindow } from './cancelledSql.js'
import { causeSql } from './causeSql.js'
import {
  falseChurnJoin,
  type LabelParts,
  type LabelSqlOptions,
  type NullCase,
  populationJoin,
} from './labelParts.js'
import { planAtStartSql, planFallsSql } from './planDowngradedSql.js'
import type { FirstPassageRule, PassageCause } from './rule.js'

/** Later than any day: the event has not happened. */
const never = 2_000_000_000

/** Parts of one cause: its day (NULL = none), and the day from which on the outcome is unknown. */
interface PassageParts extends LabelParts {
  readonly day: string
  readonly unknown?: readonly [reason: string, day: string]
}

/** Returns the statement of a first passage. @param absent who is not at risk, whatever the causes */
export function firstPassageSql(
  { causes }: FirstPassageRule,
  windows: string,
  absent: readonly NullCase[],
  options: LabelSqlOptions,
): { select: string; reasons: string[] } {
  const { dialect, falseChurn } = options
  const { identifier, literal } = dialect
  const cancelledAt = `c.${identifier('cancelledAt')}`
  const inWindow = cancelledInWindow(options)
  // Causes that need the same rows, such as voluntary and involuntary, share their tables.
  const keys = causes.map(keyOf)
  const parts = causes.map((cause, index) => passageSql(cause, `cause${keys.indexOf(keys[index]!)}`, options))
  const nulls = [...absent, ...parts.flatMap((part) => part.nulls)]
  const unknowns = parts.flatMap(({ unknown }) => (unknown === undefined ? [] : [unknown]))
  const cases = (list: readonly NullCase[]) =>
    list.map(([reason, condition]) => `WHEN ${condition} THEN ${literal(reason)}`)
  // Events after the cancellation do not count, and a false cancellation only ends the observation.
  const days = parts.map(({ day }, index) => {
    const isResolved = falseChurn?.as === 'stayed' && causes[index]!.event === 'cancelled'
    const condition = `${day} <= coalesce(${cancelledAt}, ${never})${isResolved ? ' AND f.reason IS NULL' : ''}`
    return `CASE WHEN ${condition} THEN ${day} ELSE ${never} END`
  })
  const cancellations = causes.flatMap(({ name, event }) => (event === 'cancelled' ? [literal(name)] : []))
  const late = [
    ...unknowns.map(([reason], index) => `WHEN unknown${index} <= event_day THEN ${literal(reason)}`),
    ...(falseChurn?.as === 'null' && cancellations.length > 0
      ? [`WHEN cause IN (${cancellations.join(', ')}) AND false_reason IS NOT NULL THEN false_reason`]
      : []),
  ]
  const select = [
    `WITH ${[windows, ...new Set(parts.flatMap(({ tables }) => tables))].join(',\n')}`,
    'SELECT id, cutoff, CASE WHEN reason IS NULL THEN outcome END AS outcome, reason,',
    '  CASE WHEN reason IS NULL THEN time_days END AS time_days,',
    '  CASE WHEN reason IS NULL THEN cause END AS cause, entry_days FROM (',
    '  SELECT id, cutoff, CASE WHEN cause IS NULL THEN 0 ELSE 1 END AS outcome, cause, entry_days,',
    `    ${late.length === 0 ? 'reason' : `coalesce(reason, CASE ${late.join(' ')} END) AS reason`},`,
    '    CASE WHEN cause IS NULL THEN censored_day ELSE event_day + 1 END - outcome_start AS time_days FROM (',
    `    SELECT *, CASE ${causes.map(({ name }, index) => `WHEN day${index} = event_day AND event_day < ${never} THEN ${literal(name)}`).join(' ')} END AS cause FROM (`,
    `      SELECT *, ${days.length === 1 ? 'day0' : `least(${days.map((_, index) => `day${index}`).join(', ')})`} AS event_day FROM (`,
    `        SELECT p.id, p.cutoff, w.outcome_start, w.outcome_start - c.${identifier('activatedAt')} AS entry_days,`,
    `          CASE WHEN ${inWindow} THEN ${cancelledAt} + 1 ELSE w.outcome_end END AS censored_day,`,
    ...days.map((day, index) => `          ${day} AS day${index},`),
    ...unknowns.map(([, day], index) => `          coalesce(${day}, ${never + 1}) AS unknown${index},`),
    `          ${falseChurn === undefined ? 'NULL' : 'f.reason'} AS false_reason,`,
    `          CASE ${cases(nulls).join('\n            ')} END AS reason`,
    `        ${populationJoin(options)}`,
    ...[...new Set(parts.flatMap(({ joins }) => joins))].map((join) => `        ${join}`),
    ...(falseChurn === undefined ? [] : [falseChurnJoin(falseChurn, dialect)]),
    '      ) days) first_days) causes) passages',
  ].join('\n')
  return { select, reasons: [...nulls, ...unknowns].map(([reason]) => reason) }
}

function keyOf(cause: PassageCause): string {
  return JSON.stringify(cause.event === 'cancelled' ? (cause.cause?.by ?? 'any') : { ...cause, name: '' })
}

function passageSql(cause: PassageCause, name: string, options: LabelSqlOptions): PassageParts {
  switch (cause.event) {
    case 'cancelled':
      return cancelledPassage(cause, name, options)
    case 'silent':
      return silentPassage(cause, name, options)
    case 'planDowngraded': {
      const start = planAtStartSql(cause.order, name, options)
      const falls = planFallsSql(cause.order, name, options)
      return {
        tables: [...start.tables, ...falls.tables],
        joins: [...start.joins, ...falls.joins],
        nulls: start.nulls,
        day: `${name}_falls.lower_day`,
        unknown: [falls.unknownReason, `${name}_falls.unknown_day`],
      }
    }
  }
}

function cancelledPassage(
  { cause }: Extract<PassageCause, { event: 'cancelled' }>,
  name: string,
  options: LabelSqlOptions,
): PassageParts {
  const cancelledAt = `c.${options.dialect.identifier('cancelledAt')}`
  const inWindow = cancelledInWindow(options)
  const dayIf = (condition: string) => `CASE WHEN ${condition} THEN ${cancelledAt} END`
  if (cause === undefined) return { tables: [], joins: [], nulls: [], day: dayIf(inWindow) }
  const { tables, joins, holds, unknown } = causeSql(cause, name, options)
  const day = dayIf(`${inWindow} AND ${holds}`)
  if (unknown === undefined) return { tables, joins, nulls: [], day }
  const [reason, condition] = unknown
  return { tables, joins, nulls: [], day, unknown: [reason, dayIf(`${inWindow} AND ${condition}`)] }
}

/** `<name>_silence`: `first_day`, and whether there was activity before the cutoff and before the window. */
function silentPassage(
  { table, days }: Extract<PassageCause, { event: 'silent' }>,
  name: string,
  options: LabelSqlOptions,
): PassageParts {
  const { identifier } = options.dialect
  const [active, silence] = [`${name}_active`, `${name}_silence`]
  const isKnown = `t.day < p.cutoff AND ${knownBefore(options, table, 't', 'p.cutoff')}`
  const tables = [
    `${active} AS (`,
    '  SELECT p.id, p.cutoff, w.outcome_start, w.outcome_end, t.day,',
    `    CASE WHEN ${isKnown} THEN 1 ELSE 0 END AS known_before,`,
    '    lead(t.day) OVER (PARTITION BY p.id, p.cutoff ORDER BY t.day) AS next_day',
    `  FROM ${identifier(options.population)} p JOIN windows w ON w.cutoff = p.cutoff`,
    `  JOIN ${identifier(table)} t ON t.id = p.id AND t.day >= p.cutoff - ${days} AND t.day < w.outcome_end),`,
    `${silence} AS (`,
    '  SELECT id, cutoff, max(known_before) AS known_before,',
    `    max(CASE WHEN day < outcome_start AND day >= outcome_start - ${days} THEN 1 ELSE 0 END) AS active_at_start,`,
    `    min(CASE WHEN day >= outcome_start - ${days} AND day + ${days} < outcome_end`,
    `      AND coalesce(next_day > day + ${days}, true) THEN day + ${days} END) AS first_day`,
    `  FROM ${active} GROUP BY id, cutoff)`,
  ].join('\n')
  return {
    tables: [tables],
    joins: [`LEFT JOIN ${silence} ON ${silence}.id = p.id AND ${silence}.cutoff = p.cutoff`],
    nulls: [
      [`no ${table} in the ${days} days before`, `coalesce(${silence}.known_before, 0) = 0`],
      ['silent before the outcome window', `${silence}.active_at_start = 0`],
    ],
    day: `${silence}.first_day`,
  }
}
