import { type TextTableColumn, textTable } from '../base/textTable.js'
import type { Interval } from './interval/bootstrapInterval.js'
import type { FiguresByMetric } from './measureRows.js'
import type { MetricName } from './metrics.js'
import { metricWords } from './metrics.js'

/** Returns the figures of folds as a table: one line per fold, one column per metric. */
export function figuresTable(
  heading: string,
  folds: readonly { readonly name: string; readonly figures: FiguresByMetric }[],
): string {
  const metrics = Object.keys(folds[0]?.figures ?? {}) as MetricName[]
  return textTable(
    headings(heading, ...metrics.map(metricWords)),
    folds.map(({ name, figures }) => [name, ...metrics.map((metric) => decimal(figures[metric]?.value))]),
  )
}

/** Returns headings of a table: the first column to the left, the others to the right. */
export function headings(...names: string[]): TextTableColumn[] {
  return names.map((heading, column) => ({ heading, right: column > 0 }))
}

export function countText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
}

/** Returns an amount, with one digit after the point below 100: `98.5`, `1,455`. */
export function amountText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 })
}

export function shareText(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`
}

export function decimal(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(4).replace(/^-(0\.0+)$/, '$1')
}

/** Returns the limits of an interval: `0.7011 to 0.7532`. */
export function limits(interval: Interval | null | undefined): string {
  return interval == null ? '' : `${decimal(interval.lower)} to ${decimal(interval.upper)}`
}

/** Returns a level as the heading of its intervals: `95 % interval`. */
export function intervalHeading(level: number): string {
  return `${percentText(level)} interval`
}

/** Returns notes with where they hold in front, each said once: `fold 1, fold 3: only …`. */
export function notesAt(
  places: readonly { readonly name: string; readonly note: string | null }[],
): string[] {
  const placesOf = new Map<string, string[]>()
  for (const { name, note } of places) {
    if (note !== null) placesOf.set(note, [...(placesOf.get(note) ?? []), name])
  }
  return [...placesOf].map(([note, names]) => `${names.join(', ')}: ${note}.`)
}

/** Returns a share as text: `95 %`. */
export function percentText(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}

/** Returns how many digits after the point show an uncertainty to two places: 4 for 0.0083. */
export function digitsFor(uncertainty: number): number {
  if (!(uncertainty > 0)) return 4
  return Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(uncertainty))))
}

/** Returns a figure without the zero before the point: `.0123`, `−.0040`, `1.25`. */
export function figureText(value: number, digits: number): string {
  const text = value.toFixed(digits).replace(/^(-?)0\./, '$1.')
  return /[1-9]/.test(text) ? text.replace('-', '−') : text.replace('-', '')
}

/** Who leads by a difference A − B, and by how much: figures and limits as the leader sees them. */
export interface Lead {
  readonly leader: string
  readonly other: string
  readonly by: string
  /** Lower and upper limit: `.046 to .164`. */
  readonly range: string
  /** True where the interval does not reach 0. */
  readonly isShown: boolean
}

/** Returns who leads by a difference, with as many digits as its interval bears. */
export function leadBy(
  { value, lower, upper }: Interval,
  better: 'higher' | 'lower',
  [a, b]: readonly [string, string],
): Lead {
  const [leader, other] = (better === 'higher' ? value : -value) >= 0 ? [a, b] : [b, a]
  const [from, to] = value >= 0 ? [lower, upper] : [-upper, -lower]
  const digits = digitsFor((to - from) / 2)
  const range = `${figureText(from, digits)} to ${figureText(to, digits)}`
  return { leader, other, by: figureText(Math.abs(value), digits), range, isShown: from > 0 }
}
