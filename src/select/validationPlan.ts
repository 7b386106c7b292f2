import { cutoffPeriods, type TimedRows } from '../base/cutoffPeriods.js'
import { dealCustomers } from '../base/dealCustomers.js'
import { seededRandom, shuffledIndices } from '../base/random.js'
import type { SelectionData } from './selectionData.js'

/** One split of the rows: a model is trained on some and tried on others. */
export interface ValidationFold {
  /** Row numbers. */
  readonly train: Int32Array
  readonly test: Int32Array
}

/** Days between cutoffs and the end of their outcomes. */
interface OutcomeSpan {
  readonly gapDays: number
  readonly horizonDays: number
}

/**
 * Returns folds of all rows: rows of one customer together, customers with and without churned rows dealt in turn, so
 * that every fold has its share of both.
 */
export function dealtFolds(
  outcome: Uint8Array,
  customerOf: Int32Array | null,
  count: number,
  seed: number,
): ValidationFold[] {
  const foldOf = dealCustomers({ customerOf, outcome }, ({ place }) => place % count, seededRandom(seed))
  return Array.from({ length: count }, (_, fold) => ({
    train: rowsWhere(outcome.length, (row) => foldOf[row] !== fold),
    test: rowsWhere(outcome.length, (row) => foldOf[row] === fold),
  }))
}

/**
 * Returns one fold for each of the last cutoffs, the earliest first: tried on its rows, trained on those whose outcome
 * window had ended by it. For own cutoffs, months are used as cutoffs. Cutoffs with only one class, or only one class
 * before them, are skipped.
 */
export function foldsInTime(
  outcome: Uint8Array,
  { cutoffs, ownCutoffs }: TimedRows,
  { gapDays, horizonDays }: OutcomeSpan,
  most: number,
): ValidationFold[] {
  const periods = cutoffPeriods({ cutoffs, ownCutoffs })
  const days = [...new Set(periods)].sort((a, b) => a - b)
  const folds = days.map((day) => ({
    train: rowsWhere(outcome.length, (row) => cutoffs[row]! + gapDays + horizonDays <= day),
    test: rowsWhere(outcome.length, (row) => periods[row] === day),
  }))
  return folds.filter(({ train, test }) => hasBoth(outcome, train) && hasBoth(outcome, test)).slice(-most)
}

function hasBoth(outcome: Uint8Array, rows: Int32Array): boolean {
  const churners = rows.reduce((sum, row) => sum + outcome[row]!, 0)
  return churners >= leastOfClass && rows.length - churners >= leastOfClass
}

/** Least churners, and stayers, that training and test rows of a fold need. */
export const leastOfClass = 2

/** Returns a sample of the rows with both classes in their shares, in the order of the rows. */
export function sampledRows(rows: Int32Array, outcome: Uint8Array, wanted: number, seed: number): Int32Array {
  if (wanted >= rows.length) return rows
  const random = seededRandom(seed)
  const kept: number[] = []
  for (const value of [0, 1]) {
    const own = rows.filter((row) => outcome[row] === value)
    const count = Math.min(
      own.length,
      Math.max(leastOfClass, Math.round((wanted * own.length) / rows.length)),
    )
    const order = shuffledIndices(own.length, random.fork(value))
    for (let index = 0; index < count; index++) kept.push(own[order[index]!]!)
  }
  return Int32Array.from(kept).sort()
}

/** Returns the rows with a weight above 0. */
export function countedRows({ outcome, weight }: SelectionData): Int32Array {
  return rowsWhere(outcome.length, (row) => weight === undefined || weight[row]! > 0)
}

function rowsWhere(count: number, holds: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(count)
  let found = 0
  for (let row = 0; row < count; row++) if (holds(row)) rows[found++] = row
  return rows.slice(0, found)
}
