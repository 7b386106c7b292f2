import { checkArguments } from '../base/arguments.js'
import type { EpochDay } from '../base/days.js'
import type { RepeatedRows } from '../table/repeatedRows.js'

/**
 * The values that the other customers of a batch had, for one percentile feature at one cutoff: plain data, kept as
 * JSON with a model, so that a single customer in memory can be ranked among them.
 */
export interface PercentileReference {
  /** Name of the percentile feature. */
  readonly feature: string
  /** The cutoff at which the values were taken. */
  readonly cutoff: EpochDay
  /** One for each group that has a value; a single one with `within: null` if the rule says everybody. */
  readonly groups: readonly PercentileGroup[]
  /** How the history read its rows: read differently, they have other values. Left out = not known. */
  readonly timeZone?: string
  readonly repeatedRows?: RepeatedRows
}

/** The values of one group. */
export interface PercentileGroup {
  readonly within: string | null
  /** The distinct values to 9 decimals, ascending. */
  readonly values: readonly number[]
  /** `upTo[i]` = number of customers with a value of at most `values[i]`. */
  readonly upTo: readonly number[]
}

/**
 * Returns where a value stands among those of its group: (number below + half of the number with the same value) / number.
 *
 * For customers of the batch it is the number that they had there. For a value that nobody had it is number below /
 * number, in [0, 1]. Values are compared to 9 decimals.
 *
 * @param within the group's text, null for everybody
 * @returns null if the value is missing or nobody in the group had one
 *
 * O(log values) in a group, O(groups) to find it.
 *
 * @example
 * const reference = {
 *   feature: 'age_percentile',
 *   cutoff: epochDay('2025-01-01'),
 *   groups: [{ within: null, values: [20, 30, 50], upTo: [1, 3, 4] }],
 * }
 * percentileIn(reference, 30, null)     // one below, two alike, four in all
 * // => 0.5
 *
 * @see {@link percentileReferences} to make a reference
 */
export function percentileIn(
  reference: PercentileReference,
  value: number | null,
  within: string | null,
): number | null {
  checkArguments('percentileIn', ['reference', reference, 'reference'])
  const group = reference.groups.find((other) => other.within === within)
  if (group === undefined || value === null) return null
  const { values, upTo } = group
  const wanted = comparedValue(value)
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! < wanted) low = middle + 1
    else high = middle
  }
  const below = low === 0 ? 0 : upTo[low - 1]!
  const alike = values[low] === wanted ? upTo[low]! - below : 0
  return (below + alike / 2) / upTo.at(-1)!
}

/** Returns a value to 9 decimals, as percentiles compare it: floating-point noise must not break ties. */
export function comparedValue(value: number): number {
  return (Math.sign(value) * Math.round(Math.abs(value) * 1e9)) / 1e9 + 0
}
