/**
 * Returns a number from 0 per distinct text or number, in order of first appearance: rows of one customer have one number.
 */
export function groupNumbers(groups: ArrayLike<string | number>): Int32Array {
  const numbers = new Map<string | number, number>()
  return Int32Array.from({ length: groups.length }, (_, row) => {
    const known = numbers.get(groups[row]!)
    if (known !== undefined) return known
    numbers.set(groups[row]!, numbers.size)
    return numbers.size - 1
  })
}
