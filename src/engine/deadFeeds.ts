import { addDays, type EpochDay, formatDay } from '../base/days.js'
import type { InputTableName } from '../table/inputs.js'
import { isFeed } from './completeUntil.js'
import type { Engine } from './engine.js'

/** Events that happen to customers now and then, and where they are recorded. */
interface RareEvents {
  readonly table: InputTableName
  /** In words: "no customer was activated". */
  readonly none: string
  /** The effect of such silence. */
  readonly effect: string
  /** SQL of the days as `day`, with any number of rows each. */
  readonly days: string
}

const rareEvents: readonly RareEvents[] = [
  {
    table: 'customers',
    none: 'no customer was activated',
    effect: 'Newer customers are then missing from the base',
    days: 'SELECT "activatedAt" AS day FROM customers',
  },
  {
    table: 'customers',
    none: 'no customer cancelled',
    effect: 'Labels then count customers who left as stayed',
    days: 'SELECT "cancelledAt" AS day FROM customers WHERE "cancelledAt" IS NOT NULL',
  },
  {
    table: 'plans',
    none: 'no plan started',
    effect: 'Features and labels then see old plans',
    days: 'SELECT day FROM plans',
  },
]

/** An export takes time: fewer days without events mean nothing. */
const leastSilentDays = 14
/** A last silence less likely than this by chance is reported. */
const byChance = 1e-3

/**
 * Returns a sentence for each kind of event of `customers` and `plans` that stopped before the end of the table.
 *
 * Such events have no rhythm. Given n spans between days with events, the longest of l days, and a last one of k·l days up
 * to the end, the chance of the last, had nothing changed, is that of a span k times as long as the longest of n others:
 *
 *     ∏ i / (k + i) over i = 1 … n      (spans of a Poisson process)
 *
 * A chance below 1 in 1,000 is reported, unless the last span is longer than all the time before it: that is a cohort,
 * such as the customers of one spring followed for years, not a feed.
 *
 * @param untilOf the first day for which a table is not complete
 */
export async function deadFeedNotes(
  engine: Engine,
  tables: readonly InputTableName[],
  untilOf: (table: InputTableName) => EpochDay,
): Promise<string[]> {
  // Without a table of regular events the end of the history is unknown
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
