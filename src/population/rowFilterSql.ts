import type { Dialect } from '../engine/engine.js'
import type { RowCondition } from './rowFilter.js'

/** Returns a condition on the row `t`: true if it holds, else false or NULL. @see {@link RowCondition} */
export function conditionSql(condition: RowCondition, { identifier, literal }: Dialect): string {
  if ('weekday' in condition) return `${weekday} IN (${condition.weekday.join(', ')})`
  const column = `t.${identifier(condition.column)}`
  if ('in' in condition) return `${column} IN (${condition.in.map(literal).join(', ')})`
  if ('notIn' in condition)
    return `(${column} IS NULL OR ${column} NOT IN (${condition.notIn.map(literal).join(', ')}))`
  if ('is' in condition) return condition.is ? column : `NOT ${column}`
  if ('between' in condition) return `(${boundsSql(column, condition.between, '>=', '<', ' AND ')})`
  return `(${boundsSql(column, condition.notBetween, '<', '>=', ' OR ')})`
}

// Day 0, 1 January 1970, was a Thursday. Days before it count backwards, and % keeps the sign.
const weekday = '(((t.day + 3) % 7 + 7) % 7 + 1)'

function boundsSql(
  column: string,
  [from, to]: readonly [number | null, number | null],
  least: string,
  most: string,
  join: string,
): string {
  return [
    ...(from === null ? [] : [`${column} ${least} ${doubleSql(from)}`]),
    ...(to === null ? [] : [`${column} ${most} ${doubleSql(to)}`]),
  ].join(join)
}

/** Returns a DOUBLE literal: plain `0.5` would be a DECIMAL, whose arithmetic differs. */
export function doubleSql(value: number): string {
  return value < 0 || Object.is(value, -0) ? `(${value.toExponential()})` : value.toExponential()
}
