import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { inNameOf, type Problem, refuse } from '../../base/errors.js'
import { type FeatureMatrix, takeRows } from '../../base/matrix.js'
import { seededRandom, shuffledIndices } from '../../base/random.js'
import { seedRule } from '../../base/sharedRules.js'
import { checkTraining } from '../check.js'
import type { ChurnModel, TrainingData } from '../contract.js'

/** How good probabilities are: `logLoss`, `rocAuc` and the other metrics of holdfast are such functions. */
export type ProbabilityMetric = (
  probability: Float64Array,
  outcome: Uint8Array,
  options?: { readonly weight?: Float64Array },
) => number

/** How the importance of features is measured by permutation. */
export interface PermutationOptions {
  /** What is measured. Default the log loss. */
  readonly metric?: ProbabilityMetric | undefined
  /**
   * Which way the metric is better: `higher` as of AUC, `lower` as of a loss. Default `lower`; refused where it is left out and
   * the metric is higher for right predictions than for wrong ones.
   */
  readonly better?: 'higher' | 'lower' | undefined
  /** Permutations of each feature. Integer in [1, 100]. Default 5. */
  readonly repeats?: number | undefined
  /** Seed of the permutations. Any 32-bit integer. Default 1. */
  readonly seed?: number | undefined
}

const operation = 'permutationImportance'

const permutationOptions = z.strictObject({
  metric: z.custom<ProbabilityMetric>((value) => typeof value === 'function', 'to be a function').optional(),
  better: z.enum(['higher', 'lower']).default('lower'),
  repeats: z.int().min(1).max(100).default(5),
  seed: seedRule,
})

/** What a model loses where a feature's values are mixed up among the rows. */
export interface PermutationImportance {
  readonly feature: string
  /** Mean loss in the metric; around 0, also below, where the model does without the feature. */
  readonly importance: number
  /** Standard deviation over the permutations, divided by n − 1; 0 for a single one. */
  readonly deviation: number
}

/**
 * Returns for each feature what a model loses in a metric where its values are permuted among the rows, the most first.
 *
 * Take rows that the model has not been trained on: on training rows it measures what was learned by heart too. Of two
 * features that say the same, either makes up for the other, and both look unimportant.
 *
 * With s(·) the metric, importance = mean over permutations of s(permuted) − s(as it is) for a loss, and the other way
 * round where `higher` is `better`. All features are permuted by the same orders of rows.
 *
 * @param model any model
 * @param data features and outcomes; rows of weight 0 are left out
 * @returns one entry per feature of the model, in the unit of the metric
 * @throws {HoldfastError} all broken rules of options and data at once, as in training; `value-not-finite` where the metric
 *   has no figure
 *
 * O(features × repeats) predictions of all rows.
 *
 * @example
 * import { rocAuc } from 'holdfast/metrics'
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
 * const data = { features: { rowCount: 8, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const model = trainBoosting(data, { minHessianPerLeaf: 0 })
 * permutationImportance(model, data, { metric: rocAuc, better: 'higher' }).map(({ feature }) => feature)
 * // => ['calls']
 *
 * @see Breiman, Random Forests (2001); Fisher, Rudin and Dominici (2019); {@link gainImportance}
 */
export function permutationImportance(
  model: ChurnModel,
  data: TrainingData,
  options?: PermutationOptions,
): PermutationImportance[] {
  checkArguments(operation, ['model', model, 'model'], ['data', data, 'dataset'])
  const checked = checkTraining(operation, permutationOptions, options, data)
  const { metric = logLoss, better, repeats, seed } = checked.options
  const { features, outcome, weight } = checked
  const weighted = weight === null ? {} : { weight }
  if (options?.better === undefined) refuse(operation, directionProblems(metric, outcome, weighted))
  const score = (matrix: FeatureMatrix): number => {
    const value = metric(
      inNameOf(operation, () => model.probability(matrix)),
      outcome,
      weighted,
    )
    if (!Number.isFinite(value)) refuse(operation, [noFigure(metric, value)])
    return better === 'higher' ? -value : value
  }
  const before = score(features)
  const random = seededRandom(seed)
  const orders = Array.from({ length: repeats }, () => shuffledIndices(features.rowCount, random))
  return model.features
    .map(({ name }) => {
      const losses = orders.map((order) => score(permuted(features, name, order)) - before)
      return { feature: name, ...meanAndDeviation(losses) }
    })
    .sort((a, b) => b.importance - a.importance)
}

/** A metric that is higher for right predictions than for wrong ones, taken for a loss, would turn the order. */
function directionProblems(
  metric: ProbabilityMetric,
  outcome: Uint8Array,
  weighted: { readonly weight?: Float64Array },
): Problem[] {
  const [right, wrong] = [0.99, 0.01].map((ofChurner) => {
    const probability = Float64Array.from(outcome, (churned) => (churned === 1 ? ofChurner : 1 - ofChurner))
    return metric(probability, outcome, weighted)
  }) as [number, number]
  if (!(right > wrong)) return []
  return [
    {
      code: 'option-invalid',
      parameter: 'better',
      rule: `to say the direction of metric ${metric.name}`.trimEnd(),
      wayOut: `It is ${right} for right predictions and ${wrong} for wrong ones: give better: 'higher'.`,
    },
  ]
}

function noFigure(metric: ProbabilityMetric, received: unknown): Problem {
  return {
    code: 'value-not-finite',
    parameter: `metric ${metric.name}`.trimEnd(),
    rule: 'to be a finite number on the rows as they are and on permuted ones',
    received,
    wayOut: 'Look for what it divides by, or take more rows.',
  }
}

function permuted(matrix: FeatureMatrix, name: string, order: Int32Array): FeatureMatrix {
  const columns = matrix.columns.map((column) =>
    column.name === name
      ? takeRows({ rowCount: matrix.rowCount, columns: [column] }, order).columns[0]!
      : column,
  )
  return { rowCount: matrix.rowCount, columns }
}

function meanAndDeviation(values: readonly number[]): { importance: number; deviation: number } {
  const importance = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - importance) ** 2, 0)
  return { importance, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) }
}

/** Probabilities of models are never 0 or 1. */
function logLoss(
  probability: Float64Array,
  outcome: Uint8Array,
  { weight }: { readonly weight?: Float64Array } = {},
): number {
  let [sum, total] = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    const own = weight === undefined ? 1 : weight[row]!
    const p = probability[row]!
    sum -= own * (outcome[row] === 1 ? Math.log(p) : Math.log1p(-p))
    total += own
  }
  return sum / total
}
