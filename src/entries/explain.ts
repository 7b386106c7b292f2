// `holdfast/explain`: what drives a model's predictions.

export type { Contributions } from '../learn/contract.js'
export {
  accumulatedLocalEffects,
  type FeatureEffect,
  type FeatureEffectOptions,
} from '../learn/explain/accumulatedLocalEffects.js'
export {
  type ContributionImportance,
  type ContributionImportances,
  contributionImportance,
} from '../learn/explain/contributionImportance.js'
export type { ExplainedRowsOptions } from '../learn/explain/explainedRows.js'
export {
  type PermutationImportance,
  type PermutationOptions,
  type ProbabilityMetric,
  permutationImportance,
} from '../learn/explain/permutationImportance.js'
export type { Effect, FeatureEffects } from '../learn/logistic/model.js'
export {
  coverImportance,
  type FeatureImportance,
  gainImportance,
  splitImportance,
  type TreesOfModel,
} from '../learn/tree/explain/importance.js'
export type { Interactions } from '../learn/tree/treeModel.js'
