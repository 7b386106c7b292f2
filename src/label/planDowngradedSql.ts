import { knownBefore } from '../engine/knownBefore.js'
import { plansInForceSql, plansOrderSql } from '../engine/plansOrderSql.js'
import { cancelledInWindow } from './cancelledSql.js'
import { type LabelParts, type LabelSqlOptions, type NullCase, populationJoin } from './labelParts.js'
import type { PlanOrder } from './planOrder.js'
import type { PlanDowngradedRule } from './rule.js'

/** Returns the parts of the label `planDowngraded`. */
export function planDowngradedSql(
  { order, when }: PlanDowngradedRule,
  options: LabelSqlOptions,
): LabelParts & { outcome: string } {
  const start = planAtStartSql(order, 'plan', options)
  const inWindow = cancelledInWindow(options)
  if (when === 'atEnd') {
    const end = planAsOfSql(order, 'plan_at_end', 'w.outcome_end', 'true', options)
    return {
      tables: [...start.tables, end.table],
      joins: [...start.joins, end.join],
      nulls: [
        ...start.nulls,
        [
          `no ${placeOf(order)} at the end of the outcome window`,
          `plan_at_end.value IS NULL AND NOT ${inWindow}`,
        ],
      ],
      outcome: `NOT ${inWindow} AND ${isLower(order, 'plan_at_end.value', 'plan_before.value')}`,
    }
  }
  const falls = planFallsSql(order, 'plan', options)
  return {
    tables: [...start.tables, ...falls.tables],
    joins: [...start.joins, ...falls.joins],
    nulls: [
      ...start.nulls,
      [falls.unknownReason, 'plan_falls.lower_day IS NULL AND plan_falls.unknown_day IS NOT NULL'],
    ],
    outcome: 'plan_falls.lower_day IS NOT NULL',
  }
}

/**
 * Returns the parts that say who could be downgraded: `<name>_before` holds the rank of the plan in force at the
 * cutoff, as known then; `<name>_at_start` that at the start of the outcome window.
 */
export function planAtStartSql(order: PlanOrder, name: string, options: LabelSqlOptions): LabelParts {
  const [before, start] = [`${name}_before`, `${name}_at_start`]
  const tables = [
    planAsOfSql(order, before, 'p.cutoff', knownBefore(options, 'plans', 't', 'p.cutoff'), options),
    planAsOfSql(order, start, 'w.outcome_start', 'true', options),
  ]
  const nulls: NullCase[] = [[`no ${placeOf(order)} at the cutoff`, `${before}.value IS NULL`]]
  if ('leastShare' in order) nulls.push([`${order.column} not above 0 at the cutoff`, `${before}.value <= 0`])
  nulls.push(['downgraded before the outcome window', isLower(order, `${start}.value`, `${before}.value`)])
  return { tables: tables.map(({ table }) => table), joins: tables.map(({ join }) => join), nulls }
}

/**
 * Returns the parts that find, as `<name>_falls`, the first day in the outcome window and before a cancellation on
 * which a plan begins that is lower than that of `<name>_before` (`lower_day`) or has no rank (`unknown_day`).
 */
export function planFallsSql(
  order: PlanOrder,
  name: string,
  options: LabelSqlOptions,
): Omit<LabelParts, 'nulls'> & { unknownReason: string } {
  const { identifier } = options.dialect
  const { order: latestFirst } = plansOrderSql(options.tables.plans ?? {}, 't.day + 1', options.dialect)
  const [days, falls] = [`${name}_days`, `${name}_falls`]
  const value = rankOf(order, options)
  const cancelledAt = `c.${identifier('cancelledAt')}`
  const tables = [
    `${days} AS (SELECT id, cutoff, day, value FROM (`,
    `  SELECT p.id, p.cutoff, t.day, ${value} AS value, row_number() OVER (PARTITION BY p.id, p.cutoff, t.day`,
    `    ORDER BY ${latestFirst}) AS place`,
    `  ${populationJoin(options)}`,
    `  JOIN ${identifier('plans')} t ON t.id = p.id AND t.day >= w.outcome_start AND t.day < w.outcome_end`,
    `    AND (${cancelledAt} IS NULL OR t.day < ${cancelledAt})) ranked`,
    '  WHERE place = 1),',
    `${falls} AS (`,
    `  SELECT d.id, d.cutoff, min(CASE WHEN ${isLower(order, 'd.value', 'b.value')} THEN d.day END) AS lower_day,`,
    '    min(CASE WHEN d.value IS NULL THEN d.day END) AS unknown_day',
    `  FROM ${days} d JOIN ${name}_before b ON b.id = d.id AND b.cutoff = d.cutoff`,
    '  GROUP BY d.id, d.cutoff)',
  ].join('\n')
  return {
    tables: [tables],
    joins: [joinOf(falls)],
    unknownReason: `no ${placeOf(order)} on a day of the outcome window`,
  }
}

/** The plan in force as of a day: the latest row before it, unless it has ended. */
function planAsOfSql(
  order: PlanOrder,
  name: string,
  day: string,
  condition: string,
  options: LabelSqlOptions,
): { table: string; join: string } {
  const { dialect, population, tables } = options
  const from = [
    `FROM ${dialect.identifier(population)} p JOIN windows w ON w.cutoff = p.cutoff`,
    `JOIN ${dialect.identifier('plans')} t ON t.id = p.id AND t.day < ${day} AND ${condition}`,
  ].join(' ')
  const keys = ['p.id', 'p.cutoff']
  const columns = [...keys, `${rankOf(order, options)} AS value`]
  const table = plansInForceSql({ name, keys, columns, from, asOf: day }, tables.plans ?? {}, dialect)
  return { table, join: joinOf(name) }
}

function joinOf(name: string): string {
  return `LEFT JOIN ${name} ON ${name}.id = p.id AND ${name}.cutoff = p.cutoff`
}

/** The rank of a plan: its number, or that of its tier; NULL if it has none. */
function rankOf(order: PlanOrder, { dialect }: LabelSqlOptions): string {
  const column = `t.${dialect.identifier(order.column)}`
  if (!('tiers' in order)) return column
  const cases = order.tiers.map(
    (plans, tier) => `WHEN ${column} IN (${plans.map(dialect.literal).join(', ')}) THEN ${tier}`,
  )
  return `CASE ${cases.join(' ')} END`
}

function isLower(order: PlanOrder, after: string, before: string): string {
  if ('tiers' in order) return `coalesce(${after} < ${before}, false)`
  const bound =
    'leastFall' in order
      ? `${after} - ${before} + ${order.leastFall.toExponential()}`
      : `${after} - ${(1 - order.leastShare).toExponential()} * ${before}`
  return `coalesce(round((${bound}) * 1e9) <= 0, false)`
}

function placeOf(order: PlanOrder): string {
  return 'tiers' in order ? `${order.column} with a tier` : order.column
}
