import { type EpochDay, monthStart } from './days.js'

/** Rows as of cutoffs. */
export interface TimedRows {
  /** Cutoff of each row. */
  readonly cutoffs: Int32Array
  /** Given if customers have their own cutoffs, which few others share. */
  readonly ownCutoffs?: object | undefined
}

/**
 * Returns the first day of each row's period in figures over time: its cutoff; for own cutoffs, the first of its month.
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
