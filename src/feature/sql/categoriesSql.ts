import type { PartialAggregate } from '../formula.js'
import {
  doubleOf,
  filterSql,
  inWindow,
  measureSql,
  piecesSql,
  type RowsContext,
  rowSpansSql,
  scannedRows,
  togetherSql,
  valueWhere,
} from './rowsSql.js'

/**
 * Parts about the values of one column under one filter: how many there are and how evenly they are spread.
 *
 * Rows are counted once per customer, value and span, then per customer, cutoff and value, then the values are combined
 * per customer and cutoff. After the first step only a customer's values are sorted or hashed, not the rows.
 */
export function categoriesSql(
  group: string,
  parts: readonly PartialAggregate[],
  context: RowsContext,
): string[] {
  const { dialect } = context
  const { table, where, measure } = parts[0]!
  const rules = parts.map(({ window }) => window)
  const value = measureSql(context, table, measure!)
  const conditions = [
    ...scannedRows(table, rules, context),
    ...filterSql(where, dialect),
    `${value} IS NOT NULL`,
  ]
  const { spans, seen } = rowSpansSql(
    `${group}_spans`,
    {
      table,
      bounds: context.windows.bounds(rules),
      keys: [`${value} AS value`],
      columns: ['count(*) AS n'],
      conditions,
    },
    context,
  )
  const pieces = piecesSql(`${group}_spans`, [seen], context)
  // One column per window, whatever is asked of it.
  const windows = [...new Set(rules.map((rule) => JSON.stringify(rule)))]
  const counts = windows.map((key, index) => {
    const rule = rules.find((other) => JSON.stringify(other) === key)!
    return `CAST(sum(${valueWhere(inWindow('s.start', rule, context), 's.n')}) AS DOUBLE PRECISION) AS n${index}`
  })
  const byValue = { ...pieces, groupBy: `${pieces.groupBy}, s.value` }
  const columns = parts.map(({ how, window }, index) => {
    const n = `s.n${windows.indexOf(JSON.stringify(window))}`
    const together = how === 'distinct' ? `count(${n})` : dialect.exactSum(`${n} * ln(${n})`)
    return `${doubleOf(together)} AS v${index}`
  })
  const keysOfAll = context.windows.isOneCutoff ? 's.id' : 's.id, s.cutoff'
  const ofAll = { keys: keysOfAll, from: `FROM ${group}_counts s`, groupBy: keysOfAll }
  return [spans, togetherSql(`${group}_counts`, byValue, counts), togetherSql(group, ofAll, columns)]
}
