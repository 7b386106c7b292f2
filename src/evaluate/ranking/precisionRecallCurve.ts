import { checkOutcomes } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { type ThresholdCurveOptions, thresholdCurveOptions } from './rocCurve.js'
import { thinnedPoints, valuesAt } from './thinnedPoints.js'

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
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * O(n) time, O(n) memory.
 *
 * @example
 * precisionRecallCurve([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0]).precision   // 1/1, 1/2, 2/3, 2/4
 * // => Float64Array [1, 0.5, 0.6666666666666666, 0.5]
 *
 * @see Davis and Goadrich (2006), The relationship between precision-recall and ROC curves
 * @see {@link averagePrecision}, which is the area below its steps; {@link rocCurve}
 */
export function precisionRecallCurve(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: ThresholdCurveOptions,
): PrecisionRecallCurve {
  const { ranked, checked } = checkOutcomes(
    'precisionRecallCurve',
    thresholdCurveOptions,
    probability,
    outcome,
    options,
  )
  return precisionRecallCurveOf(ranked, checked.points)
}

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
