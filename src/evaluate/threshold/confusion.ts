import * as z from 'zod'
import { named } from '../../base/options.js'
import {
  checkOutcomeRows,
  checkParameter,
  probabilityRule,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import type { OutcomeRows } from '../rows/outcomeRows.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/** What contacting everyone from a probability upwards does; counts are sums of weights. */
export interface Confusion {
  /** Customers with a probability of at least this are contacted. */
  readonly threshold: number
  /** Contacted and churned. */
  readonly truePositives: number
  /** Contacted and stayed. */
  readonly falsePositives: number
  /** Not contacted and churned. */
  readonly falseNegatives: number
  /** Not contacted and stayed. */
  readonly trueNegatives: number
  /** Share of customers contacted, in [0, 1]. */
  readonly contactedShare: number
  /** Share of the contacted that churned, in [0, 1]; null where nobody is contacted. */
  readonly precision: number | null
  /** Share of the churners that is contacted (sensitivity), in [0, 1]. */
  readonly recall: number
  /** Share of those who stayed that is not contacted, in [0, 1]. */
  readonly specificity: number
  /** Share of the not contacted that stayed, in [0, 1]; null where everyone is contacted. */
  readonly negativePredictiveValue: number | null
  /** Harmonic mean of precision and recall, `2·TP / (2·TP + FP + FN)`, in [0, 1]; 0 where nobody is contacted. */
  readonly f1: number
  /** Share of customers on the right side, in [0, 1]; with few churners it is high for no work at all. */
  readonly accuracy: number
}

/** A figure of contacting everyone from a probability upwards. */
export interface ThresholdMetric<Result, Options = WeightOptions> {
  /**
   * O(n) time without sorting, O(1) memory.
   *
   * @param probability predicted churn, shape (n), each in [0, 1]
   * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
   * @param threshold in [0, 1]: contacted is who has at least this probability
   * @throws {HoldfastError} as every {@link OutcomeMetric}; `out-of-range` for the threshold
   */
  (probability: ArrayLike<number>, outcome: ArrayLike<number>, threshold: number, options?: Options): Result
}

/**
 * Returns counts and rates of contacting everyone whose probability is at least the threshold.
 *
 * Use it for a decision that is already made: a threshold from costs, or a list of fixed length. For the choice of
 * the threshold see `gainsCurve`, for a measure without one `rocAuc` and `averagePrecision`.
 *
 *     contacted   probability >= threshold
 *
 * Rates whose denominator can be empty are null then, never 0 or NaN; which, and when, is said at each.
 *
 * @example
 * const confusion = confusionAt([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], 0.7)
 * confusion.precision   // two of the three contacted
 * // => 0.6666666666666666
 *
 * @see {@link matthewsCorrelation}, {@link fBeta} for one number; {@link liftAt} for a fixed share of customers instead of a threshold
 */
export const confusionAt: ThresholdMetric<Confusion> = thresholdMetric(
  'confusionAt',
  weightOptions,
  (counts, _, threshold) => ratesOf(counts, threshold),
)

/** Like {@link confusionAt}, from the sorted form. O(groups). */
export function confusionOf(ranked: RankedOutcomes, threshold: number): Confusion {
  return ratesOf(countGroups(ranked, threshold), threshold)
}

/** The four counts that every figure of a threshold is made of. */
export type ConfusionCounts = Pick<
  Confusion,
  'truePositives' | 'falsePositives' | 'falseNegatives' | 'trueNegatives'
>

/** Returns a metric of the four counts at a threshold. */
function thresholdMetric<Result, Checked extends { weight?: ArrayLike<number> | undefined }>(
  operation: string,
  schema: z.ZodType<Checked>,
  of: (counts: ConfusionCounts, checked: Checked, threshold: number) => Result,
): (
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  threshold: number,
  options?: unknown,
) => Result {
  return named(operation, (probability, outcome, threshold, options) => {
    const problems = checkParameter('threshold', probabilityRule, threshold)
    const { rows, checked } = checkOutcomeRows(operation, schema, probability, outcome, options, problems)
    return of(countRows(rows, threshold), checked, threshold)
  })
}

/** Counts checked rows. O(n). */
function countRows({ probability, outcome, weight }: OutcomeRows, threshold: number): ConfusionCounts {
  // Not contacted and stayed, not contacted and churned, contacted and stayed, contacted and churned.
  const sums = new Float64Array(4)
  for (let row = 0; row < probability.length; row++) {
    const cell = (probability[row]! >= threshold ? 2 : 0) + outcome[row]!
    sums[cell]! += weight === null ? 1 : weight[row]!
  }
  const [trueNegatives, falseNegatives, falsePositives, truePositives] = sums as unknown as [
    number,
    number,
    number,
    number,
  ]
  return { truePositives, falsePositives, falseNegatives, trueNegatives }
}

/** Counts the sorted form. O(groups). */
export function countGroups(
  { probability, churned, stayed }: RankedOutcomes,
  threshold: number,
): ConfusionCounts {
  let truePositives = 0
  let falsePositives = 0
  let falseNegatives = 0
  let trueNegatives = 0
  for (let group = 0; group < probability.length; group++) {
    if (probability[group]! >= threshold) {
      truePositives += churned[group]!
      falsePositives += stayed[group]!
    } else {
      falseNegatives += churned[group]!
      trueNegatives += stayed[group]!
    }
  }
  return { truePositives, falsePositives, falseNegatives, trueNegatives }
}

function ratesOf(counts: ConfusionCounts, threshold: number): Confusion {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts
  const contacted = truePositives + falsePositives
  const left = falseNegatives + trueNegatives
  return {
    threshold,
    ...counts,
    contactedShare: contacted / (contacted + left),
    precision: contacted === 0 ? null : truePositives / contacted,
    recall: truePositives / (truePositives + falseNegatives),
    specificity: trueNegatives / (trueNegatives + falsePositives),
    negativePredictiveValue: left === 0 ? null : trueNegatives / left,
    f1: (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives),
    accuracy: (truePositives + trueNegatives) / (contacted + left),
  }
}

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
 * @returns in [−1, 1]; 1 = exactly the churners are contacted, 0 = no better than chance
 *
 * @example
 * matthewsCorrelation([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], 0.7)   // TP 2, FP 1, FN 0, TN 1: 2 / sqrt(3·2·2·1)
 * // => 0.5773502691896258
 *
 * @see Matthews (1975); Chicco and Jurman (2020), BMC Genomics 21
 * @see {@link confusionAt}, {@link fBeta}
 */
export const matthewsCorrelation: ThresholdMetric<number> = thresholdMetric(
  'matthewsCorrelation',
  weightOptions,
  matthewsOfCounts,
)

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

/** How recall and precision are weighed. */
export interface FBetaOptions extends WeightOptions {
  /** Recall counts `beta` times as much as precision. A number above 0. Default 1: F1; 2 where a missed churner hurts
   *  more than a wasted call. */
  readonly beta?: number
}

const fBetaOptions = weightOptions.extend({ beta: z.number().gt(0).default(1) })

/**
 * Returns the weighted harmonic mean of precision and recall of contacting everyone from a threshold upwards.
 *
 * Use it where somebody asks for F1 or F2. It ignores those who are rightly left alone, and its beta is a price in
 * disguise: where a call and a lost customer have a price, choose the threshold by profit.
 *
 *     F_β = (1 + β²)·TP / ( (1 + β²)·TP + β²·FN + FP )
 *
 * Contacted: probability >= threshold. 0 where no churner is contacted, also where nobody is.
 *
 * @returns in [0, 1]; contacting everybody gives (1 + β²)·b / (β² + b) at base rate b
 *
 * @example
 * fBeta([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], 0.7, { beta: 2 })   // TP 2, FP 1, FN 0: 5·2 / (5·2 + 1)
 * // => 0.9090909090909091
 *
 * @see van Rijsbergen, Information Retrieval (1979), chapter 7
 * @see {@link confusionAt}, {@link matthewsCorrelation}
 */
export const fBeta: ThresholdMetric<number, FBetaOptions> = thresholdMetric(
  'fBeta',
  fBetaOptions,
  (counts, { beta }) => fBetaOfCounts(counts, beta),
)

/** Like {@link fBeta}, from the sorted form. O(groups). */
export function fBetaOf(ranked: RankedOutcomes, threshold: number, beta: number): number {
  return fBetaOfCounts(countGroups(ranked, threshold), beta)
}

function fBetaOfCounts(
  { truePositives, falsePositives, falseNegatives }: ConfusionCounts,
  beta: number,
): number {
  // Divided by 1 + β², so that a very large beta is recall and not Infinity / Infinity.
  const recallPart = 1 / (1 + 1 / (beta * beta))
  const missed = recallPart * falseNegatives + (1 - recallPart) * falsePositives
  return truePositives / (truePositives + missed)
}
