// Values to codes, and codes to the form that histograms read.
import { address, argument, shareBegin } from './training-control.as'

/**
 * Writes the bin of each number: how many edges lie below it, or the code of missing values.
 *
 * 0 values (float64), 1 bitmap of missing values or 0, 2 edges, padded with infinities to `2^steps - 1`, 3 steps,
 * 4 code of missing values, 5 codes, 6 number of values
 */
export function encodeNumbers(thread: i32): void {
  const count = argument(6)
  const begin = shareBegin(count, thread, 64)
  const end = shareBegin(count, thread + 1, 64)
  encode(address(0), address(2), argument(3), address(5), begin, end)
  if (address(1) != 0) markMissing(address(1), address(5), argument(4), begin, end)
}

export function encode(values: usize, edges: usize, steps: i32, codes: usize, begin: i32, end: i32): void {
  const top: usize = steps == 0 ? 0 : <usize>1 << (steps + 2)
  let row = begin
  // Four searches side by side: each waits for memory at every step, the others fill the time.
  for (; row + 3 < end; row += 4) {
    const at = values + (<usize>row << 3)
    const a = load<f64>(at)
    const b = load<f64>(at, 8)
    const c = load<f64>(at, 16)
    const d = load<f64>(at, 24)
    let ia: usize = 0
    let ib: usize = 0
    let ic: usize = 0
    let id: usize = 0
    for (let step = top; step >= 8; step >>= 1) {
      ia += load<f64>(edges + ia + step - 8) < a ? step : 0
      ib += load<f64>(edges + ib + step - 8) < b ? step : 0
      ic += load<f64>(edges + ic + step - 8) < c ? step : 0
      id += load<f64>(edges + id + step - 8) < d ? step : 0
    }
    store<u32>(
      codes + <usize>row,
      (<u32>ia >> 3) | ((<u32>ib >> 3) << 8) | ((<u32>ic >> 3) << 16) | ((<u32>id >> 3) << 24),
    )
  }
  for (; row < end; row++) {
    const a = load<f64>(values + (<usize>row << 3))
    let ia: usize = 0
    for (let step = top; step >= 8; step >>= 1) ia += load<f64>(edges + ia + step - 8) < a ? step : 0
    store<u8>(codes + <usize>row, <u8>(ia >> 3))
  }
}

export function markMissing(missing: usize, codes: usize, code: i32, begin: i32, end: i32): void {
  for (let first = begin; first < end; first += 32) {
    let word = load<u32>(missing + (<usize>(first >> 5) << 2))
    while (word != 0) {
      store<u8>(codes + <usize>(first + <i32>ctz(word)), <u8>code)
      word &= word - 1
    }
  }
}

/**
 * Joins a column to a bundle: each pair of codes that occurs becomes one code, in the order in which they occur.
 * `table` holds for 256 × 256 pairs the code + 1, 0 where the pair has not occurred; `count` the number of codes.
 * Stops where 256 codes are not enough, with 257 in `count`.
 *
 * 0 codes of the bundle, 1 codes of the column, 2 table (uint16), 3 count, 4 number of rows, 5 pairs (uint16 a code)
 */
export function joinColumns(thread: i32): void {
  if (thread != 0) return
  const bundle = address(0)
  const column = address(1)
  const table = address(2)
  let count = load<i32>(address(3))
  for (let row: usize = 0; row < <usize>argument(4); row++) {
    const pair = (<usize>load<u8>(bundle + row) << 8) | <usize>load<u8>(column + row)
    const at = table + (pair << 1)
    if (load<u16>(at) == 0) {
      if (count == 256) {
        store<i32>(address(3), 257)
        return
      }
      store<u16>(address(5) + (<usize>count << 1), <u16>pair)
      count++
      store<u16>(at, <u16>count)
    }
  }
  store<i32>(address(3), count)
}

/**
 * Replaces the codes of a bundle by the codes of the pairs.
 *
 * 0 codes of the bundle, 1 codes of the column, 2 table, 4 number of rows
 */
export function rewriteBundle(thread: i32): void {
  const count = argument(4)
  const begin = <usize>shareBegin(count, thread, 64)
  const end = <usize>shareBegin(count, thread + 1, 64)
  for (let row = begin; row < end; row++) {
    const pair = (<usize>load<u8>(address(0) + row) << 8) | <usize>load<u8>(address(1) + row)
    store<u8>(address(0) + row, <u8>(load<u16>(address(2) + (pair << 1)) - 1))
  }
}

/**
 * Writes the codes of columns row by row, block by block.
 *
 * 0 columns (addresses of codes), 1 blocks (address, width), 2 number of blocks, 3 number of rows
 */
export function interleave(thread: i32): void {
  const count = argument(3)
  const begin = <usize>shareBegin(count, thread, 64)
  const end = <usize>shareBegin(count, thread + 1, 64)
  let columns = address(0)
  for (let block = 0; block < argument(2); block++) {
    const at = address(1) + (<usize>block << 3)
    const width = <usize>load<i32>(at, 4)
    interleaveBlock(columns, <usize>load<u32>(at), width, begin, end)
    columns += width << 2
  }
}

/** Rows at a time whose codes of all columns stay in the nearest cache. */
const tileRows: usize = 256

export function interleaveBlock(columns: usize, target: usize, width: usize, begin: usize, end: usize): void {
  for (let first = begin; first < end; first += tileRows) {
    const last = min(first + tileRows, end)
    for (let column: usize = 0; column < width; column++) {
      const codes = <usize>load<u32>(columns + (column << 2))
      let to = target + first * width + column
      for (let row = first; row < last; row++) {
        store<u8>(to, load<u8>(codes + row))
        to += width
      }
    }
  }
}
