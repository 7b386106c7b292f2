import { textTable } from '../base/textTable.js'
import { wrapText } from '../base/wrapText.js'
import type { EvaluationFigures } from './evaluationFigures.js'
import { count, decimal, headings, intervalHeading, limits, percent } from './figureTexts.js'
import type { Interval } from './interval/bootstrapInterval.js'
import { contactSavingsLine } from './ranking/contactsForSameCatch.js'

/** Returns an evaluation as text for a terminal: aligned tables of at most 80 columns. */
export function evaluationText(figures: EvaluationFigures): string {
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
  const churned = `${count(churners)} churned (${percent(baseRate)})`
  const whom =
    rows === customers
      ? `${count(customers)} customers, ${churned}`
      : `${count(customers)} customers with ${count(rows)} rows, of which ${churned}`
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
    interval(`lift, top ${shortPercent(figures.topShare)}`, figures.lift),
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
      shortPercent(row.topShare),
      row.lowestProbability.toFixed(3),
      count(row.rows),
      count(row.churners),
      percent(row.churnRate),
      row.lift.toFixed(2),
      percent(row.caughtShare),
    ]),
  )
}

function calibrationText(figures: EvaluationFigures): string {
  return textTable(
    headings('predicted', unitOf(figures), 'mean predicted', 'churned'),
    figures.calibration.map((bin) => [
      `${bin.lower.toFixed(3)} to ${bin.upper.toFixed(3)}`,
      count(bin.rows),
      percent(bin.meanProbability),
      percent(bin.churnRate),
    ]),
  )
}

function confusionLines(figures: EvaluationFigures): string[] {
  const { confusion, matthewsCorrelation } = figures
  return [
    `Contacting everyone from p = ${decimal(confusion.threshold)} (${percent(confusion.contactedShare)} of the ${unitOf(figures)}):`,
    textTable(headings('', 'churned', 'stayed', ''), [
      [
        'contacted',
        count(confusion.truePositives),
        count(confusion.falsePositives),
        `precision ${percent(confusion.precision)}`,
      ],
      [
        'not contacted',
        count(confusion.falseNegatives),
        count(confusion.trueNegatives),
        `stayed ${percent(confusion.negativePredictiveValue)}`,
      ],
      [
        '',
        `recall ${percent(confusion.recall)}`,
        `specificity ${percent(confusion.specificity)}`,
        `Matthews ${decimal(matthewsCorrelation)}`,
      ],
    ]),
  ]
}

function shortPercent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}
