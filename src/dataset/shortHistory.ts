import { type Days, type EpochDay, formatDay } from '../base/days.js'
import { beginningOfTime, windowBefore } from '../base/windows.js'
import type { History } from '../engine/history.js'
import { formulaOf, type PartialAggregate, partialsOf } from '../feature/formula.js'
import type { FeatureRule } from '../feature/rule.js'
import type { EventTableName } from '../table/inputs.js'

/** Not everything happens every day: a table's first row may come this much later than its true beginning. */
const grace: Days = 31

/**
 * Returns a sentence for each table that begins later than the windows of the first cutoffs: sums are then too low for
 * everybody, and the model would learn that as a change in the customers.
 */
export async function shortHistoryWarnings(
  history: History,
  features: readonly FeatureRule[],
  cutoffs: readonly EpochDay[],
): Promise<string[]> {
  const { engine } = history
  const parts = features.flatMap((rule) => partialsOf(formulaOf(rule)))
  const warnings: string[] = []
  for (const table of new Set(parts.map((part) => part.table))) {
    const found = await engine.query(`SELECT min(day) AS first FROM ${engine.dialect.identifier(table)}`)
    const first = found.numbers('first').values[0] as EpochDay
    const short = cutoffs.filter((cutoff) => earliestStart(parts, table, cutoff) + grace < first)
    if (short.length === 0) continue
    const last = formatDay(short.at(-1)!)
    warnings.push(
      `Table ${table} begins on ${formatDay(first)}: windows of cutoffs up to ${last} reach back further and are incomplete.`,
    )
  }
  return warnings
}

function earliestStart(parts: readonly PartialAggregate[], table: EventTableName, cutoff: EpochDay): number {
  const starts = parts
    .filter((part) => part.table === table)
    .map((part) => windowBefore(cutoff, part.window).start)
  return Math.min(...starts.filter((start) => start > beginningOfTime), cutoff)
}
