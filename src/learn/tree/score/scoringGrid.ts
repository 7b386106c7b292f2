/** Cells of equal width over thresholds; where a value falls tells its rank but for a few comparisons. */
export interface Grid {
  readonly low: number
  readonly scale: number
  /** Shape (cells): thresholds in the cells before. */
  readonly ranks: Uint16Array
  /** Thresholds in one cell at most. */
  readonly steps: number
}

const cellCounts = [64, 256, 1024, 4096]
// A step of a search costs what a step in a cell costs; finding the cell costs about 2 of them.
const cellCost = 2

/** Returns a grid over the first `count` thresholds, ascending, or null where a search takes fewer steps. */
export function gridOf(thresholds: Float64Array, count: number): Grid | null {
  const searchSteps = Math.floor(Math.log2(count)) + 1
  let best: Grid | null = null
  for (const cells of cellCounts) {
    const grid = linearGrid(thresholds, count, cells)
    if (grid.steps + cellCost < Math.min(searchSteps, (best?.steps ?? searchSteps) + cellCost)) best = grid
  }
  return best
}

function linearGrid(thresholds: Float64Array, count: number, cells: number): Grid {
  const low = thresholds[0]!
  // The last threshold may be as large as a number can be: where all values go left and only missing ones right.
  const high = thresholds[count - 1]! < Number.MAX_VALUE ? thresholds[count - 1]! : thresholds[count - 2]!
  const scale = finite((cells - 1) / (high - low))
  const counts = new Int32Array(cells)
  for (let rank = 0; rank < count; rank++) counts[cellOf(thresholds[rank]!, low, scale, cells - 1)]!++
  const ranks = new Uint16Array(cells)
  for (let cell = 1; cell < cells; cell++) ranks[cell] = ranks[cell - 1]! + counts[cell - 1]!
  return { low, scale, ranks, steps: counts.reduce((most, own) => Math.max(most, own), 0) }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}

// Adding 2^52 rounds to an integer as the kernel does; a threshold must fall where the kernel puts an equal value.
function cellOf(value: number, low: number, scale: number, lastCell: number): number {
  const place = (value - low) * scale
  return Math.min(lastCell, place > 0 ? place : 0) + 2 ** 52 - 2 ** 52
}
