import { isOpen } from '../../base/amounts.js'
import { ExactSum } from '../../base/statistics.js'
import type { RowColumn } from './rowColumn.js'

/**
 * Returns the first day by which the amounts due exceed all that settles them; NaN if there is none.
 *
 * @param rows the rows with the amounts, by day; amounts below 0 are credits and settle
 * @param paid payments minus refunds; NaN = none
 *
 * @see {@link OldestUnpaidRule}
 */
export function oldestUnpaidDay(
  rows: Int32Array,
  days: Int32Array,
  { values }: RowColumn,
  paid: number,
): number {
  const credits = new ExactSum()
  for (const row of rows) if (values[row]! < 0) credits.add(values[row]!)
  const settled = (Number.isNaN(paid) ? 0 : paid) - credits.value
  const due = new ExactSum()
  let day = Number.NaN
  for (const row of rows) {
    // Missing amounts compare as false.
    if (!(values[row]! > 0)) continue
    if (days[row] !== day && isOpen(due.value, settled) && !Number.isNaN(day)) return day
    day = days[row]!
    due.add(values[row]!)
  }
  return isOpen(due.value, settled) ? day : Number.NaN
}
