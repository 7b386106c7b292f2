import { type EpochDay, monthStart } from './days.js'

/** Rows as of cutoffs. */
export interface TimedRows {
  /** Cutoff of each row. */
  readonly cutoffs: Int32Array
  /** There where each customer has cutoffs of their own, on which few others are asked about. */
  readonly ownCutoffs?: object | undefined
}

/**
 * Returns the first day of the period that each row belongs to in figures over time: its cutoff; where customers have
 * cutoffs of their own, the first of the month of its cutoff.
 */
export function cutoffPeriods({ cutoffs, ownCutoffs }: TimedRows): Int32Array {
  if (ownCutoffs === undefined) return cutoffs
  const starts = new Map<number, EpochDay>()
  return cutoffs.map((cutoff) => {
    const known = starts.get(cutoff)
    if (known !== undefined) return known
    const start = monthStart(cutoff as EpochDay)
    starts.set(cutoff, start)
    return start
  })
}
