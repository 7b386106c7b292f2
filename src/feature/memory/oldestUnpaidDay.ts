import { ExactSum } from '../../base/statistics.js'
import { comparedValue } from '../percentileReference.js'
import type { RowColumn } from './rowColumn.js'

/**
 * Returns the first day on which the amounts due up to it exceed what was paid, to 9 decimals; NaN where there is none.
 *
 * @param rows the rows with the amounts, by day
 * @param paid everything that was paid, NaN = nothing
 *
 * @see {@link OldestUnpaidRule}
 */
export function oldestUnpaidDay(
  rows: Int32Array,
  days: Int32Array,
  { values }: RowColumn,
  paid: number,
): number {
  const covered = Number.isNaN(paid) ? 0 : comparedValue(paid)
  const due = new ExactSum()
  let day = Number.NaN
  for (const row of rows) {
    if (Number.isNaN(values[row]!)) continue
    if (days[row] !== day && !Number.isNaN(day) && comparedValue(due.value) > covered) return day
    day = days[row]!
    due.add(values[row]!)
  }
  return comparedValue(due.value) > covered ? day : Number.NaN
}
