import type { ReportFacts, ScoreFacts } from '../facts/reportFacts.js'
import { percent } from '../words/numbers.js'
import { axisBelow, axisBeside } from './axes.js'
import { isNarrow, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

type Bar = ReturnType<typeof barsOf>[number]

/** Predicted probabilities of churners, above those of stayers. */
export function scorePicture({ scores }: ReportFacts): Picture[] {
  const rows = barsOf(scores)
  const middle = (key: 'churnedShare' | 'stayedShare'): string => {
    let seen = 0
    const bar = rows.find((row) => {
      seen += row[key]
      return seen >= 0.5
    })!
    return `between ${percent(bar.from)} and ${percent(bar.to)}`
  }
  return [
    {
      name: 'scores',
      title: 'Predicted probabilities of those who left and of those who stayed',
      description:
        `The middle customer of those who left had a predicted probability ${middle('churnedShare')}, ` +
        `of those who stayed ${middle('stayedShare')}.`,
      rows,
      panels: (plot, width) => [
        panel(plot, width, rows, 'churnedShare', 'share of those who left', colour.chosen),
        panel(plot, width, rows, 'stayedShare', 'share of those who stayed', colour.model),
      ],
    },
  ]
}

function barsOf({ edges, churned, stayed }: ScoreFacts) {
  const totalOf = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0)
  const [left, kept] = [totalOf(churned), totalOf(stayed)]
  return churned.map((number, bin) => ({
    from: edges[bin]!,
    to: edges[bin + 1]!,
    churned: number,
    stayed: stayed[bin]!,
    churnedShare: number / left,
    stayedShare: stayed[bin]! / kept,
  }))
}

function panel(
  plot: Plot,
  width: number,
  rows: readonly Bar[],
  key: 'churnedShare' | 'stayedShare',
  label: string,
  fill: string,
): Panel {
  const isLast = key === 'stayedShare'
  return {
    height: (isNarrow(width) ? 130 : 160) + (isLast ? 30 : 0),
    marginLeft: 52,
    marginRight: 26,
    marginTop: 34,
    marginBottom: isLast ? 48 : 18,
    x: { domain: [rows[0]!.from, rows.at(-1)!.to] },
    y: { domain: [0, Math.max(...rows.map((row) => row[key]))] },
    marks: [
      ...axisBeside(plot, { label, ticks: 3, format: percent }),
      ...(isLast ? axisBelow(plot, { label: 'predicted probability', ticks: 5, format: percent }) : []),
      plot.rectY(rows, { x1: 'from', x2: 'to', y: key, fill, insetLeft: 1, insetRight: 1 }),
      plot.ruleY([0], { stroke: colour.reference }),
    ],
  }
}
