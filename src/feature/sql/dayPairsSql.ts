import type { PartialAggregate } from '../formula.js'
import {
  doubleOf,
  filterSql,
  hasKnownAt,
  inWindow,
  isDense,
  measureSql,
  piecesSql,
  type RowsContext,
  scannedRows,
  spanStart,
  togetherSql,
  valueWhere,
  visibleAfter,
  whereSql,
} from './rowsSql.js'

/**
 * Parts about days in order, under one filter and about one column: distinct days, gaps between them, changes from one
 * to the next.
 *
 * Rows are grouped to one per customer and day, each with the day before it. A pair of days counts in a window if both
 * lie in it: pairs are grouped by customer and the two spans they lie in, then by cutoff. If rows can become known
 * late, each cutoff sees other pairs: the rows are then separated by cutoff first.
 */
export function dayPairsSql(
  group: string,
  parts: readonly PartialAggregate[],
  context: RowsContext,
): string[] {
  const { windows } = context
  const { table, measure } = parts[0]!
  const isPerCutoff = !windows.isOneCutoff && hasKnownAt(context, table)
  const keys = isPerCutoff ? ['id', 'cutoff'] : ['id']
  const value = measure === undefined ? [] : ['value', 'lag(value) OVER by_day AS value_before']
  const pairs = [
    `${group}_pairs AS (`,
    `  SELECT ${[...keys, 'day', 'lag(day) OVER by_day AS before', ...value].join(', ')}`,
    `  FROM ${group}_days WINDOW by_day AS (PARTITION BY ${keys.join(', ')} ORDER BY day))`,
  ].join('\n')
  // For one cutoff, for rows separated by cutoff, and if every day is a span, each pair is its own piece.
  const spans = windows.bounds(parts.map(({ window }) => window))
  const bounds = windows.isOneCutoff || isPerCutoff || isDense(spans) ? undefined : spans
  const columns = parts.map((part, index) => `${pairValue(part, context)} AS v${index}`)
  const seen = isPerCutoff ? 's.cutoff = p.cutoff' : 's.start < p.cutoff'
  return [
    daysTable(group, parts, isPerCutoff, context),
    pairs,
    piecesTable(group, keys, measure !== undefined, bounds),
    togetherSql(group, piecesSql(`${group}_pieces`, [seen], context), columns),
  ]
}

/** The pairs, grouped by the spans of both days if there are bounds. */
function piecesTable(
  group: string,
  keys: readonly string[],
  hasValue: boolean,
  bounds: readonly number[] | undefined,
): string {
  const together = (expression: string): string => (bounds === undefined ? expression : `sum(${expression})`)
  const spanOf = (day: string): string => (bounds === undefined ? day : spanStart(day, bounds))
  const changes = together('CASE WHEN t.value <> t.value_before THEN 1 END')
  const columns = [
    ...keys.map((key) => `t.${key}`),
    `CASE WHEN t.before IS NOT NULL THEN ${spanOf('t.before')} END AS before`,
    `${spanOf('t.day')} AS start`,
    `${together('1')} AS days`,
    `${together('(t.day - t.before) * (t.day - t.before)')} AS squares`,
    ...(hasValue ? [`${changes} AS changes`] : []),
  ]
  const groupBy = bounds === undefined ? '' : ' GROUP BY 1, 2, 3'
  return `${group}_pieces AS (\n  SELECT ${columns.join(',\n    ')}\n  FROM ${group}_pairs t${groupBy})`
}

/** A day counts in a window if it lies in it, a pair if both days do. */
function pairValue({ how, window }: PartialAggregate, context: RowsContext): string {
  const [from, to] = inWindow('s.start', window, context)
  const first = how === 'days' ? from : `s.before >= ${context.windows.start(window)}`
  const column = how === 'gapSquares' ? 's.squares' : how === 'changes' ? 's.changes' : 's.days'
  return doubleOf(`sum(${valueWhere(to === undefined ? [] : [first!, to], column)})`)
}

function daysTable(
  group: string,
  parts: readonly PartialAggregate[],
  isPerCutoff: boolean,
  context: RowsContext,
): string {
  const { dialect, population } = context
  const { table, where, measure } = parts[0]!
  const value = measure === undefined ? undefined : measureSql(context, table, measure)
  const rules = parts.map(({ window }) => window)
  const conditions = [
    ...scannedRows(table, rules, context),
    ...filterSql(where, dialect),
    ...(value === undefined ? [] : [`${value} IS NOT NULL`]),
  ]
  const keys = isPerCutoff ? ['t.id', 'p.cutoff', 't.day'] : ['t.id', 't.day']
  const join = isPerCutoff
    ? ` JOIN ${dialect.identifier(population)} p ON p.id = t.id AND ${visibleAfter(context, table)} < p.cutoff`
    : ''
  return [
    `${group}_days AS (`,
    `  SELECT ${[...keys, ...(value === undefined ? [] : [`max(${value}) AS value`])].join(', ')}`,
    `  FROM ${dialect.identifier(table)} t${join}${whereSql(conditions)}`,
    `  GROUP BY ${keys.join(', ')})`,
  ].join('\n')
}
