import type { EpochDay } from '../../base/days.js'
import { windowBefore } from '../../base/windows.js'
import type { History } from '../../engine/history.js'
import { cancelledKnownBefore, knownBefore } from '../../engine/knownBefore.js'
import { circleColumns } from './circleColumns.js'
import type { CallingCircleRule } from './circleRule.js'

/** Input of the statements for one cutoff. */
export interface CircleSqlOptions {
  readonly history: Pick<History, 'engine' | 'tables'>
  readonly rule: CallingCircleRule
  readonly cutoff: EpochDay
  /** Table of the engine with the columns `id` and `cutoff`. */
  readonly population: string
  /** Prefix of the names of the temporary tables. */
  readonly name: string
}

/** The customers of the network, numbered in the order of their ids: `id`, `node`, `left_on` (where known). */
export function nodesSql({ history, cutoff }: CircleSqlOptions): string {
  const { identifier } = history.engine.dialect
  const leftOn = `CASE WHEN ${cancelledKnownBefore(history, 'c', String(cutoff))} THEN c.${identifier('cancelledAt')} END`
  return [
    `SELECT c.id, CAST(row_number() OVER (ORDER BY c.id) AS INTEGER) AS node, ${leftOn} AS left_on`,
    `FROM ${identifier('customers')} c WHERE c.${identifier('activatedAt')} < ${cutoff}`,
  ].join(' ')
}

/**
 * Pairs of customers who talk, each once: `low` < `high` (nodes), `calls`, `upward` (those from low to high), `minutes`.
 */
export function pairsSql(options: CircleSqlOptions): string {
  const { name, rule } = options
  const [low, high] = ['f.node < t.node', 'f.node > t.node'].map(
    (isFirst) => `CASE WHEN ${isFirst} THEN f.node ELSE t.node END`,
  )
  return [
    `SELECT ${low} AS low, ${high} AS high, CAST(count(*) AS INTEGER) AS calls,`,
    `CAST(count(CASE WHEN f.node < t.node THEN 1 END) AS INTEGER) AS upward, ${minutesSum(options, 'k.minutes')} AS minutes`,
    `FROM (${callsSql(options)}) k JOIN ${name}_nodes f ON f.id = k.caller JOIN ${name}_nodes t ON t.id = k.called`,
    `WHERE f.node <> t.node GROUP BY 1, 2 HAVING count(*) >= ${rule.leastCalls}`,
  ].join(' ')
}

/** Contacts outside the network per customer: `node`, `contacts`, `calls`, `both`, `minutes`. */
export function outsideSql(options: CircleSqlOptions): string {
  const { name, rule } = options
  const contacts = [
    'SELECT coalesce(f.node, t.node) AS node, CASE WHEN f.node IS NULL THEN k.caller ELSE k.called END AS number,',
    `count(*) AS calls, count(f.node) AS made, ${minutesSum(options, 'k.minutes')} AS minutes`,
    `FROM (${callsSql(options)}) k`,
    `LEFT JOIN ${name}_nodes f ON f.id = k.caller LEFT JOIN ${name}_nodes t ON t.id = k.called`,
    'WHERE (f.node IS NULL AND t.node IS NOT NULL) OR (f.node IS NOT NULL AND t.node IS NULL)',
    `GROUP BY 1, 2 HAVING count(*) >= ${rule.leastCalls}`,
  ].join(' ')
  return [
    `SELECT node, count(*) AS contacts, ${sumOf('calls')} AS calls,`,
    `count(CASE WHEN made > 0 AND made < calls THEN 1 END) AS both, ${minutesSum(options, 'minutes')} AS minutes`,
    `FROM (${contacts}) contacts GROUP BY node`,
  ].join(' ')
}

/**
 * Contacts in the network per customer: as outside it, with `left_k`, `left_k_minutes` of those who left in k months.
 */
export function insideSql(options: CircleSqlOptions): string {
  const { name, rule, cutoff } = options
  const left = Array.from({ length: rule.leftMonths }, (_, index) => {
    const hasLeft = `n.left_on >= ${windowBefore(cutoff, { months: index + 1 }).start}`
    const minutes = minutesSum(options, `CASE WHEN ${hasLeft} THEN e.minutes END`)
    return `count(CASE WHEN ${hasLeft} THEN 1 END) AS left_${index + 1}, ${minutes} AS left_${index + 1}_minutes`
  })
  return [
    `SELECT e.node, count(*) AS contacts, ${sumOf('e.calls')} AS calls, ${sumOf('e.both')} AS both,`,
    `${minutesSum(options, 'e.minutes')} AS minutes, ${left.join(', ')}`,
    `FROM (${endsSql(options)}) e JOIN ${name}_nodes n ON n.node = e.contact GROUP BY e.node`,
  ].join(' ')
}

/** The rows of the result: `id`, `cutoff`, and the columns of the rule. */
export function circleRowsSql({ history, name, rule, cutoff, population }: CircleSqlOptions): string {
  const { identifier } = history.engine.dialect
  const columns = circleColumns(rule).map((column) => `${column.value} AS ${identifier(column.name)}`)
  const communities =
    rule.communityRounds === 0
      ? []
      : [
          `LEFT JOIN ${name}_labels l ON l.node = n.node`,
          `LEFT JOIN ${name}_communities m ON m.label = l.label`,
        ]
  return [
    `SELECT p.id, p.cutoff, ${columns.join(', ')}`,
    `FROM ${identifier(population)} p JOIN ${name}_nodes n ON n.id = p.id`,
    `LEFT JOIN ${name}_inside i ON i.node = n.node LEFT JOIN ${name}_outside o ON o.node = n.node`,
    ...communities,
    `WHERE p.cutoff = ${cutoff}`,
  ].join('\n')
}

/** Each pair from both of its ends: `node`, `contact`, `calls`, `both`, `minutes`. */
export function endsSql({ name }: CircleSqlOptions): string {
  const both = 'CASE WHEN upward > 0 AND upward < calls THEN 1 ELSE 0 END AS both'
  return [
    `SELECT low AS node, high AS contact, calls, ${both}, minutes FROM ${name}_pairs`,
    `UNION ALL SELECT high, low, calls, ${both}, minutes FROM ${name}_pairs`,
  ].join(' ')
}

/** The calls of the window that were known before the cutoff: `caller`, `called`, `minutes`. */
function callsSql({ history, rule, cutoff }: CircleSqlOptions): string {
  const { identifier } = history.engine.dialect
  const { start, end } = windowBefore(cutoff, rule.window)
  const [from, to] = [`q.${identifier('from')}`, `q.${identifier('to')}`]
  const minutes = rule.minutes ? `, q.${identifier('minutes')} AS minutes` : ''
  return [
    `SELECT ${from} AS caller, ${to} AS called${minutes} FROM ${identifier('calls')} q`,
    `WHERE q.day >= ${start} AND q.day < ${end} AND ${from} <> ${to}`,
    `AND ${knownBefore(history, 'calls', 'q', String(cutoff))}`,
  ].join(' ')
}

/** Whole numbers are exact in floating point up to 2 ** 53, and are added faster than in 128 bits. */
export function sumOf(count: string): string {
  return `sum(CAST(${count} AS DOUBLE PRECISION))`
}

function minutesSum({ history, rule }: CircleSqlOptions, expression: string): string {
  return rule.minutes ? history.engine.dialect.exactSum(expression) : '0'
}
