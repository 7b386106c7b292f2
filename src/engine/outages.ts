import { addMonths, type EpochDay, formatDay, monthStart, monthsBetween } from '../base/days.js'
import type { InputTableName } from '../table/inputs.js'
import type { Engine } from './engine.js'
import type { CompleteUntilByTable } from './history.js'

/** Tables in which most customers have rows month after month. */
const feeds: readonly InputTableName[] = ['usage', 'bills', 'payments']
/** A month is out where fewer than this part of the usual share of the customers have rows. */
const outageShare = 0.5
/** Tables that fewer customers than this have rows of in a usual month say nothing. */
const leastUsualShare = 0.2
/** More customers say no more of a share: of a larger base about so many are asked, the same in each run. */
const mostCustomers = 20_000
/** With fewer other months there is no usual month. */
const leastMonths = 3

/**
 * Returns a sentence for each whole month in which most of the base is silent at once: a feed that was out, and not
 * customers who left together.
 *
 * With s(m) the customers with a row in month m among those who are active for all of it, a month is out where s(m) is
 * below half of the median of the other months, of three at least and where that median is at least 20 %.
 */
export async function outageNotes(
  engine: Engine,
  tables: readonly InputTableName[],
  complete: CompleteUntilByTable,
): Promise<string[]> {
  const notes: string[] = []
  for (const table of tables.filter((name) => feeds.includes(name))) {
    const shares = await sharesByMonth(engine, table, complete[table]!)
    for (const [place, { month, share }] of shares.entries()) {
      const others = shares.filter((_, other) => other !== place).map((other) => other.share)
      if (others.length < leastMonths) continue
      const usual = others.sort((a, b) => a - b)[others.length >> 1]!
      if (usual < leastUsualShare || share >= outageShare * usual) continue
      const percent = (value: number) => `${Math.round(100 * value)} %`
      notes.push(
        `Table ${table}: in ${formatDay(month).slice(0, 7)} only ${percent(share)} of the customers have a row, in a usual month ${percent(usual)}: rows seem to be missing. Features, labels and stages take it for silence; leave out cutoffs and horizons that touch it, or load the month again.`,
      )
    }
  }
  return notes
}

async function sharesByMonth(
  engine: Engine,
  table: InputTableName,
  until: EpochDay,
): Promise<{ readonly month: EpochDay; readonly share: number }[]> {
  const { identifier } = engine.dialect
  const found = await engine.query(`SELECT min(day) AS first FROM ${identifier(table)}`)
  const first = found.cell('first', 0) as EpochDay | null
  if (first === null) return []
  const begin = monthStart(first)
  const months = Math.max(0, monthsBetween(begin, until))
  if (months <= leastMonths) return []
  const spans = Array.from({ length: months }, (_, month) => {
    return `(${addMonths(begin, month)}, ${addMonths(begin, month + 1)})`
  })
  const [activatedAt, cancelledAt] = [identifier('activatedAt'), identifier('cancelledAt')]
  const shares = await engine.query(
    `WITH spans (start, after) AS (VALUES ${spans.join(', ')}),
asked AS (SELECT id, ${activatedAt}, ${cancelledAt} FROM customers WHERE hash(id) % greatest((SELECT count(*) FROM customers) // ${mostCustomers}, 1) = 0),
there AS (SELECT spans.start, spans.after, c.id FROM spans JOIN asked c
  ON c.${activatedAt} < spans.start AND (c.${cancelledAt} IS NULL OR c.${cancelledAt} >= spans.after)),
counted AS (SELECT start, count(*) AS customers FROM there GROUP BY start),
seen AS (SELECT there.start, count(DISTINCT there.id) AS customers FROM there JOIN ${identifier(table)} t
  ON t.id = there.id AND t.day >= there.start AND t.day < there.after GROUP BY there.start)
SELECT counted.start AS start, coalesce(seen.customers, 0) / counted.customers AS share
FROM counted LEFT JOIN seen ON seen.start = counted.start ORDER BY counted.start`,
  )
  return Array.from({ length: shares.rowCount }, (_, row) => ({
    month: shares.cell('start', row) as EpochDay,
    share: Number(shares.cell('share', row)),
  }))
}
