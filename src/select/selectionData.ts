import type { TrainingData } from '../learn/contract.js'

/** What a model is chosen on: features and outcomes, and where they are known, customers and cutoffs. A `Dataset` is one. */
export interface SelectionData extends TrainingData {
  /** Shape (rows): day of each row, up to which its features know; null or left out = no time. */
  readonly cutoffs?: Int32Array | null
  /** There where each customer has cutoffs of their own: the folds in time are then months. */
  readonly ownCutoffs?: object
  /** How long after its cutoff an outcome is known; needed for a validation in time. */
  readonly label?: { readonly gapDays: number; readonly horizonDays: number } | null
}
