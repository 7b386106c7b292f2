import { rateInterval } from '../../base/rateInterval.js'
import type { ReportFacts } from '../facts/reportFacts.js'
import { count, percent } from '../words/numbers.js'
import { customersPerRow, rowsIn, type Unit, unitOf } from '../words/unit.js'
import { axisBelow, axisBeside } from './axes.js'
import { niceUpper } from './niceUpper.js'
import { note } from './note.js'
import { isNarrow, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

/** The rate of fewer customers than this means little: their point is hollow. */
export const fewCustomers = 20

interface Bin {
  readonly from: number
  readonly to: number
  readonly customers: number
  readonly predicted: number
  readonly observed: number
  readonly lower: number
  readonly upper: number
}

/** Predicted and observed churn in bins of predicted probability, with the interval and the customers of each bin. */
export function calibrationPicture(facts: ReportFacts): Picture[] {
  const { evaluation } = facts
  const unit = unitOf(facts)
  const rows = evaluation.calibration.map((bin) => ({
    from: bin.lower,
    to: bin.upper,
    customers: rowsIn(bin),
    predicted: bin.meanProbability,
    observed: bin.churnRate,
    ...rateInterval(bin.churnRate, rowsIn(bin) * customersPerRow(facts), evaluation.level),
  }))
  const said = [...rows].sort((a, b) => b.customers - a.customers).slice(0, 3)
  const pairs = said
    .sort((a, b) => a.predicted - b.predicted)
    .map(
      ({ predicted, observed, customers }) =>
        `${percent(predicted)} predicted and ${percent(observed)} observed among ${count(customers)} ${unit}`,
    )
  return [
    {
      name: 'calibration',
      title: 'Predicted and observed churn',
      description: `${unit === 'rows' ? 'Rows' : 'Customers'} in ${rows.length} groups by predicted probability; the largest groups: ${pairs.join('; ')}.`,
      rows: unit === 'rows' ? rows.map(({ customers, ...row }) => ({ ...row, rows: customers })) : rows,
      panels: (plot, width) => panels(plot, width, rows, unit),
    },
  ]
}

function panels(plot: Plot, width: number, rows: readonly Bin[], unit: Unit): Panel[] {
  const narrow = isNarrow(width)
  const end = Math.min(1, niceUpper(Math.max(...rows.map((row) => Math.max(row.to, row.observed)))))
  const cut = rows.filter((row) => row.upper > end)
  const shared = { marginLeft: 52, marginRight: 26, x: { domain: [0, end] } }
  return [
    {
      ...shared,
      height: narrow ? 270 : 360,
      marginTop: 34,
      marginBottom: 10,
      y: { domain: [0, end] },
      marks: [
        ...axisBeside(plot, {
          label: unit === 'rows' ? 'rows that churned' : 'customers who left',
          ticks: 5,
          format: percent,
        }),
        plot.gridX({ stroke: colour.grid, strokeOpacity: 1, ticks: 5 }),
        plot.line(
          [
            [0, 0],
            [end, end],
          ],
          { stroke: colour.reference, strokeWidth: 1.5, strokeDasharray: '4 4' },
        ),
        // On a phone it would cover points; the sentence below the picture says it too
        ...(narrow ? [] : [note(plot, 'exactly right', { x: end, y: end * 0.78, anchor: 'end', dx: -8 })]),
        plot.link(rows, {
          x: 'predicted',
          y1: 'lower',
          y2: (row: Bin) => Math.min(row.upper, end),
          stroke: colour.model,
          strokeWidth: 2,
          strokeOpacity: 0.55,
        }),
        plot.dot(cut, { x: 'predicted', y: end, r: 4, symbol: 'triangle', fill: colour.model }),
        plot.text(apart(cut, end, width), {
          x: 'predicted',
          y: end,
          dy: -11,
          text: (row: Bin) => `to ${percent(row.upper)}`,
          fontSize: narrow ? 11 : 12,
          fill: colour.model,
        }),
        plot.dot(rows, {
          x: 'predicted',
          y: 'observed',
          r: 5,
          fill: (row: Bin) => (row.customers < fewCustomers ? colour.paper : colour.model),
          stroke: (row: Bin) => (row.customers < fewCustomers ? colour.model : colour.paper),
          strokeWidth: 1.5,
        }),
      ],
    },
    {
      ...shared,
      height: 108,
      marginTop: 22,
      marginBottom: 48,
      y: { domain: [0, Math.max(...rows.map((row) => row.customers))] },
      marks: [
        ...axisBelow(plot, { label: 'predicted probability', ticks: 5, format: percent }),
        plot.rectY(rows, {
          x1: 'from',
          x2: (row: Bin) => Math.min(row.to, end),
          y: 'customers',
          fill: colour.model,
          fillOpacity: 0.35,
          insetLeft: 1,
          insetRight: 1,
        }),
        plot.ruleY([0], { stroke: colour.reference }),
        plot.text(
          rows.filter((row) => !narrow || hasRoom(row, end, width)),
          {
            x: (row: Bin) => (row.from + Math.min(row.to, end)) / 2,
            y: 'customers',
            dy: -8,
            text: (row: Bin) => count(row.customers),
            fontSize: narrow ? 11 : 12,
            fontVariant: 'tabular-nums',
            fill: colour.muted,
          },
        ),
      ],
    },
  ]
}

/** Bins whose numbers fit beside each other; a triangle on each of the others says that its range goes on. */
function apart(rows: readonly Bin[], end: number, width: number): Bin[] {
  const shown: Bin[] = []
  for (const row of rows) {
    const before = shown.at(-1)?.predicted ?? Number.NEGATIVE_INFINITY
    if (((row.predicted - before) / end) * (width - 78) >= 56) shown.push(row)
  }
  return shown
}

// Equal-count bins may be thinner than the number above them
function hasRoom(row: Bin, end: number, width: number): boolean {
  return ((Math.min(row.to, end) - row.from) / end) * (width - 70) >= 7 * count(row.customers).length
}
