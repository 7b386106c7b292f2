import type { AskedAbove } from './growLimits.js'

/** Sums over the rows of a node, in units. */
export interface Sums {
  readonly gradient: number
  readonly hessian: number
}

/** The best split of a node, as the kernels found it. */
export interface FoundSplit {
  readonly place: number
  /** In units of the sums. */
  readonly gain: number
  readonly left: Sums
  readonly cut: number
  readonly missingLeft: boolean
  /** Sides of the bins; null until they are read from the node's histogram. */
  sides: Uint8Array | null
}

/** A leaf that may still be divided. */
export interface OpenLeaf {
  readonly node: number
  readonly depth: number
  readonly sums: Sums
  readonly lower: number
  readonly upper: number
  readonly asked: AskedAbove
  /** Where its histogram lies; -1 where there was no room to keep it. */
  readonly slot: number
  readonly split: FoundSplit
}

/** A node that is about to be searched; the number of its rows is known once its parent's are divided. */
export type SearchedNode = Omit<OpenLeaf, 'slot' | 'split'> & { rows: number }
