import { type Problem, refuse } from '../../base/errors.js'
import { logit, sigmoid, softplus } from '../../base/statistics.js'
import { type OutcomeMetric, outcomeMetric, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/** The straight line in log odds from predictions to outcomes. */
export interface CalibrationLine {
  /** 1 = right spread; below 1 = predictions too extreme (overfitted), above 1 = too timid. */
  readonly slope: number
  /** Intercept fitted together with the slope, in log odds; 0 = right where the predicted probability is 0.5. */
  readonly intercept: number
  /** Intercept with the slope held at 1 ("calibration in the large"), in log odds; above 0 = predicted too low. */
  readonly interceptAtSlopeOne: number
}

/**
 * Returns slope and intercepts of the logistic regression of the outcome on the log odds of the prediction.
 *
 * Two numbers that say in which way probabilities are wrong, without bins: the level by `interceptAtSlopeOne`, the
 * spread by `slope`. A change of the base rate since training shows in the first and leaves the second at 1.
 *
 *     logit P(churn) = intercept + slope · logit(p)            by maximum likelihood, without penalty
 *     logit P(churn) = interceptAtSlopeOne + 1 · logit(p)
 *
 * @param probability predicted churn, shape (n), each in (0, 1)
 * @throws {HoldfastError} `out-of-range` for probabilities of exactly 0 or 1; `not-converged` if the predictions
 *   separate the classes completely, or are all equal: the slope is not defined
 *
 * @example
 * const line = calibrationLine([0.2, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8], [1, 0, 0, 0, 1, 1, 1, 0])
 * line.slope.toFixed(3)   // logit 0.75 / logit 0.8: the predictions are too extreme
 * // => '0.792'
 *
 * @see Cox (1958), Biometrika 45; Van Calster et al. (2019), Calibration: the Achilles heel of predictive analytics
 * @see {@link calibrationTable} for where they are wrong
 */
export const calibrationLine: OutcomeMetric<CalibrationLine> = outcomeMetric(
  'calibrationLine',
  weightOptions,
  (ranked) => {
    const problem = lineProblem(ranked)
    refuse('calibrationLine', problem === null ? [] : [problem])
    return calibrationLineOf(ranked)
  },
)

/** Returns why a calibration line is not defined, or null where it is. */
export function lineProblem(ranked: RankedOutcomes): Problem | null {
  const { probability, churned, stayed } = ranked
  if (probability[0] === 1 || probability.at(-1) === 0) {
    return {
      code: 'out-of-range',
      parameter: 'probability',
      rule: 'to be above 0 and below 1, for a certainty has no log odds',
      received: probability[0] === 1 ? 1 : 0,
      wayOut: 'Use calibrationTable.',
    }
  }
  if (probability.length === 1) {
    return {
      code: 'not-converged',
      parameter: 'probability',
      rule: 'to differ between customers, for the slope of one value has no limit',
      received: probability[0],
      wayOut: 'The same for everybody needs no line: compare it with the share of churners.',
    }
  }
  const isUp = (weight: number): boolean => weight > 0
  const overlap =
    churned.findIndex(isUp) < stayed.findLastIndex(isUp) &&
    stayed.findIndex(isUp) < churned.findLastIndex(isUp)
  if (overlap) return null
  return {
    code: 'not-converged',
    parameter: 'probability',
    rule: 'to overlap between churners and those who stayed, for without overlap the slope has no limit',
    wayOut: 'Take more customers, or use calibrationTable.',
  }
}

/** Like {@link calibrationLine}, from the sorted form; only where {@link lineProblem} is null. */
export function calibrationLineOf(ranked: RankedOutcomes): CalibrationLine {
  const margin = ranked.probability.map(logit)
  const [intercept, slope] = maximumLikelihood(ranked, margin, true)
  const [interceptAtSlopeOne] = maximumLikelihood(ranked, margin, false)
  return { slope, intercept, interceptAtSlopeOne }
}

const iterationLimit = 100

function maximumLikelihood(
  ranked: RankedOutcomes,
  margin: Float64Array,
  freeSlope: boolean,
): [number, number] {
  let at: [number, number] = [0, 1]
  let loss = lossAt(ranked, margin, at)
  for (let iteration = 0; iteration < iterationLimit; iteration++) {
    const step = newtonStep(ranked, margin, at, freeSlope)
    let next: [number, number] = [at[0] + step[0], at[1] + step[1]]
    let nextLoss = lossAt(ranked, margin, next)
    // A whole Newton step can overshoot where all predictions are extreme: halve it until the loss falls.
    // Near the end the loss is flat to its last digits while the steps still improve: let those pass.
    const highest = loss + 1e-12 * Math.abs(loss)
    for (let scale = 0.5; nextLoss > highest && scale > 1e-9; scale /= 2) {
      next = [at[0] + scale * step[0], at[1] + scale * step[1]]
      nextLoss = lossAt(ranked, margin, next)
    }
    if (nextLoss > highest) break
    at = next
    loss = nextLoss
    if (Math.abs(step[0]) < 1e-12 && Math.abs(step[1]) < 1e-12) break
  }
  return at
}

function lossAt(ranked: RankedOutcomes, margin: Float64Array, [intercept, slope]: [number, number]): number {
  let loss = 0
  for (let group = 0; group < margin.length; group++) {
    const z = intercept + slope * margin[group]!
    loss += (ranked.churned[group]! + ranked.stayed[group]!) * softplus(z) - ranked.churned[group]! * z
  }
  return loss
}

function newtonStep(
  ranked: RankedOutcomes,
  margin: Float64Array,
  [intercept, slope]: [number, number],
  freeSlope: boolean,
): [number, number] {
  const gradient = [0, 0] as [number, number]
  const hessian = [0, 0, 0] as [number, number, number]
  for (let group = 0; group < margin.length; group++) {
    const x = margin[group]!
    const size = ranked.churned[group]! + ranked.stayed[group]!
    const p = sigmoid(intercept + slope * x)
    const residual = ranked.churned[group]! - size * p
    const curvature = size * p * (1 - p)
    gradient[0] += residual
    gradient[1] += residual * x
    hessian[0] += curvature
    hessian[1] += curvature * x
    hessian[2] += curvature * x * x
  }
  if (!freeSlope) return [gradient[0] / hessian[0], 0]
  const determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1]
  return [
    (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant,
    (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant,
  ]
}
