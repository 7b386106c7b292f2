import type { DayWindow } from '../../base/windows.js'

/**
 * Returns shorter windows of a list that lie end to end and together are the window, undefined where there are none: a
 * quarter is three months that are asked for anyway.
 */
export function windowTiles(window: DayWindow, among: readonly DayWindow[]): DayWindow[] | undefined {
  const shorter = among.filter(({ start, end }) => end - start < window.end - window.start)
  // From each day that tiles reach, the way there; days only grow, so every tile is tried once.
  const reached = new Map<number, DayWindow[]>([[window.start, []]])
  for (const tile of shorter.toSorted((left, right) => left.start - right.start || right.end - left.end)) {
    const before = reached.get(tile.start)
    if (before !== undefined && tile.end <= window.end && !reached.has(tile.end)) {
      reached.set(tile.end, [...before, tile])
    }
  }
  return reached.get(window.end)
}
