// The search for the best split of each feature of a node; as ../kernels/training-scan.as.ts, which says what the
// arguments are. Places in the memory are words here: two to a sum, hessian and gradient.
import { combineColumn } from './histogram.js'
import { columnBytes, type KernelViews } from './kernelViews.js'
import { type Scan, scanBounded, scanOrdered, scanPlain } from './scan.js'

/** Words of a feature in the table of features, of a result, of a column, and of a thread's scratch. */
const featureWords = 8
const resultWords = 8
const columnWords = columnBytes / 4
const scratchWords = 2048
/** Where the order of categories, a second one to merge into, and their means lie in a thread's scratch, in bytes. */
const orderAt = 2112
const spareAt = 2432
const meansAt = 2752

/** What is searched: whose sum, bounds and counted weights. */
interface Searched {
  /** Place of the sum over the rows of the node. */
  readonly sum: number
  /** Index of the lower bound of the node's value; the upper one is the next. */
  readonly bounds: number
  /** Index of the weight of the rows per bin; -1 where it does not count. */
  readonly counts: number
  readonly scratch: number
}

export function searchSplits(views: KernelViews, thread: number): void {
  const { words } = views
  const first = views.shareBegin(views.argument(6), thread, 1)
  const last = views.shareBegin(views.argument(6), thread + 1, 1)
  const scratch = views.address(12) / 4 + thread * scratchWords
  const ofNode: Searched = { sum: views.sumWord(0), bounds: 7, counts: -1, scratch }
  const ofSibling: Searched = { sum: views.sumWord(1), bounds: 9, counts: -1, scratch }
  for (let column = first; column < last; column++) {
    const at = views.address(5) / 4 + 2 * column
    const codeCount = words[at]!
    const offset = column * columnWords
    const cells = views.address(0) / 4 + offset
    const parent = views.address(1) === 0 ? -1 : views.address(1) / 4 + offset
    const partial = views.address(2) / 4 + offset
    combineColumn(words, cells, parent, partial, views.argument(3), views.address(4) / 4, codeCount)
    const places = [words[at + 1]!, words[at + 3]!] as const
    searchColumn(views, cells, codeCount, places, views.address(10), views.address(8), ofNode)
    searchColumn(views, parent, codeCount, places, views.address(11), views.address(9), ofSibling)
  }
}

function searchColumn(
  views: KernelViews,
  cells: number,
  codeCount: number,
  [begin, end]: readonly [number, number],
  inUse: number,
  results: number,
  searched: Searched,
): void {
  if (results === 0) return
  for (let place = begin; place < end; place++) {
    if (views.bytes[inUse + place] === 0) continue
    const feature = views.address(7) / 4 + place * featureWords
    const bins = binsOf(views, cells, codeCount, feature, searched.scratch)
    searchFeature(views, bins, feature, results / 4 + place * resultWords, searched)
  }
}

/** Place of the sums per bin of a feature: those of its column, added up over everything else in a bundle. */
function binsOf(
  views: KernelViews,
  cells: number,
  codeCount: number,
  feature: number,
  scratch: number,
): number {
  const { words, bytes } = views
  const decode = views.unsignedWords[feature + 2]!
  if (decode === 0) return cells
  words.fill(0, scratch, scratch + 2 * (words[feature]! + 1))
  for (let code = 0; code < codeCount; code++) {
    const at = scratch + 2 * bytes[decode + code]!
    words[at]! += words[cells + 2 * code]!
    words[at + 1]! += words[cells + 2 * code + 1]!
  }
  return scratch
}

export function searchCounted(views: KernelViews, thread: number): void {
  if (thread !== 0) return
  const { numbers } = views
  const codeCount = views.argument(1)
  const feature = views.address(2) / 4
  const scratch = views.address(5) / 4
  const bins = binsOf(views, views.address(0) / 4, codeCount, feature, scratch)
  const decode = views.unsignedWords[feature + 2]!
  let counts = views.address(4) / 8
  if (decode !== 0) {
    const ofCodes = counts
    counts += 256
    numbers.fill(0, counts, counts + views.words[feature]! + 1)
    for (let code = 0; code < codeCount; code++) {
      numbers[counts + views.bytes[decode + code]!]! += numbers[ofCodes + code]!
    }
  }
  const searched = { sum: views.sumWord(0), bounds: views.argument(6), counts, scratch }
  searchFeature(views, bins, feature, views.address(3) / 4, searched)
}

export function describeSplit(views: KernelViews, thread: number): void {
  if (thread !== 0) return
  const { words } = views
  const feature = views.address(2) / 4
  const binCount = words[feature]!
  const cut = views.argument(3)
  const bins = binsOf(views, views.address(0) / 4, views.argument(1), feature, views.address(5) / 4)
  const sides = views.bytesAt(views.address(6), binCount + 1)
  if (words[feature + 1] === 0) {
    sides.fill(1, 0, cut).fill(0, cut)
    sides[binCount] = isEmpty(views, bins + 2 * binCount) ? 2 : views.argument(4)
    return
  }
  sides.fill(2)
  const order = orderCategories(views, bins, binCount + 1, views.address(5) / 4)
  order.forEach((bin, place) => {
    sides[bin] = place < cut ? 1 : 0
  })
}

function isEmpty({ words }: KernelViews, bin: number): boolean {
  return words[bin] === 0 && words[bin + 1] === 0
}

/** Returns the categories that occur (missing being one) in the order of their smoothed means. */
function orderCategories(views: KernelViews, bins: number, binCount: number, scratch: number): Uint8Array {
  const means = views.numbersAt(scratch * 4 + meansAt, binCount)
  const order = views.bytesAt(scratch * 4 + orderAt, binCount)
  const smoothing = views.number(6)
  let count = 0
  for (let bin = 0; bin < binCount; bin++) {
    const at = bins + 2 * bin
    if (isEmpty(views, at)) continue
    means[bin] = views.words[at + 1]! / (views.unsignedWords[at]! + smoothing)
    order[count++] = bin
  }
  let from = order
  let to = views.bytesAt(scratch * 4 + spareAt, binCount)
  // Merged bottom up: equal means keep the order of their bins.
  for (let width = 1; width < count; width <<= 1) {
    for (let begin = 0; begin < count; begin += width << 1) merge(from, to, begin, width, count, means)
    const other = from
    from = to
    to = other
  }
  return from.subarray(0, count)
}

function merge(
  from: Uint8Array,
  to: Uint8Array,
  begin: number,
  width: number,
  count: number,
  means: Float64Array,
): void {
  const middle = Math.min(begin + width, count)
  const end = Math.min(middle + width, count)
  let left = begin
  let right = middle
  for (let place = begin; place < end; place++) {
    const takeLeft = right >= end || (left < middle && means[from[left]!]! <= means[from[right]!]!)
    to[place] = from[takeLeft ? left++ : right++]!
  }
}

/** Writes the best split of one feature: gain (0 or less = none), sum of the left side, cut, whether missing goes left. */
function searchFeature(
  views: KernelViews,
  bins: number,
  feature: number,
  result: number,
  searched: Searched,
): void {
  const { words } = views
  const { sum, bounds, counts, scratch } = searched
  const binCount = words[feature]!
  views.numbers[result / 2] = 0
  const isNumber = words[feature + 1] === 0
  const order = isNumber ? null : orderCategories(views, bins, binCount + 1, scratch)
  const chance = order === null ? 0 : views.number(5) * Math.max(order.length - 2, 0)
  const direction = words[feature + 3]!
  const what = { bins, binCount, order, chance, direction, result, sum, counts, bounds }
  if (order !== null) {
    scan(views, what, order.length - 1, false)
    return
  }
  const isMissing = !isEmpty(views, bins + 2 * binCount)
  scan(views, what, isMissing ? binCount : binCount - 1, false)
  if (isMissing) scan(views, what, binCount - 1, true)
}

function scan(views: KernelViews, what: Scan, cuts: number, missingLeft: boolean): void {
  if (views.argument(14) !== 0 || what.counts >= 0) scanBounded(views, what, cuts, missingLeft)
  else if (what.order !== null || views.number(2) !== 0) scanOrdered(views, what, cuts, missingLeft)
  else scanPlain(views, what, cuts, missingLeft)
}
