import type { ReportedData } from './dataFacts.js'

const verbs: Readonly<Record<string, string>> = {
  cancelled: 'cancels',
  silent: 'falls silent',
  valueDropped: 'spends much less',
  planDowngraded: 'moves to a lower plan',
}

/**
 * Returns what a model predicts, in words: "whether a customer cancels within 30 days, starting 7 days after the
 * cutoff".
 */
export function labelWords({ label, report }: ReportedData): string {
  if (label === null || label === undefined) {
    const column = report?.columns?.rows().find(({ use }) => use === 'label')?.['column']
    return `whether a customer leaves, as the ${column === undefined ? 'label column' : `column ${column}`} says`
  }
  const { gapDays, horizonDays } = label
  const start =
    gapDays === 0
      ? 'after the cutoff'
      : `starting ${gapDays} ${gapDays === 1 ? 'day' : 'days'} after the cutoff`
  return `whether a customer ${verbOf(label)} within ${horizonDays} days ${start} (label ${label.name})`
}

function verbOf({ rule }: NonNullable<ReportedData['label']>): string {
  const kind = typeof rule === 'object' && rule !== null && 'kind' in rule ? String(rule.kind) : ''
  return verbs[kind] ?? 'leaves'
}
