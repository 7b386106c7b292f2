import { checkArguments } from '../../base/arguments.js'
import { type Problem, refuse } from '../../base/errors.js'
import { logit } from '../../base/statistics.js'
import { isNumberList, valueProblems } from '../../base/valueProblems.js'
import { uncertain } from '../margin.js'
import { type BlendFit, fitBlend } from './fitBlend.js'

const operation = 'blendWeights'

/** Predictions of rows that the models were not trained on, and what happened. */
export interface BlendEvidence {
  /** Shape (models, rows): probability of churn by each model, of the same rows. */
  readonly probabilities: readonly ArrayLike<number>[]
  /** Shape (rows): 1 = churned, 0 = stayed. */
  readonly outcome: ArrayLike<number>
  /** Shape (rows), each ≥ 0; left out = all 1. */
  readonly weight?: ArrayLike<number>
}

/**
 * Returns the weights with which a blend of models predicts best: least log loss, none below 0, adding up to 1.
 *
 *     minimise  Σ log loss of (intercept + Σ βᵢ · log odds of model i)   with all βᵢ ≥ 0
 *     slope = Σ βᵢ        weightᵢ = βᵢ / slope
 *
 * The predictions must be of rows that the models have not seen (out of fold, or a validation set): on its own training
 * rows the model that remembers most would get all the weight. A penalty of a single row pulls towards the plain mean,
 * so that models which say the same share their weight.
 *
 * @returns weights in the order of the models, the line that reads their mean, and the log loss per row on this evidence,
 *   which is a little better than it will be on others
 * @throws {HoldfastError} `table-empty`, `length-differs`, `value-type`, `value-missing`, `out-of-range`, `one-class`: all
 *   at once
 *
 * O(steps × models² × rows) time, some ten steps.
 *
 * @example
 * const good = [0.9, 0.8, 0.3, 0.7, 0.2, 0.1, 0.6, 0.1]
 * const opposite = good.map((probability) => 1 - probability)
 * const { weights } = blendWeights({ probabilities: [good, opposite], outcome: [1, 1, 0, 1, 0, 0, 0, 0] })
 * weights[0]! > weights[1]!
 * // => true
 *
 * @see {@link blendModels}; Breiman 1996 (stacked regressions: weights of at least 0)
 */
export function blendWeights(evidence: BlendEvidence): BlendFit {
  checkArguments('blendWeights', ['evidence', evidence, 'object'])
  const { probabilities, outcome, weight } = evidence
  checkArguments('blendWeights', ['probabilities', probabilities, 'array'], ['outcome', outcome, 'list'])
  refuse(operation, evidenceProblems(probabilities, outcome, weight))
  const margins = probabilities.map((own) => Float64Array.from(own, (value) => logit(uncertain(value))))
  return fitBlend(margins, Uint8Array.from(outcome), weight === undefined ? null : Float64Array.from(weight))
}

function evidenceProblems(
  probabilities: readonly ArrayLike<number>[],
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): Problem[] {
  const rows = outcome.length
  if (probabilities.length === 0 || rows === 0) {
    return [
      { code: 'table-empty', parameter: 'the evidence', rule: 'to have at least one model and one row' },
    ]
  }
  const inUnit = (value: number): boolean => value >= 0 && value <= 1
  return [
    ...probabilities.flatMap((own, index) =>
      arrayProblems(`probabilities of model ${index + 1}`, own, rows, inUnit, 'to be in [0, 1]'),
    ),
    ...arrayProblems('outcome', outcome, rows, (value) => value === 0 || value === 1, 'to be 1 or 0'),
    ...(weight === undefined
      ? []
      : arrayProblems('weight', weight, rows, (value) => value >= 0 && value < Infinity, 'to be at least 0')),
    ...classProblem(outcome, isNumberList(weight) ? weight : undefined),
  ]
}

function arrayProblems(
  parameter: string,
  values: ArrayLike<number>,
  rows: number,
  holds: (value: number) => boolean,
  rule: string,
): Problem[] {
  if (!isNumberList(values)) {
    return [{ code: 'value-type', parameter, rule: 'to be a list of numbers', received: values }]
  }
  if (values.length !== rows) {
    return [{ code: 'length-differs', parameter, rule: `to have ${rows} values`, received: values.length }]
  }
  return valueProblems(parameter, values, rule, holds)
}

function classProblem(outcome: ArrayLike<number>, weight: ArrayLike<number> | undefined): Problem[] {
  const counted = Array.from(outcome).filter((_, row) => weight === undefined || weight[row]! > 0)
  if (counted.includes(0) && counted.includes(1)) return []
  return [{ code: 'one-class', parameter: 'outcome', rule: 'to hold both churned (1) and stayed (0)' }]
}
