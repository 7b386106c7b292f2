import type { Part } from './formula.js'
import {
  doubleOf,
  filterSql,
  hasKnownAt,
  inWindow,
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
 * Parts about days in their order, under one filter and about one column: distinct days, gaps between them, changes from
 * one to the next.
 *
 * The rows become one per customer and day, each with the day before it. A pair of days counts in a window where both lie
 * in it: pairs are brought together per customer and the two spans they lie in, then per cutoff. Where rows may become
 * known later than they happen, each cutoff sees other days side by side: the rows are then told apart by cutoff first.
 */
export function dayPairsSql(group: string, parts: readonly Part[], context: RowsContext): string[] {
  const { windows } = context
  const { table, measure } = parts[0]!
  const isPerCutoff = !windows.isOneCutoff && hasKnownAt(context, table)
  const keys = isPerCutoff ? 'id, cutoff' : 'id'
  const value = measure === undefined ? [] : ['value', 'lag(value) OVER by_day AS value_before']
  const pairs = [
    `${group}_pairs AS (`,
    `  SELECT ${[keys, 'day', 'lag(day) OVER by_day AS before', ...value].join(', ')}`,
    `  FROM ${group}_days WINDOW by_day AS (PARTITION BY ${keys} ORDER BY day))`,
  ].join('\n')
  const rules = parts.map(({ window }) => window)
  const bounds = windows.bounds(rules)
  // For one cutoff, and for rows told apart by cutoff, a pair is its own piece.
  const isSpanned = !windows.isOneCutoff && !isPerCutoff
  const [before, start] = isSpanned
    ? [`CASE WHEN t.before IS NOT NULL THEN ${spanStart('t.before', bounds)} END`, spanStart('t.day', bounds)]
    : ['t.before', 't.day']
  const together = (expression: string) => (isSpanned ? `sum(${expression})` : expression)
  const piece = [
    `${group}_spans AS (`,
    `  SELECT ${[...keys.split(', ').map((key) => `t.${key}`), `${before} AS before`, `${start} AS start`].join(', ')},`,
    `    ${together('1')} AS days, ${together('(t.day - t.before) * (t.day - t.before)')} AS squares`,
    ...(measure === undefined
      ? []
      : [`    , ${together('CASE WHEN t.value <> t.value_before THEN 1 END')} AS changes`]),
    `  FROM ${group}_pairs t${isSpanned ? ' GROUP BY 1, 2, 3' : ''})`,
  ].join('\n')
  const columns = parts.map(({ how, window }, index) => {
    const isPair = how !== 'days'
    const conditions = inWindow('s.start', window, context)
    const inside =
      isPair && conditions.length > 0 ? [`s.before >= ${windows.start(window)}`, conditions[1]!] : conditions
    const column = how === 'gapSquares' ? 's.squares' : how === 'changes' ? 's.changes' : 's.days'
    return `${doubleOf(`sum(${valueWhere(inside, column)})`)} AS v${index}`
  })
  const seen = isPerCutoff ? 's.cutoff = p.cutoff' : 's.start < p.cutoff'
  return [
    daysTable(group, parts, isPerCutoff, context),
    pairs,
    piece,
    togetherSql(group, piecesSql(`${group}_spans`, [seen], context), columns),
  ]
}

function daysTable(
  group: string,
  parts: readonly Part[],
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
