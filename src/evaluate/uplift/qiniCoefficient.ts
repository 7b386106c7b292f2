import { z } from 'zod'
import { checkTreatment, type TreatmentOptions, treatmentOptions } from './checkedTreatment.js'
import { areaBelow, areaOfRandom, gainCurve, shareOfPerfect, totalGain } from './gainCurve.js'
import { qiniGain } from './qiniCurve.js'
import { groupsByLevel } from './treatmentGroups.js'

/** Which of the competing numbers: they differ by what the area is divided by. */
export interface UpliftAreaOptions extends TreatmentOptions {
  /**
   * `of-perfect`: a share of what the perfect order gains over a random one (scikit-uplift); `of-total`: mean height in
   * units of the effect of treating everybody (causalml). Default `of-perfect`.
   */
  readonly definition?: 'of-perfect' | 'of-total'
}

/** Rules of {@link UpliftAreaOptions}. */
export const upliftAreaOptions = treatmentOptions.extend({
  definition: z.enum(['of-perfect', 'of-total']).default('of-perfect'),
})

/**
 * Returns how much better than a random order a score finds those whom the treatment keeps: the Qini coefficient.
 *
 * Use it to compare scores on one campaign. Two libraries call two different numbers so, and neither can be compared with
 * the other, nor between campaigns of different effect. It is noisy: take thousands of customers, and `intervalByWeights`.
 *
 * With q(k) of `qiniCurve`, n customers and A(·) the area by trapezoids over k, of the curve above its straight line:
 *
 *     'of-perfect'   A(q) / A(perfect)          scikit-uplift's qini_auc_score; perfect: the treated with the good
 *                                               outcome first, the others with the good outcome last
 *     'of-total'     A(q) / ((n + 1) · |q(n)|)  causalml's qini_score, a mean over k = 0 … n; where nobody of the control
 *                                               group is seen yet, q is a straight line from 0, not Y_t
 *
 * Customers of equal score enter together; causalml orders them as they come.
 *
 * @param score predicted effect of the treatment, shape (n), any finite number, the highest first
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed; see `goodOutcome`
 * @param treated shape (n), 1 = treated, 0 = control
 * @returns 0 = no better than a random order, below 0 = worse; `of-perfect` at most 1
 * @throws {HoldfastError} `one-class` if nobody or everybody was treated, or all outcomes are equal; `out-of-range` for
 *   `of-total` where the total effect is 0; `length-differs`, `table-empty`, `value-missing`, `out-of-range`,
 *   `option-invalid`, `option-unknown`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * const bought = [1, 0, 1, 1, 0, 0, 1, 0, 0, 0]
 * const treated = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]
 * const score = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]
 * qiniCoefficient(score, bought, treated, { goodOutcome: 1 }).toFixed(7)
 * // => '0.1944444'
 * qiniCoefficient(score, bought, treated, { goodOutcome: 1, definition: 'of-total' }).toFixed(7)
 * // => '0.1098485'
 *
 * @see Radcliffe (2007), Using control groups to target on predicted lift
 * @see {@link areaUnderUplift}, {@link upliftAtShare}, {@link intervalByWeights}
 */
export function qiniCoefficient(
  score: ArrayLike<number>,
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  options?: UpliftAreaOptions,
): number {
  const operation = 'qiniCoefficient'
  const { groups, checked } = checkTreatment(
    operation,
    upliftAreaOptions,
    { score, outcome, treated },
    options,
  )
  if (checked.definition === 'of-total') {
    const curve = gainCurve(groups, qiniGain, (_treated, control) => control > 0)
    const unit = totalGain(operation, curve)
    return (areaBelow(curve) - areaOfRandom(curve)) / ((groups.customers + 1) * unit)
  }
  const perfect = groupsByLevel(groups, (isTreated, isGood) => (isGood ? (isTreated ? 1 : -1) : 0))
  return shareOfPerfect(operation, gainCurve(groups, qiniGain), gainCurve(perfect, qiniGain))
}
