import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { addMonths, type EpochDay, type Months } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { dayColumn, Table } from '../table/table.js'
import { falseChurnReasons } from './falseChurnSql.js'
import { type FalseChurn, realChurn } from './falseChurnTable.js'
import type { SnapshotCohort } from './snapshotCohort.js'
import { temporaryName } from './temporaryName.js'

/** How long to follow a cohort, and the target. */
export interface FollowOptions {
  /** Calendar months from the snapshot. Integer in [1, 600]. */
  readonly months: Months
  /** Result of {@link falseChurnTable}: adds figures net of second cards and re-entries. */
  readonly falseChurn?: Pick<FalseChurn, 'table' | 'completeUntil'>
  /** Target of month m: `start − fallPerMonth × m`, as shares. Default start 1, fall 0.0125. */
  readonly target?: { readonly start?: number; readonly fallPerMonth?: number }
}

/** The retention of a cohort. */
export interface FollowedCohort {
  /**
   * Columns `month` (from 1), `until` (first day after it), `retained` (customers), `retention` (share of the cohort),
   * `target`, `margin` (retention − target) and, with false churn, `retainedNet`, `retentionNet`. Figures of a month
   * that is not over in the history are missing, never "all stayed"; net figures are also missing if devices or
   * payments for false churn are not complete for the month.
   */
  readonly retention: Table
  /**
   * Columns `month`, `reason`, `customers`: who left in each month that is over. Without `falseChurn` all is real
   * churn.
   */
  readonly leavers: Table
}

const schema = z.strictObject({
  months: z.int().min(1).max(600),
  falseChurn: z.custom<Pick<FalseChurn, 'table' | 'completeUntil'>>().optional(),
  target: z
    .strictObject({
      start: z.number().min(0).max(1).default(1),
      fallPerMonth: z.number().min(0).max(1).default(0.0125),
    })
    .default({ start: 1, fallPerMonth: 0.0125 }),
})

/**
 * Follows a frozen cohort: the share retained after each month, against the target.
 *
 * With a = day of the snapshot, month m is `[a + m − 1 months, a + m months)`:
 *
 *     retained       customers of the cohort with cancelledAt missing or ≥ a + m months
 *     retention      retained / customers of the cohort
 *     retainedNet    retained, plus those who left as a second card or by re-entry: the line is gone, the person is not.
 *                    Arrears are a loss
 *     target         start − fallPerMonth × m: 98.75 %, 97.50 %, …
 *
 * Customers who cancelled before the snapshot, known only after it, are in the cohort and left in month 1.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`; `id-unknown` if customers of the cohort are not in the
 * history: it is another operator's, or they were deleted, so that nobody knows whether they stayed
 *
 * O(customers of the cohort) in the engine.
 *
 * @example
 * const history = await openHistory(
 *   {
 *     customers: [
 *       { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-02-20' },
 *       { id: 'B', activatedAt: '2024-06-01', cancelledAt: null },
 *     ],
 *     usage: [{ id: 'B', day: '2025-02-28', minutes: 30 }],
 *   },
 *   { completeUntil: '2025-03-01' },
 * )
 * const cohort = await snapshotCohort(history, { at: '2025-01-01' })
 * const { retention } = await followCohort(history, cohort, { months: 3 })
 * await history.close()
 * retention.rows().map((row) => [row.month, row.retention, row.target])
 * // => [[1, 1, 0.9875], [2, 0.5, 0.975], [3, null, 0.9625]]
 *
 * @see the snapshot users (拍照用户) and the schedule target (时序指标) of retention plans
 */
export async function followCohort(
  history: History,
  cohort: SnapshotCohort,
  options: FollowOptions,
): Promise<FollowedCohort> {
  checkArguments(
    'followCohort',
    ['history', history, 'history'],
    ['cohort', cohort, 'cohort'],
    ['options', options, 'object'],
  )
  const { months, falseChurn, target } = checkOptions('followCohort', schema, options)
  const departures = await departuresOf(history, cohort, falseChurn)
  const ends = Array.from({ length: months }, (_, index) => addMonths(cohort.at, index + 1))
  const complete = completeUntilOf(history, [])
  const over = ends.filter((end) => end <= complete).length
  const overNet = ends.filter(
    (end) => end <= Math.min(complete, falseChurn?.completeUntil ?? complete),
  ).length
  const reasons = falseChurn === undefined ? [realChurn] : [...falseChurnReasons, realChurn]
  const left = reasons.map((reason) => leftByMonth(departures, reason, ends))
  const size = cohort.customers.rowCount
  const gross = lossesUntil(left, over)
  const figures = [
    ...retentionColumns('', size, gross),
    ...(falseChurn === undefined
      ? []
      : retentionColumns(
          'Net',
          size,
          lossesUntil(
            left.filter((_, index) => lostReasons.includes(reasons[index]!)),
            overNet,
          ),
        )),
  ]
  return {
    retention: retentionTable(ends, figures, (month) => target.start - target.fallPerMonth * month),
    leavers: leaversTable(reasons, left, over),
  }
}

/** Reasons for which the person is gone, not only the line. */
const lostReasons: readonly string[] = ['arrears', realChurn]

interface Departure {
  readonly day: EpochDay
  readonly reason: string
  readonly customers: number
}

/** Customers of the cohort who left, by day and reason. */
async function departuresOf(
  { engine }: History,
  cohort: SnapshotCohort,
  falseChurn: Pick<FalseChurn, 'table'> | undefined,
): Promise<Departure[]> {
  const { identifier, literal } = engine.dialect
  const table = temporaryName('cohort')
  await engine.load(table, cohort.customers.select(['id']))
  try {
    const unknown = await engine.query(
      `SELECT min(id) AS id, count(*) AS customers FROM ${table} WHERE id NOT IN (SELECT id FROM ${identifier('customers')})`,
    )
    refuseUnknown(unknown)
    const reason = falseChurn === undefined ? 'NULL' : 'f.reason'
    const join = falseChurn === undefined ? '' : `LEFT JOIN ${falseChurn.table} f ON f.id = c.id`
    const found = await engine.query(
      `SELECT CAST(c.${identifier('cancelledAt')} AS INTEGER) AS day, coalesce(${reason}, ${literal(realChurn)}) AS reason,
         count(*) AS customers
       FROM ${identifier('customers')} c JOIN ${table} k ON k.id = c.id ${join}
       WHERE c.${identifier('cancelledAt')} IS NOT NULL GROUP BY 1, 2`,
    )
    const days = found.numbers('day').values
    const customers = found.numbers('customers').values
    return Array.from(days, (day, row) => {
      return { day: day as EpochDay, reason: String(found.cell('reason', row)), customers: customers[row]! }
    })
  } finally {
    await engine.run(`DROP TABLE IF EXISTS ${table}`)
  }
}

function refuseUnknown(unknown: Table): void {
  const count = Number(unknown.cell('customers', 0))
  if (count === 0) return
  throw new HoldfastError('followCohort', [
    {
      code: 'id-unknown',
      parameter: 'the ids of the cohort',
      rule: 'to be customers of the history',
      received: unknown.cell('id', 0),
      count,
      wayOut: 'Follow a cohort in later exports of the history from which it was frozen.',
    },
  ])
}

/** Customers who left for a reason, per month; earlier ones count in the first month. */
function leftByMonth(
  departures: readonly Departure[],
  reason: string,
  ends: readonly EpochDay[],
): Float64Array {
  const left = new Float64Array(ends.length)
  for (const departure of departures) {
    if (departure.reason !== reason) continue
    const month = ends.findIndex((end) => departure.day < end)
    if (month !== -1) left[month]! += departure.customers
  }
  return left
}

/** All who have left by the end of each month; null if it is not over. */
function lossesUntil(left: readonly Float64Array[], over: number): (number | null)[] {
  let losses = 0
  return Array.from(left[0]!, (_, month) => {
    for (const one of left) losses += one[month]!
    return month < over ? losses : null
  })
}

function retentionColumns(suffix: string, size: number, losses: readonly (number | null)[]) {
  const retained = losses.map((lost) => (lost === null ? null : size - lost))
  const retention = retained.map((count) => (count === null ? null : count / size))
  return [numberColumn(`retained${suffix}`, retained), numberColumn(`retention${suffix}`, retention)]
}

function retentionTable(
  ends: readonly EpochDay[],
  figures: ReturnType<typeof retentionColumns>,
  targetOf: (month: number) => number,
): Table {
  const months = ends.map((_, index) => index + 1)
  const targets = months.map(targetOf)
  const table = new Table([
    numberColumn('month', months),
    dayColumn('until', ends),
    ...figures,
    numberColumn('target', targets),
  ])
  const margins = targets.map((target, row) => {
    const retention = table.cell('retention', row)
    return retention === null ? null : Number(retention) - target
  })
  return table.with(numberColumn('margin', margins))
}

function leaversTable(reasons: readonly string[], left: readonly Float64Array[], over: number): Table {
  const rows = Array.from({ length: over }, (_, month) =>
    reasons.map((reason, index) => ({ month: month + 1, reason, customers: left[index]![month]! })),
  ).flat()
  return new Table([
    numberColumn(
      'month',
      rows.map(({ month }) => month),
    ),
    textColumn(
      'reason',
      rows.map(({ reason }) => reason),
    ),
    numberColumn(
      'customers',
      rows.map(({ customers }) => customers),
    ),
  ])
}
