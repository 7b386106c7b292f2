import { HoldfastError } from '../../base/errors.js'
import {
  type TreatmentGroups,
  type TreatmentMetric,
  type TreatmentOptions,
  treatmentMetric,
  treatmentOptions,
} from './treatment.js'

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
 * as scikit-uplift's `qini_curve` has it, in treated customers; `upliftCurve` scales to all k. The curve is a straight line
 * between the ends of groups of equal score.
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
export const qiniCurve: TreatmentMetric<GainCurve, TreatmentOptions> = treatmentMetric(
  'qiniCurve',
  treatmentOptions,
  (groups) => gainCurve(groups, qiniGain),
)

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
 * With N and Y as in `qiniCurve`:
 *
 *     u(k) = ( Y_t(k) / N_t(k) − Y_c(k) / N_c(k) ) · k
 *
 * as scikit-uplift's `uplift_curve` has it; a rate is 0 while nobody of its group is seen.
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
export const upliftCurve: TreatmentMetric<GainCurve, TreatmentOptions> = treatmentMetric(
  'upliftCurve',
  treatmentOptions,
  (groups) => gainCurve(groups, upliftGain),
)

/** What treating a growing top of the list gains, over treating nobody. */
export interface GainCurve {
  /** Shape (points): weight of the customers in the top, from 0 to all; one point per distinct score. */
  readonly customers: Float64Array
  /** Shape (points): the same as a share, from 0 to 1. */
  readonly contactedShare: Float64Array
  /** Shape (points), beginning with 0: customers gained; below 0 where the treatment does harm. */
  readonly gain: Float64Array
  /** Shape (points): what a random order would gain: the straight line to the last point. */
  readonly randomGain: Float64Array
}

/** The gain of a top with so many treated, others, and good outcomes among each. */
export type GainOf = (treated: number, control: number, treatedGood: number, controlGood: number) => number

/** Returns the curve at the end of each group, where `isKnown` says so. O(groups). */
export function gainCurve(
  groups: TreatmentGroups,
  gainOf: GainOf,
  isKnown: (treated: number, control: number) => boolean = () => true,
): GainCurve {
  const [customers, gain] = [[0], [0]]
  let [treated, control, treatedGood, controlGood] = [0, 0, 0, 0]
  for (let group = 0; group < groups.treated.length; group++) {
    // A group may hold rows of weight 0 only.
    if (groups.treated[group] === 0 && groups.control[group] === 0) continue
    treated += groups.treated[group]!
    control += groups.control[group]!
    treatedGood += groups.treatedGood[group]!
    controlGood += groups.controlGood[group]!
    if (!isKnown(treated, control)) continue
    customers.push(treated + control)
    gain.push(gainOf(treated, control, treatedGood, controlGood))
  }
  const [all, last] = [customers.at(-1)!, gain.at(-1)!]
  const contactedShare = Float64Array.from(customers, (count) => count / all)
  return {
    customers: Float64Array.from(customers),
    contactedShare,
    gain: Float64Array.from(gain),
    randomGain: contactedShare.map((share) => share * last),
  }
}

/** Returns the area below a curve, by trapezoids, in customers × customers. */
export function areaBelow({ customers, gain }: GainCurve): number {
  let area = 0
  for (let point = 1; point < gain.length; point++) {
    area += ((gain[point]! + gain[point - 1]!) / 2) * (customers[point]! - customers[point - 1]!)
  }
  return area
}

/** Returns the area below the straight line to the last point. */
export function areaOfRandom({ customers, gain }: GainCurve): number {
  return (customers.at(-1)! * gain.at(-1)!) / 2
}

/**
 * Returns the area above the random line, as a share of that of the perfect order.
 *
 * @throws {HoldfastError} `out-of-range` if no order is better than another
 */
export function shareOfPerfect(operation: string, own: GainCurve, perfect: GainCurve): number {
  const room = areaBelow(perfect) - areaOfRandom(perfect)
  if (room > 0) return (areaBelow(own) - areaOfRandom(own)) / room
  const rule = 'to leave an order something to gain'
  const wayOut =
    "Every treated customer has one outcome and every other the other one: use definition: 'of-total'."
  throw new HoldfastError(operation, [{ code: 'out-of-range', parameter: 'outcome', rule, wayOut }])
}

/**
 * Returns the size of the gain of treating everybody.
 *
 * @throws {HoldfastError} `out-of-range` if it is 0
 */
export function totalGain(operation: string, { gain }: GainCurve): number {
  const size = Math.abs(gain.at(-1)!)
  if (size > 0) return size
  const rule = 'to have a total effect other than 0, which is the unit of this definition'
  const facts = { received: gain.at(-1), wayOut: "Use definition: 'of-perfect'." }
  throw new HoldfastError(operation, [{ code: 'out-of-range', parameter: 'outcome', rule, ...facts }])
}
