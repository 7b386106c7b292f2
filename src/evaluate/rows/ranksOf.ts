/** Values by their rank among the distinct ones. */
export interface Ranks {
  /** Shape (ranks): the distinct values, ascending. */
  readonly values: Float64Array
  /** Shape (n): the place of each value in `values`. */
  readonly rank: Int32Array
}

/** Returns the ranks of finite numbers; equal values have one rank. O(n log n). */
export function ranksOf(list: ArrayLike<number>): Ranks {
  const sorted = Float64Array.from(list).sort()
  let count = 0
  for (const value of sorted) if (value !== sorted[count - 1]) sorted[count++] = value
  const values = sorted.slice(0, count)
  const rank = new Int32Array(list.length)
  for (let row = 0; row < rank.length; row++) rank[row] = countBelow(values, list[row]!)
  return { values, rank }
}

/** Returns how many of the ascending values are below this one. O(log n). */
export function countBelow(values: Float64Array, value: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns the rows sorted by rank, and where the rows of each rank begin. O(n). */
export function rowsByRank({ values, rank }: Ranks): {
  readonly rows: Int32Array
  readonly start: Int32Array
} {
  const start = new Int32Array(values.length + 1)
  for (const each of rank) start[each + 1]! += 1
  for (let each = 0; each < values.length; each++) start[each + 1]! += start[each]!
  const next = start.slice()
  const rows = new Int32Array(rank.length)
  for (let row = 0; row < rank.length; row++) rows[next[rank[row]!]!++] = row
  return { rows, start }
}
