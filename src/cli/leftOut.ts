import type { History } from '../engine/history.js'
import type { Table } from '../table/table.js'
import { completeUntilFlags, noteText } from './refusalText.js'
import type { Terminal } from './terminal.js'

/**
 * Reports how many customers were left out for which reason, over all cutoffs; nobody disappears silently.
 *
 * @param counts columns `reason` and `customers`, as in the reports of datasets and scores
 * @param what what happened to them: "not scored"
 */
export function sayLeftOut(terminal: Terminal, what: string, counts: Table): void {
  const sums = new Map<string, number>()
  const cutoffs = new Set<unknown>()
  for (const { cutoff, reason, customers } of counts.rows()) {
    cutoffs.add(cutoff)
    if (reason === 'counted' || customers === 0) continue
    sums.set(String(reason), (sums.get(String(reason)) ?? 0) + Number(customers))
  }
  // A customer may be left out at one cutoff and counted at another
  const who = cutoffs.size > 1 ? `rows of customers at ${cutoffs.size} cutoffs` : 'customers'
  for (const [reason, customers] of sums) terminal.message(`${what}: ${customers} ${who}, ${reason}\n`)
}

/** Prints the notes of a history. */
export function sayNotes(terminal: Terminal, { notes }: History): void {
  for (const note of notes) {
    const inFlags = note.replace(
      /give openHistory completeUntil: \{ (.*?) \}/,
      (_, days: string) => `give ${completeUntilFlags(days)}`,
    )
    terminal.message(`note: ${noteText(inFlags)}\n`)
  }
}

const useWords = {
  number: 'numbers',
  category: 'categories',
  day: 'days',
  'left out': 'left out',
} as const

/** Most columns of a use to name; 5,000 names would hide the messages that matter. */
const mostNames = 50

/**
 * Reports which columns of a flat table are read as numbers, categories and days, and which are left out; of many
 * columns the first ones by name.
 *
 * @param columns columns `column`, `use` and `detail`, as in the report of a dataset
 */
export function sayColumns(terminal: Terminal, columns: Table | undefined): void {
  const rows = columns?.rows() ?? []
  for (const [use, words] of Object.entries(useWords)) {
    const named = rows
      .filter((row) => row['use'] === use)
      // A note of its own says why a column is left out
      .map(({ column, detail }) =>
        detail === null || use === 'left out'
          ? `${column}`
          : `${column} (${String(detail).replace(/ categor(y|ies)$/, '')})`,
      )
    if (named.length === 0) continue
    const more = named.length > mostNames ? ` and ${named.length - mostNames} more` : ''
    terminal.message(`${words}: ${named.slice(0, mostNames).join(', ')}${more}\n`)
  }
}
