import { addDays, type EpochDay, formatDay } from '../base/days.js'
import type { InputTableName } from '../table/inputs.js'
import { isFeed } from './completeUntil.js'
import type { Engine } from './engine.js'

/** What happens to customers now and then, and where it is written. */
interface RareEvents {
  readonly table: InputTableName
  /** In words: "no customer was activated". */
  readonly none: string
  /** What such silence does. */
  readonly effect: string
  /** SQL of the days, of any number of rows each, `day`. */
  readonly days: string
}

const rareEvents: readonly RareEvents[] = [
  {
    table: 'customers',
    none: 'no customer was activated',
    effect: 'Newer customers are then missing in the base',
    days: 'SELECT "activatedAt" AS day FROM customers',
  },
  {
    table: 'customers',
    none: 'no customer cancelled',
    effect: 'Labels then take for stayed who has left',
    days: 'SELECT "cancelledAt" AS day FROM customers WHERE "cancelledAt" IS NOT NULL',
  },
  {
    table: 'plans',
    none: 'no plan began',
    effect: 'Features and labels of plans then see old ones',
    days: 'SELECT day FROM plans',
  },
]

/** An export takes its time: so many days without say nothing. */
const leastSilentDays = 14
/** Chance of a silence as long as the last one, below which it is said. */
const byChance = 1e-3

/**
 * Returns a sentence for each kind of event of `customers` and `plans` that has stopped before the end of the table.
 *
 * Such events have no rhythm. With n spans between days that have them, the longest of l days, and a last one of k·l days up to
 * the end, the chance of it, had nothing changed, is that of a span k times as long as the longest of n others:
 *
 *     ∏ i / (k + i) over i = 1 … n      (spans of a Poisson process)
 *
 * Below 1 in 1,000 it is said. A last span longer than all the time before it is a cohort and not a feed: customers of one
 * spring, followed for years.
 *
 * @param untilOf the first day for which a table is not complete
 */
export async function deadFeedNotes(
  engine: Engine,
  tables: readonly InputTableName[],
  untilOf: (table: InputTableName) => EpochDay,
): Promise<string[]> {
  // Without a table of events day by day nobody knows how far the history goes
  if (!tables.some(isFeed)) return []
  const notes: string[] = []
  for (const { table, none, effect, days } of rareEvents) {
    if (!tables.includes(table)) continue
    const until = untilOf(table)
    const found = await engine.query(
      `SELECT count(*) AS spans, max(day - before) AS longest, min(before) AS first, max(day) AS last FROM
         (SELECT day, lag(day) OVER (ORDER BY day) AS before FROM (SELECT DISTINCT day FROM (${days}) WHERE day < ${until}))
       WHERE before IS NOT NULL`,
    )
    const spans = Number(found.cell('spans', 0))
    if (spans === 0) continue
    const [longest, first, last] = ['longest', 'first', 'last'].map((name) => Number(found.cell(name, 0)))
    const silentDays = until - last! - 1
    const isLong = silentDays > leastSilentDays && silentDays < last! - first!
    if (!isLong || chanceOf(silentDays / longest!, spans) >= byChance) continue
    const from = formatDay(addDays(last as EpochDay, 1))
    notes.push(
      `Table ${table}: ${none} from ${from} on, for ${silentDays} days until ${formatDay(until)}, and never for more than ${longest! - 1} days before: the feed may have ended. ${effect}; load the rest, or give openHistory completeUntil: { ${table}: '${from}' }.`,
    )
  }
  return notes
}

function chanceOf(times: number, spans: number): number {
  let chance = 1
  for (let span = 1; span <= spans && chance >= byChance; span++) chance *= span / (times + span)
  return chance
}
