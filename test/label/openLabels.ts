import { afterAll } from 'vitest'
import type { EpochDay } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { type LabelTableOptions, labelTable } from '../../src/label/labelTable.js'
import type { OutcomeRule } from '../../src/label/rule.js'
import { populationTable } from '../../src/population/populationTable.js'
import type { HistoryRow } from '../../src/table/customerHistory.js'

const opened: History[] = []

afterAll(async () => {
  for (const history of opened.splice(0)) await history.close()
})

/** Opens a history that is closed after the tests of the file. */
export async function open(
  customers: readonly HistoryRow[],
  tables: Readonly<Record<string, readonly HistoryRow[]>> = {},
  completeUntil = '2025-07-01',
): Promise<History> {
  // A history needs one table of events.
  const [{ id } = { id: '' }] = customers
  const usage = [{ id, day: '2025-01-01', minutes: 1 }]
  const history = await openHistory({ customers, usage, ...tables } as never, { completeUntil })
  opened.push(history)
  return history
}

/** Per customer the outcome, or the reason why there is none. */
export async function outcomesOf(
  history: History,
  rule: OutcomeRule,
  cutoff: EpochDay,
  options?: LabelTableOptions,
): Promise<Record<string, number | string>> {
  const population = await populationTable(history, undefined, [cutoff])
  const labels = await labelTable(history, rule, population, options)
  const rows = await history.engine.query(`SELECT id, outcome, reason FROM ${labels.table} ORDER BY id`)
  return Object.fromEntries(rows.rows().map(({ id, outcome, reason }) => [id, outcome ?? reason])) as never
}
