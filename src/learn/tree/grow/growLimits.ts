/** What a tree must respect. */
export interface GrowLimits {
  readonly growth: 'leaf' | 'depth'
  readonly maxLeaves: number
  readonly maxDepth: number
  readonly minRowsPerLeaf: number
  readonly minHessianPerLeaf: number
  readonly l1: number
  readonly l2: number
  readonly minGain: number
  readonly categorySmoothing: number
  /** True where some feature must not raise, or not lower, the answer. */
  readonly isMonotone: boolean
}

/** The features asked above a node, from its parent up, some more than once; null at the root. */
export type AskedAbove = { readonly feature: number; readonly above: AskedAbove } | null

/** Which features a node may ask: given the features asked above it, writes 1 or 0 per place. */
export type FeatureChoice = (asked: AskedAbove, inUse: Uint8Array) => void

/** Units of the packed sums: how many there are in a gradient, a hessian and a weight of 1. */
export interface SumUnits {
  readonly gradient: number
  readonly hessian: number
  readonly weight: number
}
