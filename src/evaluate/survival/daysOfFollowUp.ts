import { ranksOf, rowsByRank } from '../rows/ranksOf.js'
import type { FollowUps } from './checkedFollowUps.js'

/** Follow-ups by the day of their end. */
export interface DaysOfFollowUp {
  /** Shape (days): the distinct durations, ascending. */
  readonly day: Float64Array
  /** Shape (rows), by duration; those of day d are `rows[start[d]]` … `rows[start[d + 1] − 1]`. */
  readonly rows: Int32Array
  readonly start: Int32Array
  /** Shape (days): weight of those who churned on that day. */
  readonly churned: Float64Array
  /** Shape (days): weight of those who are censored at the end of that day. */
  readonly censored: Float64Array
}

/** Returns the follow-ups by day. O(n log n). */
export function daysOfFollowUp({ duration, churned, weight }: FollowUps): DaysOfFollowUp {
  const ranks = ranksOf(duration)
  const sums = [new Float64Array(ranks.values.length), new Float64Array(ranks.values.length)] as const
  for (let row = 0; row < churned.length; row++) {
    sums[churned[row] as 0 | 1][ranks.rank[row]!]! += weight[row]!
  }
  return { day: ranks.values, ...rowsByRank(ranks), churned: sums[1], censored: sums[0] }
}
