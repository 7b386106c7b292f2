import type { Interval } from '../../evaluate/interval/bootstrapInterval.js'
import type { ReportFacts } from '../facts/reportFacts.js'
import { precisionRecallPicture, rocPicture } from '../picture/curvePictures.js'
import { count, decimal, percent, wholePercent } from '../words/numbers.js'
import { testedWords, unitOf } from '../words/unit.js'
import type { Section } from './section.js'

/** All figures with their ranges and meanings. */
export function figuresSection(facts: ReportFacts): Section {
  const { evaluation } = facts
  return {
    id: 'figures',
    title: 'All figures',
    lead:
      `On ${testedWords(facts, count)}${unitOf(facts) === 'rows' ? ', of which' : ' with'} ${count(evaluation.churners)} ${unitOf(facts) === 'rows' ? 'churned' : 'churners'}; ranges of ` +
      `${wholePercent(evaluation.level)} from ${count(evaluation.resamples)} resamples of these customers.`,
    blocks: [
      {
        kind: 'table',
        caption: 'Figures',
        columns: [
          { heading: 'figure' },
          { heading: 'value', right: true },
          { heading: 'range', right: true },
          { heading: 'what it means' },
        ],
        rows: [...rankingRows(evaluation), ...probabilityRows(evaluation), ...listRows(evaluation)],
      },
      { kind: 'pictures', pictures: [...rocPicture(facts), ...precisionRecallPicture(facts)] },
    ],
  }
}

function figure(name: string, interval: Interval | null, meaning: string): string[] {
  return interval === null
    ? [name, '–', '–', meaning]
    : [name, decimal(interval.value), `${decimal(interval.lower)} to ${decimal(interval.upper)}`, meaning]
}

function single(name: string, value: string, meaning: string): string[] {
  return [name, value, '', meaning]
}

function rankingRows(evaluation: ReportFacts['evaluation']): string[][] {
  const { topShare, baseRate } = evaluation
  return [
    figure(
      'ROC AUC',
      evaluation.rocAuc,
      'Chance that a churner was ranked above a customer who stayed; 0.5 is chance, 1 perfect.',
    ),
    figure('Gini', evaluation.gini, 'The same from −1 to 1: twice the ROC AUC minus 1; 0 is chance.'),
    figure(
      'Kolmogorov–Smirnov',
      evaluation.kolmogorovSmirnov,
      'Largest distance between the shares of churners and of the others above one probability; 1 is perfect.',
    ),
    figure(
      'average precision',
      evaluation.averagePrecision,
      `Share of churners among those ranked highest, averaged over the churners; ${decimal(baseRate)} is chance.`,
    ),
    figure(
      `lift, top ${percent(topShare)}`,
      evaluation.lift,
      'Churners at the top of the list compared with a random list of the same length; 1 is chance.',
    ),
  ]
}

function probabilityRows(evaluation: ReportFacts['evaluation']): string[][] {
  const { calibrationLine: line, bins, binning, baseRate } = evaluation
  return [
    figure(
      'log loss',
      evaluation.logLoss,
      'Mean surprise at what happened; lower is better. Punishes confident mistakes.',
    ),
    figure(
      'Brier score',
      evaluation.brierScore,
      `Mean squared error of the probabilities; lower is better. ${decimal(baseRate * (1 - baseRate))} is the base rate for all.`,
    ),
    single(
      'calibration error',
      decimal(evaluation.calibrationError),
      `Mean distance between predicted and observed rate over ${bins} ${binning} bins; 0 is perfect, chance alone gives a little.`,
    ),
    single(
      'calibration index (ICI)',
      decimal(evaluation.calibrationCurve.integratedCalibrationIndex),
      'The same distance from a smooth curve instead of bins.',
    ),
    ...(line === null
      ? []
      : [
          single(
            'calibration slope',
            decimal(line.slope),
            '1 is right; below 1 predictions are too extreme, above 1 too timid.',
          ),
          single(
            'calibration in the large',
            decimal(line.interceptAtSlopeOne),
            '0 is right; above 0 more customers leave than predicted (log odds).',
          ),
        ]),
  ]
}

function listRows({ confusion, matthewsCorrelation }: ReportFacts['evaluation']): string[][] {
  return [
    single(
      'contacted',
      percent(confusion.contactedShare),
      `Customers with a probability of at least ${percent(confusion.threshold)}: the list that the lines below describe.`,
    ),
    ...(confusion.precision === null
      ? []
      : [single('precision', percent(confusion.precision), 'Of those on the list, how many leave.')]),
    single('recall', percent(confusion.recall), 'Of those who leave, how many are on the list.'),
    single('specificity', percent(confusion.specificity), 'Of those who stay, how many are not on the list.'),
    single(
      'Matthews correlation',
      decimal(matthewsCorrelation),
      'Correlation of being on the list and leaving; 0 is chance, 1 perfect.',
    ),
  ]
}
