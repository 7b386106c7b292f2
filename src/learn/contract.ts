import type * as z from 'zod'
import type { FeatureMatrix, FeatureSpec } from '../base/matrix.js'
import type { PredictOptions } from './predictOptions.js'

/** What a learner reads: features and what happened. A `Dataset` is one. */
export interface TrainingData {
  readonly features: FeatureMatrix
  /** Shape (rows): 1 = churned, 0 = stayed. */
  readonly outcome: Uint8Array
  /** Shape (rows), each ≥ 0; left out = all 1. Weight 2 = the row twice, weight 0 = the row absent. */
  readonly weight?: Float64Array
  /**
   * Shape (rows): the customer of each row, a text or a finite number. Needed where customers have several rows: whatever
   * is kept from a training to judge it, is kept by customer, and no row is judged by what its customer's other rows
   * taught. Left out, or all different = each row is a customer of its own. Rows that are identical in all features far
   * more often than chance leaves them are one customer's, whatever their ids.
   */
  readonly ids?: ArrayLike<string | number>
}

/**
 * Rows that come in chunks, so that they are never in memory together: anything that `for await` goes through, an array
 * of chunks too. It is gone through twice and gives the same rows in the same order each time; how they are cut into
 * chunks may differ and does not show in the model. Every chunk has the same columns, and weights and ids in all or in
 * none; of `ids` those of the first reading count.
 */
export type TrainingChunks = AsyncIterable<TrainingData> | Iterable<TrainingData>

/** How far a training is: `done` of `total` steps. */
export interface Progress {
  readonly step: string
  readonly done: number
  readonly total: number
}

/** Watching and stopping a training. */
export interface TrainControl {
  /** Called after each step of the training. */
  readonly onProgress?: (progress: Progress) => void
  /** Looked at after each step; an abort throws `aborted`. */
  readonly signal?: AbortSignal
}

/**
 * Why each prediction is what it is: `base + values[0][row] + values[1][row] + …` is the margin of the row, or its
 * probability, as `scale` says.
 */
export interface Contributions {
  /** What contributions add up in: the log odds of churn; or its probability, of models that are means of probabilities. */
  readonly scale: 'log-odds' | 'probability'
  /** Mean prediction of the training rows, in that scale; of a calibrated model, what the calibration makes of that mean. */
  readonly base: number
  /** One array per feature of the model, each of shape (rows), in that scale. */
  readonly values: readonly Float64Array[]
}

/**
 * A trained churn-risk classifier. Immutable; predicting before training does not compile.
 *
 * Input matrices are matched to the model's features by name: order does not matter, further columns are
 * ignored, categories are matched by text. A category that training has not seen is read as missing by trees, and by
 * the logistic model as a rare category, or as none where training had no rare ones.
 */
export interface ChurnModel {
  /** Name of the learner that made it: `boosting`, `logistic`, … */
  readonly learner: string
  /** The features it needs, in the order of its contributions. */
  readonly features: readonly FeatureSpec[]
  /** What its training noticed about the rows, in sentences. Empty in a model read from a file, but for those of a calibration; some learners have none. */
  readonly notes?: readonly string[]
  /**
   * Share of churners that its probabilities stand for: the weighted share of the rows it was trained on, or the one that
   * it was moved to since (`prior`, `calibrate`, `shiftPrior`). Risk bands begin from it.
   */
  readonly baseRate: number
  /**
   * Returns the probability of churn, shape (rows), each in [1e-15, 1 - 1e-15]: never exactly 0 or 1.
   * @throws {HoldfastError} `feature-missing`, `column-type`, `length-differs`, `value-not-finite`: all at once;
   *   `thread-lost` where something ended a thread
   */
  probability(features: FeatureMatrix, options?: PredictOptions): Float64Array
  /** Returns the log odds of churn, shape (rows). @throws as `probability` */
  margin(features: FeatureMatrix, options?: PredictOptions): Float64Array
  /** Returns exact additive contributions of the features to the margin or to the probability: see `scale`. */
  contributions(features: FeatureMatrix): Contributions
  /** Returns everything that `restore` needs, as plain JSON data. */
  state(): unknown
}

/** What a learner can do; shared code and the conformance suite ask this, never the name. */
export interface Capabilities {
  /** Reads the features at all; a baseline does not. */
  readonly features: boolean
  /** Reads missing values itself, without imputation. */
  readonly missing: boolean
  /** Reads categories itself, without one-hot columns. */
  readonly categories: boolean
  /** Honours row weights. */
  readonly weights: boolean
  /** Uses the seed. */
  readonly seeded: boolean
}

/** A family of models: how to train one and how to read one back. */
export interface Learner<Options, Model extends ChurnModel = ChurnModel> {
  readonly name: string
  readonly capabilities: Capabilities
  /** Rules and defaults of the options. */
  readonly options: z.ZodType<Options>
  /** Trains a model. @throws {HoldfastError} all broken rules of options and data at once */
  train(data: TrainingData, options?: Options, control?: TrainControl): Model
  /** Reads a model from what `state` gave. @throws {HoldfastError} `model-invalid` */
  restore(features: readonly FeatureSpec[], baseRate: number, state: unknown): Model
}
