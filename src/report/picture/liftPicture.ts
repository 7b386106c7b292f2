import type { ReportFacts } from '../facts/reportFacts.js'
import { percent, times } from '../words/numbers.js'
import { rowsIn, type Unit, unitOf } from '../words/unit.js'
import { axisBelow, axisBeside } from './axes.js'
import { note } from './note.js'
import { isNarrow, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

interface Bar {
  readonly part: number
  readonly churners: number
  readonly churnRate: number
  readonly lift: number
}

/** Lift by tenths of the list, from the highest risk to the lowest. */
export function liftPicture(facts: ReportFacts): Picture[] {
  const { liftTable, baseRate } = facts.evaluation
  const unit = unitOf(facts)
  const rows = liftTable.map((row, index) => ({
    part: index + 1,
    [unit]: rowsIn(row),
    churners: row.churners,
    churnRate: row.churnRate,
    lift: row.lift,
  }))
  const [first, last] = [rows[0]!, rows.at(-1)!]
  const part = rows.length === 10 ? 'tenth' : 'part'
  return [
    {
      name: 'lift',
      title: `Churn in each ${part} of the list`,
      description:
        `In the ${part} with the highest risk ${percent(first.churnRate)} leave, ${times(first.lift)} times the rate of all ` +
        `${unit} (${percent(baseRate)}); in the ${part} with the lowest risk ${percent(last.churnRate)}, ` +
        `${times(last.lift)} times.`,
      rows,
      panels: (plot, width) => [panel(plot, width, rows, part, baseRate, unit)],
    },
  ]
}

function panel(
  plot: Plot,
  width: number,
  rows: readonly Bar[],
  part: string,
  baseRate: number,
  unit: Unit,
): Panel {
  const narrow = isNarrow(width)
  const highest = Math.max(...rows.map((row) => row.churnRate), baseRate)
  return {
    height: narrow ? 250 : 280,
    marginLeft: 52,
    marginRight: 12,
    marginTop: 34,
    marginBottom: 48,
    x: { type: 'band', domain: rows.map((row) => row.part), padding: 0.22 },
    y: { domain: [0, highest * 1.12] },
    marks: [
      ...axisBeside(plot, {
        label: unit === 'rows' ? 'rows that churned' : 'customers who left',
        ticks: 5,
        format: percent,
      }),
      ...axisBelow(plot, { label: `${part}s of the ${unit}, highest risk first` }),
      plot.barY(rows, { x: 'part', y: 'churnRate', fill: colour.model, rx1: 3, ry1: 3 } as never),
      plot.ruleY([baseRate], { stroke: colour.chosen, strokeWidth: 1.5, strokeDasharray: '4 4' }),
      plot.ruleY([0], { stroke: colour.reference }),
      plot.text(rows, {
        x: 'part',
        y: 'churnRate',
        dy: -9,
        // Two decimals would touch on a phone; the numbers are below the picture
        text: (row: Bar) => (narrow ? shortTimes(row.lift) : `${times(row.lift)}×`),
        fontVariant: 'tabular-nums',
        fill: colour.ink,
        stroke: colour.paper,
        strokeWidth: 4,
      }),
      note(plot, `all ${unit}: ${percent(baseRate)}`, {
        x: rows.at(-1)!.part,
        y: baseRate,
        anchor: 'end',
        dx: narrow ? 10 : 26,
        dy: -24,
        fill: colour.chosen,
        bold: true,
      }),
    ],
  }
}

function shortTimes(lift: number): string {
  return lift >= 9.95 ? lift.toFixed(0) : lift.toFixed(1)
}
