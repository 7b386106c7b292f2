import type { Binning, CalibrationBin } from './calibration/calibrationTable.js'
import type { LiftRow } from './ranking/topOfList.js'

/** Rows of which a customer may have several. */
export interface RowsOfCustomers {
  readonly probability: ArrayLike<number>
  readonly weight?: ArrayLike<number> | undefined
  /** The customer of each row. */
  readonly groups: ArrayLike<string | number>
}

/** Returns the bins with the number of customers who have a row in each; whoever has rows in two is counted in both. */
export function binsOfCustomers(
  bins: readonly CalibrationBin[],
  binning: Binning,
  rows: RowsOfCustomers,
): CalibrationBin[] {
  const isClosed = ({ upper }: CalibrationBin): boolean => binning === 'equal-count' || upper === 1
  return bins.map((bin) => ({
    ...bin,
    customers: customersWhere(
      rows,
      (p) => p >= bin.lower && (p < bin.upper || (p === bin.upper && isClosed(bin))),
    ),
  }))
}

/**
 * Returns the parts of a list with the number of customers who have a row in each; whoever has rows in two is counted in
 * both, and a tie that two parts share is in both.
 */
export function liftRowsOfCustomers(table: readonly LiftRow[], rows: RowsOfCustomers): LiftRow[] {
  let rowsAbove = 0
  return table.map((part, index) => {
    const end = table[index - 1]?.lowestProbability ?? 1
    const sharesTie = index === 0 || weightDownTo(rows, end) > rowsAbove
    rowsAbove += part.rows
    const isIn = (p: number): boolean => p >= part.lowestProbability && (p < end || (p === end && sharesTie))
    return { ...part, customers: customersWhere(rows, isIn) }
  })
}

/** Returns the number of customers who have a row of weight above 0 among some. */
export function countCustomers(
  { groups, weight }: Omit<RowsOfCustomers, 'probability'>,
  rows: Iterable<number>,
): number {
  const found = new Set<string | number>()
  for (const row of rows) if (weight?.[row] !== 0) found.add(groups[row]!)
  return found.size
}

function customersWhere(rows: RowsOfCustomers, isIn: (probability: number) => boolean): number {
  const places = Array.from(rows.probability, (_, row) => row)
  return countCustomers(
    rows,
    places.filter((row) => isIn(rows.probability[row]!)),
  )
}

// Weights that are summed in another order differ in their last digits
const roundedSum = 1 + 1e-9

function weightDownTo({ probability, weight }: RowsOfCustomers, lowest: number): number {
  let sum = 0
  for (let row = 0; row < probability.length; row++)
    if (probability[row]! >= lowest) sum += weight?.[row] ?? 1
  return sum / roundedSum
}
