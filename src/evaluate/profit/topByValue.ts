/**
 * Returns the `count` rows of highest `values[row]`, of equal ones the first, in the order in which they came; all of
 * them where there are no more. O(rows), without a sort.
 */
export function topByValue(rows: Int32Array, values: Float64Array, count: number): Int32Array {
  if (count >= rows.length) return rows
  if (count <= 0) return new Int32Array(0)
  const edge = selectHighest(
    Float64Array.from(rows, (row) => values[row]!),
    count,
  )
  let above = 0
  for (const row of rows) if (values[row]! > edge) above++
  let equalLeft = count - above
  return rows.filter((row) => values[row]! > edge || (values[row] === edge && equalLeft-- > 0))
}

/** Returns the value with `rank` values at or above it (quickselect by Hoare); reorders the values. */
export function selectHighest(values: Float64Array, rank: number): number {
  const place = values.length - rank
  let left = 0
  let right = values.length - 1
  while (left < right) {
    const pivot = values[(left + right) >>> 1]!
    let up = left
    let down = right
    while (up <= down) {
      while (values[up]! < pivot) up++
      while (values[down]! > pivot) down--
      if (up > down) break
      const kept = values[up]!
      values[up++] = values[down]!
      values[down--] = kept
    }
    if (place <= down) right = down
    else if (place >= up) left = up
    else break
  }
  return values[place]!
}
