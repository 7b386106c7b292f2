import { type Problem, refuse } from '../../base/errors.js'
import { fitLogisticLine } from '../../base/fitLogisticLine.js'
import { logit } from '../../base/statistics.js'
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
  const { probability, churned, stayed } = ranked
  const margin = probability.map(logit)
  const weight = churned.map((count, group) => count + stayed[group]!)
  const target = churned.map((count, group) => (count === 0 ? 0 : count / weight[group]!))
  const line = fitLogisticLine({ columns: [margin], target, weight })
  const atSlopeOne = fitLogisticLine({ columns: [], target, weight, offset: margin })
  return { slope: line.slopes[0]!, intercept: line.intercept, interceptAtSlopeOne: atSlopeOne.intercept }
}
