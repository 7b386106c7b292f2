import { checkTreatment, type TreatmentOptions, treatmentOptions } from './checkedTreatment.js'
import { type GainCurve, type GainOf, gainCurve } from './gainCurve.js'

/** q = Y_t − Y_c · N_t / N_c; while nobody of the control group is seen, Y_t. */
export const qiniGain: GainOf = (treated, control, treatedGood, controlGood) =>
  treatedGood - (control === 0 ? 0 : (controlGood * treated) / control)

/**
 * Returns the Qini curve: how many customers the treatment kept among those treated in the top of the list.
 *
 * Use it on a campaign with a control group that was drawn at random, to see whether a score puts those first whom the
 * treatment moves, and from where on it does nothing or harm. The score is to be the predicted effect of the treatment;
 * with the risk of churn in its place the curve says whether the riskiest are also those who can be kept.
 *
 * With N_t, N_c the treated and control customers among the k with the highest scores, and Y_t, Y_c those of them with the
 * good outcome (stayed, unless `goodOutcome` is 1):
 *
 *     q(k) = Y_t(k) − Y_c(k) · N_t(k) / N_c(k),   Y_t(k) while N_c(k) = 0
 *
 * as scikit-uplift's `qini_curve` has it, in treated customers; `upliftCurve` scales to all k. Customers of equal score
 * enter together: the curve is a straight line between the ends of such groups.
 *
 * @param score predicted effect of the treatment, shape (n), any finite number, the highest first
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param treated shape (n), 1 = treated, 0 = control
 * @throws {HoldfastError} `one-class` if nobody or everybody was treated, or all outcomes are equal; `length-differs`,
 *   `table-empty`, `value-missing`, `out-of-range`, `option-invalid`, `option-unknown`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * const bought = [1, 0, 1, 1, 0, 0, 1, 0, 0, 0]
 * const treated = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]
 * const score = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]
 * Array.from(qiniCurve(score, bought, treated, { goodOutcome: 1 }).gain.slice(0, 6))
 * // => [0, 1, 1, 2, 1, 0.5]
 *
 * @see Radcliffe (2007), Using control groups to target on predicted lift
 * @see {@link qiniCoefficient} for one number
 */
export function qiniCurve(
  score: ArrayLike<number>,
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  options?: TreatmentOptions,
): GainCurve {
  const { groups } = checkTreatment('qiniCurve', treatmentOptions, { score, outcome, treated }, options)
  return gainCurve(groups, qiniGain)
}
