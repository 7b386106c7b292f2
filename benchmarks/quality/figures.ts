import { mean, sampleStandardDeviation } from 'simple-statistics'
import { calibrationErrorOf } from '../../src/evaluate/calibration/calibrationTable.js'
import { brierScoreOf, logLossOf } from '../../src/evaluate/calibration/probabilityScores.js'
import type { RankedMetric } from '../../src/evaluate/metrics.js'
import { averagePrecisionOf, rocAucOf } from '../../src/evaluate/ranking/ranking.js'
import { liftOf } from '../../src/evaluate/ranking/topOfList.js'
import { rankOutcomes } from '../../src/evaluate/rows/checkedOutcomes.js'

/** Single-precision peers answer exactly 0 or 1 now and then; they are clipped at the precision of their own numbers. */
export const clip = 1e-7

/** Figures of quality, by the name that they have in the ids. */
export const figures = {
  rocAuc: rocAucOf,
  averagePrecision: averagePrecisionOf,
  logLoss: (ranked) => logLossOf(ranked, clip),
  brierScore: brierScoreOf,
  topDecileLift: (ranked) => liftOf(ranked, 0.1),
  ece10: (ranked) => calibrationErrorOf(ranked, 10, 'equal-width'),
} as const satisfies Record<string, RankedMetric>

/** Name of a figure. */
export type FigureName = keyof typeof figures

/** Names of the figures, in the order of printing. */
export const figureNames = Object.keys(figures) as FigureName[]

/** Each figure by fold. */
export type FoldFigures = Readonly<Record<FigureName, readonly number[]>>

/** Returns the figures of predictions, fold by fold. */
export function foldFigures(
  probabilities: readonly ArrayLike<number>[],
  outcomes: readonly ArrayLike<number>[],
): FoldFigures {
  const ranked = probabilities.map((probability, fold) => rankOutcomes(probability, outcomes[fold]!))
  return Object.fromEntries(
    figureNames.map((name) => [name, ranked.map(figures[name])]),
  ) as unknown as FoldFigures
}

/** Mean over the folds, and the standard deviation between them where there is more than one. */
export interface Spread {
  readonly mean: number
  readonly sd: number | null
}

/** Returns mean and standard deviation (n − 1) over the folds. */
export function spreadOf(values: readonly number[]): Spread {
  const list = [...values]
  return { mean: mean(list), sd: list.length > 1 ? sampleStandardDeviation(list) : null }
}
