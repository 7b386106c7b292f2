import {
  calibrationCurve,
  integratedCalibrationIndex,
} from '../../src/evaluate/calibration/calibrationCurve.js'
import { calibrationLine } from '../../src/evaluate/calibration/calibrationLine.js'
import {
  calibrationError,
  calibrationTable,
  maximumCalibrationError,
} from '../../src/evaluate/calibration/calibrationTable.js'
import { brierDecomposition, brierScore, logLoss } from '../../src/evaluate/calibration/probabilityScores.js'
import { contactsForSameCatch } from '../../src/evaluate/ranking/contactsForSameCatch.js'
import {
  averagePrecision,
  giniCoefficient,
  kolmogorovSmirnov,
  rocAuc,
} from '../../src/evaluate/ranking/ranking.js'
import { gainsCurve, precisionRecallCurve, rocCurve } from '../../src/evaluate/ranking/rankingCurves.js'
import { liftAt, liftTable, precisionAt, recallAt } from '../../src/evaluate/ranking/topOfList.js'
import type { WeightOptions } from '../../src/evaluate/rows/checkedOutcomes.js'
import { confusionAt, fBeta, matthewsCorrelation } from '../../src/evaluate/threshold/confusion.js'

/** A metric of predictions and the properties that it keeps. */
export interface MetricTraits {
  /** Returns the figures of the metric in a fixed order, further parameters at their defaults. */
  readonly figures: (
    probability: ArrayLike<number>,
    outcome: ArrayLike<number>,
    options?: WeightOptions,
  ) => readonly number[]
  /** True where only the order of the probabilities enters. */
  readonly rankOnly: boolean
  /** True where staying and leaving may be exchanged (p → 1 − p, y → 1 − y) without a change. */
  readonly classSwap: boolean
}

/** Every metric of predictions by name. Order of rows never matters to any, and weight 2 is the row twice to each. */
export const metricTraits = {
  rocAuc: {
    figures: (p, y, options) => [rocAuc(p, y, options)],
    rankOnly: true,
    classSwap: true,
  },
  averagePrecision: {
    figures: (p, y, options) => [averagePrecision(p, y, options)],
    rankOnly: true,
    classSwap: false,
  },
  logLoss: {
    figures: (p, y, options) => [logLoss(p, y, options)],
    rankOnly: false,
    classSwap: true,
  },
  brierScore: {
    figures: (p, y, options) => [brierScore(p, y, options)],
    rankOnly: false,
    classSwap: true,
  },
  /** At the top tenth. */
  liftAt: {
    figures: (p, y, options) => [liftAt(p, y, 0.1, options)],
    rankOnly: true,
    classSwap: false,
  },
  /** Ten equal-width bins. The swap holds but for probabilities exactly at the end of a bin. */
  calibrationError: {
    figures: (p, y, options) => [calibrationError(p, y, options)],
    rankOnly: false,
    classSwap: true,
  },
  giniCoefficient: {
    figures: (p, y, options) => [giniCoefficient(p, y, options)],
    rankOnly: true,
    classSwap: true,
  },
  kolmogorovSmirnov: {
    figures: (p, y, options) => [kolmogorovSmirnov(p, y, options)],
    rankOnly: true,
    classSwap: true,
  },
  /** In the top tenth. */
  precisionAt: {
    figures: (p, y, options) => [precisionAt(p, y, 0.1, options)],
    rankOnly: true,
    classSwap: false,
  },
  /** In the top tenth. */
  recallAt: {
    figures: (p, y, options) => [recallAt(p, y, 0.1, options)],
    rankOnly: true,
    classSwap: false,
  },
  /** At the threshold 0.5. The swap holds but for probabilities of exactly 0.5. */
  matthewsCorrelation: {
    figures: (p, y, options) => [matthewsCorrelation(p, y, 0.5, options)],
    rankOnly: false,
    classSwap: true,
  },
  /** F1 at the threshold 0.5. */
  fBeta: {
    figures: (p, y, options) => [fBeta(p, y, 0.5, options)],
    rankOnly: false,
    classSwap: false,
  },
  /** Ten equal-width bins. The swap holds but for probabilities exactly at the end of a bin. */
  maximumCalibrationError: {
    figures: (p, y, options) => [maximumCalibrationError(p, y, options)],
    rankOnly: false,
    classSwap: true,
  },
  integratedCalibrationIndex: {
    figures: (p, y, options) => [integratedCalibrationIndex(p, y, options)],
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
} satisfies Readonly<Record<string, MetricTraits>>

function table(rankOnly: boolean, figures: MetricTraits['figures']): MetricTraits {
  return { figures, rankOnly, classSwap: false }
}
