import type { ReportFacts, SegmentFacts, SegmentRowFacts } from '../facts/reportFacts.js'
import { featureText } from '../words/featureText.js'
import { groupText } from '../words/groupText.js'
import { count, decimal } from '../words/numbers.js'
import { rowsIn, unitOf } from '../words/unit.js'
import { axisBelow } from './axes.js'
import { labelledRows, rowHeight, rowScale } from './labelledRows.js'
import { note } from './note.js'
import { isNarrow, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

const segmentsShown = 16

type Row = ReturnType<typeof rowOf>

/** How well the model ranks within each segment, one picture for each table. */
export function segmentPictures(facts: ReportFacts): Picture[] {
  const { segments, words } = facts
  const unit = unitOf(facts)
  return segments.flatMap((table, index): Picture[] => {
    const rows = table.segments
      .map((segment) => rowOf(segment, table.attributes))
      .filter((row) => row.rocAuc !== null)
    if (rows.length < 2 || table.overall.rocAuc === null) return []
    const attributes = table.attributes.map((attribute) => featureText(attribute, words)).join(' and ')
    return [
      {
        name: `segments-${index + 1}`,
        title: `How well the model ranks, by ${attributes}`,
        description: descriptionOf(table, rows),
        rows: rows.map(({ segment, counted, ...row }) => ({ segment, [unit]: counted, ...row })),
        panels: (plot, width) => [
          panel(plot, width, rows.slice(0, segmentsShown), table.overall.rocAuc!.value),
        ],
      },
    ]
  })
}

function rowOf(facts: SegmentRowFacts, attributes: readonly string[]) {
  const { name, churners, rocAuc } = facts
  return {
    segment: groupText(name, attributes),
    counted: rowsIn(facts),
    churners,
    rocAuc: rocAuc?.value ?? null,
    lower: rocAuc?.lower ?? null,
    upper: rocAuc?.upper ?? null,
  }
}

function descriptionOf({ overall }: SegmentFacts, rows: readonly Row[]): string {
  const said = rows.map(({ segment, rocAuc }) => `${segment} ${decimal(rocAuc!)}`)
  return `ROC AUC of all ${decimal(overall.rocAuc!.value)}; ${said.slice(0, 8).join('; ')}.`
}

function panel(plot: Plot, width: number, rows: readonly Row[], overall: number): Panel {
  const names = rows.map(({ segment, counted }) => `${segment} (${count(counted)})`)
  const lowest = Math.min(0.5, ...rows.map((row) => row.lower!))
  const domain: [number, number] = [Math.max(0, Math.floor(lowest * 20) / 20), 1]
  return {
    height: rows.length * rowHeight + 80,
    marginLeft: 12,
    marginRight: 58,
    marginTop: 30,
    marginBottom: 48,
    x: { domain },
    y: rowScale(rows.length),
    marks: [
      ...axisBelow(plot, {
        label: isNarrow(width) ? 'ROC AUC (0.5 = chance)' : 'ROC AUC within the group (0.5 = chance)',
        ticks: 5,
        grid: true,
      }),
      plot.ruleX([overall], { stroke: colour.chosen, strokeWidth: 1.5, strokeDasharray: '4 4' }),
      note(plot, `all ${decimal(overall)}`, {
        x: overall,
        y: -0.5,
        anchor: 'middle',
        dy: -10,
        fill: colour.chosen,
        bold: true,
      }),
      plot.link(rows, {
        x1: 'lower',
        x2: 'upper',
        y1: (_: Row, index: number) => index + 0.15,
        y2: (_: Row, index: number) => index + 0.15,
        stroke: colour.model,
        strokeWidth: 3,
        strokeOpacity: 0.4,
      }),
      plot.dot(rows, {
        x: 'rocAuc',
        y: (_: Row, index: number) => index + 0.15,
        r: 5.5,
        fill: colour.model,
        stroke: colour.paper,
        strokeWidth: 1.5,
      }),
      plot.text(rows, {
        x: () => domain[1],
        y: (_: Row, index: number) => index + 0.15,
        text: (row: Row) => decimal(row.rocAuc!),
        textAnchor: 'start',
        dx: 10,
        fill: colour.ink,
        fontVariant: 'tabular-nums',
      }),
      labelledRows(plot, names, domain[0], width),
    ],
  }
}
