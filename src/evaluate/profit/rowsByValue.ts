import { groupOf } from '../rows/rankedOutcomes.js'

/**
 * Returns rows by falling value of `values[row]`, equal ones in the order given. O(n log n).
 *
 * Values are sorted without their rows, and each row then finds its place by search: for 5 million rows that takes half
 * the time of a sort of rows by a comparator.
 */
export function rowsByValue(rows: Int32Array, values: Float64Array): Int32Array {
  const sorted = Float64Array.from(rows, (row) => values[row]!).sort()
  const { distinct, start } = placesOf(sorted)
  const ordered = new Int32Array(rows.length)
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    const group = groupOf(distinct, values[row]!)
    ordered[start[group]!++] = row
  }
  return ordered
}

/** The distinct values, the highest first, and the place at which each begins. */
function placesOf(ascending: Float64Array): { readonly distinct: Float64Array; readonly start: Int32Array } {
  const distinct = new Float64Array(ascending.length)
  const start = new Int32Array(ascending.length)
  let count = 0
  for (let place = 0; place < ascending.length; place++) {
    const value = ascending[ascending.length - 1 - place]!
    if (count > 0 && distinct[count - 1] === value) continue
    distinct[count] = value
    start[count++] = place
  }
  return { distinct: distinct.slice(0, count), start }
}
