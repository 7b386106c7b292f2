import type { HistoryKinds, InputTableName } from '../table/inputs.js'
import type { Dialect } from './engine.js'

/** A history, or the parts of it that a statement needs. */
type Asked = { readonly tables: HistoryKinds } & (
  | { readonly dialect: Dialect }
  | { readonly engine: { readonly dialect: Dialect } }
)

/**
 * Returns the SQL that is true if a row of a table was known before a day: its `knownAt` is before it or missing.
 * `true` if the table has no such column.
 *
 * @param alias name of the table in the statement
 * @param day SQL of the day
 */
export function knownBefore(asked: Asked, table: InputTableName, alias: string, day: string): string {
  return known(asked, table, 'knownAt', alias, day)
}

/** Returns the SQL of the day after which a row is seen: the later of the days it happened and became known. */
export function seenAfter(asked: Asked, table: InputTableName, alias: string): string {
  if (asked.tables[table]?.['knownAt'] === undefined) return `${alias}.day`
  const knownAt = `${alias}.${dialectOf(asked).identifier('knownAt')}`
  return `CASE WHEN ${knownAt} > ${alias}.day THEN ${knownAt} ELSE ${alias}.day END`
}

/**
 * Returns the SQL that is true if a customer's cancellation is before a day and was known before it.
 *
 *     cancelledAt < day and (cancelledKnownAt missing or cancelledKnownAt < asOf)
 *
 * NULL or false for all others.
 *
 * @param asOf SQL of the day before which it was known; left out = `day`
 */
export function cancelledKnownBefore(asked: Asked, alias: string, day: string, asOf = day): string {
  const knownInTime = known(asked, 'customers', 'cancelledKnownAt', alias, asOf)
  return `(${alias}.${dialectOf(asked).identifier('cancelledAt')} < ${day} AND ${knownInTime})`
}

function known(asked: Asked, table: InputTableName, name: string, alias: string, day: string): string {
  if (asked.tables[table]?.[name] === undefined) return 'true'
  const knownAt = `${alias}.${dialectOf(asked).identifier(name)}`
  return `(${knownAt} IS NULL OR ${knownAt} < ${day})`
}

function dialectOf(asked: Asked): Dialect {
  return 'dialect' in asked ? asked.dialect : asked.engine.dialect
}
