import type { MetricName } from '../evaluate/metrics.js'
import type { ChurnModel } from '../learn/contract.js'
import type { FamilyName } from './candidate.js'
import type { SelectionState } from './selectionState.js'
import type { Trial } from './trial.js'

/** The chosen candidate. */
export interface Chosen {
  readonly name: string
  readonly learner: FamilyName
  /** Options of the learner; of a blend the weight of each member. */
  readonly options: Readonly<Record<string, unknown>>
  /** Why, in whole sentences. */
  readonly why: string
}

/** How the candidates were validated. */
export interface SelectionValidation {
  readonly kind: 'time' | 'folds'
  /** Folds of a repeat. */
  readonly folds: number
  readonly repeats: number
}

/** The facts of a selection. */
export interface SelectionFacts {
  /** Trained on all rows; if `complete` is false, perhaps on fewer: see `trainedRows`. */
  readonly model: ChurnModel
  /**
   * False if the budget was not enough to try a candidate and train the chosen one on all rows: the first note says
   * what is missing. Check it before using the model.
   */
  readonly complete: boolean
  /** Rows on which the model was trained; rows of weight 0 do not count. */
  readonly trainedRows: number
  readonly chosen: Chosen
  /** The metrics, in order of importance. */
  readonly metrics: readonly MetricName[]
  readonly validation: SelectionValidation
  /**
   * Mean of each metric of the chosen candidate over its folds; null if nothing was tried. It was used to choose and is
   * therefore too good, the more so the more candidates. Do not report it: see `selectModel`.
   */
  readonly selectionScore: Readonly<Record<string, number>> | null
  /** Every candidate on every rung it reached: the last rung first, and within a rung the best in the first metric. */
  readonly trials: readonly Trial[]
  /** What was not tried or left out, and why; may be empty. */
  readonly notes: readonly string[]
  /** Time taken. */
  readonly seconds: number
  /** All trainings: pass it to `resume` to continue with more time. */
  readonly state: SelectionState
}
