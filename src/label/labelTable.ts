import { addDays, addMonths, type EpochDay, formatDay } from '../base/days.js'
import { closestWord, HoldfastError, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import type { History } from '../engine/history.js'
import type { Population } from '../population/populationTable.js'
import { reasonCounts } from '../population/reasonCounts.js'
import { temporaryName } from '../population/temporaryName.js'
import type { Table } from '../table/table.js'
import { labelSql, nullReasons } from './labelSql.js'
import { outcomeWindow } from './outcomeWindow.js'
import { type LabelRule, labelRuleSchema } from './rule.js'

/** What happened to a population. */
export interface Labels {
  /**
   * Temporary table of the engine with the columns `id`, `cutoff`, `outcome` (1, 0 or NULL) and `reason` (why it is
   * NULL): one row per row of the population.
   */
  readonly table: string
  /** Columns `cutoff`, `reason`, `customers`: those without outcome. Reasons that hold for nobody have 0 customers. */
  readonly report: Table
  /** Frees the temporary table. */
  drop(): Promise<void>
}

/**
 * Makes the table of what happened to each counted customer after each cutoff: 1 churned, 0 stayed, NULL not known.
 *
 * NULL is never a 0: a customer whose outcome is not known is left out, and the report says how many and why. In this
 * order, the first that holds: the horizon is not complete; the customer left inside the gap; the label's own rule for
 * who is countable.
 *
 * @throws {HoldfastError} `window-open` where no cutoff has a complete outcome window, with the latest usable cutoff;
 * `table-unknown`, `column-missing`, `column-type` where the label asks for something that the history does not have
 *
 * One pass over the label's table per cutoff that looks at the row.
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
  label: LabelRule,
  population: Pick<Population, 'table' | 'cutoffs'>,
): Promise<Labels> {
  const rule = checkOptions('labelTable', labelRuleSchema, label)
  refuse('labelTable', labelProblems(rule, history))
  refuseOpenWindows(rule, population.cutoffs, history.completeUntil)
  const { engine, completeUntil } = history
  const table = temporaryName('label')
  const select = labelSql(rule, {
    dialect: engine.dialect,
    population: population.table,
    cutoffs: population.cutoffs,
    completeUntil,
  })
  await engine.run(`CREATE TEMPORARY TABLE ${table} AS ${select}`)
  return {
    table,
    report: await reasonCounts(engine, table, population.cutoffs, nullReasons(rule)),
    drop: () => engine.run(`DROP TABLE IF EXISTS ${table}`),
  }
}

function refuseOpenWindows(rule: LabelRule, cutoffs: readonly EpochDay[], completeUntil: EpochDay): void {
  const windows = cutoffs.map((cutoff) => outcomeWindow(rule, cutoff))
  const earliest = windows.reduce((first, window) => (window.end < first.end ? window : first))
  if (earliest.end <= completeUntil) return
  throw new HoldfastError('labelTable', [
    {
      code: 'window-open',
      parameter: `the outcome window [${formatDay(earliest.start)}, ${formatDay(earliest.end)})`,
      rule: `to end at or before ${formatDay(completeUntil)}, from which day on the history is not complete`,
      wayOut: `Use a cutoff of at most ${formatDay(latestCutoff(rule, completeUntil))}, or a shorter horizon.`,
    },
  ])
}

/** Returns the latest cutoff whose outcome window is complete. */
export function latestCutoff(rule: LabelRule, completeUntil: EpochDay): EpochDay {
  if ('days' in rule.horizon) return addDays(completeUntil, -rule.horizon.days - rule.gapDays)
  // Some days later than n months before may still be n months before: 28 February is a month after 31 January.
  let start = addDays(addMonths(completeUntil, -rule.horizon.months), 3)
  while (addMonths(start, rule.horizon.months) > completeUntil) start = addDays(start, -1)
  return addDays(start, -rule.gapDays)
}

function labelProblems(rule: LabelRule, history: History): Problem[] {
  if (rule.kind === 'cancelled') return []
  const columns = history.tables[rule.table]
  if (columns === undefined) {
    const known = `to be one of the tables of the history: ${Object.keys(history.tables).join(', ')}`
    return [{ code: 'table-unknown', parameter: `table ${rule.table}`, rule: known }]
  }
  if (rule.kind === 'silent' || columns[rule.measure] === 'number') return []
  const kind = columns[rule.measure]
  const place = { table: rule.table }
  const parameter = `column ${rule.measure}`
  if (kind !== undefined)
    return [{ code: 'column-type', parameter, rule: 'to hold number values', received: kind, place }]
  const names = Object.keys(columns)
  const close = closestWord(rule.measure, names)
  const wayOut = close === undefined ? {} : { wayOut: `Did you mean ${close}?` }
  return [{ code: 'column-missing', parameter, rule: `to be one of ${names.join(', ')}`, place, ...wayOut }]
}
