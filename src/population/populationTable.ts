import { checkArguments } from '../base/arguments.js'
import { daysOrProblems } from '../base/dayRule.js'
import type { EpochDay } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { windowBefore } from '../base/windows.js'
import { lateCutoffProblems } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { cancelledKnownBefore, knownBefore } from '../engine/knownBefore.js'
import { attributeProblems, tableProblems } from '../table/historyProblems.js'
import type { EventTableName } from '../table/inputs.js'
import type { Table } from '../table/table.js'
import { cutoffPairs, ownCutoffProblems } from './cutoffPairs.js'
import { type Cutoffs, checkedOwn, isOwn } from './ownCutoffs.js'
import { reasonCounts } from './reasonCounts.js'
import { activeCustomers, type Exclusion, type PopulationRule } from './rule.js'
import { temporaryName } from './temporaryName.js'

/** The customers counted at each cutoff. */
export interface Population {
  /** Temporary table of the engine with the columns `id` and `cutoff`, one row per counted customer and cutoff. */
  readonly table: string
  /** The cutoffs, ascending and without repeats. */
  readonly cutoffs: readonly EpochDay[]
  /**
   * Columns `cutoff`, `reason`, `customers`. Per cutoff the numbers add up to all customers; for own cutoffs, to those
   * with that cutoff.
   */
  readonly report: Table
  /** Drops the temporary table. */
  drop(): Promise<void>
}

/** The reason for those who are counted. */
export const counted = 'counted'
const notYetActivated = 'not yet activated'
const cancelledBefore = 'cancelled before'
/** The reason for listed ids that are not in `customers`. */
export const unknownCustomer = 'no such customer'

/**
 * Creates the table of the customers counted at each cutoff, and reports why the others are not.
 *
 * With c = cutoff, the first that holds:
 *
 *     not yet activated    activatedAt ≥ c
 *     cancelled before     cancelledAt < c (those who cancel on day c are active when it begins), known
 *                          before c: cancelledKnownAt missing or < c
 *     the exclusions       in their order
 *     counted              everybody else
 *
 * Customers whose cancellation became known only at or after c are counted: at c nobody could tell. Reasons that hold
 * for nobody are reported with 0 customers.
 *
 * With own cutoffs, only their pairs are created. For a list (`cutoffsListed`), ids that are not in `customers` are
 * reported first, as `no such customer`.
 *
 * @param rule whom to count; default all active customers
 * @param cutoffs days for all, in any order, or own cutoffs, see `OwnCutoffs`; repeats count once
 * @throws {HoldfastError} all at once: `option-invalid` without cutoffs, `table-empty` if a rule gives none;
 * `table-unknown`, `column-missing`, `column-type` if the history lacks what an exclusion or a rule of cutoffs needs;
 * `window-open` if the history goes on but the table of `inactiveFor` is not complete up to a cutoff
 *
 * O(customers × cutoffs) rows in the engine; with own cutoffs O(pairs).
 *
 * @example
 * const history = await openHistory({
 *   customers: [
 *     { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-04-20' },
 *     { id: 'B', activatedAt: '2024-06-01', cancelledAt: null },
 *   ],
 *   usage: [
 *     { id: 'A', day: '2025-03-31', minutes: 12 },
 *     { id: 'B', day: '2025-05-31', minutes: 30 },
 *   ],
 * })
 * const population = await populationTable(history, activeCustomers(), [epochDay('2024-02-01')])
 * await history.close()
 * population.report.rows()
 * // => [
 * //   { cutoff: '2024-02-01', reason: 'counted', customers: 1 },
 * //   { cutoff: '2024-02-01', reason: 'not yet activated', customers: 1 },
 * //   { cutoff: '2024-02-01', reason: 'cancelled before', customers: 0 },
 * // ]
 */
export async function populationTable(
  history: History,
  rule: PopulationRule = activeCustomers(),
  cutoffs: Cutoffs,
): Promise<Population> {
  checkArguments('populationTable', ['history', history, 'history'])
  const { exclusions } = activeCustomers(rule)
  const own = typeof cutoffs === 'object' && isOwn(cutoffs) ? checkedOwn(cutoffs) : null
  const { days, problems } = isOwn(cutoffs) ? none : daysOrProblems('cutoffs', cutoffs, history.timeZone)
  refuse('populationTable', [
    ...problems,
    ...(own === null ? [] : ownCutoffProblems(own, history)),
    ...exclusions.flatMap((exclusion) => exclusionProblems(exclusion, history)),
    ...lateProblems(history, exclusions, days),
  ])
  const table = temporaryName('population')
  if (own === null) {
    const ordered = [...new Set(days)].sort((a, b) => a - b)
    return countedOf(history, exclusions, table, { table: null, cutoffs: ordered, reasons: [] })
  }
  const pairs = await cutoffPairs(history, own, `${table}_pairs`)
  try {
    refuse('populationTable', lateProblems(history, exclusions, pairs.cutoffs))
    const reasons = own.kind === 'listed' ? [unknownCustomer] : []
    return await countedOf(history, exclusions, table, { ...pairs, reasons })
  } finally {
    await history.engine.run(`DROP TABLE IF EXISTS ${pairs.table}`)
  }
}

const none = { days: [], problems: [] }

/** Candidates: the pairs of a table, or without one all customers at every cutoff. */
interface Asked {
  readonly table: string | null
  readonly cutoffs: readonly EpochDay[]
  /** Further reasons for the report. */
  readonly reasons: readonly string[]
}

async function countedOf(
  history: History,
  exclusions: readonly Exclusion[],
  table: string,
  asked: Asked,
): Promise<Population> {
  const { engine } = history
  const { cutoffs } = asked
  const reasons = [notYetActivated, cancelledBefore, ...exclusions.map(({ reason }) => reason)]
  const everybody = `${table}_all`
  await engine.run(
    `CREATE TEMPORARY TABLE ${everybody} AS ${everybodySql(history, exclusions, reasons, asked)}`,
  )
  try {
    const report = await reasonCounts(engine, everybody, cutoffs, [counted, ...asked.reasons, ...reasons])
    const select = `SELECT id, cutoff FROM ${everybody} WHERE reason = ${engine.dialect.literal(counted)}`
    await engine.run(`CREATE TEMPORARY TABLE ${table} AS ${select}`)
    return {
      table,
      cutoffs,
      report,
      drop: () => engine.run(`DROP TABLE IF EXISTS ${table}`),
    }
  } finally {
    await engine.run(`DROP TABLE IF EXISTS ${everybody}`)
  }
}

/** Returns the tables, besides the customers, whose rows decide who is counted. */
export function populationTables(rule: PopulationRule | null | undefined): EventTableName[] {
  const exclusions = rule?.exclusions ?? []
  return [...new Set(exclusions.flatMap((each) => (each.kind === 'inactiveFor' ? [each.table] : [])))]
}

function everybodySql(
  history: History,
  exclusions: readonly Exclusion[],
  reasons: readonly string[],
  { table, cutoffs }: Asked,
): string {
  const { identifier, literal } = history.engine.dialect
  const starts = cutoffs.map((cutoff) => exclusions.map((exclusion) => exclusionStart(exclusion, cutoff)))
  const rows = cutoffs.map((cutoff, index) => `(${[cutoff, ...starts[index]!].join(', ')})`)
  const conditions = [
    `c.${identifier('activatedAt')} >= w.cutoff`,
    cancelledKnownBefore(history, 'c', 'w.cutoff'),
    ...exclusions.map((exclusion, index) => exclusionSql(exclusion, `w.start${index}`, history)),
  ]
  const cases = conditions.map((condition, index) => `WHEN ${condition} THEN ${literal(reasons[index]!)}`)
  const columns = ['cutoff', ...exclusions.map((_, index) => `start${index}`)]
  const customers = identifier('customers')
  const unknown = `WHEN c.id IS NULL THEN ${literal(unknownCustomer)}`
  return [
    `WITH windows(${columns.join(', ')}) AS (VALUES ${rows.join(', ')})`,
    ...(table === null
      ? [
          `SELECT c.id, w.cutoff, CASE ${cases.join(' ')} ELSE ${literal(counted)} END AS reason`,
          `FROM ${customers} c CROSS JOIN windows w`,
        ]
      : [
          `SELECT a.id, w.cutoff, CASE ${[unknown, ...cases].join(' ')} ELSE ${literal(counted)} END AS reason`,
          `FROM ${table} a JOIN windows w ON w.cutoff = a.cutoff LEFT JOIN ${customers} c ON c.id = a.id`,
        ]),
  ].join('\n')
}

/** First day of an exclusion's window. */
function exclusionStart(exclusion: Exclusion, cutoff: EpochDay): number {
  switch (exclusion.kind) {
    case 'joinedWithin':
      return windowBefore(cutoff, exclusion.within).start
    case 'inactiveFor':
      return windowBefore(cutoff, { days: exclusion.days }).start
    case 'attributeIn':
      return cutoff
  }
}

function exclusionSql(exclusion: Exclusion, start: string, history: History): string {
  const { identifier, literal } = history.engine.dialect
  switch (exclusion.kind) {
    case 'joinedWithin':
      return `c.${identifier('activatedAt')} > ${start}`
    case 'attributeIn':
      return `c.${identifier(exclusion.column)} IN (${exclusion.in.map(literal).join(', ')})`
    case 'inactiveFor': {
      const seen = `t.day >= ${start} AND t.day < w.cutoff AND ${knownBefore(history, exclusion.table, 't', 'w.cutoff')}`
      return `NOT EXISTS (SELECT 1 FROM ${identifier(exclusion.table)} t WHERE t.id = c.id AND ${seen})`
    }
  }
}

function lateProblems(
  history: History,
  exclusions: readonly Exclusion[],
  cutoffs: readonly EpochDay[],
): Problem[] {
  return lateCutoffProblems(history, populationTables({ exclusions }), cutoffs, 'exclusions')
}

function exclusionProblems(exclusion: Exclusion, { tables }: History): Problem[] {
  switch (exclusion.kind) {
    case 'joinedWithin':
      return []
    case 'inactiveFor':
      return tableProblems(tables, exclusion.table)
    case 'attributeIn':
      return attributeProblems(tables, exclusion.column, exclusion.in)
  }
}
