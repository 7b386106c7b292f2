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
  readonly model: ChurnModel
  readonly complete: boolean
  readonly trainedRows: number
  readonly chosen: Chosen
  readonly metrics: readonly MetricName[]
  readonly validation: SelectionValidation
  readonly selectionScore: Readonly<Record<string, number>> | null
  readonly trials: readonly Trial[]
  readonly notes: readonly string[]
  readonly seconds: number
  readonly state: SelectionState
}
