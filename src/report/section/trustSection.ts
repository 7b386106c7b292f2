import { rateInterval } from '../../base/rateInterval.js'
import type { ReportFacts } from '../facts/reportFacts.js'
import { calibrationPicture, fewCustomers } from '../picture/calibrationPicture.js'
import { scorePicture } from '../picture/scorePicture.js'
import { count, percent, percentInColumn, wholePercent } from '../words/numbers.js'
import { customersPerRow, rowsIn, unitOf } from '../words/unit.js'
import type { Section, TableBlock } from './section.js'

/** Whether the probabilities mean what they say. */
export function trustSection(facts: ReportFacts): Section {
  const { evaluation } = facts
  const predicted =
    evaluation.calibration.reduce((sum, bin) => sum + rowsIn(bin) * bin.meanProbability, 0) /
    (evaluation.rows ?? evaluation.customers)
  return {
    id: 'probabilities',
    title: 'Can the probabilities be trusted?',
    lead: `The model predicts that ${percentInColumn(predicted)} leave; ${percentInColumn(evaluation.baseRate)} did. ${spreadSentence(evaluation)}`.trim(),
    blocks: [
      ...calibrationPicture(facts).map((picture) => ({ kind: 'picture', picture }) as const),
      {
        kind: 'text',
        text:
          `Each point is a group of ${unitOf(facts)} with similar predictions: on the dashed line, as many left as predicted. The bars ` +
          `are the ${wholePercent(evaluation.level)} range of each group's rate; hollow points have fewer than ${fewCustomers} ${unitOf(facts)}. The columns below count them.`,
      },
      groups(facts),
      ...scorePicture(facts).map((picture) => ({ kind: 'picture', picture }) as const),
      {
        kind: 'text',
        text: 'The further apart the two shapes are, the better the model separates those who leave from those who stay.',
      },
    ],
  }
}

function spreadSentence({ calibrationLine, churners }: ReportFacts['evaluation']): string {
  if (calibrationLine === null || churners < 30) return ''
  const { slope } = calibrationLine
  if (slope < 0.8)
    return 'High predictions are too high and low ones too low: the model is too sure of itself.'
  if (slope > 1.25) return 'High predictions are too low and low ones too high: the model is too timid.'
  return ''
}

function groups(facts: ReportFacts): TableBlock {
  const { calibration, level } = facts.evaluation
  return {
    kind: 'table',
    caption: 'Predicted and observed churn',
    folded: true,
    columns: [
      { heading: 'predicted' },
      { heading: unitOf(facts), right: true },
      { heading: 'mean predicted', right: true },
      { heading: 'observed', right: true },
      { heading: `${wholePercent(level)} range`, right: true },
    ],
    rows: calibration.map((bin) => {
      const { lower, upper } = rateInterval(bin.churnRate, rowsIn(bin) * customersPerRow(facts), level)
      return [
        `${percent(bin.lower)} to ${percent(bin.upper)}`,
        count(rowsIn(bin)),
        percentInColumn(bin.meanProbability),
        percentInColumn(bin.churnRate),
        `${percentInColumn(lower)} to ${percentInColumn(upper)}`,
      ]
    }),
  }
}
