import { checkTreatment, type TreatmentOptions, treatmentOptions } from './checkedTreatment.js'
import { type GainCurve, type GainOf, gainCurve } from './gainCurve.js'

/** u = (Y_t / N_t − Y_c / N_c) · (N_t + N_c); the rate of a group of which nobody is seen is 0. */
export const upliftGain: GainOf = (treated, control, treatedGood, controlGood) =>
  (rate(treatedGood, treated) - rate(controlGood, control)) * (treated + control)

function rate(good: number, customers: number): number {
  return customers === 0 ? 0 : good / customers
}

/**
 * Returns the uplift curve: how many customers treating the whole top of the list would keep.
 *
 * Use it to choose how many to treat: its highest point. It is `qiniCurve` scaled from the treated to everybody in the
 * top, and moves more where treated and control customers are not mixed evenly along the score.
 *
 * With N_t, N_c the treated and control customers among the k with the highest scores, and Y_t, Y_c those of them with the
 * good outcome (stayed, unless `goodOutcome` is 1):
 *
 *     u(k) = ( Y_t(k) / N_t(k) − Y_c(k) / N_c(k) ) · k
 *
 * as scikit-uplift's `uplift_curve` has it; a rate is 0 while nobody of its group is seen. Customers of equal score
 * enter together: the curve is a straight line between the ends of such groups.
 *
 * @param score predicted effect of the treatment, shape (n), any finite number, the highest first
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed; see `goodOutcome`
 * @param treated shape (n), 1 = treated, 0 = control
 * @throws {HoldfastError} `one-class` if nobody or everybody was treated, or all outcomes are equal; `length-differs`,
 *   `table-empty`, `value-missing`, `out-of-range`, `option-invalid`, `option-unknown`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * const churned = [0, 1, 0, 1, 1, 0]
 * const treated = [1, 0, 1, 0, 1, 0]
 * Array.from(upliftCurve([6, 5, 4, 3, 2, 1], churned, treated).gain)
 * // => [0, 1, 2, 3, 4, 3.3333333333333335, 2]     the best list has four customers
 *
 * @see Gutierrez and Gérardy (2017), PMLR 67
 * @see {@link qiniCurve}, {@link areaUnderUplift} for one number
 */
export function upliftCurve(
  score: ArrayLike<number>,
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  options?: TreatmentOptions,
): GainCurve {
  const { groups } = checkTreatment('upliftCurve', treatmentOptions, { score, outcome, treated }, options)
  return gainCurve(groups, upliftGain)
}
