import type { ReportFacts } from '../facts/reportFacts.js'
import { topListOf } from '../facts/topList.js'
import { count, percent } from '../words/numbers.js'
import { testedWords, type Unit, unitOf } from '../words/unit.js'
import { axisBelow, axisBeside } from './axes.js'
import { note } from './note.js'
import { isNarrow, type Panel, type Picture, type Plot } from './picture.js'
import { colour } from './theme.js'

/** A list to call, as a point of the curve. */
interface MarkedList {
  readonly x: number
  readonly y: number
  /** Its name: the requested share, which whole customers may exceed a little. */
  readonly name: string
  readonly words: string
}

/** The share of churners reached by the length of the list, with chance and the best possible. */
export function gainsPicture(facts: ReportFacts): Picture[] {
  const { gains, baseRate, churners } = facts.evaluation
  const unit = unitOf(facts)
  const rows = gains.contactedShare.map((contactedShare, index) => ({
    contactedShare,
    caughtShare: gains.caughtShare[index]!,
    atRandom: contactedShare,
    perfect: Math.min(1, contactedShare / baseRate),
  }))
  const lists = markedLists(facts)
  const reached = lists.map(({ name, y }) => `the ${name} holds ${percent(y)} of the churners`)
  return [
    {
      name: 'gains',
      title: 'Churners reached by the length of the list',
      description:
        `Of ${testedWords(facts, count)} sorted by risk, ${reached.join(', and ')}; ` +
        `half of the list holds ${percent(caughtAt(facts, 0.5))}. A random list of the same length holds as many ` +
        `percent of the churners as of the ${unit}. There are ${count(churners)} churners.`,
      rows,
      panels: (plot, width) => [panel(plot, width, rows, lists, baseRate, unit)],
    },
  ]
}

function markedLists(facts: ReportFacts): MarkedList[] {
  const { topShare, churners } = facts.evaluation
  const marked = (share: number, x: number, y: number): MarkedList => {
    const name = `top ${percent(share)}`
    return { x, y, name, words: `${name}: ${percent(y)}` }
  }
  const { share, reached } = topListOf(facts)
  const top = marked(topShare, share, reached)
  const best = facts.profit?.best
  const isMarked =
    best !== undefined &&
    best.contactedShare > 0 &&
    best.contactedShare < 1 &&
    Math.abs(best.contactedShare - topShare) > 0.02
  return isMarked ? [top, marked(best.contactedShare, best.contactedShare, best.churners / churners)] : [top]
}

function caughtAt({ evaluation: { gains } }: ReportFacts, share: number): number {
  const steps = gains.contactedShare.length - 1
  const place = Math.min(share * steps, steps - 1e-9)
  const [from, part] = [Math.floor(place), place % 1]
  return gains.caughtShare[from]! * (1 - part) + gains.caughtShare[from + 1]! * part
}

function panel(
  plot: Plot,
  width: number,
  rows: readonly { contactedShare: number; caughtShare: number; perfect: number }[],
  lists: readonly MarkedList[],
  baseRate: number,
  unit: Unit,
): Panel {
  const narrow = isNarrow(width)
  const shareTicks = narrow ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
  const model = rows.find((row) => row.contactedShare >= freePlace(lists))!
  const nearlyPerfect = rows.some((row) => row.contactedShare < baseRate + 0.15 && row.caughtShare > 0.9)
  return {
    height: narrow ? 300 : 400,
    marginLeft: 52,
    marginRight: 26,
    marginTop: 34,
    marginBottom: 48,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [
      ...axisBeside(plot, { label: 'churners reached', ticks: [0, 0.25, 0.5, 0.75, 1], format: percent }),
      ...axisBelow(plot, {
        label: `${unit} contacted, highest risk first`,
        ticks: shareTicks,
        format: percent,
      }),
      plot.areaY(rows, { x: 'contactedShare', y1: 'contactedShare', y2: 'caughtShare', fill: colour.wash }),
      plot.line(perfectCorners(baseRate), { stroke: colour.reference, strokeWidth: 1 }),
      plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: colour.reference, strokeWidth: 1.5, strokeDasharray: '4 4' },
      ),
      plot.line(rows, { x: 'contactedShare', y: 'caughtShare', stroke: colour.model, strokeWidth: 2.5 }),
      note(plot, 'at random', { x: 0.8, y: 0.8, dx: 8, dy: 14 }),
      ...(narrow || nearlyPerfect
        ? []
        : [note(plot, 'perfect foresight', { x: baseRate, y: 1, dx: 8, dy: 12 })]),
      note(plot, narrow ? 'model' : 'with the model', {
        x: model.contactedShare,
        y: model.caughtShare,
        dx: 6,
        dy: narrow ? 16 : 18,
        fill: colour.model,
        bold: true,
      }),
      ...lists.map(({ x, y, words }) => {
        const place = x > 0.62 ? ({ anchor: 'end', dx: 0, dy: 22 } as const) : { dx: 12, dy: 12 }
        return note(plot, words, { x, y, ...place, fill: colour.chosen, bold: true })
      }),
      plot.dot(lists, { x: 'x', y: 'y', r: 5.5, fill: colour.chosen, stroke: colour.paper, strokeWidth: 2 }),
    ],
  }
}

function perfectCorners(baseRate: number): [number, number][] {
  return [
    [0, 0],
    [baseRate, 1],
    [1, 1],
  ]
}

/** Where the curve's name does not touch that of a list. */
function freePlace(lists: readonly MarkedList[]): number {
  const distance = (place: number): number => Math.min(...lists.map(({ x }) => Math.abs(place - x)))
  return [0.3, 0.5, 0.72].reduce((best, place) => (distance(place) > distance(best) ? place : best))
}
