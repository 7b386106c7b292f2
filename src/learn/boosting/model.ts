import type { FeatureSpec } from '../../base/matrix.js'
import * as z from '../../base/schema.js'
import { checkState, logOdds, refuseModel } from '../restore.js'
import type { TreeEnsemble } from '../tree/ensemble.js'
import { ensembleOfState, ensembleProblems, ensembleState, stateOfEnsemble } from '../tree/state.js'
import { SumOfTrees } from '../tree/treeModel.js'

/**
 * A churn-risk model of boosted trees; see `trainBoosting`.
 *
 * A category that training has not seen is read as missing. Contributions are exact Shapley values of the trees
 * (path-dependent TreeSHAP).
 */
export class BoostingModel extends SumOfTrees {
  readonly learner = 'boosting'

  constructor(
    features: readonly FeatureSpec[],
    baseRate: number,
    /** Margin before the first tree, in log odds. */
    readonly baseMargin: number,
    ensemble: TreeEnsemble,
    /** What the training noticed about its rows, in sentences. Not saved: empty in a model read from a file. */
    readonly notes: readonly string[] = [],
  ) {
    super(features, baseRate, ensemble, { name: 'BoostingModel', scale: 'log-odds', base: baseMargin })
  }

  state(): unknown {
    return { baseMargin: this.baseMargin, trees: stateOfEnsemble(this.ensemble) }
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
