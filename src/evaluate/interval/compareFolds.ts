import { mean, sampleStandardDeviation } from 'simple-statistics'
import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { studentCumulative, studentQuantile } from '../../base/distributions.js'
import { type Problem, refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { levelRule } from '../../base/sharedRules.js'
import { leadBy, percentText } from '../figureTexts.js'
import type { Interval } from './bootstrapInterval.js'
import { namesRule } from './bootstrapOptions.js'

/** How values of folds are compared. */
export interface CompareFoldsOptions {
  /**
   * Test rows of a fold over all rows, in (0, 1). Default 1 / folds, which is right for k folds that each row is tested in
   * once; repeated folds and random splits need their own.
   */
  readonly testShare?: number
  /** Level of the interval, in (0, 1). Default 0.95. */
  readonly level?: number
  /** Which way the metric is better. Default `higher`. */
  readonly better?: 'higher' | 'lower'
  /** What the two are called in the sentence. Default A and B. */
  readonly names?: readonly [string, string]
}

/** How far two ways of training differ, fold by fold. */
export interface FoldComparison {
  readonly folds: number
  /** Mean of A − B over the folds. */
  readonly difference: Interval
  /** Standard deviation of the mean difference, corrected for shared training rows. */
  readonly standardError: number
  /** Two-sided: the chance of such a difference where there is none. In [0, 1]. */
  readonly pValue: number
  /** Share of the folds in which A is better, equal ones half. */
  readonly shareABetter: number
  /** What can be said, a whole sentence. */
  readonly sentence: string
}

const foldOptions = z.strictObject({
  testShare: z.number().gt(0).lt(1).optional(),
  level: levelRule,
  better: z.enum(['higher', 'lower']).default('higher'),
  names: namesRule,
})

/**
 * Returns whether one way of training is better than another, from a figure of each fold.
 *
 * For two learners, or two sets of features, on the same folds: values at the same place belong to the same fold. It judges
 * trainings; for two trained models on one test set take `compareModels`. Do not choose the better of many in this way
 * and then report its value: the best of many is lucky.
 *
 *     d = A − B per fold,  k folds
 *     standard error = sd(d) · √( 1/k + testShare/(1 − testShare) )
 *     interval = mean(d) ± t(k − 1) · standard error
 *
 * the corrected resampled t test of Nadeau and Bengio. Folds share training rows, so their values are not independent:
 * without the second term under the root a test at 5 % finds a difference where there is none several times as often.
 *
 * @param valuesA figure of each fold, shape (folds), at least 2
 * @param valuesB figures of the other on the same folds
 * @throws {HoldfastError} `length-differs`, `value-not-finite`, `table-empty` with fewer than two folds,
 *   `option-invalid`, `option-unknown`
 *
 * @example
 * compareFolds([0.85, 0.83, 0.86, 0.84, 0.85], [0.84, 0.83, 0.84, 0.83, 0.83]).sentence
 * // => 'No difference can be shown: A is better by .012 over 5 folds (95 % interval −.004 to .028); other rows may as well find B better.'
 *
 * @see Nadeau and Bengio (2003), Machine Learning 52
 * @see `compareModels`
 */
export function compareFolds(
  valuesA: ArrayLike<number>,
  valuesB: ArrayLike<number>,
  options?: CompareFoldsOptions,
): FoldComparison {
  checkArguments('compareFolds', ['valuesA', valuesA, 'list'], ['valuesB', valuesB, 'list'])
  const { testShare, level, better, names } = checkOptions('compareFolds', foldOptions, options)
  refuse('compareFolds', foldProblems(valuesA, valuesB))
  const folds = valuesA.length
  const differences = Array.from(valuesA, (value, fold) => value - valuesB[fold]!)
  const share = testShare ?? 1 / folds
  const standardError = sampleStandardDeviation(differences) * Math.sqrt(1 / folds + share / (1 - share))
  const value = mean(differences)
  const reach = studentQuantile(folds - 1, (1 + level) / 2) * standardError
  const difference = { value, lower: value - reach, upper: value + reach }
  const sign = better === 'higher' ? 1 : -1
  return {
    folds,
    difference,
    standardError,
    pValue: pValueOf(value, standardError, folds - 1),
    shareABetter: mean(differences.map((d) => (Math.sign(sign * d) + 1) / 2)),
    sentence: sentenceOf(difference, folds, { level, better, names }),
  }
}

function pValueOf(value: number, standardError: number, degreesOfFreedom: number): number {
  if (value === 0) return 1
  // Where nothing varies the folds that speak for one side are all there is.
  if (standardError === 0) return 2 * 0.5 ** (degreesOfFreedom + 1)
  return 2 * studentCumulative(degreesOfFreedom, -Math.abs(value) / standardError)
}

function sentenceOf(
  difference: Interval,
  folds: number,
  { level, better, names }: Required<Omit<CompareFoldsOptions, 'testShare'>>,
): string {
  const { value, lower, upper } = difference
  if (value === 0 && lower === upper)
    return `${names[0]} and ${names[1]} have the same value in each of ${folds} folds.`
  const { leader, other, by, range, isShown } = leadBy(difference, better, names)
  if (lower === upper)
    return `No difference can be shown: ${leader} is better by ${by} in each of ${folds} folds, which do not tell how much other rows would differ.`
  const lead = `${leader} is better by ${by} over ${folds} folds (${percentText(level)} interval ${range})`
  if (isShown) return `${lead}: this will very likely hold for other rows of the same kind.`
  return `No difference can be shown: ${lead}; other rows may as well find ${other} better.`
}

function foldProblems(valuesA: ArrayLike<number>, valuesB: ArrayLike<number>): Problem[] {
  const problems: Problem[] = []
  const least = 'to hold at least two folds'
  if (valuesA.length < 2)
    problems.push({ code: 'table-empty', parameter: 'valuesA', rule: least, received: valuesA.length })
  if (valuesA.length !== valuesB.length) {
    const rule = `to have one value per fold of valuesA (${valuesA.length})`
    problems.push({ code: 'length-differs', parameter: 'valuesB', rule, received: valuesB.length })
  }
  for (const [parameter, values] of Object.entries({ valuesA, valuesB })) {
    const fold = Array.prototype.findIndex.call(values, (value) => !Number.isFinite(value))
    if (fold < 0) continue
    const facts = { rule: 'to hold finite numbers', received: values[fold], place: { row: fold + 1 } }
    problems.push({ code: 'value-not-finite', parameter, ...facts })
  }
  return problems
}
