import { ownValue } from '../../base/ownValue.js'
import { beginningOfTime, type WindowRule } from '../../base/windows.js'
import type { Dialect } from '../../engine/engine.js'
import { seenAfter } from '../../engine/knownBefore.js'
import { conditionsOf, type RowFilter } from '../../population/rowFilter.js'
import { conditionSql } from '../../population/rowFilterSql.js'
import type { EventTableName } from '../../table/inputs.js'
import type { ColumnKind } from '../../table/table.js'
import type { CompileOptions } from './compileOptions.js'
import type { WindowsSql } from './windowsSql.js'

/** Input of the statements over rows of a table. */
export interface RowsContext extends CompileOptions {
  readonly windows: WindowsSql
}

/** Returns whether rows of a table can become known later than they happen. */
export function hasKnownAt({ tables }: CompileOptions, table: EventTableName): boolean {
  return tables[table]?.['knownAt'] !== undefined
}

/** Returns the day after which row `t` is visible: the day it happened or became known, whichever is later. */
export function visibleAfter(context: CompileOptions, table: EventTableName): string {
  return seenAfter({ tables: context.tables, engine: context }, table, 't')
}

/** Returns the conditions of a filter on row `t`. */
export function filterSql(where: RowFilter | undefined, dialect: Dialect): string[] {
  return conditionsOf(where).map((condition) => conditionSql(condition, dialect))
}

/** Returns a measure of row `t`, true and false as 1 and 0. */
export function measureSql(
  { dialect, tables }: CompileOptions,
  table: EventTableName,
  measure: string,
): string {
  return valueSql(`t.${dialect.identifier(measure)}`, ownValue(tables[table], measure))
}

/** Returns a column as a feature may hold it, true and false as 1 and 0. */
export function valueSql(column: string, kind: ColumnKind | undefined): string {
  return kind === 'boolean' ? `CAST(${column} AS INTEGER)` : column
}

/** Returns a value if all conditions hold, else NULL. */
export function valueWhere(conditions: readonly string[], value: string): string {
  return conditions.length === 0 ? value : `CASE WHEN ${conditions.join(' AND ')} THEN ${value} END`
}

/** Returns ` WHERE …`, or nothing if there are no conditions. */
export function whereSql(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
}

/**
 * Returns the leaf of the interval that a value lies in, as a search tree of CASE: log2(bounds) comparisons per row.
 *
 * @param bounds ascending; `leaves[0]` belongs to values below `bounds[0]`, `leaves[i]` to those from `bounds[i - 1]`
 * on
 */
function searchTree(value: string, bounds: readonly number[], leaves: readonly string[]): string {
  if (bounds.length === 0) return leaves[0]!
  const middle = bounds.length >>> 1
  const below = searchTree(value, bounds.slice(0, middle), leaves.slice(0, middle + 1))
  const above = searchTree(value, bounds.slice(middle + 1), leaves.slice(middle + 1))
  return `CASE WHEN ${value} < ${bounds[middle]} THEN ${below} ELSE ${above} END`
}

/** Returns the FROM of pieces `s` that have been aggregated before, and the keys to group them by cutoff. */
export function piecesSql(
  pieces: string,
  seen: readonly string[],
  { windows, dialect, population }: RowsContext,
): { keys: string; from: string; groupBy: string } {
  if (windows.isOneCutoff) return { keys: 's.id', from: `FROM ${pieces} s`, groupBy: 's.id' }
  const from = [
    `FROM ${dialect.identifier(population)} p`,
    'JOIN windows w ON w.cutoff = p.cutoff',
    `JOIN ${pieces} s ON ${['s.id = p.id', ...seen].join(' AND ')}`,
  ]
  return { keys: 'p.id, p.cutoff', from: from.join('\n  '), groupBy: 'p.id, p.cutoff' }
}

/**
 * Returns the table of rows grouped by customer, span of time and further keys, and the condition that a cutoff sees a
 * piece `s` of it. Rows that become known late have a span for each first cutoff that sees them.
 */
export function rowSpansSql(
  name: string,
  { table, bounds, keys, columns, conditions }: RowSpans,
  context: RowsContext,
): { spans: string; seen: string } {
  const isKnownLate = hasKnownAt(context, table)
  const allKeys = [
    ...keys,
    `${spanStart('t.day', bounds)} AS start`,
    ...(isKnownLate ? [`${seenFrom(table, context)} AS known`] : []),
  ]
  const spans = [
    `${name} AS (`,
    `  SELECT ${['t.id', ...allKeys, ...columns].join(',\n    ')}`,
    `  FROM ${context.dialect.identifier(table)} t${whereSql(conditions)}`,
    `  GROUP BY ${['t.id', ...allKeys.map((_, index) => index + 2)].join(', ')})`,
  ].join('\n')
  return { spans, seen: isKnownLate ? 's.known <= p.cutoff' : 's.start < p.cutoff' }
}

/** Rows to group into spans. */
interface RowSpans {
  readonly table: EventTableName
  /** Days on which a span begins. */
  readonly bounds: readonly number[]
  /** Further keys, with their names. */
  readonly keys: readonly string[]
  /** Aggregates, with their names. */
  readonly columns: readonly string[]
  readonly conditions: readonly string[]
}

/** Returns the conditions that a day column lies in a window. */
export function inWindow(column: string, window: WindowRule, { windows }: RowsContext): string[] {
  return window === 'all'
    ? []
    : [`${column} >= ${windows.start(window)}`, `${column} < ${windows.end(window)}`]
}

/** Returns the first cutoff that sees a row of a table. */
export function seenFrom(table: EventTableName, context: RowsContext): string {
  return firstAfter(`(${visibleAfter(context, table)})`, context.windows.bounds([]))
}

/**
 * Returns the first of some days that is after `day`, which is before the last of them. If the days are dense it is
 * simply the next day, which separates before from after a cutoff just as well.
 */
export function firstAfter(day: string, days: readonly number[]): string {
  if (isDense(days)) return `CASE WHEN ${day} < ${days[0]} THEN ${days[0]} ELSE ${day} + 1 END`
  return searchTree(day, days.slice(0, -1), days.map(String))
}

/**
 * Returns the span that a day lies in, by its first day. If bounds are dense, each day from the first bound on is a
 * span.
 */
export function spanStart(day: string, bounds: readonly number[]): string {
  if (isDense(bounds)) return `CASE WHEN ${day} < ${bounds[0]} THEN ${beginningOfTime} ELSE ${day} END`
  return searchTree(day, bounds, [beginningOfTime, ...bounds].map(String))
}

/**
 * Returns whether at least half of all days are bounds, as with customers' own cutoffs. Spans then merge next to
 * nothing and searching hundreds of bounds for every row is wasted: spans of one day are at most twice as many.
 */
export function isDense(days: readonly number[]): boolean {
  return days.length >= fewestDense && 2 * days.length >= days.at(-1)! - days[0]!
}

const fewestDense = 64

/** Returns the conditions for rows that any window of any cutoff reads. */
export function scannedRows(
  table: EventTableName,
  rules: readonly WindowRule[],
  context: RowsContext,
): string[] {
  const starts = rules.flatMap((rule) => context.windows.of(rule)).map(({ start }) => start)
  const first = Math.min(...starts)
  const { identifier } = context.dialect
  const seen = [
    `${visibleAfter(context, table)} < ${context.windows.lastCutoff}`,
    // With own cutoffs few customers are asked about, and their rows are kept day by day.
    ...(isDense(context.windows.bounds([]))
      ? [`t.id IN (SELECT id FROM ${identifier(context.population)})`]
      : []),
  ]
  return first === beginningOfTime ? seen : [`t.day >= ${first}`, ...seen]
}

/** Returns the table of a group: one row per key. */
export function togetherSql(
  group: string,
  { keys, from, groupBy }: { keys: string; from: string; groupBy: string },
  columns: readonly string[],
): string {
  const select = `  SELECT ${keys},\n    ${columns.join(',\n    ')}`
  return `${group} AS (\n${select}\n  ${from}\n  GROUP BY ${groupBy})`
}

/** Returns a number as DOUBLE, so that arithmetic is that of JavaScript. */
export function doubleOf(value: string): string {
  return `CAST(${value} AS DOUBLE PRECISION)`
}
