import type { CurveFacts, ReportFacts } from '../facts/reportFacts.js'
import { decimal, percent } from '../words/numbers.js'
import { axisBelow, axisBeside } from './axes.js'
import { note } from './note.js'
import { narrowWidth, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

/** What differs between the two curves. */
interface CurveWords {
  readonly x: string
  readonly y: string
  /** Corners of the line without a model. */
  readonly chance: readonly (readonly [number, number])[]
  readonly figure: string
  /** Where the figure has room. */
  readonly place: { readonly x: number; readonly y: number }
}

/** The ROC curve. */
export function rocPicture({ roc, evaluation: { rocAuc } }: ReportFacts): Picture[] {
  const words: CurveWords = {
    x: 'stayers contacted',
    y: 'churners reached',
    chance: [
      [0, 0],
      [1, 1],
    ],
    figure: `area ${decimal(rocAuc.value)}`,
    place: { x: 0.56, y: 0.2 },
  }
  return [
    {
      name: 'roc',
      title: 'ROC curve',
      description:
        `The area under the curve is ${decimal(rocAuc.value)} (${decimal(rocAuc.lower)} to ${decimal(rocAuc.upper)}): ` +
        'the chance that a customer who left had a higher predicted probability than one who stayed.',
      rows: rowsOf(roc, 'falsePositiveRate', 'truePositiveRate'),
      width: narrowWidth,
      panels: (plot) => [panel(plot, roc, words)],
    },
  ]
}

/** The precision–recall curve. */
export function precisionRecallPicture({ precisionRecall, evaluation }: ReportFacts): Picture[] {
  const { averagePrecision, baseRate } = evaluation
  const words: CurveWords = {
    x: 'churners reached',
    y: 'churners among the contacted',
    chance: [
      [0, baseRate],
      [1, baseRate],
    ],
    figure: `average ${decimal(averagePrecision.value)}`,
    place: baseRate > 0.22 ? { x: 0.04, y: 0.1 } : { x: 0.3, y: 0.4 },
  }
  return [
    {
      name: 'precision-recall',
      title: 'Precision–recall curve',
      description:
        `Average precision is ${decimal(averagePrecision.value)} (${decimal(averagePrecision.lower)} to ` +
        `${decimal(averagePrecision.upper)}); a random list has ${decimal(baseRate)}, the share of churners.`,
      rows: rowsOf(precisionRecall, 'recall', 'precision'),
      width: narrowWidth,
      panels: (plot) => [panel(plot, precisionRecall, words)],
    },
  ]
}

function rowsOf({ x, y }: CurveFacts, xName: string, yName: string): Record<string, number>[] {
  return x.map((value, index) => ({ [xName]: value, [yName]: y[index]! }))
}

function panel(plot: Plot, { x, y }: CurveFacts, words: CurveWords): Panel {
  const points = x.map((value, index): [number, number] => [value, y[index]!])
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  const last = words.chance.at(-1)!
  return {
    height: 290,
    marginLeft: 52,
    marginRight: 26,
    marginTop: 34,
    marginBottom: 48,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [
      ...axisBeside(plot, { label: words.y, ticks, format: percent }),
      ...axisBelow(plot, { label: words.x, ticks, format: percent }),
      plot.line(words.chance as never, {
        stroke: colour.reference,
        strokeWidth: 1.5,
        strokeDasharray: '4 4',
      }),
      plot.line(points, { stroke: colour.model, strokeWidth: 2 }),
      note(plot, 'at random', {
        x: 0.97,
        y: last[1] * 0.97,
        anchor: 'end',
        dx: -8,
        dy: words.chance[0]![1] === 0 ? 22 : -10,
      }),
      note(plot, words.figure, { ...words.place, fill: colour.model, bold: true }),
    ],
  }
}
