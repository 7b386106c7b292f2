import type { EffectFacts, ReportFacts } from '../facts/reportFacts.js'
import { count, decimal, significant } from '../words/numbers.js'
import { axisBelow, axisBeside } from './axes.js'
import { labelledRows, rowHeight, rowScale } from './labelledRows.js'
import { note } from './note.js'
import { narrowWidth, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

const categoriesShown = 8

type Scale = EffectFacts['scale']
type NumberPoint = { readonly at: number; readonly effect: number; readonly customers: number }
type TextPoint = { readonly at: string; readonly effect: number; readonly customers: number }

/** What each of the strongest features does to the prediction. */
export function effectPictures({ effects, words }: ReportFacts): Picture[] {
  return effects
    .filter(({ points }) => points.length > 0)
    .map((effect, index): Picture => {
      const feature = words[effect.feature] ?? effect.feature
      return {
        name: `effect-${index + 1}`,
        title: `Effect of ${feature}`,
        description: descriptionOf(effect, feature),
        rows: rowsOf(effect, feature),
        width: narrowWidth,
        panels: (plot, width) =>
          effect.kind === 'number' ? numberPanels(plot, effect) : [textPanel(plot, width, effect)],
      }
    })
}

function rowsOf({ points, missing, scale }: EffectFacts, feature: string) {
  const row = (at: string, effect: number, customers: number) => ({
    feature,
    value: at,
    effect,
    scale,
    customers,
  })
  return [
    ...points.map(({ at, effect, customers }) => row(String(at), effect, customers)),
    ...(missing === null ? [] : [row('(missing)', missing.effect, missing.customers)]),
  ]
}

function descriptionOf({ points, scale, missing }: EffectFacts, feature: string): string {
  const sorted = [...points].sort((a, b) => a.effect - b.effect)
  const [low, high] = [sorted[0]!, sorted.at(-1)!]
  const said = ({ at, effect }: EffectFacts['points'][number]): string =>
    `${effectText(effect, scale)} at ${typeof at === 'number' ? significant(at) : at}`
  const absent = missing === null ? '' : `; ${effectText(missing.effect, scale)} where it is missing`
  return `Against the average customer, ${feature} changes the prediction by ${said(low)} to ${said(high)}${absent}.`
}

/** Returns an effect with its sign: "+4.1 points" of probability, "+0.31" log odds. */
function effectText(effect: number, scale: Scale): string {
  const sign = effect > 0 ? '+' : ''
  return scale === 'probability'
    ? `${sign}${decimal(effect * 100, 1)} points`
    : `${sign}${decimal(effect, 2)} log odds`
}

function tickText(scale: Scale): (value: number) => string {
  return (value) => {
    const shown = scale === 'probability' ? value * 100 : value
    return `${shown > 0 ? '+' : ''}${significant(shown).replace('-', '−')}`
  }
}

function axisLabel(scale: Scale): string {
  return scale === 'probability' ? 'points of probability' : 'log odds'
}

function numberPanels(plot: Plot, { points, missing, scale }: EffectFacts): Panel[] {
  const rows = points as readonly NumberPoint[]
  const ends = [rows[0]!.at, rows.at(-1)!.at] as const
  const domain = ends[0] === ends[1] ? [ends[0] - 1, ends[1] + 1] : ends
  const effects = [...rows.map((row) => row.effect), 0, ...(missing === null ? [] : [missing.effect])]
  const shared = { marginLeft: 48, marginRight: 14 }
  return [
    {
      ...shared,
      height: 190,
      marginTop: 34,
      marginBottom: 8,
      x: { domain },
      y: { domain: padded(effects) },
      marks: [
        ...axisBeside(plot, { label: axisLabel(scale), ticks: 4, format: tickText(scale) }),
        plot.ruleY([0], { stroke: colour.reference }),
        plot.line(rows, { x: 'at', y: 'effect', stroke: colour.model, strokeWidth: 2 }),
        plot.dot(rows, { x: 'at', y: 'effect', r: rows.length > 24 ? 0 : 2.5, fill: colour.model }),
        ...(missing === null ? [] : missingMarks(plot, missing.effect, domain[1]!)),
      ],
    },
    {
      ...shared,
      height: 58,
      marginTop: 2,
      marginBottom: 30,
      x: { domain },
      y: { domain: [0, Math.max(...rows.map((row) => row.customers), 1)] },
      marks: [
        ...axisBelow(plot, { ticks: 4, format: significant }),
        plot.ruleX(rows, {
          x: 'at',
          y: 'customers',
          stroke: colour.model,
          strokeOpacity: 0.45,
          strokeWidth: 3,
        }),
        plot.ruleY([0], { stroke: colour.reference }),
      ],
    },
  ]
}

function missingMarks(plot: Plot, effect: number, end: number) {
  return [
    plot.dot([effect], {
      x: () => end,
      y: (value: number) => value,
      r: 4.5,
      stroke: colour.chosen,
      strokeWidth: 2,
      fill: colour.paper,
    }),
    note(plot, 'missing', { x: end, y: effect, anchor: 'end', dx: -10, fill: colour.chosen }),
  ]
}

function textPanel(plot: Plot, width: number, { points, missing, scale }: EffectFacts): Panel {
  const all = [...(points as readonly TextPoint[])].sort((a, b) => b.customers - a.customers)
  const rows = all.slice(0, categoriesShown).sort((a, b) => b.effect - a.effect)
  if (missing !== null) rows.push({ at: 'missing', ...missing })
  const names = rows.map(({ at, customers }) => `${at} (${count(customers)})`)
  const domain = padded([0, ...rows.map((row) => row.effect)], 0.3)
  return {
    height: rows.length * rowHeight + 20,
    marginLeft: 4,
    marginRight: 4,
    marginTop: 14,
    marginBottom: 4,
    x: { domain, axis: null },
    y: rowScale(rows.length),
    marks: [
      plot.rect(rows, {
        x1: 0,
        x2: 'effect',
        y1: (_: TextPoint, index: number) => index,
        y2: (_: TextPoint, index: number) => index + 0.28,
        fill: (row: TextPoint) => (row.effect > 0 ? colour.chosen : colour.model),
      }),
      plot.ruleX([0], { stroke: colour.reference }),
      ...[-1, 1].map((side) =>
        plot.text(
          rows.map((row, index) => ({ ...row, index })).filter((row) => (row.effect >= 0 ? 1 : -1) === side),
          {
            x: 'effect',
            y: (row: TextPoint & { readonly index: number }) => row.index + 0.14,
            text: (row: TextPoint) => effectText(row.effect, scale).replace(/ (points|log odds)$/, ''),
            textAnchor: side === 1 ? 'start' : 'end',
            dx: 6 * side,
            fill: colour.ink,
            fontVariant: 'tabular-nums',
          },
        ),
      ),
      labelledRows(plot, names, domain[0], width),
    ],
  }
}

function padded(values: readonly number[], part = 0.12): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = (high - low || 0.01) * part
  return [low - room, high + room]
}
