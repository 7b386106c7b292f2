import { z } from 'zod'
import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { atEqualSteps } from './atEqualSteps.js'

/** What points a gains curve has. */
export interface GainsOptions extends WeightOptions {
  /** Number of equal steps of the contacted share. Integer ≥ 1. Left out: one point per distinct probability. */
  readonly points?: number
}

/** Share of churners caught by contacting the top of the list; straight lines between the points. */
export interface GainsCurve {
  /** Shape (points + 1), ascending from 0 to 1: part of the customers that is contacted. */
  readonly contactedShare: Float64Array
  /** Shape (points + 1), ascending from 0 to 1: part of the churners that is caught. */
  readonly caughtShare: Float64Array
}

const gainsOptions = weightOptions.extend({ points: z.int().gte(1).optional() })

/**
 * Returns, for each share of customers contacted from the top of the list, the share of churners caught.
 *
 * Use it to choose how many to contact. The diagonal is a list without a model. Also called cumulative gains chart
 * or CAP curve; not the lift curve, which divides by the contacted share (see `liftTable`).
 *
 * With k customers contacted out of n:
 *
 *     (k / n, churners among the k highest probabilities / all churners)
 *
 * Customers of equal probability are caught at the mean rate of their group: a straight piece.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns points from (0, 0) to (1, 1)
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * gainsCurve([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0]).caughtShare
 * // => Float64Array [0, 0.5, 0.5, 1, 1]
 *
 * @see Provost and Fawcett, Data Science for Business (2013), chapter 8
 * @see {@link liftTable}, {@link contactsForSameCatch}
 */
export function gainsCurve(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: GainsOptions,
): GainsCurve {
  const { ranked, checked } = checkOutcomes('gainsCurve', gainsOptions, probability, outcome, options)
  return gainsCurveOf(ranked, checked.points)
}

/** Like {@link gainsCurve}, from the sorted form. O(groups + points). */
export function gainsCurveOf(ranked: RankedOutcomes, points?: number): GainsCurve {
  const corners = cornersOf(ranked)
  if (points === undefined) return corners
  const { share, height } = atEqualSteps(corners.contactedShare, corners.caughtShare, points)
  return { contactedShare: share, caughtShare: height }
}

function cornersOf({ churned, stayed, churners, customers }: RankedOutcomes): GainsCurve {
  const contactedShare = new Float64Array(churned.length + 1)
  const caughtShare = new Float64Array(churned.length + 1)
  let contacted = 0
  let caught = 0
  for (let group = 0; group < churned.length; group++) {
    contacted += churned[group]! + stayed[group]!
    caught += churned[group]!
    contactedShare[group + 1] = contacted / customers
    caughtShare[group + 1] = caught / churners
  }
  // The sum is the total up to rounding of fractional weights.
  contactedShare[churned.length] = 1
  return { contactedShare, caughtShare }
}
