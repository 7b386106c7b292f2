// Which rows a tree is grown on, and where the rows of each node lie; as ../kernels/training-rows.as.ts, which says what
// the arguments are.
import type { KernelViews } from './kernelViews.js'

/** A thread owns every threadCount-th stripe of rows. */
const stripeRows = 4096

/** Where the rows of a node that a thread owns begin and end is said in this word and the next. */
export function rangeWord(views: KernelViews, ranges: number, node: number, thread: number): number {
  return ranges / 4 + (node * views.threadCount + thread) * 2
}

/** A whole number in [0, 2^32) for a row: the finaliser of MurmurHash3 over row and seed. */
function hash(row: number, seed: number): number {
  let x = Math.imul(row, 0x9e3779b1) ^ seed
  x ^= x >>> 16
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

export function sampleRows(views: KernelViews, thread: number): void {
  const { words } = views
  const rowCount = views.argument(3)
  const rows = views.wordsAt(views.address(0), rowCount)
  const role = views.address(2) === 0 ? null : views.bytesAt(views.address(2), rowCount)
  const [seed, limit, all] = [views.argument(4), views.address(5), views.argument(6) !== 0]
  const segment = views.address(7) / 4 + thread
  let front = words[segment]!
  let back = words[segment + 1]!
  const range = rangeWord(views, views.address(1), 0, thread)
  words[range] = front
  const stripes = stripeRows * views.threadCount
  for (let first = thread * stripeRows; first < rowCount; first += stripes) {
    const end = Math.min(first + stripeRows, rowCount)
    // Written at either end, of which one moves on: no branch that a processor would have to guess.
    for (let row = first; row < end; row++) {
      const kind = role === null ? 0 : role[row]!
      const isDrawn = kind === 0 && (all || hash(row, seed) < limit)
      rows[front] = row
      rows[back - 1] = row
      front += isDrawn ? 1 : 0
      back -= isDrawn || kind === 2 ? 0 : 1
    }
  }
  words[range + 1] = front
  const outside = rangeWord(views, views.address(8), 0, thread)
  words[outside] = back
  words[outside + 1] = words[segment + 1]!
}

export function partitionRows(views: KernelViews, thread: number): void {
  const { words } = views
  const range = rangeWord(views, views.address(1), views.argument(3), thread)
  const begin = words[range]!
  const end = words[range + 1]!
  const rows = views.words.subarray(views.address(0) / 4)
  const scratch = views.words.subarray(views.address(2) / 4)
  const codes = views.bytes.subarray(views.address(6))
  const sides = views.bytesAt(views.address(7), 256)
  const middle = partition(rows, scratch, begin, end, codes, sides)
  const left = rangeWord(views, views.address(1), views.argument(4), thread)
  words[left] = begin
  words[left + 1] = middle
  const right = rangeWord(views, views.address(1), views.argument(5), thread)
  words[right] = middle
  words[right + 1] = end
}

function partition(
  rows: Int32Array,
  scratch: Int32Array,
  begin: number,
  end: number,
  codes: Uint8Array,
  sides: Uint8Array,
): number {
  let left = begin
  let right = begin
  // Both are written, one of the two moves on: no branch that a processor would have to guess.
  for (let index = begin; index < end; index++) {
    const row = rows[index]!
    const side = sides[codes[row]!]!
    rows[left] = row
    scratch[right] = row
    left += side
    right += 1 - side
  }
  rows.set(scratch.subarray(begin, right), left)
  return left
}

export function addLeaves(views: KernelViews, thread: number): void {
  const { words } = views
  const nodeCount = views.argument(8)
  const leaves = views.wordsAt(views.address(2), views.argument(3))
  const values = views.numbersAt(views.address(4), nodeCount)
  const totals = views.numbersAt(views.address(7) + thread * nodeCount * 8, nodeCount)
  const margin = views.numbers.subarray(views.address(5) / 8)
  const weights = views.address(6) === 0 ? null : views.unsignedWords.subarray(views.address(6) / 4)
  const role = views.address(9) === 0 ? null : views.bytes.subarray(views.address(9))
  for (const node of leaves) {
    const range = rangeWord(views, views.address(1), node, thread)
    const first = views.address(0) / 4
    const rows = words.subarray(first + words[range]!, first + words[range + 1]!)
    const value = values[node]!
    let total = 0
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!
      margin[row]! += value
      // Rows that are held out do not count as rows of the training.
      if (role === null || role[row] === 0) total += weights === null ? 1 : weights[row]!
    }
    totals[node]! += total
  }
}

export function countCodes(views: KernelViews, thread: number): void {
  if (thread !== 0) return
  const { words } = views
  const first = views.address(0) / 4
  const codes = views.bytes.subarray(views.address(3))
  const weights = views.address(4) === 0 ? null : views.unsignedWords.subarray(views.address(4) / 4)
  const counts = views.numbersAt(views.address(5), 256).fill(0)
  for (let owner = 0; owner < views.threadCount; owner++) {
    const range = rangeWord(views, views.address(1), views.argument(2), owner)
    const rows = words.subarray(first + words[range]!, first + words[range + 1]!)
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!
      counts[codes[row]!]! += weights === null ? 1 : weights[row]!
    }
  }
}
