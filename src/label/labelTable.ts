import { checkArguments } from '../base/arguments.js'
import { addDays, addMonths, type EpochDay, formatDay, monthEnd } from '../base/days.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { completeUntilOf, isByMonth } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import type { Population } from '../population/populationTable.js'
import { reasonCounts } from '../population/reasonCounts.js'
import { temporaryName } from '../population/temporaryName.js'
import type { InputTableName } from '../table/inputs.js'
import type { Table } from '../table/table.js'
import type { ResolvedChurn } from './labelParts.js'
import { labelProblems, labelTables } from './labelProblems.js'
import { labelSql } from './labelSql.js'
import { outcomeWindow } from './outcomeWindow.js'
import { type FirstPassageRule, type LabelRule, type OutcomeRule, outcomeRuleSchema } from './rule.js'

/** Options of `labelTable`. */
export interface LabelTableOptions {
  /**
   * Table of the engine with the columns `id` and `reason`: customers whose cancellation was false. If a cancellation
   * in the outcome window would make such a customer churned, the outcome is NULL with the reason in the table, or 0.
   */
  readonly falseChurn?: ResolvedChurn
}

/** Outcomes of a population. */
export interface Labels {
  /**
   * Temporary table of the engine with the columns `id`, `cutoff`, `outcome` (1, 0 or NULL) and `reason` (why it is
   * NULL): one row per row of the population. For a first passage also `time_days`, `cause` (NULL if censored) and
   * `entry_days`, see {@link SurvivalOutcomes}.
   */
  readonly table: string
  /**
   * Columns `cutoff`, `reason`, `customers`: those without an outcome, for every possible reason, even with 0
   * customers.
   */
  readonly report: Table
  /** Drops the temporary table. */
  drop(): Promise<void>
}

/**
 * Creates the table of what happened to each counted customer after each cutoff: 1 churned, 0 stayed, NULL unknown.
 *
 * NULL is never a 0: customers with unknown outcomes are left out, and the report says how many and why. The first of
 * these that holds counts: the horizon is not complete in the tables that the label reads; the customer left before the
 * cutoff, which was not known then; left in the gap; the label's own rule of who is countable; a false cancellation.
 *
 * Whether a customer is countable is decided as of the cutoff: rows that became known at or after it (`knownAt`) are
 * ignored. Outcomes use all that is known when the history ends; if cancellations are entered late, the last cutoffs
 * have too few of them, and `completeUntil` should be that much earlier.
 *
 * @throws {HoldfastError} `window-open` if no cutoff has a complete outcome window, with the latest usable cutoff;
 * `out-of-range` if silence in a monthly table (bills, devices) is looked for in a window without the last day of a
 * month; `table-unknown`, `column-missing`, `column-type` if the history lacks what the label needs
 *
 * O(rows of the label's table × cutoffs whose windows hold them).
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
 * const cutoff = epochDay('2025-04-15')
 * await history.engine.run(`CREATE TABLE counted AS SELECT id, ${cutoff} AS cutoff FROM customers`)
 * const population = { table: 'counted', cutoffs: [cutoff] }
 * const labels = await labelTable(history, cancelled({ gapDays: 7, horizonDays: 30 }), population)
 * const outcomes = await history.engine.query(`SELECT id, outcome, reason FROM ${labels.table} ORDER BY id`)
 * await history.close()
 * outcomes.rows()
 * // => [{ id: 'A', outcome: null, reason: 'left in the gap' }, { id: 'B', outcome: 0, reason: null }]
 */
export async function labelTable(
  history: History,
  label: OutcomeRule,
  population: Pick<Population, 'table' | 'cutoffs'>,
  options: LabelTableOptions = {},
): Promise<Labels> {
  checkArguments(
    'labelTable',
    ['history', history, 'history'],
    ['label', label, 'object'],
    ['population', population, 'population'],
  )
  const rule = checkOptions('labelTable', outcomeRuleSchema, label)
  refuse('labelTable', labelProblems(rule, history.tables))
  const completeUntil = completeUntilOf(history, labelTables(rule))
  refuseOpenWindows(rule, population.cutoffs, completeUntil, endedTables(history, rule))
  refuseEmptyWindows(rule, population.cutoffs)
  const { engine, tables } = history
  const { cutoffs } = population
  const table = temporaryName('label')
  const { select, reasons } = labelSql(rule, {
    dialect: engine.dialect,
    tables,
    population: population.table,
    cutoffs,
    completeUntil,
    ...options,
  })
  await engine.run(`CREATE TEMPORARY TABLE ${table} AS ${select}`)
  const resolved = await falseChurnReasons(history, options)
  return {
    table,
    report: await reasonCounts(engine, table, cutoffs, [...reasons, ...resolved]),
    drop: () => engine.run(`DROP TABLE IF EXISTS ${table}`),
  }
}

async function falseChurnReasons({ engine }: History, { falseChurn }: LabelTableOptions): Promise<string[]> {
  if (falseChurn?.as !== 'null') return []
  const table = engine.dialect.identifier(falseChurn.table)
  const found = await engine.query(
    `SELECT DISTINCT reason FROM ${table} WHERE reason IS NOT NULL ORDER BY reason`,
  )
  return found.rowCount === 0 ? [] : found.rows().map(({ reason }) => String(reason))
}

/** The tables that limit how late outcomes are known. */
function endedTables(history: History, rule: OutcomeRule): InputTableName[] {
  const until = completeUntilOf(history, labelTables(rule))
  return labelTables(rule).filter((table) => history.completeUntilByTable[table] === until)
}

function refuseOpenWindows(
  rule: OutcomeRule,
  cutoffs: readonly EpochDay[],
  completeUntil: EpochDay,
  ended: readonly InputTableName[],
): void {
  const earliest = cutoffs.reduce((first, cutoff) => (cutoff < first ? cutoff : first))
  const isPassage = rule.kind === 'firstPassage'
  const start = addDays(earliest, rule.gapDays)
  // A first passage needs at least one day; customers followed for less than the horizon are censored.
  const end = isPassage ? addDays(start, 1) : outcomeWindow(rule, earliest).end
  if (end <= completeUntil) return
  const latest = isPassage ? addDays(completeUntil, -rule.gapDays - 1) : latestCutoff(rule, completeUntil)
  const what = ended.length === 0 ? 'the history' : ended.join(' and ')
  const given = ended.map((table) => `${table}: '<day>'`).join(', ')
  const wayOut = `Use a cutoff of at most ${formatDay(latest)}${isPassage ? '' : ', or a shorter horizon'}`
  throw new HoldfastError('labelTable', [
    {
      code: 'window-open',
      parameter: `the outcome window [${formatDay(start)}, ${formatDay(end)})`,
      rule: `to end at or before ${formatDay(completeUntil)}, up to which ${what} is complete`,
      wayOut:
        given === ''
          ? `${wayOut}.`
          : `${wayOut}, or give openHistory completeUntil: { ${given} } if it is complete for longer.`,
    },
  ])
}

/** Rows of a monthly table count on the last day of the month: in a window without such a day everybody is silent. */
function refuseEmptyWindows(rule: OutcomeRule, cutoffs: readonly EpochDay[]): void {
  if (rule.kind === 'firstPassage') refuseShortSilence(rule)
  if (rule.kind !== 'silent' || !isByMonth(rule.table)) return
  const empty = cutoffs
    .map((cutoff) => outcomeWindow(rule, cutoff))
    .filter(({ start, end }) => monthEnd(start) >= end)
  if (empty[0] === undefined) return
  refuse('labelTable', [
    {
      code: 'out-of-range',
      parameter: `the outcome window [${formatDay(empty[0].start)}, ${formatDay(empty[0].end)})`,
      rule: `to hold the last day of a month, which is the day of all rows of ${rule.table}`,
      count: empty.length,
      wayOut: longerSilence,
    },
  ])
}

const longestMonth = 31
const longerSilence = `Look for silence over ${longestMonth} days or more.`

function refuseShortSilence({ causes }: FirstPassageRule): void {
  const problems = causes.flatMap((cause): Problem[] => {
    if (cause.event !== 'silent' || !isByMonth(cause.table) || cause.days >= longestMonth) return []
    const rule = `to be at least ${longestMonth}, because all rows of ${cause.table} are on the last day of a month`
    return [{ code: 'out-of-range', parameter: `days of ${cause.name}`, rule, received: cause.days }]
  })
  refuse('labelTable', problems)
}

/** Returns the latest cutoff whose outcome window is complete. */
export function latestCutoff(rule: LabelRule, completeUntil: EpochDay): EpochDay {
  if ('days' in rule.horizon) return addDays(completeUntil, -rule.horizon.days - rule.gapDays)
  // Several days can have the same day n months later: 28 February is one month after 28, 29, 30 and 31 January.
  let start = addDays(addMonths(completeUntil, -rule.horizon.months), 3)
  while (addMonths(start, rule.horizon.months) > completeUntil) start = addDays(start, -1)
  return addDays(start, -rule.gapDays)
}
