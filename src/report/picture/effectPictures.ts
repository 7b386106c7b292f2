import type { FeatureEffect } from '../../learn/explain/accumulatedLocalEffects.js'
import type { ReportFacts } from '../facts/reportFacts.js'
import { featureText } from '../words/featureText.js'
import { count, decimal, short, significant } from '../words/numbers.js'
import { type Unit, unitOf } from '../words/unit.js'
import { axisBelow, axisBeside } from './axes.js'
import { labelledRows, rowHeight, rowScale } from './labelledRows.js'
import { note } from './note.js'
import { narrowWidth, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

const categoriesShown = 8

type Scale = FeatureEffect['scale']

/** A value or category of a feature and its effect; a bin of numbers ends at its value. */
type Point = ReturnType<typeof pointsOf>[number]

/** Effects of the strongest features on the prediction. */
export function effectPictures(facts: ReportFacts): Picture[] {
  const { effects, words } = facts
  return effects
    .filter(({ at }) => at.length > 0)
    .map((effect, index): Picture => {
      const feature = featureText(effect.feature, words)
      return {
        name: `effect-${index + 1}`,
        title: `Effect of ${feature}`,
        description: descriptionOf(effect, feature),
        rows: rowsOf(effect, feature, unitOf(facts)),
        width: narrowWidth,
        panels: (plot, width) =>
          effect.kind === 'number' ? numberPanels(plot, effect) : [textPanel(plot, width, effect)],
      }
    })
}

function pointsOf({ kind, at, effect, customers }: FeatureEffect) {
  return at.map((value, index) => ({
    at: value,
    from: at[index - 1] ?? value,
    effect: effect[index]!,
    customers: kind === 'text' ? customers[index]! : (customers[index - 1] ?? 0),
  }))
}

function rowsOf(effect: FeatureEffect, feature: string, unit: Unit) {
  const { scale, missing } = effect
  const row = (value: string, change: number, customers: number) => ({
    feature,
    value,
    effect: change,
    scale,
    [unit]: customers,
  })
  return [
    ...pointsOf(effect).map((point) => row(String(point.at), point.effect, point.customers)),
    ...(missing === null ? [] : [row('(missing)', missing.effect, missing.customers)]),
  ]
}

function descriptionOf(effect: FeatureEffect, feature: string): string {
  const { scale, missing } = effect
  const sorted = pointsOf(effect).sort((a, b) => a.effect - b.effect)
  const [low, high] = [sorted[0]!, sorted.at(-1)!]
  const said = (point: Point): string =>
    `${effectText(point.effect, scale)} at ${typeof point.at === 'number' ? significant(point.at) : point.at}`
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

function numberPanels(plot: Plot, effect: FeatureEffect): Panel[] {
  const { scale, missing } = effect
  const points = pointsOf(effect)
  const ends = [Number(points[0]!.at), Number(points.at(-1)!.at)] as const
  const domain = ends[0] === ends[1] ? [ends[0] - 1, ends[1] + 1] : ends
  const effects = [...points.map((point) => point.effect), 0, ...(missing === null ? [] : [missing.effect])]
  const shared = { marginLeft: 48, marginRight: 14, x: { domain } }
  return [
    {
      ...shared,
      height: 190,
      marginTop: 34,
      marginBottom: 8,
      y: { domain: padded(effects) },
      marks: [
        ...axisBeside(plot, { label: axisLabel(scale), ticks: 4, format: tickText(scale) }),
        plot.ruleY([0], { stroke: colour.reference }),
        plot.line(points, { x: 'at', y: 'effect', stroke: colour.model, strokeWidth: 2 }),
        plot.dot(points, { x: 'at', y: 'effect', r: 2.5, fill: colour.model }),
        ...(missing === null ? [] : missingMarks(plot, missing.effect, domain[1]!)),
      ],
    },
    {
      ...shared,
      height: 46,
      marginTop: 4,
      marginBottom: 30,
      y: { domain: [0, 1] },
      marks: [
        ...axisBelow(plot, { ticks: 4, format: short }),
        plot.ruleX(points, {
          x: 'at',
          y1: 0,
          y2: 1,
          stroke: colour.model,
          strokeWidth: 1.5,
          strokeOpacity: 0.6,
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

function textPanel(plot: Plot, width: number, effect: FeatureEffect): Panel {
  const { scale, missing } = effect
  const common = pointsOf(effect)
    .sort((a, b) => b.customers - a.customers)
    .slice(0, categoriesShown)
  const rows = common.sort((a, b) => b.effect - a.effect)
  if (missing !== null) rows.push({ at: 'missing', from: 'missing', ...missing })
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
        y1: (_: Point, index: number) => index,
        y2: (_: Point, index: number) => index + 0.28,
        fill: (row: Point) => (row.effect > 0 ? colour.chosen : colour.model),
      }),
      plot.ruleX(rows, {
        x: 0,
        y1: (_: Point, index: number) => index - 0.06,
        y2: (_: Point, index: number) => index + 0.34,
        stroke: colour.reference,
      }),
      ...[-1, 1].map((side) =>
        plot.text(
          rows.map((row, index) => ({ ...row, index })).filter((row) => (row.effect >= 0 ? 1 : -1) === side),
          {
            x: 'effect',
            y: (row: Point & { readonly index: number }) => row.index + 0.14,
            text: (row: Point) => effectText(row.effect, scale).replace(/ (points|log odds)$/, ''),
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
