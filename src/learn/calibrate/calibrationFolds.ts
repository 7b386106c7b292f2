import {
  customerCount,
  customersByOutcome,
  dealCustomers,
  leavesBothOutcomes,
  type OwnedRows,
} from '../../base/dealCustomers.js'
import type { Random } from '../../base/random.js'

/** The fold of each row, in [0, count). */
export interface CalibrationFolds {
  readonly fold: Uint8Array
  readonly count: number
}

/**
 * Deals customers to folds. Fewer folds where a kind has fewer customers than that; null where it has fewer than two, or
 * where a fold would leave but one kind of rows to learn from.
 */
export function calibrationFolds(rows: OwnedRows, wanted: number, random: Random): CalibrationFolds | null {
  const { customerOf, outcome } = rows
  const [stayed, churned] = customersByOutcome(rows)
  const others = customerOf === null ? stayed : customerCount(customerOf, outcome.length)
  const count = Math.min(wanted, churned, others)
  if (count < 2) return null
  const fold = Uint8Array.from(dealCustomers(rows, ({ place }) => place % count, random))
  return leavesBothOutcomes(fold, count, outcome) ? { fold, count } : null
}

/** Returns the rows that are in the fold, or those that are not. */
export function rowsOfFold({ fold }: CalibrationFolds, wanted: number, isIn: boolean): Int32Array {
  const rows = new Int32Array(fold.length)
  let count = 0
  for (let row = 0; row < fold.length; row++) if ((fold[row] === wanted) === isIn) rows[count++] = row
  return rows.slice(0, count)
}
