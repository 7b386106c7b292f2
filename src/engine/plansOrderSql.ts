import { planColumns } from '../table/planColumns.js'
import type { ColumnKind } from '../table/table.js'
import type { Dialect } from './engine.js'

/**
 * Returns the order of the rows of `plans`, `t`, that puts the plan in force as of a day first: the one that started
 * last; among those of one day one that has not ended, then the greatest by the other columns in the order of their
 * names. `ended` is 1 if a row ended before the day.
 *
 * @param columns the columns of `plans`
 */
export function plansOrderSql(
  columns: Readonly<Record<string, ColumnKind>>,
  asOf: string,
  { identifier }: Dialect,
): { readonly ended: string; readonly order: string } {
  const names = Object.keys(columns)
  const ended = names.includes('to') ? `CASE WHEN t.${identifier('to')} < ${asOf} THEN 1 ELSE 0 END` : '0'
  const ties = planColumns(names).map((column) => `t.${identifier(column)} DESC NULLS LAST`)
  return { ended, order: ['t.day DESC', ended, ...ties].join(', ') }
}

/** Whose plan in force is wanted, and as of when; `t` is the row of `plans`. */
export interface PlansInForce {
  /** Name of the common table expression. */
  readonly name: string
  /** The columns that identify a row of the result. */
  readonly keys: readonly string[]
  /** Columns of the result, each with its name. */
  readonly columns: readonly string[]
  /** The FROM and WHERE: rows that start, and are known, before the day. */
  readonly from: string
  /** SQL of the day. */
  readonly asOf: string
}

/**
 * Returns a common table expression with the plan in force as of a day: the latest row before it, unless it has ended.
 */
export function plansInForceSql(
  { name, keys, columns, from, asOf }: PlansInForce,
  plans: Readonly<Record<string, ColumnKind>>,
  dialect: Dialect,
): string {
  const { ended, order } = plansOrderSql(plans, asOf, dialect)
  const place = `row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY ${order}) AS plan_place`
  return [
    `${name} AS (`,
    '  SELECT * FROM (',
    `    SELECT ${[...columns, `${ended} AS plan_ended`, place].join(', ')}`,
    `    ${from}) ranked`,
    '  WHERE plan_place = 1 AND plan_ended = 0)',
  ].join('\n')
}
