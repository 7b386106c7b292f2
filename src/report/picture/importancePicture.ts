import type { ReportFacts } from '../facts/reportFacts.js'
import { featureText } from '../words/featureText.js'
import { percent, wholePercent } from '../words/numbers.js'
import { labelledRows, rowHeight, rowScale } from './labelledRows.js'
import type { Panel, Picture, Plot } from './picture.js'
import { colour } from './theme.js'

type Row = { readonly feature: string; readonly share: number; readonly meanAbsolute: number }

/** How much each feature moves the predictions. */
export function importancePicture({ importances, words }: ReportFacts): Picture[] {
  if (importances === null || importances.shown.length === 0) return []
  const rows: Row[] = importances.shown.map(({ feature, share, meanAbsolute }) => ({
    feature: featureText(feature, words),
    share,
    meanAbsolute,
  }))
  const said = rows.slice(0, 3).map(({ feature, share }) => `${feature} (${percent(share)})`)
  return [
    {
      name: 'importances',
      title: 'What moves the predictions most',
      description: `Share of all movement of the predictions: ${said.join(', ')}.`,
      rows,
      panels: (plot, width) => [panel(plot, width, rows)],
    },
  ]
}

function panel(plot: Plot, width: number, rows: readonly Row[]): Panel {
  const largest = Math.max(...rows.map((row) => row.share), 1e-9)
  return {
    height: rows.length * rowHeight + 16,
    marginLeft: 4,
    marginRight: 62,
    marginTop: 12,
    marginBottom: 0,
    x: { domain: [0, largest], axis: null },
    y: rowScale(rows.length),
    marks: [
      plot.rect(rows, {
        x1: 0,
        x2: 'share',
        y1: (_: Row, index: number) => index,
        y2: (_: Row, index: number) => index + 0.3,
        fill: colour.model,
        rx: 2,
      }),
      plot.text(rows, {
        x: 'share',
        y: (_: Row, index: number) => index + 0.15,
        text: (row: Row) => wholePercent(row.share),
        textAnchor: 'start',
        dx: 8,
        fill: colour.ink,
        fontVariant: 'tabular-nums',
      }),
      labelledRows(
        plot,
        rows.map((row) => row.feature),
        0,
        width,
      ),
    ],
  }
}
