import { resultOf } from '../../base/result.js'
import { type TextTableColumn, textTable } from '../../base/textTable.js'
import { wrapText } from '../../base/wrapText.js'
import { countText, decimal, intervalHeading, notesAt } from '../figureTexts.js'
import type { Interval } from '../interval/bootstrapInterval.js'
import type { MetricName } from '../metrics.js'
import { metricWords } from '../metrics.js'

/** Customers who share an attribute, or two, and how good the predictions are for them. */
export interface Segment {
  /** `contract = month-to-month, tenure 6 to below 12`. */
  readonly name: string
  /** Value, band or `other` of each attribute; null = missing. Empty for all customers and for what is left over. */
  readonly values: Readonly<Record<string, string | null>>
  /** Weight of the rows. What follows is of rows, but for intervals: they are by customer. */
  readonly rows: number
  /** Customers: as many as rows; where `groups` says that some have several, those who have one here. */
  readonly customers: number
  /** Weight of the rows that churned. */
  readonly churners: number
  /** Share of churners, in [0, 1]. */
  readonly baseRate: number
  /** Mean predicted probability, in [0, 1]. */
  readonly meanProbability: number
  /** The metrics asked for; null where one is not defined. */
  readonly figures: Readonly<Partial<Record<MetricName, Interval | null>>>
  /** Churners divided by the sum of the predictions: 1 = right, 1.5 = half as many again churn as predicted. */
  readonly observedToExpected: Interval | null
  /** Log odds to be added to the predictions so that their sum is right: 0 = right, above 0 = predicted too low. */
  readonly calibrationInTheLarge: Interval | null
  /** Calibration error over ten bins of equal width. Small groups have a larger one by chance alone. */
  readonly calibrationError: number
  /** Names of the small groups that were put together here; empty where none were. */
  readonly mergedFrom: readonly string[]
  /** What must be known before the figures of this segment are read. */
  readonly notes: readonly string[]
}

/** A segment whose predictions are worse than those of all others, beyond chance. */
export interface WorstSegment {
  readonly segment: string
  /** `rocAuc`: ranks its customers worse. `observedToExpected`: its level is further off. */
  readonly metric: 'rocAuc' | 'observedToExpected'
  /** Probability of a difference as large where there is none, after Holm's correction for all that was looked at. */
  readonly adjustedPValue: number
  /** The finding in words. */
  readonly sentence: string
}

/** The figures of a table by segment. */
export interface SegmentFigures {
  /** The attributes that cut the customers. */
  readonly attributes: readonly string[]
  readonly metrics: readonly MetricName[]
  /** In the order of bands and of texts, missing and `other` last. Every customer is in exactly one. */
  readonly segments: readonly Segment[]
  /** All customers. */
  readonly overall: Segment
  /** The worst first; empty where no difference can be shown. */
  readonly worst: readonly WorstSegment[]
  /** Level of all intervals, in (0, 1). */
  readonly level: number
  /** What the reader must know before the figures, in whole sentences. */
  readonly notes: readonly string[]
}

/** How good predictions are by segment: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class SegmentTable extends resultOf<SegmentFigures>(segmentText) {}

function segmentText(table: SegmentFigures): string {
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
  return worst.flatMap(({ sentence, adjustedPValue }) => wrapText(`${sentence} ${chance(adjustedPValue)}`))
}

function chance(pValue: number): string {
  return pValue < 0.0001 ? '(p < 0.0001, Holm)' : `(p = ${pValue.toFixed(4)}, Holm)`
}

function whom({ customers, rows }: Segment): string {
  const several = rows === customers ? '' : ` with ${countText(rows)} rows`
  return `${countText(customers)} customers${several}`
}

function levelTable({ attributes, level, overall }: SegmentFigures, lines: readonly Segment[]): string {
  const severalRows = overall.rows !== overall.customers
  const counted = severalRows ? ['customers', 'rows'] : ['customers']
  return textTable(
    attributeHeadings(attributes, ...counted, 'churned', 'expected', 'ratio', intervalHeading(level)),
    lines.map((segment) => [
      ...places(attributes, segment),
      ...(severalRows ? [countText(segment.customers)] : []),
      countText(segment.rows),
      countText(segment.churners),
      countText(Math.round(segment.rows * segment.meanProbability)),
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
