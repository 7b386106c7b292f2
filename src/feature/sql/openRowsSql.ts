import type { PartialAggregate } from '../formula.js'
import {
  doubleOf,
  filterSql,
  firstAfter,
  piecesSql,
  type RowsContext,
  scannedRows,
  seenFrom,
  togetherSql,
  valueWhere,
  whereSql,
} from './rowsSql.js'

/**
 * Parts about rows that are not settled at the cutoff, for one column with the day a row is settled.
 *
 * A row is open from the first cutoff that sees it to the last that is not after its end. Rows with the same first and
 * last are grouped once, then for each cutoff in between.
 */
export function openRowsSql(
  group: string,
  parts: readonly PartialAggregate[],
  context: RowsContext,
): string[] {
  const { dialect, windows } = context
  const { table, measure } = parts[0]!
  const until = `t.${dialect.identifier(measure!)}`
  const cutoffs = windows.bounds([])
  const never = windows.lastCutoff + 1
  // The first cutoff after the end, at which the row is no longer open.
  const closed = `CASE WHEN ${until} < ${windows.lastCutoff} THEN ${firstAfter(until, cutoffs)} ELSE ${never} END`
  const isOpen = `(${until} IS NULL OR ${until} >= ${cutoffs[0]})`
  const spanColumns = parts.map((part, index) => {
    const value = valueWhere(filterSql(part.where, dialect), part.how === 'openCount' ? '1' : 't.day')
    return `${part.how === 'openCount' ? `count(${value})` : `min(${value})`} AS s${index}`
  })
  const spans = [
    `${group}_spans AS (`,
    `  SELECT t.id, ${seenFrom(table, context)} AS known, ${closed} AS closed,`,
    `    ${spanColumns.join(',\n    ')}`,
    `  FROM ${dialect.identifier(table)} t${whereSql([...scannedRows(table, ['all'], context), isOpen])}`,
    '  GROUP BY 1, 2, 3)',
  ].join('\n')
  const columns = parts.map(({ how }, index) => {
    return `${doubleOf(`${how === 'openCount' ? 'sum' : 'min'}(s.s${index})`)} AS v${index}`
  })
  const seen = ['s.known <= p.cutoff', 's.closed > p.cutoff']
  return [spans, togetherSql(group, piecesSql(`${group}_spans`, seen, context), columns)]
}
