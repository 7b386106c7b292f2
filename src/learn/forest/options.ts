import * as z from 'zod'
import { seedRule } from '../../base/sharedRules.js'

/** How to train a random forest. All are optional. */
export interface ForestOptions {
  /** Seed of the drawn rows and columns. Integer ≥ 0. Default 1. */
  readonly seed?: number | undefined
  /** Number of trees; more are never worse, only slower and larger. Integer in [1, 10000]. Default 500. */
  readonly trees?: number | undefined
  /** Draws the customers of each tree with repetition; false = without. Without it and with `rowShare` 1 nothing is out of bag. Default true. */
  readonly bootstrap?: boolean | undefined
  /** Customers drawn for each tree, as a share of all. In (0, 1]. Default 1. */
  readonly rowShare?: number | undefined
  /** Columns that each split chooses among; more than there are = all. Integer ≥ 1, or `sqrt`: the rounded square root of their number. Default `sqrt`. */
  readonly columnsPerSplit?: number | 'sqrt' | undefined
  /** One random cut per column instead of the best one: faster, trees less alike (Geurts, Ernst and Wehenkel 2006). Default false. */
  readonly extraRandom?: boolean | undefined
  /** Least weight of drawn rows in a leaf, a row drawn twice counted twice: of 16 drawn ones about 10 differ. At least 1. Default 20; fewer where churn is easy to tell: compare `outOfBag`. */
  readonly minRowsPerLeaf?: number | undefined
  /** Questions between root and leaf at most. Integer in [1, 64]. Default 64: no limit in practice. */
  readonly maxDepth?: number | undefined
  /** Leaves of a tree at most; the split with the largest gain comes first. Integer ≥ 2. Left out = no limit. */
  readonly maxLeaves?: number | undefined
  /** Bins of a column at most, missing values apart; also the categories told apart. Integer in [2, 255]. Default 255. */
  readonly maxBins?: number | undefined
  /** Weight at the node's churn rate added to each category when they are put in order, so that rare ones lie in the middle. At least 0. Default 10. */
  readonly categorySmoothing?: number | undefined
  /** Weight at the base rate added to each leaf: pulls the answers of small leaves towards it. At least 0. Default 0. */
  readonly priorWeight?: number | undefined
  /** Threads, or `auto`: all processors where there is work for them. The model is the same. Integer in [1, 64]. Default `auto`. */
  readonly threads?: number | 'auto' | undefined
}

/** Rules and defaults of {@link ForestOptions}. */
export const forestOptions = z.strictObject({
  seed: seedRule,
  trees: z.int().min(1).max(10_000).default(500),
  bootstrap: z.boolean().default(true),
  rowShare: z.number().gt(0).max(1).default(1),
  columnsPerSplit: z.union([z.literal('sqrt'), z.int().min(1)]).default('sqrt'),
  extraRandom: z.boolean().default(false),
  // On telco, mlc_churn and CDNOW log loss is .414, .207, .603 with 20, .415, .194, .608 with 10, .419, .185, .615 with 5;
  // scikit-learn's forest has .414, .230, .605 with 10 different rows. The noisier the data, the larger the better.
  minRowsPerLeaf: z.number().min(1).default(20),
  maxDepth: z.int().min(1).max(64).default(64),
  maxLeaves: z.int().min(2).max(2_147_483_647).default(2_147_483_647),
  maxBins: z.int().min(2).max(255).default(255),
  categorySmoothing: z.number().min(0).default(10),
  priorWeight: z.number().min(0).default(0),
  threads: z.union([z.literal('auto'), z.int().min(1).max(64)]).default('auto'),
})

/** Checked options: every member is there. */
export type CheckedForestOptions = z.output<typeof forestOptions>
