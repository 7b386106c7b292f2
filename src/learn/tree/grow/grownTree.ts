/** A question of a grown tree. */
export interface GrownSplit {
  readonly feature: number
  /** What the split took off the loss, times 2. */
  readonly gain: number
  /**
   * Per bin of the feature, the one of missing values last: 1 = left, 0 = right, 2 = no row of the node had it; the
   * heavier side, which is known when the tree is complete, then takes the place of the 2.
   */
  readonly sides: Uint8Array
}

/** A node of a tree that has just been grown. */
export interface GrownNode {
  split: GrownSplit | null
  left: number
  right: number
  /** What a leaf answers; 0 elsewhere. */
  value: number
  /** Weight of the training rows that pass. */
  cover: number
}

/** A tree that has just been grown; the root is node 0, children come after their parents. */
export type GrownTree = readonly GrownNode[]
