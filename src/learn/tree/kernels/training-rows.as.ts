// Which rows a tree is grown on, and where the rows of each node lie.
import { address, argument, shareBegin, threadCount } from './training-control.as'

/** A thread owns every threadCount-th stripe of rows, so that sorted data do not leave one thread without work. */
const stripeRows: i32 = 4096

@inline
export function rangeAt(ranges: usize, node: i32, thread: i32): usize {
  return ranges + (<usize>(node * threadCount() + thread) << 3)
}

/** A whole number in [0, 2^32) for a row: the finaliser of MurmurHash3 over row and seed. */
@inline
function hash(row: u32, seed: u32): u32 {
  let x = (row * 0x9e3779b1) ^ seed
  x ^= x >>> 16
  x *= 0x85ebca6b
  x ^= x >>> 13
  x *= 0xc2b2ae35
  return x ^ (x >>> 16)
}

/**
 * Writes the rows that the thread owns to its segment: those of the tree from the front, the others from the back.
 * Roles: 0 = trains, 1 = is held out, 2 = is not there.
 *
 * 0 rows, 1 ranges, 2 role or 0, 3 rowCount, 4 seed, 5 limit, 6 all, 7 segment starts, 8 ranges of the other rows
 */
export function sampleRows(thread: i32): void {
  const role = address(2)
  const rowCount = argument(3)
  const seed = <u32>argument(4)
  const limit = <u32>argument(5)
  const all = argument(6)
  const segments = address(7)
  const begin = load<i32>(segments + (<usize>thread << 2))
  let front = address(0) + (<usize>begin << 2)
  let back = address(0) + (<usize>load<i32>(segments + (<usize>(thread + 1) << 2)) << 2)
  const rangesAt = rangeAt(address(1), 0, thread)
  store<i32>(rangesAt, begin)
  const stripes = stripeRows * threadCount()
  for (let first = thread * stripeRows; first < rowCount; first += stripes) {
    const end = min(first + stripeRows, rowCount)
    if (role == 0 && all != 0) {
      front = listRows(front, first, end)
      continue
    }
    // Written at either end, of which one moves on: no branch that a processor would have to guess.
    for (let row = first; row < end; row++) {
      const kind: u32 = role == 0 ? 0 : load<u8>(role + <usize>row)
      const isDrawn = <u32>(kind == 0) & (<u32>(all != 0) | <u32>(hash(row, seed) < limit))
      store<i32>(front, row)
      store<i32>(back - 4, row)
      front += <usize>isDrawn << 2
      back -= <usize>(<u32>(kind < 2) & (isDrawn ^ 1)) << 2
    }
  }
  store<i32>(rangesAt, <i32>((front - address(0)) >> 2), 4)
  const outside = rangeAt(address(8), 0, thread)
  store<i32>(outside, <i32>((back - address(0)) >> 2))
  store<i32>(outside, load<i32>(segments + (<usize>(thread + 1) << 2)), 4)
}

/** Lists the rows of a stripe; returns where the next ones go. */
export function listRows(target: usize, first: i32, end: i32): usize {
  for (let row = first; row < end; row++) {
    store<i32>(target, row)
    target += 4
  }
  return target
}

/**
 * Puts the rows of the thread that go left first, both sides in their old order.
 *
 * 0 rows, 1 ranges, 2 scratch, 3 node, 4 left node, 5 right node, 6 codes of the column, 7 side of each code
 */
export function partitionRows(thread: i32): void {
  const range = rangeAt(address(1), argument(3), thread)
  const begin = load<i32>(range)
  const end = load<i32>(range, 4)
  const middle = partition(address(0), address(2), begin, end, address(6), address(7))
  const left = rangeAt(address(1), argument(4), thread)
  store<i32>(left, begin)
  store<i32>(left, middle, 4)
  const right = rangeAt(address(1), argument(5), thread)
  store<i32>(right, middle)
  store<i32>(right, end, 4)
}

export function partition(rows: usize, scratch: usize, begin: i32, end: i32, codes: usize, sides: usize): i32 {
  let from = rows + (<usize>begin << 2)
  const stop = rows + (<usize>end << 2)
  let left = from
  const aside = scratch + (<usize>begin << 2)
  let right = aside
  // Both are written, one of the two moves on: no branch that a processor would have to guess.
  while (from < stop) {
    const row = load<u32>(from)
    const step = <usize>load<u8>(sides + <usize>load<u8>(codes + <usize>row)) << 2
    store<u32>(left, row)
    store<u32>(right, row)
    left += step
    right += 4 - step
    from += 4
  }
  memory.copy(left, aside, right - aside)
  return <i32>((left - rows) >> 2)
}

/**
 * Adds the value of its leaf to the margin of each listed row, and the weight of the thread's rows per leaf to the totals.
 * Rows with a role that is not 0 are held out: they do not count as rows of the training.
 *
 * 0 rows, 1 ranges, 2 leaves (node numbers), 3 number of leaves, 4 values, 5 margin, 6 weights or 0, 7 totals,
 * 8 number of nodes, 9 role or 0
 */
export function addLeaves(thread: i32): void {
  const rows = address(0)
  const margin = address(5)
  const totals = address(7) + (<usize>(thread * argument(8)) << 3)
  for (let leaf = 0; leaf < argument(3); leaf++) {
    const node = load<i32>(address(2) + (<usize>leaf << 2))
    const value = load<f64>(address(4) + (<usize>node << 3))
    const range = rangeAt(address(1), node, thread)
    const begin = load<i32>(range)
    const end = load<i32>(range, 4)
    addValue(margin, rows + (<usize>begin << 2), rows + (<usize>end << 2), value)
    const isPlain = address(6) == 0 && address(9) == 0
    const total = isPlain ? <f64>(end - begin) : weightOf(address(6), address(9), rows, begin, end)
    const totalAt = totals + (<usize>node << 3)
    store<f64>(totalAt, load<f64>(totalAt) + total)
  }
}

export function addValue(margin: usize, from: usize, stop: usize, value: f64): void {
  while (from < stop) {
    const at = margin + (<usize>load<u32>(from) << 3)
    store<f64>(at, load<f64>(at) + value)
    from += 4
  }
}

export function weightOf(weights: usize, role: usize, rows: usize, begin: i32, end: i32): f64 {
  let total: f64 = 0
  for (let index = begin; index < end; index++) {
    const row = <usize>load<u32>(rows + (<usize>index << 2))
    if (role != 0 && load<u8>(role + row) != 0) continue
    total += weights == 0 ? 1 : <f64>load<u32>(weights + (row << 2))
  }
  return total
}

/**
 * Counts the weight of a node's rows per code of a column, all threads' rows; asked for rarely, by one thread.
 *
 * 0 rows, 1 ranges, 2 node, 3 codes of the column, 4 weights or 0, 5 counts (256 float64)
 */
export function countCodes(thread: i32): void {
  if (thread != 0) return
  const rows = address(0)
  const codes = address(3)
  const weights = address(4)
  const counts = address(5)
  memory.fill(counts, 0, 2048)
  for (let owner = 0; owner < threadCount(); owner++) {
    const range = rangeAt(address(1), argument(2), owner)
    const stop = rows + (<usize>load<i32>(range, 4) << 2)
    for (let from = rows + (<usize>load<i32>(range) << 2); from < stop; from += 4) {
      const row = <usize>load<u32>(from)
      const at = counts + (<usize>load<u8>(codes + row) << 3)
      const weight: f64 = weights == 0 ? 1 : <f64>load<u32>(weights + (row << 2))
      store<f64>(at, load<f64>(at) + weight)
    }
  }
}
