import { HoldfastError } from '../../base/errors.js'
import type { TreatmentGroups } from './treatmentGroups.js'

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
  const problem = {
    code: 'out-of-range',
    parameter: 'outcome',
    rule: 'to leave an order something to gain',
    wayOut:
      "Every treated customer has one outcome and every other the other one: use definition: 'of-total'.",
  } as const
  throw new HoldfastError(operation, [problem])
}

/**
 * Returns the size of the gain of treating everybody.
 *
 * @throws {HoldfastError} `out-of-range` if it is 0
 */
export function totalGain(operation: string, { gain }: GainCurve): number {
  const size = Math.abs(gain.at(-1)!)
  if (size > 0) return size
  const problem = {
    code: 'out-of-range',
    parameter: 'outcome',
    rule: 'to have a total effect other than 0, which is the unit of this definition',
    received: gain.at(-1),
    wayOut: "Use definition: 'of-perfect'.",
  } as const
  throw new HoldfastError(operation, [problem])
}
