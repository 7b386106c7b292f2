import { checkArguments } from '../../base/arguments.js'
import { inNameOf } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { ChurnModel, Contributions } from '../contract.js'
import { type ExplainedRowsOptions, explainedRows, explainedRowsOptions } from './explainedRows.js'

/** How much a feature moves the predictions of customers. */
export interface ContributionImportance {
  readonly feature: string
  /** Mean absolute contribution, at least 0, in the scale of the importances. */
  readonly meanAbsolute: number
  /** Of the sum over all features, in [0, 1]; 0 where nothing moves any prediction. */
  readonly share: number
}

/** Importances of all features of a model, see {@link contributionImportance}. */
export interface ContributionImportances {
  /** What contributions are measured in: log odds; the probability, of models that are means of probabilities. */
  readonly scale: Contributions['scale']
  /** The largest first. */
  readonly features: readonly ContributionImportance[]
}

/**
 * Returns for each feature how far it moves the predictions of customers on average, the largest first: mean |SHAP|.
 *
 * Use it to say what the model goes by. It needs no outcomes and says nothing of whether the model is right to do so:
 * for what the quality of predictions loses without a feature see `permutationImportance`; for the direction and the
 * shape of an effect `accumulatedLocalEffects`. Features that say the same share what they do between them.
 *
 * With c(row, feature) the exact additive contributions of `model.contributions` (of trees: Shapley values):
 *
 *     meanAbsolute(feature) = Σ weight(row) · |c(row, feature)| / Σ weight(row)
 *
 * Values in log odds and in probabilities cannot be compared with each other; shares can.
 *
 * @param model any model
 * @param features customers to explain; columns that the model does not need are ignored
 * @returns scale and one entry per feature of the model
 * @throws {HoldfastError} `table-empty`, `feature-missing`, `column-type`, `length-differs`, `value-not-finite`,
 *   `out-of-range`, `option-invalid`, `option-unknown`: all at once
 *
 * One call of `contributions` for at most `maxRows` rows.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const features = { rowCount: 4, columns: [numberColumn('calls', [0, 1, 6, 7]), numberColumn('noise', [1, 0, 1, 0])] }
 * const model = trainLogistic({ features, outcome: Uint8Array.of(0, 0, 1, 1) })
 * const importance = contributionImportance(model, features)
 * importance.features[0].feature
 * // => 'calls'
 *
 * @see Lundberg and Lee (2017); Lundberg et al. (2020), Nature Machine Intelligence 2
 * @see {@link permutationImportance}, {@link accumulatedLocalEffects}
 */
export function contributionImportance(
  model: ChurnModel,
  features: FeatureMatrix,
  options?: ExplainedRowsOptions,
): ContributionImportances {
  checkArguments('contributionImportance', ['model', model, 'model'], ['features', features, 'matrix'])
  const { rows } = explainedRows('contributionImportance', explainedRowsOptions, model, features, options)
  const { scale, values } = inNameOf('contributionImportance', () => model.contributions(rows.features))
  const means = values.map((contribution) => meanAbsolute(contribution, rows.weight))
  const sum = means.reduce((total, mean) => total + mean, 0)
  const importances = model.features.map(({ name }, index) => ({
    feature: name,
    meanAbsolute: means[index]!,
    share: sum === 0 ? 0 : means[index]! / sum,
  }))
  return { scale, features: importances.sort((a, b) => b.meanAbsolute - a.meanAbsolute) }
}

function meanAbsolute(values: Float64Array, weight: Float64Array): number {
  let [sum, total] = [0, 0]
  for (let row = 0; row < values.length; row++) {
    sum += weight[row]! * Math.abs(values[row]!)
    total += weight[row]!
  }
  return sum / total
}
