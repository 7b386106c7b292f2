import * as z from 'zod'
import {
  type OutcomeMetric,
  outcomeMetric,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

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

const curveOptions = weightOptions.extend({ points: z.int().gte(1).optional() })

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
 * @returns points from (0, 0) to (1, 1)
 *
 * @example
 * gainsCurve([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0]).caughtShare
 * // => Float64Array [0, 0.5, 0.5, 1, 1]
 *
 * @see Provost and Fawcett, Data Science for Business (2013), chapter 8
 * @see {@link liftTable}, `contactsForSameCatch` of `holdfast/profit`
 */
export const gainsCurve: OutcomeMetric<GainsCurve, GainsOptions> = outcomeMetric(
  'gainsCurve',
  curveOptions,
  (ranked, { points }) => gainsCurveOf(ranked, points),
)

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
 * @returns points from (0, 0) to (1, 1); their area by trapezoids is `rocAuc`
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
export const rocCurve: OutcomeMetric<RocCurve, ThresholdCurveOptions> = outcomeMetric(
  'rocCurve',
  curveOptions,
  (ranked, { points }) => rocCurveOf(ranked, points),
)

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

/** Precision and recall of all thresholds; steps between the points, not straight lines. */
export interface PrecisionRecallCurve {
  /** Shape (points): share of the churners that is contacted; ascending to 1. */
  readonly recall: Float64Array
  /** Shape (points): share of the contacted that churned; at recall 1 and the lowest threshold the base rate. */
  readonly precision: Float64Array
  /** Shape (points): contacted are all from here upwards; descending. */
  readonly threshold: Float64Array
}

/**
 * Returns precision and recall for each threshold, from the highest.
 *
 * Use it where churners are rare: it shows what a call of the list is worth as the list grows. Its points must not
 * be joined by straight lines, and its height depends on the base rate.
 *
 *     (TP(t) / churners, TP(t) / contacted(t))    contacted: probability >= t, t the distinct probabilities
 *
 * Rows of equal probability are one step. There is no point of nobody contacted: its precision is 0 / 0, and the 1 that
 * scikit-learn puts there is an arbitrary one.
 *
 * @example
 * precisionRecallCurve([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0]).precision   // 1/1, 1/2, 2/3, 2/4
 * // => Float64Array [1, 0.5, 0.6666666666666666, 0.5]
 *
 * @see Davis and Goadrich (2006), The relationship between precision-recall and ROC curves
 * @see {@link averagePrecision}, which is the area below its steps; {@link rocCurve}
 */
export const precisionRecallCurve: OutcomeMetric<PrecisionRecallCurve, ThresholdCurveOptions> = outcomeMetric(
  'precisionRecallCurve',
  curveOptions,
  (ranked, { points }) => precisionRecallCurveOf(ranked, points),
)

/** Like {@link precisionRecallCurve}, from the sorted form. O(groups). */
export function precisionRecallCurveOf(ranked: RankedOutcomes, points?: number): PrecisionRecallCurve {
  const { probability, churned, stayed, churners, customers } = ranked
  const recall = new Float64Array(probability.length)
  const precision = new Float64Array(probability.length)
  const contactedShare = new Float64Array(probability.length)
  let caught = 0
  let contacted = 0
  for (let group = 0; group < probability.length; group++) {
    caught += churned[group]!
    contacted += churned[group]! + stayed[group]!
    recall[group] = caught / churners
    precision[group] = caught / contacted
    contactedShare[group] = contacted / customers
  }
  if (points === undefined) return { recall, precision, threshold: probability.slice() }
  const way = recall.map((share, group) => (share + contactedShare[group]!) / 2)
  const kept = thinnedPoints(way, points)
  return {
    recall: valuesAt(recall, kept),
    precision: valuesAt(precision, kept),
    threshold: valuesAt(probability, kept),
  }
}

/** Returns a broken line at equal steps of its ascending `share`, which runs from 0 to 1. O(corners + points). */
export function atEqualSteps(
  share: Float64Array,
  height: Float64Array,
  points: number,
): { readonly share: Float64Array; readonly height: Float64Array } {
  const steps = Float64Array.from({ length: points + 1 }, (_, point) => point / points)
  let corner = 0
  const heights = steps.map((step) => {
    while (share[corner + 1]! < step) corner++
    const width = share[corner + 1]! - share[corner]!
    return height[corner]! + (height[corner + 1]! - height[corner]!) * ((step - share[corner]!) / width)
  })
  return { share: steps, height: heights }
}

/**
 * Returns which points of a curve to keep so that its position, which rises from below 1 to 1, moves in steps of about
 * 1 / `steps`: the first, the last, and between them the last one up to each step. O(points).
 */
export function thinnedPoints(position: Float64Array, steps: number): Int32Array {
  const kept: number[] = [0]
  for (let point = 1; point < position.length; point++) {
    const isLast = point === position.length - 1
    if (isLast || Math.floor(position[point + 1]! * steps) > Math.floor(position[point]! * steps))
      kept.push(point)
  }
  return Int32Array.from(kept)
}

/** Returns the values at the kept points. */
export function valuesAt(values: Float64Array, kept: Int32Array): Float64Array {
  return Float64Array.from(kept, (point) => values[point]!)
}
