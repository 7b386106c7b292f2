import * as z from 'zod'
import { seedRule } from '../../base/sharedRules.js'

/** How to train a boosting model. All are optional; left out, the data choose what is best for them. */
export interface BoostingOptions {
  /** Seed of all sampling. Any 32-bit integer. Default 1. */
  readonly seed?: number | undefined
  /** Trees of a part of the model at most; with `earlyStopping: false`, their number. Integer in [1, 10000]. Default 600. */
  readonly rounds?: number | undefined
  /** Part of each tree's answer that is used; halve it and double `rounds` for a finer model. In (0, 1]. Default 0.1. */
  readonly learningRate?: number | undefined
  /**
   * Questions between root and leaf at most: features that may act together. Integer in [1, 32]. Where this and
   * `maxLeaves` are left out, the model is the mean of two parts, one of depth 3 and one of depth 6, or of larger ones where
   * the inner folds say so (depth 8 and 12, up to 256 leaves).
   */
  readonly maxDepth?: number | undefined
  /** Leaves of a tree at most. Integer in [2, 1024]. Left out: 31 where `maxDepth` is given, else the depth decides. */
  readonly maxLeaves?: number | undefined
  /** Which leaf is divided next: the one with the largest gain (`leaf`), or level by level (`depth`). Default `leaf`. */
  readonly growth?: 'leaf' | 'depth' | undefined
  /** Least weight of rows in a leaf; with weights left out, their number. At least 1. Default 1. */
  readonly minRowsPerLeaf?: number | undefined
  /** Least sum of weight × p (1 - p) in a leaf; keeps leaves of certain rows from forming. At least 0. Default 1. */
  readonly minHessianPerLeaf?: number | undefined
  /** Takes that much off the gradient of a leaf: small effects become none. At least 0. Default 0. */
  readonly l1?: number | undefined
  /** Pulls leaf values towards 0: added to the hessian of a leaf. At least 0. Default 1. */
  readonly l2?: number | undefined
  /** Gain that a split must exceed, in units of log loss × 2. At least 0. Default 0. */
  readonly minGain?: number | undefined
  /** Share of rows each tree is grown on. In (0, 1]; 1 = all, no chance. Default 0.8. */
  readonly rowShare?: number | undefined
  /** Share of columns each tree may ask. In (0, 1]; 1 = all. Default 1. */
  readonly columnShare?: number | undefined
  /** Share of a tree's columns that each of its nodes may ask. In (0, 1]; 1 = all. Default 0.5. */
  readonly columnSharePerNode?: number | undefined
  /** How much more often than others a column is drawn where columns are sampled; at 0 never. By name; default 1 each. */
  readonly columnWeights?: Readonly<Record<string, number>> | undefined
  /** Columns whose growth may only raise (`increasing`) or only lower (`decreasing`) the risk, all else equal. By name. */
  readonly monotone?: Readonly<Record<string, 'increasing' | 'decreasing'>> | undefined
  /** Groups of columns that may act together; a column in none acts alone. Left out: all may. */
  readonly interactions?: readonly (readonly string[])[] | undefined
  /** Bins of a column at most, missing values apart; also the categories told apart. Integer in [2, 255]. Default 255. */
  readonly maxBins?: number | undefined
  /** Hessian added to each category when they are put in order, so that rare ones lie in the middle. At least 0. Default 10. */
  readonly categorySmoothing?: number | undefined
  /**
   * True: the number of trees is the one that predicts rows best that were kept from the training (the validation set,
   * or inner folds, after which the model is trained again on all rows, see `innerFolds`). False: `rounds` trees. Default true.
   */
  readonly earlyStopping?: boolean | undefined
  /**
   * Inner folds of early stopping. Integer in [1, 20]; 1 = one part is kept: 20 % of the customers, or what holds 50,000 of
   * them and 2,500 of the rarer outcome. Default 3, of which one is enough where trees are larger than usual; 1 from 50,000
   * rows on. The training on all rows that follows is left out by default where an eighth or less is kept: give a number,
   * `repeats` or `onAbort: 'keep'` to have it.
   */
  readonly innerFolds?: number | undefined
  /**
   * Times that each part is trained with draws of its own; the mean is steadier. Integer in [1, 100]. Default 1; with
   * early stopping below 50,000 rows 3.
   */
  readonly repeats?: number | undefined
  /**
   * Share of churners among those who will be scored, where the training rows were drawn by outcome and have another. In
   * (0, 1). Probabilities and `baseRate` are moved there as by `shiftPrior`. Default: as in the training rows.
   */
  readonly prior?: number | undefined
  /** Threads, or `auto`: all processors where there is work for them. The model is the same. Default `auto`. */
  readonly threads?: number | 'auto' | undefined
}

/** Rules and defaults of {@link BoostingOptions}. */
export const boostingOptions = z.strictObject({
  seed: seedRule,
  rounds: z.int().min(1).max(10_000).default(600),
  learningRate: z.number().gt(0).max(1).default(0.1),
  maxDepth: z.int().min(1).max(32).optional(),
  maxLeaves: z.int().min(2).max(1024).optional(),
  growth: z.enum(['leaf', 'depth']).default('leaf'),
  minRowsPerLeaf: z.number().min(1).default(1),
  minHessianPerLeaf: z.number().min(0).default(1),
  l1: z.number().min(0).default(0),
  l2: z.number().min(0).default(1),
  minGain: z.number().min(0).default(0),
  rowShare: z.number().gt(0).max(1).default(0.8),
  columnShare: z.number().gt(0).max(1).default(1),
  columnSharePerNode: z.number().gt(0).max(1).default(0.5),
  columnWeights: z.record(z.string(), z.number().min(0)).optional(),
  monotone: z.record(z.string(), z.enum(['increasing', 'decreasing'])).optional(),
  interactions: z.array(z.array(z.string()).min(1)).optional(),
  maxBins: z.int().min(2).max(255).default(255),
  categorySmoothing: z.number().min(0).default(10),
  earlyStopping: z.boolean().default(true),
  innerFolds: z.int().min(1).max(20).optional(),
  repeats: z.int().min(1).max(100).optional(),
  prior: z.number().gt(0).lt(1).optional(),
  threads: z.union([z.literal('auto'), z.int().min(1).max(64)]).default('auto'),
})

/** Checked options: every member with a default is there. */
export type CheckedBoostingOptions = z.output<typeof boostingOptions>
