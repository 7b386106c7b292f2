import { type PlainData, resultOf } from '../base/result.js'
import { textTable } from '../base/textTable.js'
import { wrapText } from '../base/wrapText.js'
import type { CalibrationCurve } from './calibration/calibrationCurve.js'
import type { CalibrationLine } from './calibration/calibrationLine.js'
import type { Binning, CalibrationBin } from './calibration/calibrationTable.js'
import type { BrierDecomposition } from './calibration/probabilityScores.js'
import {
  countText,
  decimal,
  headings,
  intervalHeading,
  limits,
  percentText,
  shareText,
} from './figureTexts.js'
import type { Interval } from './interval/bootstrapInterval.js'
import { type ContactSavings, contactSavingsLine } from './ranking/contactsForSameCatch.js'
import type { GainsCurve, PrecisionRecallCurve, RocCurve } from './ranking/rankingCurves.js'
import type { LiftRow } from './ranking/topOfList.js'
import type { Confusion } from './threshold/confusion.js'

/** The figures of an evaluation. Counts are sums of weights. */
export interface EvaluationFigures {
  /** Name of the learner, or of what made the predictions; null where it is not known. */
  readonly name: string | null
  /** Customers; where some have several rows (`groups`, ids), fewer than `rows`. */
  readonly customers: number
  /** Rows. What follows, and every count below that is not called `customers`, is of rows. */
  readonly rows: number
  /** Rows that churned. */
  readonly churners: number
  /** Share of churners among the rows, in (0, 1). */
  readonly baseRate: number
  /** Level of the intervals, in (0, 1). */
  readonly level: number
  /** Number of resamples behind the intervals. */
  readonly resamples: number
  readonly rocAuc: Interval
  /** Gini coefficient of the ranking, 2 · AUC − 1. */
  readonly gini: Interval
  readonly kolmogorovSmirnov: Interval
  readonly averagePrecision: Interval
  /** In nats; null where it is infinite, and where all predictions are certain. */
  readonly logLoss: Interval | null
  readonly brierScore: Interval
  /** Part of the customers that can be contacted, in (0, 1]. */
  readonly topShare: number
  /** Lift in the top share. */
  readonly lift: Interval
  readonly bins: number
  readonly binning: Binning
  /** In the same bins as the calibration table; its `skill` is the Brier skill score. */
  readonly brierDecomposition: BrierDecomposition
  readonly calibrationError: number
  readonly maximumCalibrationError: number
  /** Null where it is not defined. */
  readonly calibrationLine: CalibrationLine | null
  readonly calibration: readonly CalibrationBin[]
  /** Without bins; holds the integrated calibration index (ICI), E50, E90 and Emax. */
  readonly calibrationCurve: CalibrationCurve
  /** Deciles; fewer rows where there are fewer customers. */
  readonly liftTable: readonly LiftRow[]
  /** In steps of 1 % of the customers. */
  readonly gains: GainsCurve
  /** In about 100 steps. */
  readonly rocCurve: RocCurve
  /** In about 100 steps. */
  readonly precisionRecallCurve: PrecisionRecallCurve
  readonly confusion: Confusion
  /** At the threshold of `confusion`, in [−1, 1]. */
  readonly matthewsCorrelation: number
  /** Contacts needed to reach half of the churners. */
  readonly halfOfChurners: ContactSavings
  /** What the reader must know before the figures, in whole sentences. */
  readonly notes: readonly string[]
}

/** An evaluation as plain JSON data. */
export type EvaluationData = PlainData<EvaluationFigures>

/** How good a model is on given customers: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class Evaluation extends resultOf<EvaluationFigures>(evaluationText) {}

function evaluationText(figures: EvaluationFigures): string {
  return [
    ...titleLines(figures),
    '',
    headlineTable(figures),
    '',
    liftText(figures),
    '',
    calibrationText(figures),
    '',
    ...confusionLines(figures),
    '',
    ...wrapText(`Half of the churners: ${contactSavingsLine(figures.halfOfChurners)}`),
  ].join('\n')
}

function titleLines(figures: EvaluationFigures): string[] {
  const { name, customers, rows, churners, baseRate, notes } = figures
  const what = name === null ? 'Evaluation' : `Evaluation of ${name}`
  const churned = `${countText(churners)} churned (${shareText(baseRate)})`
  const whom =
    rows === customers
      ? `${countText(customers)} customers, ${churned}`
      : `${countText(customers)} customers with ${countText(rows)} rows, of which ${churned}`
  return [...wrapText(`${what}: ${whom}`), ...notes.flatMap((note) => wrapText(`Note: ${note}`))]
}

/** What is counted. */
function unitOf({ customers, rows }: EvaluationFigures): string {
  return rows === customers ? 'customers' : 'rows'
}

function headlineTable(figures: EvaluationFigures): string {
  const line = figures.calibrationLine
  const interval = (label: string, figure: Interval): string[] => [
    label,
    decimal(figure.value),
    limits(figure),
  ]
  const single = (label: string, value: number | undefined): string[] => [label, decimal(value), '']
  return textTable(headings('', 'value', intervalHeading(figures.level)), [
    interval('ROC AUC', figures.rocAuc),
    interval('Kolmogorov-Smirnov', figures.kolmogorovSmirnov),
    interval('average precision', figures.averagePrecision),
    figures.logLoss === null ? single('log loss', undefined) : interval('log loss', figures.logLoss),
    interval('Brier score', figures.brierScore),
    single('Brier skill (0 = base rate for all)', figures.brierDecomposition.skill),
    interval(`lift, top ${percentText(figures.topShare)}`, figures.lift),
    single(`calibration error, ${figures.bins} ${figures.binning} bins`, figures.calibrationError),
    single('integrated calibration index', figures.calibrationCurve.integratedCalibrationIndex),
    single('calibration slope (1 = right)', line?.slope),
    single('calibration in the large (0 = right)', line?.interceptAtSlopeOne),
  ])
}

function liftText(figures: EvaluationFigures): string {
  return textTable(
    headings('list down to', 'lowest p', unitOf(figures), 'churners', 'rate', 'lift', 'caught so far'),
    figures.liftTable.map((row) => [
      percentText(row.topShare),
      row.lowestProbability.toFixed(3),
      countText(row.rows),
      countText(row.churners),
      shareText(row.churnRate),
      row.lift.toFixed(2),
      shareText(row.caughtShare),
    ]),
  )
}

function calibrationText(figures: EvaluationFigures): string {
  return textTable(
    headings('predicted', unitOf(figures), 'mean predicted', 'churned'),
    figures.calibration.map((bin) => [
      `${bin.lower.toFixed(3)} to ${bin.upper.toFixed(3)}`,
      countText(bin.rows),
      shareText(bin.meanProbability),
      shareText(bin.churnRate),
    ]),
  )
}

function confusionLines(figures: EvaluationFigures): string[] {
  const { confusion, matthewsCorrelation } = figures
  return [
    `Contacting everyone from p = ${decimal(confusion.threshold)} (${shareText(confusion.contactedShare)} of the ${unitOf(figures)}):`,
    textTable(headings('', 'churned', 'stayed', ''), [
      [
        'contacted',
        countText(confusion.truePositives),
        countText(confusion.falsePositives),
        `precision ${shareText(confusion.precision)}`,
      ],
      [
        'not contacted',
        countText(confusion.falseNegatives),
        countText(confusion.trueNegatives),
        `stayed ${shareText(confusion.negativePredictiveValue)}`,
      ],
      [
        '',
        `recall ${shareText(confusion.recall)}`,
        `specificity ${shareText(confusion.specificity)}`,
        `Matthews ${decimal(matthewsCorrelation)}`,
      ],
    ]),
  ]
}
