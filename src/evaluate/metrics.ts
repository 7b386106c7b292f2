import {
  calibrationCurve,
  integratedCalibrationIndex,
  integratedCalibrationIndexOf,
} from './calibration/calibrationCurve.js'
import { calibrationLine } from './calibration/calibrationLine.js'
import {
  calibrationError,
  calibrationErrorOf,
  calibrationTable,
  maximumCalibrationError,
  maximumCalibrationErrorOf,
} from './calibration/calibrationTable.js'
import {
  brierDecomposition,
  brierScore,
  brierScoreOf,
  logLoss,
  logLossOf,
} from './calibration/probabilityScores.js'
import { contactsForSameCatch } from './ranking/contactsForSameCatch.js'
import {
  averagePrecision,
  averagePrecisionOf,
  giniCoefficient,
  giniCoefficientOf,
  kolmogorovSmirnov,
  kolmogorovSmirnovOf,
  rocAuc,
  rocAucOf,
} from './ranking/ranking.js'
import { gainsCurve, precisionRecallCurve, rocCurve } from './ranking/rankingCurves.js'
import {
  liftAt,
  liftOf,
  liftTable,
  precisionAt,
  precisionOf,
  recallAt,
  recallOf,
} from './ranking/topOfList.js'
import type { WeightOptions } from './rows/checkedOutcomes.js'
import type { RankedOutcomes } from './rows/rankedOutcomes.js'
import {
  confusionAt,
  fBeta,
  fBetaOf,
  matthewsCorrelation,
  matthewsCorrelationOf,
} from './threshold/confusion.js'

/** A metric that is one number, read from the sorted form. */
export type RankedMetric = (ranked: RankedOutcomes) => number

/** A metric and the properties it keeps; the property tests run over all of them. */
export interface MetricEntry {
  /** Returns the figures of the metric in a fixed order, further parameters at their defaults. */
  readonly figures: (
    probability: ArrayLike<number>,
    outcome: ArrayLike<number>,
    options?: WeightOptions,
  ) => readonly number[]
  /** Returns the figure from the sorted form; null where the metric is a table. */
  readonly ofRanked: RankedMetric | null
  /** Which way is better; null where the metric is a table. */
  readonly better: 'higher' | 'lower' | null
  /** True where only the order of the probabilities enters. */
  readonly rankOnly: boolean
  /** True where staying and leaving may be exchanged (p → 1 − p, y → 1 − y) without a change. */
  readonly classSwap: boolean
}

/** Every metric by name. Order of rows never matters to any, and weight 2 is the row twice to each. */
export const metrics = {
  rocAuc: {
    figures: (p, y, options) => [rocAuc(p, y, options)],
    ofRanked: rocAucOf,
    better: 'higher',
    rankOnly: true,
    classSwap: true,
  },
  averagePrecision: {
    figures: (p, y, options) => [averagePrecision(p, y, options)],
    ofRanked: averagePrecisionOf,
    better: 'higher',
    rankOnly: true,
    classSwap: false,
  },
  logLoss: {
    figures: (p, y, options) => [logLoss(p, y, options)],
    ofRanked: (ranked) => logLossOf(ranked),
    better: 'lower',
    rankOnly: false,
    classSwap: true,
  },
  brierScore: {
    figures: (p, y, options) => [brierScore(p, y, options)],
    ofRanked: brierScoreOf,
    better: 'lower',
    rankOnly: false,
    classSwap: true,
  },
  /** At the top tenth. */
  liftAt: {
    figures: (p, y, options) => [liftAt(p, y, 0.1, options)],
    ofRanked: (ranked) => liftOf(ranked, 0.1),
    better: 'higher',
    rankOnly: true,
    classSwap: false,
  },
  /** Ten equal-width bins. The swap holds but for probabilities exactly at the end of a bin. */
  calibrationError: {
    figures: (p, y, options) => [calibrationError(p, y, options)],
    ofRanked: (ranked) => calibrationErrorOf(ranked, 10, 'equal-width'),
    better: 'lower',
    rankOnly: false,
    classSwap: true,
  },
  giniCoefficient: {
    figures: (p, y, options) => [giniCoefficient(p, y, options)],
    ofRanked: giniCoefficientOf,
    better: 'higher',
    rankOnly: true,
    classSwap: true,
  },
  kolmogorovSmirnov: {
    figures: (p, y, options) => [kolmogorovSmirnov(p, y, options)],
    ofRanked: kolmogorovSmirnovOf,
    better: 'higher',
    rankOnly: true,
    classSwap: true,
  },
  /** In the top tenth. */
  precisionAt: {
    figures: (p, y, options) => [precisionAt(p, y, 0.1, options)],
    ofRanked: (ranked) => precisionOf(ranked, 0.1),
    better: 'higher',
    rankOnly: true,
    classSwap: false,
  },
  /** In the top tenth. */
  recallAt: {
    figures: (p, y, options) => [recallAt(p, y, 0.1, options)],
    ofRanked: (ranked) => recallOf(ranked, 0.1),
    better: 'higher',
    rankOnly: true,
    classSwap: false,
  },
  /** At the threshold 0.5. The swap holds but for probabilities of exactly 0.5. */
  matthewsCorrelation: {
    figures: (p, y, options) => [matthewsCorrelation(p, y, 0.5, options)],
    ofRanked: (ranked) => matthewsCorrelationOf(ranked, 0.5),
    better: 'higher',
    rankOnly: false,
    classSwap: true,
  },
  /** F1 at the threshold 0.5. */
  fBeta: {
    figures: (p, y, options) => [fBeta(p, y, 0.5, options)],
    ofRanked: (ranked) => fBetaOf(ranked, 0.5, 1),
    better: 'higher',
    rankOnly: false,
    classSwap: false,
  },
  /** Ten equal-width bins. The swap holds but for probabilities exactly at the end of a bin. */
  maximumCalibrationError: {
    figures: (p, y, options) => [maximumCalibrationError(p, y, options)],
    ofRanked: (ranked) => maximumCalibrationErrorOf(ranked, 10, 'equal-width'),
    better: 'lower',
    rankOnly: false,
    classSwap: true,
  },
  integratedCalibrationIndex: {
    figures: (p, y, options) => [integratedCalibrationIndex(p, y, options)],
    ofRanked: (ranked) => integratedCalibrationIndexOf(ranked, 0.75),
    better: 'lower',
    rankOnly: false,
    classSwap: true,
  },
  gainsCurve: table(true, (p, y, options) => {
    const curve = gainsCurve(p, y, options)
    return [...curve.contactedShare, ...curve.caughtShare]
  }),
  /** Without `lowestProbability`, which is not a matter of rank. */
  liftTable: table(true, (p, y, options) =>
    liftTable(p, y, { ...options, parts: 4 }).flatMap(({ lowestProbability: _, ...row }) =>
      Object.values(row),
    ),
  ),
  calibrationTable: table(false, (p, y, options) =>
    calibrationTable(p, y, options).flatMap((bin) => Object.values(bin)),
  ),
  calibrationCurve: table(false, (p, y, options) => {
    const { probability, churnRate, ...indices } = calibrationCurve(p, y, options)
    return [...probability, ...churnRate, ...Object.values(indices)]
  }),
  /** Ten equal-width bins. The swap holds but for probabilities exactly at the end of a bin. */
  brierDecomposition: {
    ...table(false, (p, y, options) => Object.values(brierDecomposition(p, y, options))),
    classSwap: true,
  },
  /** Without thresholds, which are not a matter of rank. */
  rocCurve: table(true, (p, y, options) => {
    const { falsePositiveRate, truePositiveRate } = rocCurve(p, y, options)
    return [...falsePositiveRate, ...truePositiveRate]
  }),
  /** Without thresholds, which are not a matter of rank. */
  precisionRecallCurve: table(true, (p, y, options) => {
    const { recall, precision } = precisionRecallCurve(p, y, options)
    return [...recall, ...precision]
  }),
  calibrationLine: table(false, (p, y, options) => Object.values(calibrationLine(p, y, options))),
  /** At the threshold 0.5. */
  confusionAt: table(false, (p, y, options) =>
    Object.values(confusionAt(p, y, 0.5, options)).filter((figure) => figure !== null),
  ),
  /** For half of the churners. */
  contactsForSameCatch: table(true, (p, y, options) =>
    Object.values(contactsForSameCatch(p, y, { caughtShare: 0.5 }, options)),
  ),
} as const satisfies Readonly<Record<string, MetricEntry>>

/** Name of a metric that is one number. */
export type MetricName = {
  [Name in keyof typeof metrics]: (typeof metrics)[Name]['ofRanked'] extends RankedMetric ? Name : never
}[keyof typeof metrics]

/** Names of the metrics that are one number. */
export const metricNames = Object.entries(metrics)
  .filter(([, metric]) => metric.ofRanked !== null)
  .map(([name]) => name) as MetricName[]

function table(
  rankOnly: boolean,
  figures: MetricEntry['figures'],
): MetricEntry & { readonly ofRanked: null; readonly better: null } {
  return { figures, ofRanked: null, better: null, rankOnly, classSwap: false }
}

const ownWords: Readonly<Partial<Record<MetricName, string>>> = {
  rocAuc: 'ROC AUC',
  brierScore: 'Brier score',
  liftAt: 'lift, top 10 %',
}

/** Returns what a metric is called in a sentence or a heading: `averagePrecision` → `average precision`. */
export function metricWords(metric: MetricName): string {
  return ownWords[metric] ?? metric.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
