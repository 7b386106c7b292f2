import { ranksOf } from '../rows/ranksOf.js'
import type { RankedFollowUps } from './checkedFollowUps.js'
import type { DaysOfFollowUp } from './daysOfFollowUp.js'
import { WeightByRank } from './weightByRank.js'

/** Weights of the pairs of a churner and somebody who stayed longer. */
export interface ComparablePairs {
  /** Shape (days): pairs whose churner left on that day. */
  readonly pairs: Float64Array
  /** Shape (days): those of them where the churner has the higher risk; equal risks count one half. */
  readonly inOrder: Float64Array
}

/** Counts pairs by the day of the churner, from the last day to the first. O(n log n). */
export function comparablePairs(
  { risk, churned, weight }: RankedFollowUps,
  { day, rows, start }: DaysOfFollowUp,
): ComparablePairs {
  const { rank, values } = ranksOf(risk)
  const longer = new WeightByRank(values.length)
  const found = { pairs: new Float64Array(day.length), inOrder: new Float64Array(day.length) }
  for (let index = day.length - 1; index >= 0; index--) {
    const today = rows.subarray(start[index], start[index + 1])
    for (const row of today) if (churned[row] === 0) longer.add(rank[row]!, weight[row]!)
    for (const row of today) {
      if (churned[row] === 0) continue
      const right = longer.below(rank[row]!) + longer.at(rank[row]!) / 2
      found.pairs[index]! += weight[row]! * longer.total
      found.inOrder[index]! += weight[row]! * right
    }
    for (const row of today) if (churned[row] === 1) longer.add(rank[row]!, weight[row]!)
  }
  return found
}
