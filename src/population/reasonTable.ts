import type { EpochDay } from '../base/days.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { dayColumn, Table } from '../table/table.js'

/** How many customers share one reason at one cutoff. */
export interface ReasonCount {
  /** null = no cutoff (a flat table). */
  readonly cutoff: EpochDay | null
  readonly reason: string
  readonly customers: number
}

/** Returns the counts as a table with the columns `cutoff`, `reason`, `customers`. */
export function reasonTable(counts: readonly ReasonCount[]): Table {
  return new Table([
    dayColumn(
      'cutoff',
      counts.map((count) => count.cutoff),
    ),
    textColumn(
      'reason',
      counts.map((count) => count.reason),
    ),
    numberColumn(
      'customers',
      counts.map((count) => count.customers),
    ),
  ])
}
