import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { valueProblems } from '../../base/valueProblems.js'
import type { ChurnModel } from '../contract.js'
import { CalibratedModel } from './model.js'

const rate = z.number().gt(0).lt(1)
const shiftPriorOptions = z.strictObject({ baseRate: rate, from: rate.optional() })
const shiftProbabilitiesOptions = z.strictObject({ from: rate, to: rate })

/** To which churn rate the probabilities of a model are moved. */
export interface ShiftPriorOptions {
  /** Share of churners among those who will be scored. In (0, 1). */
  readonly baseRate: number
  /** Share of churners that the model's probabilities stand for. In (0, 1). Default `baseRate` of the model. */
  readonly from?: number | undefined
}

/** Churn rates that probabilities stand for, and are to stand for. */
export interface ShiftProbabilitiesOptions {
  /** In (0, 1). */
  readonly from: number
  /** In (0, 1). */
  readonly to: number
}

/**
 * Returns the model with its probabilities moved to another churn rate, the order of customers unchanged.
 *
 * Use it where more or fewer customers leave than in the training rows, but the leavers are of the same kind as before:
 * in another season or region, or after training rows were drawn by outcome. Where features have moved as well, the
 * model has seen part of the change already and the shift counts it twice: on CDNOW (.77 of the training rows churn,
 * .61 later) the model's mean goes to .56 by itself, and to .40 by the shift; log loss .597 becomes .694. There
 * `matchBaseRate`, or `calibrate` on new outcomes. The rate to go to is known, or `estimateBaseRate` finds it.
 *
 * With π = `from`, π' = `baseRate`, p the model's probability:
 *
 *     p' = p · (π'/π) / [p · π'/π + (1 − p) · (1 − π')/(1 − π)],   or   logit p' = logit p + logit π' − logit π
 *
 * The mean of p' is π' only where rows are as they were expected. `baseRate` of the result is π', so that risk bands
 * move along. Shifting a shifted model starts from the original one.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`; `option-invalid` for models nested more than 4 deep
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 1) }
 * shiftPrior(trainPrior(data), { baseRate: 0.5 }).probability(data.features)[0]
 * // => 0.5
 *
 * @see Elkan (2001); Saerens, Latinne and Decaestecker (2002); {@link shiftProbabilities}, {@link estimateBaseRate}, {@link matchBaseRate}
 */
export function shiftPrior(model: ChurnModel, options: ShiftPriorOptions): CalibratedModel<null> {
  checkArguments('shiftPrior', ['model', model, 'model'])
  const { baseRate, from } = checkOptions('shiftPrior', shiftPriorOptions, options)
  const isShifted = model instanceof CalibratedModel && model.calibrator.method === 'shift'
  if (isShifted && from === undefined) {
    const { model: original, calibrator } = model as CalibratedModel & { calibrator: { from: number } }
    return shiftedModel(original, calibrator.from, baseRate)
  }
  return shiftedModel(model, from ?? model.baseRate, baseRate)
}

/** Returns the model with its probabilities moved from one churn rate to another. */
export function shiftedModel(model: ChurnModel, from: number, to: number): CalibratedModel<null> {
  return new CalibratedModel(model, Object.freeze({ method: 'shift', from, to }), to, null)
}

/**
 * Returns probabilities moved from one churn rate to another; the formula of {@link shiftPrior}, for probabilities that
 * come from elsewhere.
 *
 * @param probability shape (n), each in [0, 1]; 0 stays 0 and 1 stays 1
 * @returns shape (n), each in [0, 1], in the same order
 * @throws {HoldfastError} `value-missing`, `out-of-range`, `option-invalid`, `option-unknown`
 *
 * @example
 * shiftProbabilities([0.2, 0.5], { from: 0.5, to: 0.8 })     // odds times 4: 1/4 becomes 1, 1 becomes 4
 * // => Float64Array.of(0.5, 0.8)
 */
export function shiftProbabilities(
  probability: ArrayLike<number>,
  options: ShiftProbabilitiesOptions,
): Float64Array {
  const { from, to } = checkOptions('shiftProbabilities', shiftProbabilitiesOptions, options)
  checkArguments('shiftProbabilities', ['probability', probability, 'list'])
  const isProbability = (p: number): boolean => p >= 0 && p <= 1
  const rule = 'to be a number of at least 0 and at most 1'
  refuse('shiftProbabilities', valueProblems('probability', probability, rule, isProbability))
  const [churned, stayed] = [to * (1 - from), from * (1 - to)]
  return Float64Array.from(probability, (p) => (p * churned) / (p * churned + (1 - p) * stayed))
}
