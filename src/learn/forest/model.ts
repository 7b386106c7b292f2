import { z } from 'zod'
import type { FeatureMatrix, FeatureSpec } from '../../base/matrix.js'
import { logit } from '../../base/statistics.js'
import { FeatureAligner } from '../align.js'
import type { Contributions } from '../contract.js'
import { withoutCertainty } from '../margin.js'
import type { PredictOptions } from '../predictOptions.js'
import { checkState, refuseModel } from '../restore.js'
import type { TreeEnsemble } from '../tree/ensemble.js'
import { type AlignedRows, TreeExplainer } from '../tree/explain/treeExplainer.js'
import { TreePredictor } from '../tree/score/treePredictor.js'
import { ensembleOfState, ensembleProblems, ensembleState, stateOfEnsemble } from '../tree/state.js'
import { type Interactions, refuseEmptyBackground, type TreeModel } from '../tree/treeModel.js'
import type { OutOfBag } from './outOfBag.js'

/**
 * A churn-risk model of many trees whose answers are averaged; see `trainForest`.
 *
 * A category that training has not seen is read as missing. Contributions are exact Shapley values of the trees
 * (path-dependent TreeSHAP) and add up to the probability, of which a forest is a sum, not to the log odds. In
 * `ensemble`, a leaf's `value` is its share of churners divided by the number of trees, `gain` what a split took off the
 * summed squared error of the drawn rows, `cover` the weight of all training rows that pass, drawn for the tree or not.
 */
export class ForestModel implements TreeModel {
  readonly learner = 'forest'
  readonly #aligner: FeatureAligner
  readonly #predictor: TreePredictor
  readonly #explainer: TreeExplainer

  constructor(
    readonly features: readonly FeatureSpec[],
    readonly baseRate: number,
    readonly ensemble: TreeEnsemble,
    /**
     * What the trees say of the training rows that they did not see. Null where every tree saw every row, and in a model
     * read from a file: it is not saved.
     */
    readonly outOfBag: OutOfBag | null,
    readonly notes: readonly string[] = [],
  ) {
    this.#aligner = new FeatureAligner(features)
    this.#predictor = new TreePredictor(ensemble, features)
    this.#explainer = new TreeExplainer(ensemble, features)
  }

  probability(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    return this.#probability('ForestModel.probability', features, options)
  }

  margin(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    return this.#probability('ForestModel.margin', features, options).map(logit)
  }

  contributions(features: FeatureMatrix): Contributions {
    const values = this.#explainer.contributions(this.#rows('ForestModel.contributions', features))
    return { scale: 'probability', base: this.#explainer.expectedValue, values }
  }

  interventionalContributions(features: FeatureMatrix, background: FeatureMatrix): Contributions {
    const operation = 'ForestModel.interventionalContributions'
    refuseEmptyBackground(operation, background)
    const rows = this.#rows(operation, features)
    const { mean, values } = this.#explainer.interventional(rows, this.#rows(operation, background))
    return { scale: 'probability', base: mean, values }
  }

  interactions(features: FeatureMatrix): Interactions {
    const values = this.#explainer.interactions(this.#rows('ForestModel.interactions', features))
    return { scale: 'probability', base: this.#explainer.expectedValue, values }
  }

  state(): unknown {
    return { trees: stateOfEnsemble(this.ensemble) }
  }

  #rows(operation: string, features: FeatureMatrix): AlignedRows {
    return { columns: this.#aligner.align(operation, features), rowCount: features.rowCount }
  }

  #probability(operation: string, features: FeatureMatrix, options?: PredictOptions): Float64Array {
    const columns = this.#aligner.align(operation, features)
    const probability = new Float64Array(features.rowCount)
    this.#predictor.addMargins(operation, columns, probability, options)
    return withoutCertainty(probability)
  }
}

const forestState = z.strictObject({ trees: ensembleState })

/**
 * Returns the forest that `state` describes.
 *
 * @throws {HoldfastError} `model-invalid` where a walk over the trees could leave them
 */
export function restoreForest(
  features: readonly FeatureSpec[],
  baseRate: number,
  state: unknown,
): ForestModel {
  const { trees } = checkState('restoreForest', forestState, state)
  refuseModel('restoreForest', ensembleProblems(trees, features))
  return new ForestModel(features, baseRate, ensembleOfState(trees), null)
}
