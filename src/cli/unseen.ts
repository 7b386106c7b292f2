import type { Scorer } from '../score/scorer.js'
import type { Table } from '../table/table.js'
import type { Terminal } from './terminal.js'

const whatWords: Readonly<Record<string, string>> = {
  category: 'a category that is new to the model',
  number: 'a number far outside what training has seen',
  missing: 'no value, unlike in training',
  distribution: 'a value distributed differently than in training, at least',
}

/** Reports for each column how many customers have a value that training has not seen, and the likely reason. */
export function sayUnseen(
  terminal: Terminal,
  { about, model }: Scorer,
  unseen: Table,
  customers: number,
): void {
  for (const { feature, what, rows, example, why } of unseen.rows()) {
    const such = example === null ? '' : `, such as ${example}`
    terminal.message(
      `unseen: column ${feature}: ${rows} of ${customers} customers have ${whatWords[String(what)]}${such}. ${why}\n`,
    )
  }
  if (about.seen !== null || !model.features.some(({ kind }) => kind === 'number')) return
  terminal.message(
    'note: the model file does not say what numbers training has seen (written by an earlier version, or imported): only categories are compared\n',
  )
}

/** Returns the same as part of a summary, blank if no value is new. */
export function unseenSummary(unseen: Table): string {
  const rowsOf = new Map<string, number>()
  for (const { feature, rows, what } of unseen.rows()) {
    if (what === 'distribution') continue
    rowsOf.set(String(feature), (rowsOf.get(String(feature)) ?? 0) + Number(rows))
  }
  if (rowsOf.size === 0) return ''
  return `; values new to the model: ${[...rowsOf].map(([feature, rows]) => `${feature} (${rows})`).join(', ')}`
}
