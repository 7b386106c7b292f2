import { type TextTableColumn, textTable } from '../../base/textTable.js'
import { wrapText } from '../../base/wrapText.js'
import { count, decimal, intervalHeading, notesAt } from '../figureTexts.js'
import type { Interval } from '../interval/bootstrapInterval.js'
import { metricWords } from '../metricWords.js'
import type { Segment, SegmentFigures } from './segment.js'

/** Returns a table by segment as text for a terminal. */
export function segmentText(table: SegmentFigures): string {
  const { attributes, segments, overall, notes } = table
  const lines = [...segments, overall]
  const merged = segments.filter(({ mergedFrom }) => mergedFrom.length > 0)
  return [
    `By ${attributes.join(' and ')}: ${segments.length} ${segments.length === 1 ? 'segment' : 'segments'} of ${whom(overall)}`,
    ...notes.flatMap((note) => wrapText(`Note: ${note}`)),
    ...merged.flatMap(({ name, mergedFrom }) => wrapText(`Note: "${name}" holds ${mergedFrom.join('; ')}.`)),
    ...notesAt(lines.flatMap(({ name, notes: own }) => own.map((note) => ({ name, note })))).flatMap((note) =>
      wrapText(`Note: ${note}`),
    ),
    '',
    levelTable(table, lines),
    '',
    figuresByMetric(table, lines),
    ...(segments.length > 1 ? ['', ...worstLines(table)] : []),
  ].join('\n')
}

function worstLines({ worst }: SegmentFigures): string[] {
  if (worst.length === 0) return wrapText('No segment can be shown to be predicted worse than the others.')
  return worst.flatMap(({ sentence }) => wrapText(sentence))
}

function whom({ customers, rows }: Segment): string {
  const several = rows === customers ? '' : ` with ${count(rows)} rows`
  return `${count(customers)} customers${several}`
}

function levelTable({ attributes, level, overall }: SegmentFigures, lines: readonly Segment[]): string {
  const severalRows = overall.rows !== overall.customers
  const counted = severalRows ? ['customers', 'rows'] : ['customers']
  return textTable(
    attributeHeadings(attributes, ...counted, 'churned', 'expected', 'ratio', intervalHeading(level)),
    lines.map((segment) => [
      ...places(attributes, segment),
      ...(severalRows ? [count(segment.customers)] : []),
      count(segment.rows),
      count(segment.churners),
      count(Math.round(segment.rows * segment.meanProbability)),
      segment.observedToExpected?.value.toFixed(2) ?? '-',
      shortLimits(segment.observedToExpected, 2),
    ]),
  )
}

function figuresByMetric({ attributes, metrics, level }: SegmentFigures, lines: readonly Segment[]): string {
  return textTable(
    attributeHeadings(
      attributes,
      ...metrics.flatMap((metric) => [metricWords(metric), intervalHeading(level)]),
    ),
    lines.map((segment) => [
      ...places(attributes, segment),
      ...metrics.flatMap((metric) => [
        decimal(segment.figures[metric]?.value),
        shortLimits(segment.figures[metric], 3),
      ]),
    ]),
  )
}

/** A column per attribute to the left, the others to the right. */
function attributeHeadings(attributes: readonly string[], ...names: string[]): TextTableColumn[] {
  return [
    ...attributes.map((heading) => ({ heading })),
    ...names.map((heading) => ({ heading, right: true })),
  ]
}

/** What a segment has of each attribute; its name in the first where it has none. */
function places(attributes: readonly string[], { name, values }: Segment): string[] {
  if (Object.keys(values).length === 0) return attributes.map((_, column) => (column === 0 ? name : ''))
  return attributes.map((attribute) => values[attribute] ?? 'missing')
}

function shortLimits(interval: Interval | null | undefined, digits: number): string {
  return interval == null ? '' : `${interval.lower.toFixed(digits)} to ${interval.upper.toFixed(digits)}`
}
