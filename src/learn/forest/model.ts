import type { FeatureSpec } from '../../base/matrix.js'
import * as z from '../../base/schema.js'
import { checkState, refuseModel } from '../restore.js'
import type { TreeEnsemble } from '../tree/ensemble.js'
import { ensembleOfState, ensembleProblems, ensembleState, stateOfEnsemble } from '../tree/state.js'
import { SumOfTrees } from '../tree/treeModel.js'
import type { OutOfBag } from './outOfBag.js'

/**
 * A churn-risk model of many trees whose answers are averaged; see `trainForest`.
 *
 * A category that training has not seen is read as missing. Contributions are exact Shapley values of the trees
 * (path-dependent TreeSHAP) and add up to the probability, of which a forest is a sum, not to the log odds. In
 * `ensemble`, a leaf's `value` is its share of churners divided by the number of trees, `gain` what a split took off the
 * summed squared error of the drawn rows, `cover` the weight of all training rows that pass, drawn for the tree or not.
 */
export class ForestModel extends SumOfTrees {
  readonly learner = 'forest'

  constructor(
    features: readonly FeatureSpec[],
    baseRate: number,
    ensemble: TreeEnsemble,
    /**
     * What the trees say of the training rows that they did not see. Null where every tree saw every row, and in a model
     * read from a file: it is not saved.
     */
    readonly outOfBag: OutOfBag | null,
    readonly notes: readonly string[] = [],
  ) {
    super(features, baseRate, ensemble, { name: 'ForestModel', scale: 'probability', base: 0 })
  }

  state(): unknown {
    return { trees: stateOfEnsemble(this.ensemble) }
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
