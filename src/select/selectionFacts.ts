import type { MetricName } from '../evaluate/metrics.js'
import type { ChurnModel } from '../learn/contract.js'
import type { FamilyName } from './candidate.js'
import type { SelectionState } from './selectionState.js'
import type { Trial } from './trial.js'

/** The candidate that was taken. */
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
  /** Trained on all rows; where `complete` is false perhaps on fewer: see `trainedRows`. */
  readonly model: ChurnModel
  /**
   * False where the budget did not suffice to try one candidate and to train the chosen one on all rows: the first note
   * says what is missing. Look at it before the model is used.
   */
  readonly complete: boolean
  /** Rows that the model was trained on; rows of weight 0 do not count. */
  readonly trainedRows: number
  readonly chosen: Chosen
  /** What was to be best, the first first. */
  readonly metrics: readonly MetricName[]
  readonly validation: SelectionValidation
  /**
   * Mean of each metric of the chosen candidate over its folds; null where nothing was tried. It was used to choose, so
   * it is better than what is to be expected: the more candidates, the more so. Do not report it: see `selectModel`.
   */
  readonly selectionScore: Readonly<Record<string, number>> | null
  /** Every candidate on every rung that it reached: the last rung first, within it the best in the first metric first. */
  readonly trials: readonly Trial[]
  /** What was not tried, or left out, and why; empty where nothing was. */
  readonly notes: readonly string[]
  /** Time that it took. */
  readonly seconds: number
  /** All trainings, to go on with more time: hand it to `resume`. */
  readonly state: SelectionState
}
