import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { checkArguments } from '../base/arguments.js'
import { type DayInput, dayHint, dayWords, type EpochDay, formatDay, givenDay } from '../base/days.js'
import { HoldfastError, inNameOf, type Problem, refuse } from '../base/errors.js'
import { type TextColumn, textColumn } from '../base/matrix.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { dayColumn, Table } from '../table/table.js'
import { populationTable, populationTables } from './populationTable.js'
import { activeCustomers, type PopulationRule } from './rule.js'

/** Customers frozen at a day, to follow. Immutable. */
export interface SnapshotCohort {
  /** The day of the snapshot, at whose beginning they were counted. */
  readonly at: EpochDay
  /**
   * Columns `id` and `snapshotAt`, one row per customer in the order of ids. Save it with `writeTable`;
   * {@link cohortFromTable} makes a cohort of it again after `readTable`.
   */
  readonly customers: Table
  /** SHA-256 over the day and the ids: the same customers frozen on the same day give the same text. */
  readonly fingerprint: string
  /** Columns `cutoff`, `reason`, `customers`: who was counted, and why others were not. null if read from a table. */
  readonly report: Table | null
}

/** Whom to freeze, and when. */
export interface SnapshotOptions {
  /** The day of the snapshot, `YYYY-MM-DD`, a day number, or an instant in the time zone of the history. */
  readonly at: DayInput
  /** Default: all customers who are active when the day begins. */
  readonly population?: PopulationRule
}

/**
 * Freezes the customers counted at a day: the list whose retention is followed from then on.
 *
 * The list does not change with the history: save it, and follow it in later exports. A customer who joins later is not
 * in it; one who leaves stays in it.
 *
 * @throws {HoldfastError} `option-invalid` if `at` is not a day; `window-open` if it is after the day until which the
 * customers, and the tables that the population rule reads, are complete; `table-empty` if nobody is counted; and what
 * the population rule refuses
 *
 * O(customers) memory.
 *
 * @example
 * const history = await openHistory({
 *   customers: [
 *     { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-02-20' },
 *     { id: 'B', activatedAt: '2024-06-01', cancelledAt: null },
 *     { id: 'C', activatedAt: '2025-01-10', cancelledAt: null },
 *   ],
 *   usage: [{ id: 'B', day: '2025-03-31', minutes: 30 }],
 * })
 * const cohort = await snapshotCohort(history, { at: '2025-01-01' })
 * await history.close()
 * cohort.customers.rows()
 * // => [{ id: 'A', snapshotAt: '2025-01-01' }, { id: 'B', snapshotAt: '2025-01-01' }]
 *
 * @see {@link followCohort}
 */
export async function snapshotCohort(history: History, options: SnapshotOptions): Promise<SnapshotCohort> {
  checkArguments('snapshotCohort', ['history', history, 'history'], ['options', options, 'object'])
  const at = givenDay(options.at, history.timeZone)
  const rule = inNameOf('snapshotCohort', () => activeCustomers(options.population ?? {}))
  const complete = completeUntilOf(history, populationTables(rule))
  refuse('snapshotCohort', dayProblems(options.at, at, complete))
  const population = await inNameOf('snapshotCohort', () => populationTable(history, rule, [at!]))
  try {
    const found = await history.engine.query(`SELECT id FROM ${population.table} ORDER BY id`)
    return cohortOf('snapshotCohort', at!, textsOf(found.texts('id')), population.report)
  } finally {
    await population.drop()
  }
}

/**
 * Returns a cohort saved as a table, for example with `writeTable(cohort.customers, 'cohort.parquet')`.
 *
 * @param table columns `id` (texts, each once) and `snapshotAt` (days, all the same); other columns are ignored
 * @throws {HoldfastError} `column-missing`, `column-type`, `table-empty`, `value-missing`, `duplicate-id`;
 * `option-invalid` if the days differ
 */
export function cohortFromTable(table: Table): SnapshotCohort {
  checkArguments('cohortFromTable', ['table', table, 'table'])
  const [ids, days] = inNameOf(
    'cohortFromTable',
    () => [table.texts('id'), table.days('snapshotAt')] as const,
  )
  const at = days.values[0] as EpochDay
  const differs = days.values.findIndex((day) => day !== at)
  refuse('cohortFromTable', [
    ...[ids, days]
      .filter(({ missing }) => missing !== null)
      .map(({ name }): Problem => {
        return { code: 'value-missing', parameter: `column ${name}`, rule: 'to have a value in every row' }
      }),
    ...(differs === -1 ? [] : [severalDays(days.values[differs] as EpochDay, at, differs)]),
  ])
  return cohortOf('cohortFromTable', at, textsOf(ids), null)
}

function cohortOf(
  operation: string,
  at: EpochDay,
  given: readonly string[],
  report: Table | null,
): SnapshotCohort {
  const ids = [...given].sort()
  if (ids.length === 0) {
    const rule = 'to have at least one customer'
    throw new HoldfastError(operation, [{ code: 'table-empty', parameter: 'the cohort', rule }])
  }
  const repeated = ids.findIndex((id, index) => id === ids[index - 1])
  if (repeated !== -1) {
    const problem: Problem = { code: 'duplicate-id', parameter: 'id', rule: 'to occur once in a cohort' }
    throw new HoldfastError(operation, [{ ...problem, received: ids[repeated] }])
  }
  const days = new Int32Array(ids.length).fill(at) as ArrayLike<number> as ArrayLike<EpochDay>
  return Object.freeze({
    at,
    customers: new Table([textColumn('id', ids), dayColumn('snapshotAt', days)]),
    fingerprint: cohortFingerprint(at, ids),
    report,
  })
}

function cohortFingerprint(at: EpochDay, ids: readonly string[]): string {
  const hash = sha256.create()
  hash.update(utf8ToBytes(`holdfast cohort 1 ${formatDay(at)} ${ids.length}`))
  // The length before the text distinguishes ["ab", "c"] from ["a", "bc"]
  for (const id of ids) hash.update(utf8ToBytes(` ${id.length} ${id}`))
  return bytesToHex(hash.digest())
}

function textsOf({ codes, dictionary }: TextColumn): string[] {
  return Array.from(codes, (code) => dictionary[code]!)
}

function dayProblems(given: unknown, at: EpochDay | undefined, completeUntil: EpochDay): Problem[] {
  if (at === undefined) {
    return [
      {
        code: 'option-invalid',
        parameter: 'at',
        rule: `to be ${dayWords}`,
        received: given,
        ...dayHint(given),
      },
    ]
  }
  if (at <= completeUntil) return []
  const rule = `to be at or before ${formatDay(completeUntil)}, up to which the tables that say who is counted are complete`
  const wayOut = `Freeze the cohort at ${formatDay(completeUntil)}.`
  return [{ code: 'window-open', parameter: 'at', rule, received: formatDay(at), wayOut }]
}

function severalDays(day: EpochDay, first: EpochDay, row: number): Problem {
  return {
    code: 'option-invalid',
    parameter: 'snapshotAt',
    rule: `to be one day for all, ${formatDay(first)} as in the first row`,
    received: formatDay(day),
    place: { row: row + 1, column: 'snapshotAt' },
    wayOut: 'Follow the cohorts of several days one by one.',
  }
}
