import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { withCategories } from '../../base/category.js'
import { inNameOf, nearName, type Problem } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { ChurnModel } from '../contract.js'
import { categoryEffects } from './categoryEffects.js'
import { type ExplainedRowsOptions, explainedRows, explainedRowsOptions } from './explainedRows.js'
import { missingEffect, splitByMissing } from './missingEffect.js'
import { numberEffects } from './numberEffects.js'

/** How the effect of a feature is found. */
export interface FeatureEffectOptions extends ExplainedRowsOptions {
  /** Bins of a number, of about as many customers each; fewer where values repeat. Integer in [1, 1000]. Default 20. */
  readonly bins?: number | undefined
  /** What effects are differences of. Default `probability`. */
  readonly scale?: 'probability' | 'log-odds' | undefined
}

const featureEffectOptions = explainedRowsOptions.extend({
  bins: z.int().min(1).max(1000).default(20),
  scale: z.enum(['probability', 'log-odds']).default('probability'),
})

/** What one feature does to the prediction, centred: 0 is the mean over the customers whose value is known. */
export interface FeatureEffect {
  readonly feature: string
  readonly kind: 'number' | 'text'
  readonly scale: 'probability' | 'log-odds'
  /** Of a number the bin edges, rising: values that occur. Of a text its categories, the lowest mean prediction first. */
  readonly at: readonly number[] | readonly string[]
  /** Effect at each of `at`. Between the edges of a bin it is a straight line. */
  readonly effect: readonly number[]
  /**
   * Weight of the rows (customers, where each has one) per category; of a number per bin `(at[k], at[k + 1]]`, the first of which holds its lower
   * edge too, hence one fewer than edges.
   */
  readonly customers: readonly number[]
  /** Of a value that is not known; null where every value is. */
  readonly missing: { readonly effect: number; readonly customers: number } | null
}

/**
 * Returns what a feature does to the predictions along its values: the accumulated local effects (ALE).
 *
 * Use it to see the shape of an effect: where along tenure the risk falls, and by how much. Unlike the partial
 * dependence it never asks the model about customers that do not exist: for features that go together (data volume and
 * number of sessions) the partial dependence does, and is wrong. It says what the model does, not what would happen if
 * somebody changed the value; and it averages over customers: an effect that is opposite in two groups may show as none.
 *
 * Numbers, with x the feature and f the prediction; edges z_0 < … < z_K are the distinct k/K quantiles (type 1, as in
 * R's ALEPlot) of the known values:
 *
 *     d_k    = mean over rows with z_{k−1} < x ≤ z_k of f(z_k, others) − f(z_{k−1}, others)
 *     g_k    = d_1 + … + d_k
 *     effect = g − Σ n_k · (g_{k−1} + g_k) / 2 / n          so that the mean over the customers is 0
 *
 * Texts are put in the order of the mean prediction of the customers who have them, and d_k is the mean over the rows of
 * the two neighbours c_{k−1} and c_k of f(c_k, others) − f(c_{k−1}, others); the centre is Σ n_k · g_k / n. White space
 * around a text is no part of it; a blank text is missing.
 *
 * Missing: mean over the rows without a value of f(row) − the mean of f over the edges or categories, in the shares of
 * the other customers. It is 0 where the model reads missing as their mean.
 *
 * @param model any model
 * @param features customers to explain; columns that the model does not need are ignored
 * @param feature name of a feature of the model
 * @throws {HoldfastError} `value-unknown` if the model has no such feature; `table-empty`, `feature-missing`,
 *   `column-type`, `length-differs`, `value-not-finite`, `out-of-range`, `option-invalid`, `option-unknown`: all at once
 *
 * Predictions: 2 per row of a number, 3 of a text; for each row without a value one per edge or category.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = [0, 1, 2, 3, 4, 5, 6, 7]
 * const features = { rowCount: 8, columns: [numberColumn('calls', calls)] }
 * const model = trainLogistic({ features, outcome: Uint8Array.of(0, 0, 1, 0, 1, 0, 1, 1) })
 * const { at, effect, customers } = accumulatedLocalEffects(model, features, 'calls', { bins: 2, scale: 'log-odds' })
 * at
 * // => [0, 3, 7]
 * customers
 * // => [4, 4]
 * Math.abs((effect[2] - effect[0]) / 7 - (effect[1] - effect[0]) / 3) < 1e-12   // log odds are a straight line
 * // => true
 *
 * @see Apley and Zhu (2020), Journal of the Royal Statistical Society B 82
 * @see {@link contributionImportance} for how much each feature matters, in one number
 */
export function accumulatedLocalEffects(
  model: ChurnModel,
  features: FeatureMatrix,
  feature: string,
  options?: FeatureEffectOptions,
): FeatureEffect {
  checkArguments(
    'accumulatedLocalEffects',
    ['model', model, 'model'],
    ['features', features, 'matrix'],
    ['feature', feature, 'text'],
  )
  const { options: checked, rows } = explainedRows(
    'accumulatedLocalEffects',
    featureEffectOptions,
    model,
    features,
    options,
    featureProblems(model, feature),
  )
  const predict = (matrix: FeatureMatrix): Float64Array =>
    inNameOf('accumulatedLocalEffects', () =>
      checked.scale === 'probability' ? model.probability(matrix) : model.margin(matrix),
    )
  const column = rows.features.columns.find(({ name }) => name === feature)!
  const read = column.kind === 'text' ? withCategories(column) : column
  const { known, missing } = splitByMissing(rows, read)
  const { at, effect, customers, centre } =
    known.column.kind === 'number'
      ? numberEffects(known, known.column, checked.bins, predict)
      : categoryEffects(known, known.column, predict)
  return {
    feature,
    kind: column.kind,
    scale: checked.scale,
    at,
    effect,
    customers,
    missing: missing === null ? null : missingEffect(missing, centre, predict),
  }
}

function featureProblems({ features }: ChurnModel, feature: string): Problem[] {
  const names = features.map(({ name }) => name)
  if (names.includes(feature)) return []
  const shown = names.length > 8 ? [...names.slice(0, 8), '…'] : names
  return [
    {
      code: 'value-unknown',
      parameter: 'feature',
      rule:
        names.length === 0 ? 'to be none: the model reads no feature' : `to be one of ${shown.join(', ')}`,
      received: feature,
      ...nearName(String(feature), names),
    },
  ]
}
