import type { EpochDay } from '../base/days.js'
import type { InputTableName } from '../table/inputs.js'
import { isByMonth, isFeed } from './completeUntil.js'
import type { History } from './history.js'

/**
 * Returns the first day by which all given tables have started; monthly tables start with their first month. `plans`
 * and `contacts` do not count, because their first row may be years old or late; if there are no others, the first row
 * of any table counts.
 *
 * @returns null if a table is empty
 */
export async function firstEventDay(
  { engine, tables: given }: Pick<History, 'engine' | 'tables'>,
  tables: readonly InputTableName[],
): Promise<EpochDay | null> {
  const { identifier } = engine.dialect
  const steady = tables.filter((table) => isFeed(table) && table !== 'contacts')
  const events = Object.keys(given).filter((name) => name !== 'customers') as InputTableName[]
  const firsts = (steady.length > 0 ? steady : events).map(
    (table) => `SELECT min(${isByMonth(table) ? 'period' : 'day'}) AS day FROM ${identifier(table)}`,
  )
  const begun = steady.length > 0 ? 'CASE WHEN count(*) = count(day) THEN max(day) END' : 'min(day)'
  const found = await engine.query(`SELECT ${begun} AS day FROM (${firsts.join(' UNION ALL ')})`)
  return found.cell('day', 0) as EpochDay | null
}
