import { z } from 'zod'
import type { FeatureMatrix, FeatureSpec } from '../../base/matrix.js'
import { FeatureAligner } from '../align.js'
import type { Contributions } from '../contract.js'
import { probabilityOf } from '../margin.js'
import type { PredictOptions } from '../predictOptions.js'
import { checkState, logOdds, refuseModel } from '../restore.js'
import type { TreeEnsemble } from '../tree/ensemble.js'
import { type AlignedRows, TreeExplainer } from '../tree/explain/treeExplainer.js'
import { TreePredictor } from '../tree/score/treePredictor.js'
import { ensembleOfState, ensembleProblems, ensembleState, stateOfEnsemble } from '../tree/state.js'
import { type Interactions, refuseEmptyBackground, type TreeModel } from '../tree/treeModel.js'

/**
 * A churn-risk model of boosted trees; see `trainBoosting`.
 *
 * A category that training has not seen is read as missing. Contributions are exact Shapley values of the trees
 * (path-dependent TreeSHAP).
 */
export class BoostingModel implements TreeModel {
  readonly learner = 'boosting'
  readonly #aligner: FeatureAligner
  readonly #predictor: TreePredictor
  readonly #explainer: TreeExplainer

  constructor(
    readonly features: readonly FeatureSpec[],
    readonly baseRate: number,
    /** Margin before the first tree, in log odds. */
    readonly baseMargin: number,
    readonly ensemble: TreeEnsemble,
    /** What the training noticed about its rows, in sentences. Not saved: empty in a model read from a file. */
    readonly notes: readonly string[] = [],
  ) {
    this.#aligner = new FeatureAligner(features)
    this.#predictor = new TreePredictor(ensemble, features)
    this.#explainer = new TreeExplainer(ensemble, features)
  }

  probability(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    return probabilityOf(this.#margin('BoostingModel.probability', features, options))
  }

  margin(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    return this.#margin('BoostingModel.margin', features, options)
  }

  contributions(features: FeatureMatrix): Contributions {
    const values = this.#explainer.contributions(this.#rows('BoostingModel.contributions', features))
    return { scale: 'log-odds', base: this.baseMargin + this.#explainer.expectedValue, values }
  }

  interventionalContributions(features: FeatureMatrix, background: FeatureMatrix): Contributions {
    const operation = 'BoostingModel.interventionalContributions'
    refuseEmptyBackground(operation, background)
    const rows = this.#rows(operation, features)
    const { mean, values } = this.#explainer.interventional(rows, this.#rows(operation, background))
    return { scale: 'log-odds', base: this.baseMargin + mean, values }
  }

  interactions(features: FeatureMatrix): Interactions {
    const values = this.#explainer.interactions(this.#rows('BoostingModel.interactions', features))
    return { scale: 'log-odds', base: this.baseMargin + this.#explainer.expectedValue, values }
  }

  state(): unknown {
    return { baseMargin: this.baseMargin, trees: stateOfEnsemble(this.ensemble) }
  }

  #rows(operation: string, features: FeatureMatrix): AlignedRows {
    return { columns: this.#aligner.align(operation, features), rowCount: features.rowCount }
  }

  #margin(operation: string, features: FeatureMatrix, options?: PredictOptions): Float64Array {
    const columns = this.#aligner.align(operation, features)
    const margin = new Float64Array(features.rowCount).fill(this.baseMargin)
    this.#predictor.addMargins(operation, columns, margin, options)
    return margin
  }
}

const boostingState = z.strictObject({ baseMargin: logOdds, trees: ensembleState })

/**
 * Returns the boosting model that `state` describes.
 *
 * @throws {HoldfastError} `model-invalid` where a walk over the trees could leave them
 */
export function restoreBoosting(
  features: readonly FeatureSpec[],
  baseRate: number,
  state: unknown,
): BoostingModel {
  const { baseMargin, trees } = checkState('restoreBoosting', boostingState, state)
  refuseModel('restoreBoosting', ensembleProblems(trees, features))
  return new BoostingModel(features, baseRate, baseMargin, ensembleOfState(trees))
}
