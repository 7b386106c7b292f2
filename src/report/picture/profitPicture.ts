import type { ProfitFacts, ReportFacts } from '../facts/reportFacts.js'
import { money, percent } from '../words/numbers.js'
import { type Unit, unitOf } from '../words/unit.js'
import { axisBelow, axisBeside } from './axes.js'
import { note } from './note.js'
import { isNarrow, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

/** Money is given per this many customers, so that reports are comparable. */
export const customersOfMoney = 10_000

/** Profit by the length of the list, with the best list. */
export function profitPicture(facts: ReportFacts): Picture[] {
  const { profit } = facts
  const unit = unitOf(facts)
  if (profit === null) return []
  const { best, everybody, currency } = profit
  const scaled = (value: number): number => (value * customersOfMoney) / profit.customers
  const rows = profit.curve.x.map((contactedShare, index) => ({
    contactedShare,
    profitPer10000: scaled(profit.curve.y[index]!),
  }))
  const bestWords =
    best.contacts === 0
      ? 'No list earns more than it costs'
      : `The best list is the top ${percent(best.contactedShare)} with ${money(scaled(best.profit), currency)}`
  return [
    {
      name: 'profit',
      title: `Profit by the length of the list, per 10,000 ${unit}`,
      description: `${bestWords}; contacting everybody gives ${money(scaled(everybody.profit), currency)}.`,
      rows,
      panels: (plot, width) => [panel(plot, width, rows, profit, scaled, unit)],
    },
  ]
}

function panel(
  plot: Plot,
  width: number,
  rows: readonly { contactedShare: number; profitPer10000: number }[],
  { best, everybody, currency }: ProfitFacts,
  scaled: (value: number) => number,
  unit: Unit,
): Panel {
  const narrow = isNarrow(width)
  const bestAt = { x: best.contactedShare, y: scaled(best.profit) }
  const everybodyAt = { x: 1, y: scaled(everybody.profit) }
  const values = rows.map((row) => row.profitPer10000)
  const [lowest, highest] = [Math.min(0, ...values), Math.max(0, ...values)]
  const span = highest - lowest || 1
  const tickText = (value: number): string => money(value, null)
  const widest = Math.max(tickText(Math.round(lowest)).length, tickText(Math.round(highest)).length)
  const label = `profit per 10,000 ${unit}`
  return {
    height: narrow ? 280 : 340,
    marginLeft: 22 + 8 * widest,
    marginRight: 26,
    marginTop: 34,
    marginBottom: 48,
    x: { domain: [0, 1] },
    y: { domain: [lowest - 0.06 * span, highest + 0.16 * span] },
    marks: [
      ...axisBeside(plot, {
        label: currency === null ? label : `${label} (${currency})`,
        ticks: 5,
        format: tickText,
      }),
      ...axisBelow(plot, {
        label: `${unit} contacted, highest risk first`,
        ticks: narrow ? 4 : 10,
        format: percent,
      }),
      plot.areaY(rows, { x: 'contactedShare', y1: 0, y2: 'profitPer10000', fill: colour.wash }),
      plot.ruleY([0], { stroke: colour.reference }),
      plot.link([bestAt], {
        x1: 'x',
        x2: 'x',
        y1: 0,
        y2: 'y',
        stroke: colour.chosen,
        strokeDasharray: '3 3',
      }),
      plot.line(rows, { x: 'contactedShare', y: 'profitPer10000', stroke: colour.model, strokeWidth: 2.5 }),
      note(plot, `everybody: ${money(everybodyAt.y, currency)}`, {
        ...everybodyAt,
        anchor: 'end',
        // Below the line, which falls steeply if calling everybody is a bad idea
        ...(everybodyAt.y > lowest + span / 2 ? { dx: -4, dy: 18 } : { dx: -14, dy: 2 }),
      }),
      note(
        plot,
        best.contacts === 0
          ? 'no list pays'
          : `top ${percent(best.contactedShare)}: ${money(bestAt.y, currency)}`,
        {
          ...bestAt,
          ...beside(best.contactedShare, narrow ? 0.3 : 0.14),
          dy: -14,
          fill: colour.chosen,
          bold: true,
        },
      ),
      plot.dot([everybodyAt], {
        x: 'x',
        y: 'y',
        r: 4,
        fill: colour.muted,
        stroke: colour.paper,
        strokeWidth: 1.5,
      }),
      plot.dot([bestAt], { x: 'x', y: 'y', r: 6, fill: colour.chosen, stroke: colour.paper, strokeWidth: 2 }),
    ],
  }
}

/** A label above a point, kept inside the panel near its ends. */
function beside(share: number, room: number): { anchor: 'start' | 'middle' | 'end'; dx: number } {
  if (share < room) return { anchor: 'start', dx: -6 }
  return share > 1 - room ? { anchor: 'end', dx: 6 } : { anchor: 'middle', dx: 0 }
}
