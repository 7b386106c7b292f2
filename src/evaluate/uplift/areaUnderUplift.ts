import { checkTreatment } from './checkedTreatment.js'
import { areaBelow, type GainCurve, gainCurve, shareOfPerfect, totalGain } from './gainCurve.js'
import { type UpliftAreaOptions, upliftAreaOptions } from './qiniCoefficient.js'
import { groupsByLevel, sum, type TreatmentGroups } from './treatmentGroups.js'
import { upliftGain } from './upliftCurve.js'

/**
 * Returns the area under the uplift curve (AUUC).
 *
 * Use it to compare scores on one campaign, as `qiniCoefficient`. Two libraries call two different numbers so: a random
 * order has 0 by the one and about 0.5 by the other.
 *
 * With u(k) of `upliftCurve`, n customers and A(·) the area by trapezoids over k, of the curve above its straight line:
 *
 *     'of-perfect'   A(u) / A(perfect)                 scikit-uplift's uplift_auc_score; the perfect order has the treated
 *                                                      with the good outcome and the others without it first
 *     'of-total'     Σ_{k=0…n} u(k) / ((n + 1) · |u(n)|)  causalml's auuc_score, normalised; until somebody of both groups
 *                                                      is seen the rates' difference, u(k)/k, is a straight line from 0
 *
 * Customers of equal score enter together; causalml orders them as they come.
 *
 * @param score predicted effect of the treatment, shape (n), any finite number, the highest first
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed; see `goodOutcome`
 * @param treated shape (n), 1 = treated, 0 = control
 * @returns the higher the better; `of-perfect` at most 1 and 0 for a random order, `of-total` about 0.5 for one
 * @throws {HoldfastError} `one-class` if nobody or everybody was treated, or all outcomes are equal; `out-of-range` for
 *   `of-total` where the total effect is 0, for `of-perfect` where no order is better than another; `length-differs`,
 *   `table-empty`, `value-missing`, `out-of-range`, `option-invalid`, `option-unknown`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * const bought = [1, 0, 1, 1, 0, 0, 1, 0, 0, 0]
 * const treated = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]
 * const score = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]
 * areaUnderUplift(score, bought, treated, { goodOutcome: 1, definition: 'of-total' }).toFixed(6)
 * // => '0.554545'
 *
 * @see {@link qiniCoefficient}, {@link upliftCurve}
 */
export function areaUnderUplift(
  score: ArrayLike<number>,
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  options?: UpliftAreaOptions,
): number {
  const operation = 'areaUnderUplift'
  const { groups, checked } = checkTreatment(
    operation,
    upliftAreaOptions,
    { score, outcome, treated },
    options,
  )
  if (checked.definition === 'of-total') {
    const curve = gainCurve(groups, upliftGain, (treatedSeen, control) => treatedSeen > 0 && control > 0)
    return sumOfGains(curve) / ((groups.customers + 1) * totalGain(operation, curve))
  }
  return shareOfPerfect(operation, gainCurve(groups, upliftGain), gainCurve(perfectOrder(groups), upliftGain))
}

/**
 * Returns the sum of u over k = 0 … n. Up to the first point with both groups, k = c, u(k) = u(c) · k² / c², whose sum
 * is u(c) · (c + 1) · (2c + 1) / 6c; after it the sum is the area and half of the difference of its ends.
 */
function sumOfGains(curve: GainCurve): number {
  const [customers, gain] = [curve.customers[1]!, curve.gain[1]!]
  const head = (gain * (customers + 1) * (2 * customers + 1)) / (6 * customers)
  const tail = areaBelow(curve) - (gain * customers) / 2
  return head + tail + (curve.gain.at(-1)! - gain) / 2
}

/** scikit-uplift's: 2 where outcome and treatment agree, and on top of it 1 for the good, or for the treated. */
function perfectOrder(groups: TreatmentGroups): TreatmentGroups {
  const goodOfControl = sum(groups.controlGood)
  const badOfTreated = sum(groups.treated) - sum(groups.treatedGood)
  return groupsByLevel(
    groups,
    (isTreated, isGood) =>
      (isTreated === isGood ? 2 : 0) + ((goodOfControl > badOfTreated ? isGood : isTreated) ? 1 : 0),
  )
}
