import * as z from 'zod'
import { HoldfastError } from '../../base/errors.js'
import { checkParameter, shareRule } from '../rows/checkedOutcomes.js'
import { roundedUp, total } from '../rows/rankedOutcomes.js'
import {
  checkTreatment,
  groupsByLevel,
  type TreatmentGroups,
  type TreatmentMetric,
  type TreatmentOptions,
  treatmentMetric,
  treatmentOptions,
} from './treatment.js'
import {
  areaBelow,
  areaOfRandom,
  type GainCurve,
  gainCurve,
  qiniGain,
  shareOfPerfect,
  totalGain,
  upliftGain,
} from './upliftCurves.js'

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
 * causalml orders customers of equal score as they come.
 *
 * @returns 0 = no better than a random order, below 0 = worse; `of-perfect` at most 1
 * @throws {HoldfastError} `out-of-range` for `of-total` where the total effect is 0
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
export const qiniCoefficient: TreatmentMetric<number, UpliftAreaOptions> = treatmentMetric(
  'qiniCoefficient',
  upliftAreaOptions,
  (groups, { definition }) => {
    if (definition === 'of-total') {
      const curve = gainCurve(groups, qiniGain, (_treated, control) => control > 0)
      const unit = totalGain('qiniCoefficient', curve)
      return (areaBelow(curve) - areaOfRandom(curve)) / ((groups.customers + 1) * unit)
    }
    const perfect = groupsByLevel(groups, (isTreated, isGood) => (isGood ? (isTreated ? 1 : -1) : 0))
    return shareOfPerfect('qiniCoefficient', gainCurve(groups, qiniGain), gainCurve(perfect, qiniGain))
  },
)

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
 * causalml orders customers of equal score as they come.
 *
 * @returns the higher the better; `of-perfect` at most 1 and 0 for a random order, `of-total` about 0.5 for one
 * @throws {HoldfastError} `out-of-range` for `of-total` where the total effect is 0, for `of-perfect` where no order is
 *   better than another
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
export const areaUnderUplift: TreatmentMetric<number, UpliftAreaOptions> = treatmentMetric(
  'areaUnderUplift',
  upliftAreaOptions,
  (groups, { definition }) => {
    if (definition === 'of-total') {
      const curve = gainCurve(groups, upliftGain, (treated, control) => treated > 0 && control > 0)
      return sumOfGains(curve) / ((groups.customers + 1) * totalGain('areaUnderUplift', curve))
    }
    const perfect = gainCurve(perfectOrder(groups), upliftGain)
    return shareOfPerfect('areaUnderUplift', gainCurve(groups, upliftGain), perfect)
  },
)

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
  const goodOfControl = total(groups.controlGood)
  const badOfTreated = total(groups.treated) - total(groups.treatedGood)
  return groupsByLevel(
    groups,
    (isTreated, isGood) =>
      (isTreated === isGood ? 2 : 0) + ((goodOfControl > badOfTreated ? isGood : isTreated) ? 1 : 0),
  )
}

/**
 * Returns the effect of the treatment among the top of the list: by how much more treated than control customers stayed.
 *
 * Use it for a campaign of known size: uplift 0.04 at share 0.2 means that treating the top fifth keeps 4 of 100 of
 * them who would have left. The effect over everybody is that of share 1.
 *
 * With k = ceil(share · n) customers of the highest scores, N_t treated and N_c control among them, and Y_t, Y_c of those
 * with the good outcome (stayed, unless `goodOutcome` is 1):
 *
 *     uplift = Y_t / N_t − Y_c / N_c
 *
 * scikit-uplift's `uplift_at_k` with strategy `overall`, which rounds k down. Ties at the boundary are shared: of a
 * group of m equal scores, of which j places remain, everything counts j / m. Where weights are not whole numbers,
 * k = share · n without rounding.
 *
 * @param share top part to look at, 0 < share <= 1
 * @returns difference of shares, in [−1, 1]; below 0 = the treatment drives customers away
 * @throws {HoldfastError} as every {@link TreatmentMetric}; `out-of-range` for the share; `one-class` if nobody or
 *   everybody in the top was treated
 *
 * @example
 * const churned = [0, 1, 0, 1, 1, 0]
 * const treated = [1, 0, 1, 0, 1, 0]
 * upliftAtShare([6, 5, 4, 3, 2, 1], churned, treated, 0.5)   // both treated of the top three stayed, the other left
 * // => 1
 *
 * @see {@link upliftCurve} for every share at once
 */
export function upliftAtShare(
  score: ArrayLike<number>,
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  share: number,
  options?: TreatmentOptions,
): number {
  const operation = 'upliftAtShare'
  const rows = { score, outcome, treated }
  const problems = checkParameter('share', shareRule, share)
  const { groups } = checkTreatment(operation, treatmentOptions, rows, options, problems)
  let left = roundedUp(share * groups.customers, groups)
  const top = { treated: 0, control: 0, treatedGood: 0, controlGood: 0 }
  groups.treated.forEach((treatedHere, group) => {
    const size = treatedHere + groups.control[group]!
    const part = size <= left ? 1 : left / size
    top.treated += part * treatedHere
    top.control += part * groups.control[group]!
    top.treatedGood += part * groups.treatedGood[group]!
    top.controlGood += part * groups.controlGood[group]!
    left = Math.max(0, left - size)
  })
  if (top.treated > 0 && top.control > 0) return top.treatedGood / top.treated - top.controlGood / top.control
  const rule = 'to reach down to both treated and control customers'
  const wayOut = 'Take a larger share: in a top without either group there is nothing to compare.'
  throw new HoldfastError(operation, [
    { code: 'one-class', parameter: 'share', rule, received: share, wayOut },
  ])
}
