import { brierScore, brierScoreOf } from './calibration/brierScore.js'
import { calibrationError, calibrationErrorOf } from './calibration/calibrationError.js'
import { calibrationLine } from './calibration/calibrationLine.js'
import { calibrationTable } from './calibration/calibrationTable.js'
import { logLoss, logLossOf } from './calibration/logLoss.js'
import type { WeightOptions } from './checkedOutcomes.js'
import type { RankedOutcomes } from './rankedOutcomes.js'
import { averagePrecision, averagePrecisionOf } from './ranking/averagePrecision.js'
import { contactsForSameCatch } from './ranking/contactsForSameCatch.js'
import { gainsCurve } from './ranking/gainsCurve.js'
import { liftAt, liftOf } from './ranking/liftAt.js'
import { liftTable } from './ranking/liftTable.js'
import { rocAuc, rocAucOf } from './ranking/rocAuc.js'
import { confusionAt } from './threshold/confusionAt.js'

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
