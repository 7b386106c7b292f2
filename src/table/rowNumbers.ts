/**
 * Returns a function from the position of a row among those read (from 1) to its number in the source (from 1), which
 * also counts the unreadable rows.
 *
 * @param unread numbers of the rows that could not be read, ascending
 *
 * @example
 * [1, 2, 3].map(rowNumbers([2, 3]))
 * // => [1, 4, 5]
 */
export function rowNumbers(unread: readonly number[]): (position: number) => number {
  // Each unread row shifts the later ones by one: the k-th shifts all positions from its number - k on
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
