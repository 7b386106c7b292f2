import type { LeafPath } from './leafPaths.js'

/**
 * What is explained of each leaf: which outputs it adds to, and how much for a row that takes its side of some features.
 *
 * An output is a number: the feature for contributions, first × features + second for pairs.
 */
export interface LeafGame {
  readonly leaf: LeafPath
  readonly outputs: readonly number[]
  /** Adds to `into`, in the order of `outputs`; `takes[i]` is 1 where the row takes the leaf's side of feature i. */
  add(takes: ArrayLike<number>, into: Float64Array): void
  /** What the kernel of deep leaves reads; null where it cannot compute the game. */
  readonly deepTable: Float64Array | null
}

/** Returns what a leaf adds for every set of its m features whose side a row takes: 2^m sets × outputs. */
export function tableOf(game: LeafGame): Float64Array {
  const size = game.leaf.features.length
  const width = game.outputs.length
  const table = new Float64Array(2 ** size * width)
  const takes = new Uint8Array(size)
  for (let set = 0; set < 2 ** size; set++) {
    for (let place = 0; place < size; place++) takes[place] = (set >> place) & 1
    game.add(takes, table.subarray(set * width, (set + 1) * width))
  }
  return table
}
