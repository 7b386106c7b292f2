// Values to codes, and codes to the form that histograms read; as ../kernels/training-bins.as.ts, which says what the
// arguments are.
import type { KernelViews } from './kernelViews.js'

export function encodeNumbers(views: KernelViews, thread: number): void {
  const count = views.argument(6)
  const begin = views.shareBegin(count, thread, 64)
  const end = views.shareBegin(count, thread + 1, 64)
  const values = views.numbersAt(views.address(0), count)
  const codes = views.bytesAt(views.address(5), count)
  const edges = views.numbersAt(views.address(2), 256)
  encode(values, edges, views.argument(3), codes, begin, end)
  if (views.address(1) === 0) return
  const missing = views.wordsAt(views.address(1), (count + 31) >>> 5)
  markMissing(missing, codes, views.argument(4), begin, end)
}

function encode(
  values: Float64Array,
  edges: Float64Array,
  steps: number,
  codes: Uint8Array,
  begin: number,
  end: number,
): void {
  const top = (1 << steps) >> 1
  for (let row = begin; row < end; row++) {
    const value = values[row]!
    let code = 0
    for (let step = top; step >= 1; step >>= 1) code += edges[code + step - 1]! < value ? step : 0
    codes[row] = code
  }
}

function markMissing(missing: Int32Array, codes: Uint8Array, code: number, begin: number, end: number): void {
  for (let first = begin; first < end; first += 32) {
    for (let word = missing[first >>> 5]!; word !== 0; word &= word - 1) {
      codes[first + 31 - Math.clz32(word & -word)] = code
    }
  }
}

export function joinColumns(views: KernelViews, thread: number): void {
  if (thread !== 0) return
  const rowCount = views.argument(4)
  const bundle = views.bytesAt(views.address(0), rowCount)
  const column = views.bytesAt(views.address(1), rowCount)
  const { shorts, words } = views
  const table = views.address(2) / 2
  const pairs = views.address(5) / 2
  const countWord = views.address(3) / 4
  let count = words[countWord]!
  for (let row = 0; row < rowCount; row++) {
    const pair = (bundle[row]! << 8) | column[row]!
    if (shorts[table + pair] !== 0) continue
    if (count === 256) {
      words[countWord] = 257
      return
    }
    shorts[pairs + count] = pair
    count++
    shorts[table + pair] = count
  }
  words[countWord] = count
}

export function rewriteBundle(views: KernelViews, thread: number): void {
  const rowCount = views.argument(4)
  const end = views.shareBegin(rowCount, thread + 1, 64)
  const bundle = views.bytesAt(views.address(0), rowCount)
  const column = views.bytesAt(views.address(1), rowCount)
  const table = views.address(2) / 2
  const { shorts } = views
  for (let row = views.shareBegin(rowCount, thread, 64); row < end; row++) {
    bundle[row] = shorts[table + ((bundle[row]! << 8) | column[row]!)]! - 1
  }
}

export function interleave(views: KernelViews, thread: number): void {
  const rowCount = views.argument(3)
  const begin = views.shareBegin(rowCount, thread, 64)
  const end = views.shareBegin(rowCount, thread + 1, 64)
  const blocks = views.unsignedWordsAt(views.address(1), 2 * views.argument(2))
  let columns = views.address(0) / 4
  for (let block = 0; block < blocks.length; block += 2) {
    const width = blocks[block + 1]!
    const target = views.bytesAt(blocks[block]!, rowCount * width)
    const sources = Array.from({ length: width }, (_, column) =>
      views.bytesAt(views.unsignedWords[columns + column]!, rowCount),
    )
    interleaveBlock(sources, target, begin, end)
    columns += width
  }
}

/** Rows at a time whose codes of all columns stay in the nearest cache. */
const tileRows = 256

function interleaveBlock(
  sources: readonly Uint8Array[],
  target: Uint8Array,
  begin: number,
  end: number,
): void {
  const width = sources.length
  for (let first = begin; first < end; first += tileRows) {
    const last = Math.min(first + tileRows, end)
    for (let column = 0; column < width; column++) {
      const source = sources[column]!
      let to = first * width + column
      for (let row = first; row < last; row++) {
        target[to] = source[row]!
        to += width
      }
    }
  }
}
