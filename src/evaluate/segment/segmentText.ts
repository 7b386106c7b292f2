import { textTable } from '../../base/textTable.js'
import { wrapText } from '../../base/wrapText.js'
import { count, decimal, headings, intervalHeading, limits, percent } from '../figureTexts.js'
import { metricWords } from '../metricWords.js'
import type { Segment, SegmentFigures } from './segment.js'

/** Returns a table by segment as text for a terminal. */
export function segmentText(table: SegmentFigures): string {
  const { attributes, segments, overall, worst, notes } = table
  const lines = [...segments, overall]
  const merged = segments.filter(({ mergedFrom }) => mergedFrom.length > 0)
  return [
    `By ${attributes.join(' and ')}: ${segments.length} segments of ${count(overall.customers)} customers`,
    ...notes.flatMap((note) => wrapText(`Note: ${note}`)),
    ...merged.flatMap(({ name, mergedFrom }) => wrapText(`Note: "${name}" holds ${mergedFrom.join('; ')}.`)),
    ...lines.flatMap(({ name, notes: own }) => own.flatMap((note) => wrapText(`Note: ${name}: ${note}`))),
    '',
    levelTable(table, lines),
    '',
    figuresByMetric(table, lines),
    '',
    ...(worst.length === 0
      ? wrapText('No segment can be shown to be predicted worse than the others.')
      : worst.flatMap(({ sentence }) => wrapText(sentence))),
  ].join('\n')
}

function levelTable({ level }: SegmentFigures, lines: readonly Segment[]): string {
  return textTable(
    headings('segment', 'customers', 'churners', 'rate', 'predicted', 'obs/exp', intervalHeading(level)),
    lines.map((segment) => [
      segment.name,
      count(segment.customers),
      count(segment.churners),
      percent(segment.baseRate),
      percent(segment.meanProbability),
      segment.observedToExpected === null ? '-' : segment.observedToExpected.value.toFixed(2),
      segment.observedToExpected === null
        ? ''
        : `${segment.observedToExpected.lower.toFixed(2)} to ${segment.observedToExpected.upper.toFixed(2)}`,
    ]),
  )
}

function figuresByMetric({ metrics, level }: SegmentFigures, lines: readonly Segment[]): string {
  return textTable(
    headings('segment', ...metrics.flatMap((metric) => [metricWords(metric), intervalHeading(level)])),
    lines.map(({ name, figures }) => [
      name,
      ...metrics.flatMap((metric) => [decimal(figures[metric]?.value), limits(figures[metric])]),
    ]),
  )
}
