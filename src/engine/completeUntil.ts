import { addDays, type EpochDay, formatDay } from '../base/days.js'
import type { InputTableName } from '../table/inputs.js'
import type { Engine } from './engine.js'
import type { CompleteUntilByTable, History } from './history.js'

/** Tables of which much is expected at all times; a plan or a contact may be missing for months without meaning anything. */
const feeds: readonly InputTableName[] = ['usage', 'bills', 'payments', 'devices', 'calls']
/** A table may lag behind the others by so much without a word, because days have weekends and exports an hour. */
const leastSlack = 2
/** With fewer days than this with rows, a table has no rhythm that a lag could be held against. */
const leastDays = 3
/** Share of the gaps between days with rows that are the rhythm of a table; the longest may be an outage. */
const usualShare = 0.95

/**
 * Returns for each table the first day for which it is no longer complete.
 *
 * A table is complete as long as the history is, unless it lags behind: with L its last day with a row, it is complete
 * until L + 1 where the history goes on for longer than the table's usual gap between two days with rows (95 % of its
 * gaps are at most that, but at least 2 days). A table of bills that ends a month before the usage does not lag; usage
 * of every day that ends two months before the payments does. `customers`, `plans` and `contacts` have no rhythm and are
 * complete as long as the history is.
 *
 * @param until first day for which the history is no longer complete
 * @param given days that are known better: they replace what was found
 */
export async function completeUntilByTable(
  engine: Engine,
  tables: readonly InputTableName[],
  until: EpochDay,
  given: CompleteUntilByTable,
): Promise<CompleteUntilByTable> {
  const found: Partial<Record<InputTableName, EpochDay>> = {}
  for (const table of tables) {
    const lag = feeds.includes(table) && given[table] === undefined ? await lagOf(engine, table) : null
    const end = lag === null ? until : addDays(lag.last, 1)
    found[table] = given[table] ?? (lag !== null && until - end > lag.slack ? end : until)
  }
  return Object.freeze(found)
}

async function lagOf(
  engine: Engine,
  table: InputTableName,
): Promise<{ readonly last: EpochDay; readonly slack: number } | null> {
  const found = await engine.query(
    `WITH days AS (SELECT DISTINCT day FROM ${engine.dialect.identifier(table)}),
gaps AS (SELECT day, day - lag(day) OVER (ORDER BY day) AS gap FROM days),
ranked AS (SELECT gap, row_number() OVER (ORDER BY gap) AS place, count(*) OVER () AS gaps FROM gaps WHERE gap IS NOT NULL)
SELECT (SELECT max(day) FROM days) AS last, (SELECT count(*) FROM days) AS days,
  (SELECT min(gap) FROM ranked WHERE place >= ${usualShare} * gaps) AS usual`,
  )
  if (Number(found.cell('days', 0)) < leastDays) return null
  return {
    last: found.cell('last', 0) as EpochDay,
    slack: Math.max(leastSlack, Number(found.cell('usual', 0))),
  }
}

/** Returns the first day for which one of some tables is no longer complete; customers are always among them. */
export function completeUntilOf(
  { completeUntil, completeUntilByTable: byTable }: Pick<History, 'completeUntil' | 'completeUntilByTable'>,
  tables: Iterable<InputTableName>,
): EpochDay {
  const days = ['customers' as const, ...tables].map((table) => byTable[table] ?? completeUntil)
  return Math.min(...days) as EpochDay
}

/** Says of which tables the history ends earlier than of others. */
export function lagNotes(byTable: CompleteUntilByTable, until: EpochDay): string[] {
  return Object.entries(byTable)
    .filter(([, day]) => day < until)
    .map(
      ([table, day]) =>
        `Table ${table} is complete until ${formatDay(day)} only, the history until ${formatDay(until)}: what reads ${table} is asked as of ${formatDay(day)} at the latest. Where it is complete, give openHistory completeUntil: { ${table}: … }.`,
    )
}
