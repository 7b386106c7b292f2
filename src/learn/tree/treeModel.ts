import { checkArguments } from '../../base/arguments.js'
import { refuse } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { ChurnModel, Contributions } from '../contract.js'
import type { TreeEnsemble } from './ensemble.js'

/** How much of a prediction two features explain together: `values[i][j][row]`. */
export interface Interactions {
  /** What interactions add up in, as in {@link Contributions}. */
  readonly scale: Contributions['scale']
  /** Mean prediction of the training rows, in that scale. */
  readonly base: number
  /**
   * Shape (features, features, rows), symmetric. `values[i][0] + values[i][1] + …` is the contribution of feature i;
   * `values[i][i]` is what it adds on its own.
   */
  readonly values: readonly (readonly Float64Array[])[]
}

/** A churn-risk model that is a sum of trees: boosting, forest, or imported. */
export interface TreeModel extends ChurnModel {
  readonly ensemble: TreeEnsemble
  /**
   * Returns exact additive contributions of the features against a background (interventional TreeSHAP).
   *
   * Where `contributions` fills in features that are not known by the training rows that pass the same way, this takes
   * them from the rows of `background`, all in turn: "against these customers". A feature that no tree asks gets 0 even
   * where it goes together with one that is asked. `base` is the mean prediction of the background.
   *
   * @param background at least 1 row; some hundred that stand for the customers to compare with
   * @throws {HoldfastError} as `margin`, and `table-empty` for a background without rows
   *
   * O(leaves × background + rows × leaves) time for trees whose leaves ask up to 8 features; beyond, O(rows × background) for each such leaf.
   */
  interventionalContributions(features: FeatureMatrix, background: FeatureMatrix): Contributions
  /**
   * Returns the Shapley interaction values of all pairs of features, of the same game as `contributions`.
   *
   * Between i and j stands half of their interaction, so that all values of a row add up to its prediction with `base`.
   *
   * O(features² × rows) memory: 28 features and 1,000 rows take 3 MB.
   */
  interactions(features: FeatureMatrix): Interactions
}

/** Refuses a background without rows: there is nothing to compare with. */
export function refuseEmptyBackground(operation: string, background: FeatureMatrix): void {
  checkArguments(operation, ['background', background, 'matrix'])
  if (background.rowCount > 0) return
  refuse(operation, [
    { code: 'table-empty', parameter: 'background', rule: 'to have at least 1 row', received: 0 },
  ])
}
