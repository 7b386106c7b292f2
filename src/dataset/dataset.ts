import type { EpochDay } from '../base/days.js'
import type { FeatureMatrix } from '../base/matrix.js'
import type { FeatureRule } from '../feature/rule.js'

/**
 * Customers as of cutoffs, with features from before and outcomes from after: the only place where both meet.
 * One row per customer and cutoff, or one row per customer for a flat table.
 */
export interface Dataset {
  /** Customer of each row. */
  readonly ids: readonly string[]
  /** Cutoff of each row; null for a flat table. */
  readonly cutoffs: Int32Array | null
  readonly features: FeatureMatrix
  /** Shape (rows): 1 = churned, 0 = stayed. Rows whose outcome is not known are not here. */
  readonly outcome: Uint8Array
  /** The rules the features were made with; null for a flat table. */
  readonly rules: readonly FeatureRule[] | null
  /** What the label is and how long after the cutoff it reaches; null for a flat table. */
  readonly label: { readonly name: string; readonly gapDays: number; readonly horizonDays: number } | null
  /** SHA-256 over ids, cutoffs, features and outcomes: the same data gives the same text. */
  readonly fingerprint: string
}

/** Two parts of a dataset that share no row and, split by time, no day of outcome. */
export interface Split {
  readonly train: Dataset
  readonly test: Dataset
  /** First cutoff of the test part; null where the split is by row. */
  readonly testFrom: EpochDay | null
}
