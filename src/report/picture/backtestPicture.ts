import type { BacktestFoldFacts, ReportFacts } from '../facts/reportFacts.js'
import { decimal, percent } from '../words/numbers.js'
import { axisBelow, axisBeside } from './axes.js'
import { note } from './note.js'
import { isNarrow, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

type Row = ReturnType<typeof rowOf>

/** ROC AUC, and churn beside predicted churn, by cutoff. */
export function backtestPicture({ backtest }: ReportFacts): Picture[] {
  if (backtest === null || backtest.folds.length === 0) return []
  const rows = backtest.folds.map(rowOf)
  const known = rows.filter((row) => row.rocAuc !== null)
  const said = known.map((row) => `${row.cutoff} ${decimal(row.rocAuc!)}`)
  return [
    {
      name: 'backtest',
      title: 'ROC AUC and churn over time',
      description: `ROC AUC of models that knew only the past, by cutoff: ${said.join('; ') || 'none is defined'}.`,
      rows,
      panels: (plot, width) => panels(plot, width, rows),
    },
  ]
}

function rowOf({ cutoff, testRows, churners, baseRate, meanProbability, rocAuc }: BacktestFoldFacts) {
  return {
    cutoff,
    testRows,
    churners,
    churnRate: baseRate,
    meanProbability,
    rocAuc: rocAuc?.value ?? null,
    lower: rocAuc?.lower ?? null,
    upper: rocAuc?.upper ?? null,
  }
}

function panels(plot: Plot, width: number, rows: readonly Row[]): Panel[] {
  const dates = rows.map((row) => new Date(row.cutoff))
  const date = (row: Row): Date => new Date(row.cutoff)
  const x = { type: 'utc', domain: spread(dates) } as const
  const shared = { marginLeft: 52, marginRight: isNarrow(width) ? 30 : 84, marginTop: 34, x }
  const known = rows.filter((row) => row.rocAuc !== null)
  const lowest = Math.min(0.5, ...known.map((row) => row.lower!))
  const rates = rows.flatMap((row) => [row.churnRate ?? 0, row.meanProbability ?? 0])
  const last = rows.at(-1)!
  const labelled = !isNarrow(width)
  return [
    {
      ...shared,
      height: 220,
      marginBottom: 14,
      y: { domain: [lowest, 1] },
      marks: [
        ...axisBeside(plot, { label: 'ROC AUC', ticks: 5 }),
        plot.link(known, {
          x: date,
          y1: 'lower',
          y2: 'upper',
          stroke: colour.model,
          strokeWidth: 3,
          strokeOpacity: 0.4,
        }),
        plot.line(known, { x: date, y: 'rocAuc', stroke: colour.model, strokeWidth: 2 }),
        plot.dot(known, {
          x: date,
          y: 'rocAuc',
          r: 5,
          fill: colour.model,
          stroke: colour.paper,
          strokeWidth: 1.5,
        }),
      ],
    },
    {
      ...shared,
      height: 190,
      marginBottom: 32,
      y: { domain: [0, Math.max(...rates, 0.001) * 1.15] },
      marks: [
        ...axisBeside(plot, { label: 'customers who left', ticks: 4, format: percent }),
        ...axisBelow(plot, { ticks: tickDates(dates, isNarrow(width) ? 4 : 8), format: monthText as never }),
        plot.line(rows, {
          x: date,
          y: 'meanProbability',
          stroke: colour.reference,
          strokeWidth: 1.5,
          strokeDasharray: '4 4',
        }),
        plot.line(rows, { x: date, y: 'churnRate', stroke: colour.chosen, strokeWidth: 2 }),
        plot.dot(rows, {
          x: date,
          y: 'churnRate',
          r: 4.5,
          fill: colour.chosen,
          stroke: colour.paper,
          strokeWidth: 1.5,
        }),
        ...(labelled ? endLabels(plot, last) : []),
      ],
    },
  ]
}

function endLabels(plot: Plot, last: Row) {
  const above = (last.churnRate ?? 0) >= (last.meanProbability ?? 0)
  const x = new Date(last.cutoff)
  return [
    ...(last.churnRate === null
      ? []
      : [
          note(plot, 'observed', {
            x,
            y: last.churnRate,
            dx: 10,
            dy: above ? -6 : 8,
            fill: colour.chosen,
            bold: true,
          }),
        ]),
    ...(last.meanProbability === null
      ? []
      : [note(plot, 'predicted', { x, y: last.meanProbability, dx: 10, dy: above ? 8 : -6 })]),
  ]
}

function spread(dates: readonly Date[]): [Date, Date] {
  const [first, last] = [dates[0]!, dates.at(-1)!]
  const day = 86_400_000
  return first.getTime() === last.getTime()
    ? [new Date(first.getTime() - 15 * day), new Date(first.getTime() + 15 * day)]
    : [first, last]
}

/** Every nth cutoff, so that the labels do not touch. */
function tickDates(dates: readonly Date[], most: number): Date[] {
  const step = Math.ceil(dates.length / most)
  return dates.filter((_, index) => (dates.length - 1 - index) % step === 0)
}

function monthText(date: Date): string {
  return date.toLocaleString('en-US', { month: 'short', year: '2-digit', timeZone: 'UTC' })
}
