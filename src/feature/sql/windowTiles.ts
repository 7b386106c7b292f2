import type { DayWindow } from '../../base/windows.js'

/**
 * Returns shorter windows of a list that end to end make up the window, undefined if there are none: a quarter is three
 * months that may be asked for anyway.
 */
export function windowTiles(window: DayWindow, among: readonly DayWindow[]): DayWindow[] | undefined {
  const shorter = among.filter(({ start, end }) => end - start < window.end - window.start)
  // For each day reached, the tiles that lead to it; days only grow, so every tile is tried once.
  const reached = new Map<number, DayWindow[]>([[window.start, []]])
  for (const tile of shorter.toSorted((left, right) => left.start - right.start || right.end - left.end)) {
    const before = reached.get(tile.start)
    if (before !== undefined && tile.end <= window.end && !reached.has(tile.end)) {
      reached.set(tile.end, [...before, tile])
    }
  }
  return reached.get(window.end)
}
