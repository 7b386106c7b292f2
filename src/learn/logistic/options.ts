import * as z from 'zod'

/** How to train a logistic model. All are optional. */
export interface LogisticOptions {
  /**
   * C of scikit-learn: the weight of the data against the penalty; larger = less regularised. Above 0. Default: the one of
   * least log loss on inner folds, of 0.0001, 0.0003, … 30, 100; 1 where fewer than 10 customers churned or stayed.
   */
  readonly inverseRegularization?: number | undefined
  /** Categories of less row weight share one column. At least 0; 0 or 1 = none do. Default 10. */
  readonly minCategoryRows?: number | undefined
  /**
   * How columns without negative values that are more skewed than an exponential distribution (skewness above 2) enter:
   * `log` as logarithms, `raw` as they are. Default: as logarithms; others too, or none, where inner folds say so.
   */
  readonly skewed?: 'log' | 'raw' | undefined
  /** Steps to the optimum at most, beyond which training refuses. Integer in [1, 10000]. Default 100. */
  readonly maxIterations?: number | undefined
  /** Largest slope, per row, at which the optimum counts as found. Above 0. Default 1e-8. */
  readonly gradientTolerance?: number | undefined
}

/** Rules and defaults of {@link LogisticOptions}. */
export const logisticOptions = z.strictObject({
  inverseRegularization: z.number().gt(0).optional(),
  minCategoryRows: z.number().min(0).default(10),
  skewed: z.enum(['log', 'raw']).optional(),
  maxIterations: z.int().min(1).max(10_000).default(100),
  gradientTolerance: z.number().gt(0).default(1e-8),
})

/** Checked options: every member with a default is there. */
export type CheckedLogisticOptions = z.output<typeof logisticOptions>
