import { z } from 'zod'
import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { thinnedPoints, valuesAt } from './thinnedPoints.js'

/** How many points a curve of thresholds has. */
export interface ThresholdCurveOptions extends WeightOptions {
  /** Keep the points of about this many equal steps along the curve, each still the point of a real threshold.
   *  Integer ≥ 1. Left out: one point per distinct probability. */
  readonly points?: number
}

/** True and false positive rates of all thresholds; straight lines between the points. */
export interface RocCurve {
  /** Shape (points): share of those who stayed that is contacted; ascending from 0 to 1. */
  readonly falsePositiveRate: Float64Array
  /** Shape (points): share of the churners that is contacted; ascending from 0 to 1. */
  readonly truePositiveRate: Float64Array
  /** Shape (points − 1): contacting from `threshold[i]` upwards leads to point i + 1; point 0 contacts nobody. */
  readonly threshold: Float64Array
}

/** Rules of {@link ThresholdCurveOptions}. */
export const thresholdCurveOptions = weightOptions.extend({ points: z.int().gte(1).optional() })

/**
 * Returns the ROC curve: for each threshold the share of churners and of stayers from it upwards.
 *
 * Use it for the picture behind `rocAuc`. Campaign people read `gainsCurve` more easily, and where churners are rare
 * `precisionRecallCurve` shows more.
 *
 *     (FP(t) / stayers, TP(t) / churners)    contacted: probability >= t, t the distinct probabilities from the highest
 *
 * Rows of equal probability are one step; nothing on a straight line is dropped, unlike scikit-learn's `roc_curve`
 * by default.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns points from (0, 0) to (1, 1); their area by trapezoids is `rocAuc`
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * O(n) time, O(n) memory.
 *
 * @example
 * rocCurve([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
 * // => { falsePositiveRate: Float64Array [0, 0, 0.5, 0.5, 1],
 * //      truePositiveRate: Float64Array [0, 0.5, 0.5, 1, 1],
 * //      threshold: Float64Array [0.9, 0.8, 0.3, 0.1] }
 *
 * @see Fawcett (2006), An introduction to ROC analysis
 * @see {@link rocAuc}, {@link precisionRecallCurve}, {@link gainsCurve}
 */
export function rocCurve(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: ThresholdCurveOptions,
): RocCurve {
  const { ranked, checked } = checkOutcomes('rocCurve', thresholdCurveOptions, probability, outcome, options)
  return rocCurveOf(ranked, checked.points)
}

/** Like {@link rocCurve}, from the sorted form. O(groups). */
export function rocCurveOf(ranked: RankedOutcomes, points?: number): RocCurve {
  const { probability, churned, stayed, churners, customers } = ranked
  const groups = probability.length
  const curve = {
    falsePositiveRate: new Float64Array(groups + 1),
    truePositiveRate: new Float64Array(groups + 1),
  }
  let caught = 0
  let spent = 0
  for (let group = 0; group < groups; group++) {
    caught += churned[group]!
    spent += stayed[group]!
    curve.truePositiveRate[group + 1] = caught / churners
    curve.falsePositiveRate[group + 1] = spent / (customers - churners)
  }
  // The sum is the total up to rounding of fractional weights.
  curve.falsePositiveRate[groups] = 1
  if (points === undefined) return { ...curve, threshold: probability.slice() }
  const way = curve.truePositiveRate.map((rate, point) => (rate + curve.falsePositiveRate[point]!) / 2)
  const kept = thinnedPoints(way, points)
  return {
    falsePositiveRate: valuesAt(curve.falsePositiveRate, kept),
    truePositiveRate: valuesAt(curve.truePositiveRate, kept),
    threshold: Float64Array.from(kept.subarray(1), (point) => probability[point - 1]!),
  }
}
