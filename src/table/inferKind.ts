import type { ColumnKind } from './table.js'

/** How many cells of a column can be read as each kind. */
export interface CellCounts {
  /** Cells that are neither missing nor a usual mark for it. */
  readonly present: number
  /** Written as a number; NaN and infinities count, because they are meant as numbers. */
  readonly numbers: number
  /** Whole numbers with a leading zero, such as 007, which are names. */
  readonly leadingZeros: number
  readonly days: number
  readonly booleans: number
}

/**
 * Marks that statistics programs and databases write for missing. In columns of numbers, days or booleans they are
 * always missing; in text columns they stay texts, because NA may be a region.
 */
export const usualMissing: ReadonlySet<string> = new Set(['NA', 'N/A', 'n/a', 'NULL', 'null'])

/** From this share of numbers on, the other cells of a column are mistakes and not a reason to read it as text. */
export const nearlyAll = 0.9

/**
 * Returns the kind of a column of texts: what all cells can be read as. If nearly all cells are numbers, it is a number
 * column whose other cells are refused, never silently a text column. A column without any cells holds (missing)
 * numbers.
 */
export function inferKind(counts: CellCounts): ColumnKind {
  const { present, numbers, leadingZeros, days, booleans } = counts
  if (present === 0) return 'number'
  if (days === present) return 'day'
  if (booleans === present) return 'boolean'
  return leadingZeros === 0 && numbers >= nearlyAll * present ? 'number' : 'text'
}
