import { addDays, addMonths, type EpochDay, formatDay, monthStart, monthsBetween } from '../base/days.js'
import type { InputTableName } from '../table/inputs.js'
import type { Table } from '../table/table.js'
import type { Engine } from './engine.js'
import type { Silence } from './rowDays.js'

/** A month is out if the share of customers with rows is below this part of the usual share. */
const outageShare = 0.5
/** Tables with rows of a smaller share of customers in a usual month are not judged. */
const leastUsualShare = 0.2
/** A silence is reported from more than this many days outside months reported as out. */
const leastBesides = 7
/** With fewer other months there is no usual month. */
const leastMonths = 3

interface MonthShare {
  readonly month: EpochDay
  readonly share: number
}

/** The share of customers with rows of a table: in each whole month, and in the month of days before the end. */
export interface MonthShares {
  readonly months: readonly MonthShare[]
  readonly last: MonthShare | null
}

/** Of a table that cannot be judged. */
export const noShares: MonthShares = { months: [], last: null }

/** A table in which most customers no longer have rows. */
export interface OutUntilEnd {
  /** First day of the first month without them. */
  readonly from: EpochDay
  readonly share: number
  readonly usual: number
}

/**
 * Returns a sentence for each whole month before a day in which most of the base is silent at once: the feed was out,
 * rather than customers leaving together.
 *
 * With s(m) the share of customers with a row in month m among those active for all of it, a month is out if s(m) is
 * below half of the median of the other months, if there are at least three and that median is at least 20 %.
 */
export function outageNotes(table: InputTableName, { months }: MonthShares, until: EpochDay): string[] {
  return outMonths(months, until).map(
    ({ month, share, usual }) =>
      `Table ${table}: in ${formatDay(month).slice(0, 7)} only ${percent(share)} of the customers have a row, in a usual month ${percent(usual)}: rows seem to be missing. Features, labels and stages count it as silence; leave out cutoffs and horizons that touch it, or load the month again.`,
  )
}

function outMonths(months: readonly MonthShare[], until: EpochDay) {
  const sorted = sortedShares(months)
  return months.flatMap(({ month, share }) => {
    if (addMonths(month, 1) > until) return []
    const usual = usualShare(sorted, sorted.indexOf(share))
    return usual === null || share >= outageShare * usual ? [] : [{ month, share, usual }]
  })
}

/**
 * Returns a sentence for each silence that the notes on whole months do not cover: from the middle of one month to the
 * middle of another.
 */
export function silenceNotes(
  table: InputTableName,
  silences: readonly Silence[],
  { months }: MonthShares,
  until: EpochDay,
): string[] {
  const said = new Set(outMonths(months, until).map(({ month }) => month))
  return silences.flatMap(({ from, until: after, isEmpty }) => {
    if (after > until) return []
    let besides = 0
    for (let day = from; day < after; day = addDays(day, 1)) if (!said.has(monthStart(day))) besides++
    if (besides <= leastBesides) return []
    const who = isEmpty ? 'no customer has' : 'far fewer customers than usual have'
    return [
      `Table ${table}: from ${formatDay(from)} to ${formatDay(addDays(after, -1))} (${after - from} days) ${who} a row: rows seem to be missing. Features, labels and stages count it as silence; leave out cutoffs and horizons that touch it, or load these days again.`,
    ]
  })
}

/**
 * Returns since when a table has been out until the end: the last month of days is out, by the rule of
 * {@link outageNotes}, and so are the months before it back to one from which the share fell by more than half at once.
 * A share that fell slowly, or was as low in the same month of an earlier year, is not out.
 */
export function outUntilEnd({ months, last }: MonthShares): OutUntilEnd | null {
  const usual = usualShare(sortedShares(months))
  if (usual === null || last === null) return null
  const isOut = ({ share }: MonthShare) => share < outageShare * usual
  if (!isOut(last)) return null
  const place = months.findLastIndex((month) => !isOut(month))
  const first = months[place + 1] ?? last
  const wasOutThen = months.some((month) => {
    const earlier = monthsBetween(month.month, monthStart(first.month))
    return isOut(month) && earlier > 0 && earlier % 12 === 0
  })
  const fellAtOnce = first.share < outageShare * (months[place]?.share ?? 0)
  return fellAtOnce && !wasOutThen ? { from: first.month, share: last.share, usual } : null
}

/** Returns how a share is written. */
export function percent(value: number): string {
  return `${Math.round(100 * value)} %`
}

function sortedShares(months: readonly MonthShare[]): Float64Array {
  return Float64Array.from(months, ({ share }) => share).sort()
}

/** The median of ascending shares without the one at a place, if that is not -1; null where it says nothing. */
function usualShare(sorted: Float64Array, without = -1): number | null {
  const count = sorted.length - (without < 0 ? 0 : 1)
  if (count < leastMonths) return null
  const place = count >> 1
  const usual = sorted[without >= 0 && place >= without ? place + 1 : place]!
  return usual < leastUsualShare ? null : usual
}

/**
 * Returns the share of customers with rows of a table, by month, up to the day before `until`.
 *
 * @param rows table of the engine with the `id` and `day` of the rows of some customers
 * @param isAsked SQL that is true for the `id` of these customers
 */
export async function monthShares(
  engine: Engine,
  rows: string,
  isAsked: string,
  first: EpochDay,
  until: EpochDay,
): Promise<MonthShares> {
  const begin = monthStart(first)
  const months = Math.max(0, monthsBetween(begin, until))
  if (months < leastMonths) return noShares
  const starts = Array.from({ length: months }, (_, month) => addMonths(begin, month))
  const spans = [
    ...starts.map((start) => [start, addMonths(start, 1)] as const),
    [addMonths(until, -1), until] as const,
  ]
  const { identifier } = engine.dialect
  const [activated, cancelled] = [identifier('activatedAt'), identifier('cancelledAt')]
  const isThere = (start: EpochDay | string, after: EpochDay | string) =>
    `${activated} < ${start} AND (${cancelled} IS NULL OR ${cancelled} >= ${after})`
  const monthOf = (day: string): string =>
    `datediff('month', DATE '${formatDay(begin)}', DATE '1970-01-01' + ${day})`
  // Changes from month to month: a column for each would take memory with the square of the months
  const counted = await engine.query(
    `WITH stays AS (
  SELECT CASE WHEN ${activated} < ${begin} THEN 0 ELSE ${monthOf(activated)} + 1 END AS first,
    CASE WHEN ${cancelled} IS NULL THEN ${months} ELSE least(${monthOf(cancelled)}, ${months}) END AS after
  FROM customers WHERE ${isAsked})
SELECT span, sum(change) AS change FROM (
  SELECT first AS span, 1 AS change FROM stays WHERE first < after
  UNION ALL SELECT after AS span, -1 AS change FROM stays WHERE first < after)
GROUP BY span UNION ALL
SELECT -1 AS span, count(*) AS change FROM customers WHERE (${isAsked}) AND ${isThere(...spans[months]!)}`,
  )
  const changes = bySpan(counted, 'change')
  let customersThere = 0
  // Joins by equality only: joins of days with spans took 25 ms, however few the rows
  const seen = await engine.query(
    `WITH spans (span, start, after) AS (VALUES ${spans.map((span, index) => `(${[index, ...span].join(', ')})`).join(', ')}),
pairs AS (
  SELECT DISTINCT id, ${monthOf('day')} AS span FROM ${rows}
  WHERE day >= ${begin} AND day < ${addMonths(begin, months)}
  UNION ALL SELECT DISTINCT id, ${months} AS span FROM ${rows} WHERE day >= ${addMonths(until, -1)} AND day < ${until})
SELECT span, count(*) AS customers FROM pairs JOIN spans USING (span) JOIN customers USING (id)
WHERE ${isThere('start', 'after')} GROUP BY span`,
  )
  const withRows = bySpan(seen, 'customers')
  const shares = spans.flatMap(([month], span) => {
    customersThere = span < months ? customersThere + (changes.get(span) ?? 0) : changes.get(-1)!
    return customersThere === 0 ? [] : [{ span, month, share: (withRows.get(span) ?? 0) / customersThere }]
  })
  return {
    months: shares.filter(({ span }) => span < months),
    last: shares.find(({ span }) => span === months) ?? null,
  }
}

function bySpan(table: Table, column: string): Map<number, number> {
  return new Map(
    Array.from({ length: table.rowCount }, (_, row) => [
      Number(table.cell('span', row)),
      Number(table.cell(column, row)),
    ]),
  )
}
