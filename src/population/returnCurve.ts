import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { type Days, type EpochDay, formatDay } from '../base/days.js'
import { inNameOf, type Problem, refuse } from '../base/errors.js'
import { numberColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { rateInterval } from '../base/rateInterval.js'
import { levelRule } from '../base/sharedRules.js'
import { completeUntilOf, isByMonth } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { tableProblems } from '../table/historyProblems.js'
import { type EventTableName, eventTableNames } from '../table/inputs.js'
import { Table } from '../table/table.js'

/** What silence is, and how long to wait for a return. */
export interface ReturnCurveOptions {
  /** Table whose rows are the activity; not a monthly one (bills, devices). Default `'usage'`. */
  readonly table?: EventTableName
  /** Lengths of silence. Integers ≥ 1. Default 1 to 60, then every fifth up to 180. */
  readonly days?: readonly Days[]
  /** Days after a silence in which to look for a return. Integer ≥ 1. Default 90. */
  readonly withinDays?: Days
  /** Acceptable share of false churn: of those called churned, how many come back. In (0, 1). Default 0.05. */
  readonly maxShare?: number
  /** Level of the intervals, in (0, 1). Default 0.95. */
  readonly level?: number
}

/** How many silent customers came back, by the length of the silence. */
export interface ReturnCurve {
  /**
   * Columns `days` (length of the silence), `silences`, `customers` (who had them), `returned`, `share` (returned /
   * silences), `lower`, `upper`; one row per length, the shares missing if no silence could be followed.
   */
  readonly curve: Table
  /** Least length such that the share is at most `maxShare` at it and all longer ones; null if there is none. */
  readonly days: Days | null
  /** The same for the upper end of the interval: what the history shows with confidence. */
  readonly daysForSure: Days | null
  /** The result in a sentence. */
  readonly sentence: string
}

const usualDays: readonly Days[] = [
  ...Array.from({ length: 60 }, (_, index) => index + 1),
  ...Array.from({ length: 24 }, (_, index) => 65 + 5 * index),
]

const count = z.int().min(1)
const schema = z.strictObject({
  table: z.enum(eventTableNames).default('usage'),
  days: z
    .array(count)
    .min(1)
    .default([...usualDays]),
  withinDays: count.default(90),
  maxShare: z.number().gt(0).lt(1).default(0.05),
  level: levelRule,
})

/**
 * Returns how many of those silent for n days came back, for every n: after how many days is silence churn?
 *
 * A label that waits too briefly counts people on holiday; one that waits too long leaves no time to act. With d = a
 * day with a row of a customer who had none on the n days after it and had not cancelled by then, r = withinDays, T =
 * the end of the table:
 *
 *     silence     counted if its return could be seen: d + n + r < T
 *     returned    the next row is in (d + n, d + n + r], and not after a cancellation
 *     share       returned / silences: the false churn of a label that waits n days
 *
 * All silences are followed for the same r days, so that lengths can be compared; later returns are not seen. A
 * customer may have several silences, which resemble each other: intervals are Wilson's with the effective number of
 * silences, from the variance of a ratio over customers.
 *
 * @throws {HoldfastError} `table-unknown`; `option-invalid` for a monthly table; `window-open` if no silence can be
 * followed
 *
 * One pass over the table, and one over customers × lengths of their silences.
 *
 * @example
 * const days = { A: [1, 5, 9], B: [1], C: [1, 20] }
 * const history = await openHistory(
 *   {
 *     customers: Object.keys(days).map((id) => ({ id, activatedAt: '2024-12-01' })),
 *     usage: Object.entries(days).flatMap(([id, list]) =>
 *       list.map((day) => ({ id, day: `2025-01-${String(day).padStart(2, '0')}` }))),
 *   },
 *   { completeUntil: '2025-02-01' },
 * )
 * const { curve } = await returnCurve(history, { days: [3, 7], withinDays: 15 })
 * await history.close()
 * curve.select(['days', 'silences', 'returned']).rows()
 * // A was silent for 3 days three times and came back twice; B did not, and C after 19 days, which is too late for 3 days
 * // => [{ days: 3, silences: 5, returned: 2 }, { days: 7, silences: 3, returned: 1 }]
 *
 * @see {@link falseChurn} for cancellations that are not real churn
 */
export async function returnCurve(history: History, options: ReturnCurveOptions = {}): Promise<ReturnCurve> {
  checkArguments('returnCurve', ['history', history, 'history'])
  const checked = checkOptions('returnCurve', schema, options)
  const { table, maxShare } = checked
  refuse('returnCurve', [...tableProblems(history.tables, table), ...monthProblems(table)])
  const days = [...new Set(checked.days)].sort((a, b) => a - b)
  const until = completeUntilOf(history, [table])
  const found = await inNameOf('returnCurve', () =>
    history.engine.query(curveSql(history, days, until, checked)),
  )
  const lines = days.map((length) => lineOf(length, found, checked.level))
  if (lines.every(({ silences }) => silences === 0))
    refuse('returnCurve', [tooShort(until, days[0]!, checked)])
  const [usual, sure] = [
    daysUnder(lines, ({ share }) => share! <= maxShare),
    daysUnder(lines, ({ upper }) => upper! <= maxShare),
  ]
  return {
    curve: tableOf(lines),
    days: usual,
    daysForSure: sure,
    sentence: sentenceOf(usual, sure, lines, checked),
  }
}

type Checked = z.output<typeof schema>

interface Line {
  readonly days: Days
  readonly silences: number
  readonly customers: number
  readonly returned: number
  readonly share: number | null
  readonly lower: number | null
  readonly upper: number | null
}

/** Per length the number of silences and returns, and the sums of their squares and products over customers. */
function curveSql(
  { engine }: History,
  days: readonly Days[],
  until: EpochDay,
  { table, withinDays }: Checked,
): string {
  const { identifier } = engine.dialect
  const cancelledAt = `c.${identifier('cancelledAt')}`
  const never = 1_000_000
  return [
    `WITH lengths(n) AS (VALUES ${days.map((length) => `(${length})`).join(', ')}),`,
    `active AS (SELECT DISTINCT id, day FROM ${identifier(table)} WHERE day < ${until}),`,
    'spans AS (SELECT id, day, lead(day) OVER (PARTITION BY id ORDER BY day) AS next_day FROM active),',
    'silences AS (',
    `  SELECT s.id, coalesce(CASE WHEN s.next_day <= coalesce(${cancelledAt}, s.next_day) THEN s.next_day END - s.day, ${never}) AS gap,`,
    `    least(coalesce(s.next_day - s.day, ${never}), coalesce(${cancelledAt} - s.day, ${never}), ${until} - ${withinDays} - s.day) - 1 AS longest`,
    `  FROM spans s JOIN ${identifier('customers')} c ON c.id = s.id),`,
    'by_customer AS (',
    `  SELECT s.id, l.n, CAST(count(*) AS DOUBLE PRECISION) AS m, CAST(count(CASE WHEN s.gap <= l.n + ${withinDays} THEN 1 END) AS DOUBLE PRECISION) AS y`,
    '  FROM silences s JOIN lengths l ON l.n <= s.longest GROUP BY s.id, l.n)',
    'SELECT n, count(*) AS customers, sum(m) AS silences, sum(y) AS returned,',
    '  sum(m * m) AS mm, sum(m * y) AS my, sum(y * y) AS yy FROM by_customer GROUP BY n ORDER BY n',
  ].join('\n')
}

function lineOf(days: Days, found: Table, level: number): Line {
  const row = Array.from({ length: found.rowCount }, (_, index) => index).find(
    (index) => found.cell('n', index) === days,
  )
  if (row === undefined) {
    return { days, silences: 0, customers: 0, returned: 0, share: null, lower: null, upper: null }
  }
  const [customers, silences, returned, mm, my, yy] = [
    'customers',
    'silences',
    'returned',
    'mm',
    'my',
    'yy',
  ].map((name) => Number(found.cell(name, row))) as [number, number, number, number, number, number]
  const share = returned / silences
  // Σ (y − share · m)² over customers: the variance of a ratio of sums over customers
  const variance = (yy - 2 * share * my + share * share * mm) / (silences * silences)
  const alone = (share * (1 - share)) / silences
  // If all came back, or none, nothing varies: then customers count, not their silences
  const trials = alone === 0 ? customers : silences * Math.min(1, alone / variance)
  return { days, silences, customers, returned, share, ...rateInterval(share, trials, level) }
}

function daysUnder(lines: readonly Line[], isUnder: (line: Line) => boolean): Days | null {
  const measured = lines.filter(({ share }) => share !== null)
  const last = measured.findLastIndex((line) => !isUnder(line))
  return measured[last + 1]?.days ?? null
}

function tableOf(lines: readonly Line[]): Table {
  const names = ['days', 'silences', 'customers', 'returned', 'share', 'lower', 'upper'] as const
  return new Table(
    names.map((name) =>
      numberColumn(
        name,
        lines.map((line) => line[name]),
      ),
    ),
  )
}

function sentenceOf(
  usual: Days | null,
  sure: Days | null,
  lines: readonly Line[],
  { maxShare, withinDays, table }: Checked,
): string {
  const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`
  const longest = lines.findLast(({ share }) => share !== null)!
  if (usual === null) {
    return `Of those without ${table} for ${longest.days} days ${percent(longest.share!)} still came back within ${withinDays} days, more than ${percent(maxShare)}: try longer silences.`
  }
  const at = lines.find(({ days }) => days === usual)!
  const certain =
    sure === null ? 'no length shows it with confidence' : `with confidence from ${sure} days on`
  return `From ${usual} days without ${table} on, at most ${percent(maxShare)} come back within ${withinDays} days (${percent(at.share!)} of ${at.silences}, ${percent(at.lower!)} to ${percent(at.upper!)}); ${certain}.`
}

function monthProblems(table: EventTableName): Problem[] {
  if (!isByMonth(table)) return []
  const rule = 'to be a daily table: in a monthly one everybody is silent until the month ends'
  return [{ code: 'option-invalid', parameter: 'table', rule, received: table }]
}

function tooShort(until: EpochDay, days: Days, { table, withinDays }: Checked): Problem {
  return {
    code: 'window-open',
    parameter: 'withinDays',
    rule: `to leave rows of ${table} whose silence of ${days} days can be followed: the table ends on ${formatDay(until)}`,
    received: withinDays,
    wayOut: 'Use fewer days, or a longer history.',
  }
}
