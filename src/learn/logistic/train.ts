import { customersOf, ownRows } from '../../base/customersOf.js'
import { HoldfastError } from '../../base/errors.js'
import { logit } from '../../base/statistics.js'
import { checkTraining } from '../check.js'
import type { TrainControl, TrainingData } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { rememberingRows } from '../trainedRows.js'
import { chooseFit } from './chooseFit.js'
import { type Design, designOf } from './design.js'
import { minimise, type Stop } from './minimise.js'
import { type Effect, type FeatureEffects, LogisticModel } from './model.js'
import type { Objective } from './objective.js'
import { type LogisticOptions, logisticOptions } from './options.js'
import { shapesOf } from './scales.js'

const operation = 'trainLogistic'

/**
 * Returns a churn-risk model in which every feature moves the log odds by a fixed amount: L2-regularised logistic
 * regression.
 *
 * Use it first, on few data, and where the reason of a score must be plain. Where features act together or by
 * thresholds, `trainBoosting` is better: compare the two fold by fold.
 *
 * With w the coefficients without the intercept, C = `inverseRegularization` (the meaning of scikit-learn):
 *
 *     minimise  ½ ‖w‖² + C · Σ weight · log loss        the intercept is not penalised
 *
 * C is the one of least log loss on five inner folds, by customer, of 0.0001, 0.0003, … 30, 100: what scikit-learn's
 * `LogisticRegressionCV` chooses on the same grid and folds. It stands in the model. Of many rows the folds hold some
 * (as many as have 300,000 values, 2,000 at least).
 *
 * Numbers enter as (value - mean) / population standard deviation of training. Columns without negative values and more
 * skewed than an exponential distribution (amounts: skewness above 2) enter as ln(1 + value / mean of the values
 * above 0), or a few large customers would decide for all; the unit does not matter. Three other sets of columns are tried
 * on the inner folds: all that are skewed to the right, those whose logarithm goes along with the outcome more than they
 * do themselves, and none; one is taken where it is better by more than a standard error. A missing number enters as the
 * mean, with a column "missing" of its own where training had missing ones. Every category has a column; categories of
 * less weight than `minCategoryRows` share the column "rare"; a missing category is a category of its own. At prediction
 * an unseen category is read as rare, and where training had none, like a missing category that training
 * never saw, as none: all its columns are 0.
 *
 * Constant columns get coefficient 0; the penalty keeps separable data finite. The folds are dealt with a fixed seed: the
 * order of rows matters only to them.
 *
 * @param data at least one row of either class; see {@link TrainingData}
 * @param control progress once a step (`total` is the most it may take), and a signal to stop
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-empty`, `column-duplicate`, `column-type`,
 *   `length-differs`, `value-not-finite`, `out-of-range`, `one-class`: all at once; `aborted`
 * @throws {HoldfastError} `not-converged` where the optimum is not found within `maxIterations`
 *
 * O(steps × rows × columns + columns³) time, some 10 steps, and the choice: as much again on 30,000 rows; columns are those
 * after one-hot.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 1, 1) }
 * const model = trainLogistic(data)
 * Array.from(model.probability(data.features), (p) => p.toFixed(2))
 * // => ['0.23', '0.30', '0.70', '0.77']
 *
 * @see Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2009), 4.4
 */
export function trainLogistic(
  data: TrainingData,
  options?: LogisticOptions,
  control?: TrainControl,
): LogisticModel {
  const training = checkTraining(operation, logisticOptions, options, data)
  const { features, outcome, weight, totalWeight, baseRate } = training
  refuseAborted(operation, control)
  const chooses =
    training.options.inverseRegularization === undefined || training.options.skewed === undefined
  const customers = chooses ? customersOf(features, training.ids) : ownRows
  const shapes = shapesOf(features, weight)
  const { inverseRegularization, asLog } = chooseFit(training, shapes, customers.customerOf)
  const { minCategoryRows } = training.options
  const design = designOf(features, weight, { minCategoryRows, shapes, asLog })
  const penalty = 1 / (inverseRegularization * totalWeight)
  const share = Float64Array.from(outcome, (_, row) => (weight === null ? 1 : weight[row]!) / totalWeight)
  const objective = { design, outcome, share, penalty }
  const coefficients = minimum(objective, logit(baseRate), training.options, control)
  const intercept = coefficients[design.columnCount - 1]!
  const effects = effectsOf(design, coefficients, weight, totalWeight)
  const notes = customers.note === null ? [] : [customers.note]
  const model = new LogisticModel(baseRate, intercept, effects, inverseRegularization, notes)
  return rememberingRows(model, training)
}

function minimum(
  objective: Objective,
  intercept: number,
  stop: Stop,
  control: TrainControl | undefined,
): Float64Array {
  const start = new Float64Array(objective.design.columnCount)
  start[start.length - 1] = intercept
  const onStep = (step: number): void => stepDone(operation, control, 'step', step, stop.maxIterations)
  const { coefficients, steepness } = minimise(objective, start, stop, undefined, onStep)
  if (!(steepness <= stop.gradientTolerance)) throw notConverged(steepness, stop)
  stepDone(operation, control, 'step', stop.maxIterations, stop.maxIterations)
  return coefficients
}

function notConverged(steepness: number, options: Stop): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'not-converged',
      parameter: 'the largest slope',
      rule: `to be at most ${options.gradientTolerance} after ${options.maxIterations} steps`,
      received: steepness,
      wayOut:
        'Raise maxIterations, or lower inverseRegularization: a stronger penalty makes the optimum easier.',
    },
  ])
}

/** The coefficients by feature, each with the share of training rows that it applies to. */
function effectsOf(
  design: Design,
  coefficients: Float64Array,
  weight: Float64Array | null,
  totalWeight: number,
): FeatureEffects[] {
  const shares = shareOfOnes(design, weight, totalWeight)
  const effect = (column: number): Effect => ({ coefficient: coefficients[column]!, share: shares[column]! })
  return design.features.map((feature) => {
    const missing = feature.missing === null ? null : effect(feature.missing)
    if (feature.kind === 'number') {
      const { name, moments, column } = feature
      return { kind: 'number', name, ...moments, coefficient: coefficients[column]!, missing }
    }
    return {
      kind: 'text',
      name: feature.name,
      categories: feature.categories,
      effects: feature.categories.map((_, index) => effect(feature.first + index)),
      rare: feature.rare === null ? null : effect(feature.rare),
      missing,
    }
  })
}

function shareOfOnes(design: Design, weight: Float64Array | null, totalWeight: number): Float64Array {
  const shares = new Float64Array(design.columnCount + 1)
  for (let row = 0, at = 0; row < design.rowCount; row++) {
    const rowWeight = weight === null ? 1 : weight[row]!
    for (let slot = 0; slot < design.slotCount; slot++) shares[design.ones[at++]!]! += rowWeight
  }
  // Limited because the last digit of a rounded sum may exceed the total.
  return shares.map((sum) => Math.min(sum / totalWeight, 1))
}
