import type { EpochDay } from '../../base/days.js'
import { ExactSum } from '../../base/statistics.js'
import type { PartialHow } from '../formula.js'
import type { RowColumn } from './rowColumn.js'

/** A range of the rows of a table, by day. */
export interface RowRange {
  readonly rows: Int32Array
  readonly from: number
  readonly to: number
  /** Indexed by row, not by position in `rows`. */
  readonly days: Int32Array
}

/** Returns the rows reduced to one number, NaN = missing. @see {@link PartialAggregate} */
export function partValue(
  how: PartialHow,
  range: RowRange,
  column: RowColumn | null,
  cutoff: EpochDay,
): number {
  switch (how) {
    case 'count':
      return range.to - range.from
    case 'days':
    case 'firstDay':
    case 'lastDay':
    case 'gapSquares':
      return dayValue(how, range)
    case 'firstValue':
    case 'lastValue':
      return valueAtEnd(how, range, column!)
    case 'changes':
      return changesIn(range, column!)
    case 'distinct':
    case 'nLogN':
      return codesTogether(how, range, column!)
    case 'openCount':
    case 'openDay':
      return openRows(how, range, column!, cutoff)
    default:
      return numbersTogether(how, range, column!.values)
  }
}

function dayValue(
  how: 'days' | 'firstDay' | 'lastDay' | 'gapSquares',
  { rows, from, to, days }: RowRange,
): number {
  if (from === to) return how === 'days' ? 0 : Number.NaN
  const first = days[rows[from]!]!
  if (how === 'firstDay') return first
  if (how === 'lastDay') return days[rows[to - 1]!]!
  let [count, squares, previous] = [1, 0, first]
  for (let place = from + 1; place < to; place++) {
    const day = days[rows[place]!]!
    if (day === previous) continue
    count++
    squares += (day - previous) ** 2
    previous = day
  }
  return how === 'days' ? count : squares
}

function numbersTogether(
  how: 'sum' | 'values' | 'min' | 'max',
  { rows, from, to }: RowRange,
  values: Float64Array,
): number {
  if (how === 'sum') return sumOf(rows, from, to, values)
  let [count, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let place = from; place < to; place++) {
    const value = values[rows[place]!]!
    if (Number.isNaN(value)) continue
    count++
    if (value < least) least = value
    if (value > most) most = value
  }
  if (how === 'values') return count
  if (count === 0) return Number.NaN
  return how === 'min' ? least : most
}

function sumOf(rows: Int32Array, from: number, to: number, values: Float64Array): number {
  const sum = new ExactSum()
  let isThere = false
  for (let place = from; place < to; place++) {
    const value = values[rows[place]!]!
    if (Number.isNaN(value)) continue
    isThere = true
    sum.add(value)
  }
  if (!isThere) return Number.NaN
  // The sum has overflowed.
  return Number.isNaN(sum.value) ? Number.POSITIVE_INFINITY : sum.value
}

function valueAtEnd(
  how: 'firstValue' | 'lastValue',
  { rows, from, to, days }: RowRange,
  column: RowColumn,
): number {
  const step = how === 'firstValue' ? 1 : -1
  const end = how === 'firstValue' ? to : from - 1
  let [best, day] = [Number.NaN, 0]
  for (let place = how === 'firstValue' ? from : to - 1; place !== end; place += step) {
    const row = rows[place]!
    const value = column.values[row]!
    if (!Number.isNaN(best) && days[row] !== day) break
    if (Number.isNaN(value)) continue
    if (Number.isNaN(best) || column.compare(value, best) > 0) best = value
    day = days[row]!
  }
  return best
}

function changesIn({ rows, from, to, days }: RowRange, column: RowColumn): number {
  let changes = 0
  let [previous, best, day] = [Number.NaN, Number.NaN, 0]
  for (let place = from; place < to; place++) {
    const row = rows[place]!
    const value = column.values[row]!
    if (Number.isNaN(value)) continue
    if (!Number.isNaN(best) && days[row] !== day) {
      if (!Number.isNaN(previous) && previous !== best) changes++
      previous = best
      best = value
    } else if (Number.isNaN(best) || column.compare(value, best) > 0) best = value
    day = days[row]!
  }
  if (Number.isNaN(best)) return Number.NaN
  return !Number.isNaN(previous) && previous !== best ? changes + 1 : changes
}

function codesTogether(
  how: 'distinct' | 'nLogN',
  { rows, from, to }: RowRange,
  { values, texts }: RowColumn,
): number {
  const counts = new Int32Array(texts.length)
  for (let place = from; place < to; place++) {
    const code = values[rows[place]!]!
    if (!Number.isNaN(code)) counts[code]!++
  }
  let [distinct, nLogN] = [0, 0]
  for (const count of counts) {
    if (count === 0) continue
    distinct++
    nLogN += count * Math.log(count)
  }
  if (how === 'distinct') return distinct
  return distinct === 0 ? Number.NaN : nLogN
}

function openRows(
  how: 'openCount' | 'openDay',
  { rows, from, to, days }: RowRange,
  { values }: RowColumn,
  cutoff: EpochDay,
): number {
  let count = 0
  for (let place = from; place < to; place++) {
    const until = values[rows[place]!]!
    if (until < cutoff) continue
    if (how === 'openDay') return days[rows[place]!]!
    count++
  }
  return how === 'openDay' || count === 0 ? Number.NaN : count
}
