import { count, decimal } from '../words/numbers.js'
import { axisBelow, axisBeside } from './axes.js'
import type { Panel, Picture, Plot } from './picture.js'
import { colour } from './theme.js'

/** Results for one length of one window. */
export interface WindowRow {
  readonly window: string
  readonly days: number
  readonly features: number
  readonly rows: number
  readonly churners: number
  readonly rocAuc: number | null
  readonly lower: number | null
  readonly upper: number | null
  readonly leadDays: number | null
}

/** ROC AUC by the length of each window, with the lead time at each: a panel per window. */
export function windowPicture(rows: readonly WindowRow[]): Picture {
  const windows = [...new Set(rows.map(({ window }) => window))]
  const known = rows.filter(({ rocAuc }) => rocAuc !== null)
  const said = known.map(({ window, days, rocAuc }) => `${window} of ${days} days ${decimal(rocAuc!)}`)
  return {
    name: 'windows',
    title: 'ROC AUC and lead time by gap, horizon and look-back',
    description: `ROC AUC by the length of one window, the others as in the plan: ${said.join('; ') || 'none is defined'}.`,
    rows: rows.map((row) => ({ ...row })),
    panels: (plot) => windows.map((window) => panel(plot, window, known)),
  }
}

function panel(plot: Plot, window: string, known: readonly WindowRow[]): Panel {
  const rows = known.filter((row) => row.window === window)
  const days = rows.map((row) => row.days)
  const room = Math.max(1, (Math.max(...days, 1) - Math.min(...days, 0)) / 12)
  const lowest = Math.min(0.5, ...known.map((row) => row.lower!))
  return {
    height: 210,
    marginLeft: 52,
    marginRight: 40,
    marginTop: 34,
    marginBottom: 46,
    x: { domain: [Math.min(...days) - room, Math.max(...days) + room] },
    // Leaves room above the points for the lead times
    y: { domain: [lowest, 1.06] },
    marks: [
      ...axisBeside(plot, { label: `ROC AUC by ${window}`, ticks: [0.5, 0.6, 0.7, 0.8, 0.9, 1] }),
      ...axisBelow(plot, { label: `${window}, days`, ticks: days, format: String as never }),
      plot.link(rows, {
        x: 'days',
        y1: 'lower',
        y2: 'upper',
        stroke: colour.model,
        strokeWidth: 3,
        strokeOpacity: 0.4,
      }),
      plot.line(rows, { x: 'days', y: 'rocAuc', stroke: colour.model, strokeWidth: 2 }),
      plot.dot(rows, {
        x: 'days',
        y: 'rocAuc',
        r: 5,
        fill: colour.model,
        stroke: colour.paper,
        strokeWidth: 1.5,
      }),
      plot.text(
        rows.filter(({ leadDays }) => leadDays !== null),
        {
          x: 'days',
          y: 'upper',
          dy: -9,
          text: (row: WindowRow) => `lead ${count(row.leadDays!)} d`,
          fill: colour.muted,
          stroke: colour.paper,
          strokeWidth: 4,
        } as never,
      ),
    ],
  }
}
