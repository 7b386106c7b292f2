/**
 * Returns the function from the position of a row that was read (from 1) to its number in the source (from 1), where
 * some rows of the source could not be read and are not among those that were.
 *
 * @param unread numbers of the rows that could not be read, ascending
 *
 * @example
 * [1, 2, 3].map(rowNumbers([2, 3]))
 * // => [1, 4, 5]
 */
export function rowNumbers(unread: readonly number[]): (position: number) => number {
  // Each unread row moves the later ones on by one: the k-th passes on all positions from its number - k
  const thresholds = unread.map((row, index) => row - index)
  return (position) => {
    let [low, high] = [0, thresholds.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (thresholds[middle]! <= position) low = middle + 1
      else high = middle
    }
    return position + low
  }
}
