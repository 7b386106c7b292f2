import {
  checkParameter,
  checkRows,
  probabilityRule,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { type ConfusionCounts, countGroups, countRows } from './confusionAt.js'

/**
 * Returns the correlation between being contacted and churning (Matthews correlation coefficient, MCC).
 *
 * Use it to judge a threshold by one number that is high only if both classes are treated well: accuracy is high for
 * no work at all where churners are few, and F1 ignores who was rightly left alone. It knows no costs: where a call
 * and a lost customer have a price, choose the threshold by profit.
 *
 *     MCC = (TP·TN − FP·FN) / sqrt( (TP + FP)·(TP + FN)·(TN + FP)·(TN + FN) )
 *
 * the phi coefficient, and Pearson's correlation of two 0/1 columns. Contacted: probability >= threshold. Where nobody
 * or everybody is contacted it is 0 / 0 and answered by 0, its limit and scikit-learn's: such a list tells nothing.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param threshold in [0, 1]
 * @returns in [−1, 1]; 1 = exactly the churners are contacted, 0 = no better than chance
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n) time without sorting.
 *
 * @example
 * matthewsCorrelation([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], 0.7)   // TP 2, FP 1, FN 0, TN 1: 2 / sqrt(3·2·2·1)
 * // => 0.5773502691896258
 *
 * @see Matthews (1975); Chicco and Jurman (2020), BMC Genomics 21
 * @see {@link confusionAt}, {@link fBeta}
 */
export function matthewsCorrelation(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  threshold: number,
  options?: WeightOptions,
): number {
  const problems = checkParameter('threshold', probabilityRule, threshold)
  const { rows } = checkRows('matthewsCorrelation', weightOptions, probability, outcome, options, problems)
  return matthewsOfCounts(countRows(rows, threshold))
}

/** Like {@link matthewsCorrelation}, from the sorted form. O(groups). */
export function matthewsCorrelationOf(ranked: RankedOutcomes, threshold: number): number {
  return matthewsOfCounts(countGroups(ranked, threshold))
}

function matthewsOfCounts(counts: ConfusionCounts): number {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts
  const contacted = truePositives + falsePositives
  const left = falseNegatives + trueNegatives
  if (contacted === 0 || left === 0) return 0
  const churners = truePositives + falseNegatives
  const stayers = falsePositives + trueNegatives
  // As shares, so that products of counts of millions stay in range.
  const recall = truePositives / churners
  const fallOut = falsePositives / stayers
  return (recall - fallOut) * Math.sqrt((churners / contacted) * (stayers / left))
}
