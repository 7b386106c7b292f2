import type { EpochDay } from '../../base/days.js'
import type { RowCondition } from '../../population/rowFilter.js'
import type { RowColumn } from './rowColumn.js'

/** A condition and the column that it reads, null for a condition on the day. */
export interface ColumnCondition {
  readonly condition: RowCondition
  readonly column: RowColumn | null
}

/** The rows of a customer's table that a filter lets through, by day. */
export class RowGroup {
  #rows = new Int32Array(16)
  #size = 0

  constructor(readonly conditions: readonly ColumnCondition[]) {}

  /** Takes in the rows of `[first, end)`: they are new or have moved. */
  update(first: number, end: number, days: Int32Array): void {
    let size = lowerBound(this.#rows, 0, this.#size, first)
    this.#reserve(size + end - first)
    const rows = this.#rows
    const begin = size
    for (let row = first; row < end; row++) rows[size++] = row
    for (const condition of this.conditions) size = keepRows(condition, days, rows, begin, size)
    this.#size = size
  }

  /** Returns the rows that happened and were known before the cutoff. */
  seen(cutoff: EpochDay, days: Int32Array, knownBy: Int32Array, lateUntil: number): Int32Array {
    const before = this.#rows.subarray(0, firstAtOrAfter(this.#rows, this.#size, days, cutoff))
    return cutoff > lateUntil ? before : before.filter((row) => knownBy[row]! < cutoff)
  }

  #reserve(size: number): void {
    if (size <= this.#rows.length) return
    const rows = new Int32Array(Math.max(size, 2 * this.#rows.length))
    rows.set(this.#rows)
    this.#rows = rows
  }
}

/** Returns the position of the first of some rows, sorted by day, that is on or after a day. */
export function firstAtOrAfter(rows: Int32Array, size: number, days: Int32Array, day: number): number {
  let [low, high] = [0, size]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (days[rows[middle]!]! < day) low = middle + 1
    else high = middle
  }
  return low
}

function lowerBound(values: Int32Array, from: number, to: number, wanted: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** Moves the rows that pass forward to `begin`; returns their end. */
function keepRows(
  { condition, column }: ColumnCondition,
  days: Int32Array,
  rows: Int32Array,
  begin: number,
  end: number,
): number {
  if ('weekday' in condition) {
    const wanted = [1, 2, 3, 4, 5, 6, 7].map((day) => condition.weekday.includes(day))
    return keepWhere(rows, begin, end, (row) => wanted[weekdayIndex(days[row]!)]!)
  }
  const { values, texts } = column!
  if ('in' in condition) {
    const wanted = texts.map((text) => condition.in.includes(text))
    return keepWhere(rows, begin, end, (row) => wanted[values[row]!] === true)
  }
  if ('notIn' in condition) {
    const unwanted = texts.map((text) => condition.notIn.includes(text))
    return keepWhere(rows, begin, end, (row) => unwanted[values[row]!] !== true)
  }
  if ('is' in condition) {
    const wanted = Number(condition.is)
    return keepWhere(rows, begin, end, (row) => values[row] === wanted)
  }
  // A missing number is NaN and compares as false.
  if ('between' in condition) {
    const [least, most] = [condition.between[0] ?? -Infinity, condition.between[1] ?? Infinity]
    return keepWhere(rows, begin, end, (row) => values[row]! >= least && values[row]! < most)
  }
  const [least, most] = [condition.notBetween[0] ?? -Infinity, condition.notBetween[1] ?? Infinity]
  return keepWhere(rows, begin, end, (row) => values[row]! < least || values[row]! >= most)
}

/** 0 = Monday. Day 0, 1 January 1970, was a Thursday. */
function weekdayIndex(day: number): number {
  return (((day + 3) % 7) + 7) % 7
}

function keepWhere(rows: Int32Array, begin: number, end: number, passes: (row: number) => boolean): number {
  let kept = begin
  for (let index = begin; index < end; index++) {
    const row = rows[index]!
    if (passes(row)) rows[kept++] = row
  }
  return kept
}
