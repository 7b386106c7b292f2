import type { TrainingData } from '../learn/contract.js'

/** The data of a selection: features and outcomes and, if known, customers and cutoffs. A `Dataset` is one. */
export interface SelectionData extends TrainingData {
  /** Shape (rows): the cutoff of each row; null or left out = no time. */
  readonly cutoffs?: Int32Array | null
  /** Given if customers have their own cutoffs: the folds in time are then months. */
  readonly ownCutoffs?: object
  /** How long after its cutoff an outcome is known; needed for a validation in time. */
  readonly label?: { readonly gapDays: number; readonly horizonDays: number } | null
}
