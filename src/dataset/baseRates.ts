import { cutoffPeriods } from '../base/cutoffPeriods.js'
import type { EpochDay } from '../base/days.js'
import { numberColumn } from '../base/matrix.js'
import { dayColumn, Table } from '../table/table.js'

/**
 * Returns how many rows there are and how many churned, per cutoff in order of time; per month for own cutoffs; in one
 * line for a flat table.
 *
 * @returns columns `cutoff` (missing for a flat table; `month`, its first day, for own cutoffs), `rows`, `churned`, `baseRate` = churned / rows in [0, 1]
 */
export function baseRates(data: {
  readonly cutoffs: Int32Array | null
  readonly ownCutoffs?: object | undefined
  readonly outcome: Uint8Array
}): Table {
  const { cutoffs, ownCutoffs, outcome } = data
  const periods = cutoffs === null ? null : cutoffPeriods({ cutoffs, ownCutoffs })
  const counts = new Map<number | null, { rows: number; churned: number }>()
  for (let row = 0; periods !== null && row < outcome.length; row++) {
    const count = counts.get(periods[row]!) ?? { rows: 0, churned: 0 }
    count.rows++
    count.churned += outcome[row]!
    counts.set(periods[row]!, count)
  }
  if (periods === null && outcome.length > 0)
    counts.set(null, { rows: outcome.length, churned: outcome.reduce((sum, each) => sum + each, 0) })
  const lines = [...counts].sort(([a], [b]) => Number(a) - Number(b))
  const column = (name: string, value: (count: { rows: number; churned: number }) => number) =>
    numberColumn(
      name,
      lines.map(([, count]) => value(count)),
    )
  return new Table([
    dayColumn(
      ownCutoffs === undefined ? 'cutoff' : 'month',
      lines.map(([cutoff]) => cutoff as EpochDay | null),
    ),
    column('rows', (count) => count.rows),
    column('churned', (count) => count.churned),
    column('baseRate', (count) => count.churned / count.rows),
  ])
}
