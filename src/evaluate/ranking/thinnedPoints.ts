/**
 * Returns which points of a curve to keep so that its position, which rises from below 1 to 1, moves in steps of about
 * 1 / `steps`: the first, the last, and between them the last one up to each step. O(points).
 */
export function thinnedPoints(position: Float64Array, steps: number): Int32Array {
  const kept: number[] = [0]
  for (let point = 1; point < position.length; point++) {
    const isLast = point === position.length - 1
    if (isLast || Math.floor(position[point + 1]! * steps) > Math.floor(position[point]! * steps))
      kept.push(point)
  }
  return Int32Array.from(kept)
}

/** Returns the values at the kept points. */
export function valuesAt(values: Float64Array, kept: Int32Array): Float64Array {
  return Float64Array.from(kept, (point) => values[point]!)
}
