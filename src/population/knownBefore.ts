import type { History } from '../engine/history.js'
import type { InputTableName } from '../table/inputs.js'

/**
 * Returns the SQL that is true where a row of a table was known before a day: its `knownAt` is before it or missing.
 * `true` where the table has no such column.
 *
 * @param alias name of the table in the statement
 * @param day SQL of the day
 */
export function knownBefore(
  { tables, engine }: Pick<History, 'tables' | 'engine'>,
  table: InputTableName,
  alias: string,
  day: string,
): string {
  return known(tables[table], 'knownAt', alias, day, engine.dialect.identifier)
}

/** Returns the SQL of the day after which a row is seen: the day it happened or became known on, the later. */
export function seenAfter(
  { tables, engine }: Pick<History, 'tables'> & { readonly engine: Pick<History['engine'], 'dialect'> },
  table: InputTableName,
  alias: string,
): string {
  if (tables[table]?.['knownAt'] === undefined) return `${alias}.day`
  const knownAt = `${alias}.${engine.dialect.identifier('knownAt')}`
  return `CASE WHEN ${knownAt} > ${alias}.day THEN ${knownAt} ELSE ${alias}.day END`
}

/**
 * Returns the SQL that is true where a customer's cancellation lies before a day and was known before it.
 *
 *     cancelledAt < day and (cancelledKnownAt missing or cancelledKnownAt < asOf)
 *
 * NULL or false for everybody else.
 *
 * @param asOf SQL of the day that it was known before; left out = `day`
 */
export function cancelledKnownBefore(
  { tables, engine }: Pick<History, 'tables' | 'engine'>,
  alias: string,
  day: string,
  asOf = day,
): string {
  const { identifier } = engine.dialect
  const knownInTime = known(tables.customers, 'cancelledKnownAt', alias, asOf, identifier)
  return `(${alias}.${identifier('cancelledAt')} < ${day} AND ${knownInTime})`
}

function known(
  columns: Readonly<Record<string, unknown>> | undefined,
  name: string,
  alias: string,
  day: string,
  identifier: (name: string) => string,
): string {
  if (columns?.[name] === undefined) return 'true'
  const knownAt = `${alias}.${identifier(name)}`
  return `(${knownAt} IS NULL OR ${knownAt} < ${day})`
}
