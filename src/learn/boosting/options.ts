import { z } from 'zod'

/** How to train a boosting model. All are optional; the defaults are shallow and regularised, for any data. */
export interface BoostingOptions {
  /** Seed of row and column sampling. Integer ≥ 0. Default 1. */
  readonly seed?: number | undefined
  /** Number of trees. Integer in [1, 10000]. Default 300. */
  readonly rounds?: number | undefined
  /** Part of each tree's answer that is used; halve it and double `rounds` for a finer model. In (0, 1]. Default 0.05. */
  readonly learningRate?: number | undefined
  /** Questions between root and leaf at most: features that may act together. Integer in [1, 32]. Default 3. */
  readonly maxDepth?: number | undefined
  /** Leaves of a tree at most; the depth usually ends first. Integer in [2, 1024]. Default 31. */
  readonly maxLeaves?: number | undefined
  /** Least weight of rows in a leaf; with weights left out, their number. At least 1. Default 1. */
  readonly minRowsPerLeaf?: number | undefined
  /** Least sum of weight × p (1 - p) in a leaf; keeps leaves of certain rows from forming. At least 0. Default 1. */
  readonly minHessianPerLeaf?: number | undefined
  /** Pulls leaf values towards 0: added to the hessian of a leaf. At least 0. Default 1. */
  readonly l2?: number | undefined
  /** Gain that a split must exceed, in units of log loss × 2. At least 0. Default 0. */
  readonly minGain?: number | undefined
  /** Share of rows each tree is grown on. In (0, 1]; 1 = all, no chance. Default 0.8. */
  readonly rowShare?: number | undefined
  /** Share of columns each tree may ask. In (0, 1]; 1 = all. Default 0.8. */
  readonly columnShare?: number | undefined
  /** Bins of a column at most, missing values apart; also the categories told apart. Integer in [2, 255]. Default 255. */
  readonly maxBins?: number | undefined
  /** Hessian added to each category when they are put in order, so that rare ones lie in the middle. At least 0. Default 10. */
  readonly categorySmoothing?: number | undefined
  readonly threads?: number | undefined
}

/** Rules and defaults of {@link BoostingOptions}. */
export const boostingOptions = z.strictObject({
  seed: z.int().min(0).max(4_294_967_295).default(1),
  rounds: z.int().min(1).max(10_000).default(300),
  learningRate: z.number().gt(0).max(1).default(0.05),
  maxDepth: z.int().min(1).max(32).default(3),
  maxLeaves: z.int().min(2).max(1024).default(31),
  minRowsPerLeaf: z.number().min(1).default(1),
  minHessianPerLeaf: z.number().min(0).default(1),
  l2: z.number().min(0).default(1),
  minGain: z.number().min(0).default(0),
  rowShare: z.number().gt(0).max(1).default(0.8),
  columnShare: z.number().gt(0).max(1).default(0.8),
  maxBins: z.int().min(2).max(255).default(255),
  categorySmoothing: z.number().min(0).default(10),
  threads: z.int().min(1).max(64).default(1),
})

/** Checked options: every member is there. */
export type CheckedBoostingOptions = z.output<typeof boostingOptions>
