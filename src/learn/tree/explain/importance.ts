import { checkArguments } from '../../../base/arguments.js'
import type { FeatureSpec } from '../../../base/matrix.js'
import type { TreeEnsemble } from '../ensemble.js'

/** How much a model uses a feature. */
export interface FeatureImportance {
  readonly feature: string
  /** At least 0; in the unit of the function that gave it. */
  readonly importance: number
}

/** What importance in trees is read from. Every model of trees is one. */
export interface TreesOfModel {
  readonly features: readonly FeatureSpec[]
  readonly ensemble: TreeEnsemble
}

/**
 * Returns for each feature the total gain of the splits that ask it, the highest first.
 *
 * What training gained, on the rows it was trained on: features of many values are favoured, noise among them gets its
 * share. For what the model would lose without a feature use `permutationImportance`, for single customers
 * `contributions`. In boosting gain is twice the log loss that a split saved; in a forest the summed squared error.
 *
 * O(nodes) time.
 *
 * @see {@link splitImportance}, {@link coverImportance}
 */
export function gainImportance(model: TreesOfModel): FeatureImportance[] {
  checkArguments('gainImportance', ['model', model, 'trees'])
  return totals(model, (node) => model.ensemble.gain[node]!)
}

/**
 * Returns for each feature the total weight of training rows that its splits divide, the highest first.
 *
 * A row counts once for each split it passes. In the unit of `cover`: rows in models trained here and by LightGBM, summed
 * hessians in those of XGBoost.
 *
 * O(nodes) time.
 */
export function coverImportance(model: TreesOfModel): FeatureImportance[] {
  checkArguments('coverImportance', ['model', model, 'trees'])
  return totals(model, (node) => model.ensemble.cover[node]!)
}

/** Returns for each feature the number of splits that ask it, the highest first. O(nodes) time. */
export function splitImportance(model: TreesOfModel): FeatureImportance[] {
  checkArguments('splitImportance', ['model', model, 'trees'])
  return totals(model, () => 1)
}

function totals(model: TreesOfModel, amountOf: (node: number) => number): FeatureImportance[] {
  const { right, feature } = model.ensemble
  const sums = new Float64Array(model.features.length)
  for (let node = 0; node < right.length; node++) {
    if (right[node] !== 0) sums[feature[node]!]! += amountOf(node)
  }
  return model.features
    .map(({ name }, index) => ({ feature: name, importance: sums[index]! }))
    .sort((a, b) => b.importance - a.importance)
}
