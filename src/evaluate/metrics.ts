import { integratedCalibrationIndexOf } from './calibration/calibrationCurve.js'
import { calibrationErrorOf, maximumCalibrationErrorOf } from './calibration/calibrationTable.js'
import { brierScoreOf, logLossOf } from './calibration/probabilityScores.js'
import { averagePrecisionOf, giniCoefficientOf, kolmogorovSmirnovOf, rocAucOf } from './ranking/ranking.js'
import { liftOf, precisionOf, recallOf } from './ranking/topOfList.js'
import type { RankedOutcomes } from './rows/rankedOutcomes.js'
import { fBetaOf, matthewsCorrelationOf } from './threshold/confusion.js'

/** A metric that is one number, read from the sorted form. */
export type RankedMetric = (ranked: RankedOutcomes) => number

/** A metric that is one number. */
interface MetricEntry {
  readonly ofRanked: RankedMetric
  /** Which way is better. */
  readonly better: 'higher' | 'lower'
  /** Lowest and highest value that it can have. */
  readonly range: readonly [lowest: number, highest: number]
}

const share = [0, 1] as const
const notNegative = [0, Number.POSITIVE_INFINITY] as const

/** Every metric that is one number, by name; its further parameters at their defaults. */
export const metrics = {
  rocAuc: { ofRanked: rocAucOf, better: 'higher', range: share },
  averagePrecision: { ofRanked: averagePrecisionOf, better: 'higher', range: share },
  logLoss: { ofRanked: (ranked) => logLossOf(ranked), better: 'lower', range: notNegative },
  brierScore: { ofRanked: brierScoreOf, better: 'lower', range: share },
  /** At the top tenth. */
  liftAt: { ofRanked: (ranked) => liftOf(ranked, 0.1), better: 'higher', range: notNegative },
  /** Ten equal-width bins. */
  calibrationError: {
    ofRanked: (ranked) => calibrationErrorOf(ranked, 10, 'equal-width'),
    better: 'lower',
    range: share,
  },
  giniCoefficient: { ofRanked: giniCoefficientOf, better: 'higher', range: [-1, 1] },
  kolmogorovSmirnov: { ofRanked: kolmogorovSmirnovOf, better: 'higher', range: share },
  /** In the top tenth. */
  precisionAt: { ofRanked: (ranked) => precisionOf(ranked, 0.1), better: 'higher', range: share },
  /** In the top tenth. */
  recallAt: { ofRanked: (ranked) => recallOf(ranked, 0.1), better: 'higher', range: share },
  /** At the threshold 0.5. */
  matthewsCorrelation: {
    ofRanked: (ranked) => matthewsCorrelationOf(ranked, 0.5),
    better: 'higher',
    range: [-1, 1],
  },
  /** F1 at the threshold 0.5. */
  fBeta: { ofRanked: (ranked) => fBetaOf(ranked, 0.5, 1), better: 'higher', range: share },
  /** Ten equal-width bins. */
  maximumCalibrationError: {
    ofRanked: (ranked) => maximumCalibrationErrorOf(ranked, 10, 'equal-width'),
    better: 'lower',
    range: share,
  },
  integratedCalibrationIndex: {
    ofRanked: (ranked) => integratedCalibrationIndexOf(ranked, 0.75),
    better: 'lower',
    range: share,
  },
} as const satisfies Readonly<Record<string, MetricEntry>>

/** Name of a metric that is one number. */
export type MetricName = keyof typeof metrics

/** Names of the metrics that are one number. */
export const metricNames = Object.keys(metrics) as MetricName[]

const ownWords: Readonly<Partial<Record<MetricName, string>>> = {
  rocAuc: 'ROC AUC',
  brierScore: 'Brier score',
  liftAt: 'lift, top 10 %',
}

/** Returns what a metric is called in a sentence or a heading: `averagePrecision` → `average precision`. */
export function metricWords(metric: MetricName): string {
  return ownWords[metric] ?? metric.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
