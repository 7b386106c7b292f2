import { z } from 'zod'
import {
  checkParameter,
  checkRows,
  probabilityRule,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { type ConfusionCounts, countGroups, countRows } from './confusionAt.js'

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
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param threshold in [0, 1]
 * @returns in [0, 1]; contacting everybody gives (1 + β²)·b / (β² + b) at base rate b
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * O(n) time without sorting.
 *
 * @example
 * fBeta([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], 0.7, { beta: 2 })   // TP 2, FP 1, FN 0: 5·2 / (5·2 + 1)
 * // => 0.9090909090909091
 *
 * @see van Rijsbergen, Information Retrieval (1979), chapter 7
 * @see {@link confusionAt}, {@link matthewsCorrelation}
 */
export function fBeta(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  threshold: number,
  options?: FBetaOptions,
): number {
  const problems = checkParameter('threshold', probabilityRule, threshold)
  const { rows, checked } = checkRows('fBeta', fBetaOptions, probability, outcome, options, problems)
  return fBetaOfCounts(countRows(rows, threshold), checked.beta)
}

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
