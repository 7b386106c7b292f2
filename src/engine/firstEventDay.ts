import type { EpochDay } from '../base/days.js'
import type { History } from './history.js'

/** Returns the day of the first row of a history's event tables, or null where they are empty. */
export async function firstEventDay({ engine, tables }: History): Promise<EpochDay | null> {
  const names = Object.keys(tables).filter((name) => name !== 'customers')
  const days = names.map((name) => `SELECT min(day) AS day FROM ${engine.dialect.identifier(name)}`)
  const found = await engine.query(`SELECT min(day) AS day FROM (${days.join(' UNION ALL ')})`)
  return found.cell('day', 0) as EpochDay | null
}
