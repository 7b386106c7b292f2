// The search for the best split of each feature of a node.
import { address, argument, number, packed, shareBegin } from './training-control.as'
import { columnBytes } from './training-fill.as'
import { combineColumn } from './training-histogram.as'

/** Bytes of a feature in the table of features, of a result, and of a thread's scratch. */
const featureBytes: usize = 32
const resultBytes: usize = 32
const scratchBytes: usize = 8192
/** Where the order of categories, those that occur, and their means lie in a thread's scratch. */
const orderAt: usize = 2112
const knownAt: usize = 2432
const meansAt: usize = 2752

@inline
function gradientOf(sum: i64): f64 {
  return <f64>(<i32>(sum >> 32))
}

@inline
function hessianOf(sum: i64): f64 {
  return <f64>(<u32>sum)
}

/** The gradient that is left after the l1 penalty. */
@inline
function shrunk(gradient: f64, l1: f64): f64 {
  return copysign(max(abs(gradient) - l1, 0), gradient)
}

/**
 * Completes the histograms of a node and its sibling, column by column, and searches the best split of each feature
 * in either.
 *
 * 0 histogram, 1 parent's histogram or 0, 2 partials, 3 number of partials, 4 bytes of a histogram, 5 columns
 * (code count, first feature), 6 number of columns, 7 features, 8 results of the node or 0, 9 results of the sibling
 * or 0, 10 features in use at the node, 11 at the sibling, 12 scratch, 13 least hessian, 14 bounds in use
 *
 * numbers: 0 sum of the node, 1 of the sibling, 2 l1, 3 l2, 4 least gain, 5 chance gain per category, 6 smoothing,
 * 7 lower and 8 upper bound of the node's value, 9 and 10 of the sibling's
 */
export function searchSplits(thread: i32): void {
  const first = shareBegin(argument(6), thread, 1)
  const last = shareBegin(argument(6), thread + 1, 1)
  const scratch = address(12) + <usize>thread * scratchBytes
  for (let column = first; column < last; column++) {
    const at = address(5) + (<usize>column << 3)
    const codeCount = load<i32>(at)
    const offset = <usize>column * columnBytes
    const cells = address(0) + offset
    const parent: usize = address(1) == 0 ? 0 : address(1) + offset
    combineColumn(cells, parent, address(2) + offset, argument(3), <usize>argument(4), codeCount)
    const begin = load<i32>(at, 4)
    const end = load<i32>(at, 12)
    if (address(8) != 0) searchColumn(cells, codeCount, begin, end, address(10), address(8), packed(0), 7, scratch)
    if (address(9) != 0) searchColumn(parent, codeCount, begin, end, address(11), address(9), packed(1), 9, scratch)
  }
}

function searchColumn(
  cells: usize,
  codeCount: i32,
  begin: i32,
  end: i32,
  inUse: usize,
  results: usize,
  sum: i64,
  bounds: i32,
  scratch: usize,
): void {
  for (let place = begin; place < end; place++) {
    if (load<u8>(inUse + <usize>place) == 0) continue
    const feature = address(7) + <usize>place * featureBytes
    const decode = <usize>load<u32>(feature, 8)
    const bins = decode == 0 ? cells : marginal(cells, codeCount, decode, load<i32>(feature) + 1, scratch)
    searchFeature(bins, feature, results + <usize>place * resultBytes, sum, 0, bounds, scratch)
  }
}

/** Adds the cells of a bundle up over everything but one of its features. */
export function marginal(cells: usize, codeCount: i32, decode: usize, binCount: i32, scratch: usize): usize {
  memory.fill(scratch, 0, <usize>binCount << 3)
  for (let code: usize = 0; code < <usize>codeCount; code++) {
    const at = scratch + (<usize>load<u8>(decode + code) << 3)
    store<i64>(at, load<i64>(at) + load<i64>(cells + (code << 3)))
  }
  return scratch
}

/**
 * Searches one feature again with the weight of the rows per code known.
 *
 * 0 cells of the column, 1 code count, 2 feature, 3 result, 4 counts, 5 scratch, 6 the number that holds the lower
 * bound; number 0 is the sum of the node, number 11 the least weight in units
 */
export function searchCounted(thread: i32): void {
  if (thread != 0) return
  const feature = address(2)
  const decode = <usize>load<u32>(feature, 8)
  const scratch = address(5)
  const bins = decode == 0 ? address(0) : marginal(address(0), argument(1), decode, load<i32>(feature) + 1, scratch)
  const counts = decode == 0 ? address(4) : marginalCounts(address(4), argument(1), decode, load<i32>(feature) + 1)
  searchFeature(bins, feature, address(3), packed(0), counts, argument(6), scratch)
}

function marginalCounts(counts: usize, codeCount: i32, decode: usize, binCount: i32): usize {
  const target = counts + 2048
  memory.fill(target, 0, <usize>binCount << 3)
  for (let code: usize = 0; code < <usize>codeCount; code++) {
    const at = target + (<usize>load<u8>(decode + code) << 3)
    store<f64>(at, load<f64>(at) + load<f64>(counts + (code << 3)))
  }
  return target
}

/**
 * Writes which bins of a feature go left: 1 left, 0 right, 2 where no row of the node has it.
 *
 * 0 cells of the column, 1 code count, 2 feature, 3 cut, 4 missing goes left, 5 scratch, 6 target
 */
export function describeSplit(thread: i32): void {
  if (thread != 0) return
  const feature = address(2)
  const binCount = load<i32>(feature)
  const decode = <usize>load<u32>(feature, 8)
  const scratch = address(5)
  const bins = decode == 0 ? address(0) : marginal(address(0), argument(1), decode, binCount + 1, scratch)
  const target = address(6)
  if (load<i32>(feature, 4) == 0) {
    for (let bin = 0; bin < binCount; bin++) store<u8>(target + <usize>bin, bin < argument(3) ? 1 : 0)
    const isThere = load<i64>(bins + (<usize>binCount << 3)) != 0
    store<u8>(target + <usize>binCount, isThere ? argument(4) : 2)
    return
  }
  memory.fill(target, 2, <usize>binCount + 1)
  const count = orderCategories(bins, binCount + 1, scratch)
  for (let place = 0; place < count; place++) {
    const bin = <usize>load<u8>(scratch + orderAt + <usize>place)
    store<u8>(target + bin, place < argument(3) ? 1 : 0)
  }
}

/** Puts the categories that occur (missing being one) in the order of their smoothed means; returns how many they are. */
export function orderCategories(bins: usize, binCount: i32, scratch: usize): i32 {
  const means = scratch + meansAt
  const order = scratch + orderAt
  const known = scratch + knownAt
  let count: usize = 0
  for (let bin = 0; bin < binCount; bin++) {
    const sum = load<i64>(bins + (<usize>bin << 3))
    if (sum == 0) continue
    store<f64>(means + (count << 3), gradientOf(sum) / (hessianOf(sum) + number(6)))
    store<u8>(known + count, <u8>bin)
    count++
  }
  const end = means + (count << 3)
  // Makes the pairs whole: not a number comes neither before nor behind any.
  store<f64>(end, NaN)
  for (let place: usize = 0; place < count; place += 2) {
    const ranks = ranksOf(means, means + (place << 3), end)
    store<u8>(order + <usize>i64x2.extract_lane(ranks, 0), load<u8>(known + place))
    if (place + 1 < count) store<u8>(order + <usize>i64x2.extract_lane(ranks, 1), load<u8>(known + place + 1))
  }
  return <i32>count
}

/**
 * How many means come before each of the two at an address, equal ones in the order of their bins. Each is compared with
 * all, four comparisons at a time: 200 categories take a third of the time of a merge sort.
 */
@inline
function ranksOf(means: usize, at: usize, end: usize): v128 {
  const first = v128.load64_splat(at)
  const second = v128.load64_splat(at, 8)
  let ofFirst = i64x2.splat(0)
  let ofSecond = i64x2.splat(0)
  for (let other = means; other < at; other += 16) {
    const pair = v128.load(other)
    ofFirst = i64x2.sub(ofFirst, f64x2.le(pair, first))
    ofSecond = i64x2.sub(ofSecond, f64x2.le(pair, second))
  }
  for (let other = at + 16; other < end; other += 16) {
    const pair = v128.load(other)
    ofFirst = i64x2.sub(ofFirst, f64x2.lt(pair, first))
    ofSecond = i64x2.sub(ofSecond, f64x2.lt(pair, second))
  }
  const isTurned = load<f64>(at, 8) < load<f64>(at)
  const either = i64x2.add(
    i8x16.shuffle(ofFirst, ofSecond, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(ofFirst, ofSecond, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  )
  return i64x2.add(either, isTurned ? i64x2(1, 0) : i64x2(0, 1))
}

/** Writes the best split of one feature: gain (0 or less = none), sum of the left side, cut, whether missing goes left. */
export function searchFeature(
  bins: usize,
  feature: usize,
  result: usize,
  sum: i64,
  counts: usize,
  bounds: i32,
  scratch: usize,
): void {
  const binCount = load<i32>(feature)
  const isNumber = load<i32>(feature, 4) == 0
  store<f64>(result, 0)
  if (!isNumber) {
    const count = orderCategories(bins, binCount + 1, scratch)
    const chance = number(5) * <f64>max(count - 2, 0)
    scan(bins, scratch + orderAt, count, count - 1, 0, false, chance, feature, result, sum, counts, bounds)
    return
  }
  const missing = load<i64>(bins + (<usize>binCount << 3))
  const cuts = missing == 0 ? binCount - 1 : binCount
  scan(bins, 0, binCount, cuts, 0, false, 0, feature, result, sum, counts, bounds)
  if (missing != 0) scan(bins, 0, binCount, binCount - 1, missing, true, 0, feature, result, sum, counts, bounds)
}

@inline
function scan(
  bins: usize,
  order: usize,
  count: i32,
  cuts: i32,
  start: i64,
  missingLeft: bool,
  chance: f64,
  feature: usize,
  result: usize,
  sum: i64,
  counts: usize,
  bounds: i32,
): void {
  if (argument(14) != 0 || counts != 0) {
    scanBounded(bins, order, count, cuts, start, missingLeft, chance, feature, result, sum, counts, bounds)
  } else if (order != 0 || number(2) != 0) {
    scanOrdered(bins, order, cuts, start, missingLeft, chance, result, sum)
  } else {
    scanPlain(bins, cuts, start, missingLeft, result, sum)
  }
}

/**
 * Tries every cut of the bins in their order, two at a time. The gain is compared as a fraction, a / b > c / d as
 * a d > c b, so that no bin costs a division. A cut behind the last has nothing on its right: it is never taken.
 */
export function scanPlain(bins: usize, cuts: i32, start: i64, missingLeft: bool, result: usize, sum: i64): void {
  const none = i64x2.splat(0)
  const l2 = f64x2.splat(number(3))
  const least = f64x2.splat(<f64>(<u32>argument(13)))
  const total = f64x2.splat(gradientOf(sum))
  const totalHessian = f64x2.splat(hessianOf(sum))
  const whole = (gradientOf(sum) * gradientOf(sum)) / (hessianOf(sum) + number(3))
  let bestTop = f64x2.splat(whole + max(load<f64>(result), number(4)))
  let bestBottom = f64x2.splat(1)
  let best: i64 = 0
  let bestCut = 0
  let left = i64x2.splat(start)
  const end = bins + (<usize>cuts << 3)
  let at = bins
  // From the first bin that has rows: a later one without any is the cut before it over again, and no better.
  while (at < end && load<i64>(at) == 0) at += 8
  for (; at < end; at += 16) {
    const cells = v128.load(at)
    left = i64x2.add(left, cells)
    left = i64x2.add(left, i8x16.shuffle(none, cells, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23))
    const words = i8x16.shuffle(left, left, 0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15)
    const gl = f64x2.convert_low_i32x4_s(i8x16.shuffle(words, words, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15))
    const gr = f64x2.sub(total, gl)
    const below = f64x2.convert_low_i32x4_u(words)
    const above = f64x2.sub(totalHessian, below)
    const hl = f64x2.add(below, l2)
    const hr = f64x2.add(above, l2)
    const top = f64x2.add(f64x2.mul(f64x2.mul(gl, gl), hr), f64x2.mul(f64x2.mul(gr, gr), hl))
    const bottom = f64x2.mul(hl, hr)
    const allowed = f64x2.ge(f64x2.pmin(below, above), least)
    let better = v128.and(f64x2.gt(f64x2.mul(top, bestBottom), f64x2.mul(bestTop, bottom)), allowed)
    if (i64x2.bitmask(better) != 0) {
      if ((i64x2.bitmask(better) & 1) != 0) {
        bestTop = f64x2.splat(f64x2.extract_lane(top, 0))
        bestBottom = f64x2.splat(f64x2.extract_lane(bottom, 0))
        best = i64x2.extract_lane(left, 0)
        bestCut = <i32>((at - bins) >> 3) + 1
        better = v128.and(f64x2.gt(f64x2.mul(top, bestBottom), f64x2.mul(bestTop, bottom)), allowed)
      }
      if ((i64x2.bitmask(better) & 2) != 0) {
        bestTop = f64x2.splat(f64x2.extract_lane(top, 1))
        bestBottom = f64x2.splat(f64x2.extract_lane(bottom, 1))
        best = i64x2.extract_lane(left, 1)
        bestCut = <i32>((at - bins) >> 3) + 2
      }
    }
    left = i8x16.shuffle(left, left, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
  }
  const gain = f64x2.extract_lane(bestTop, 0) / f64x2.extract_lane(bestBottom, 0) - whole
  if (bestCut > 0) keep(result, gain, best, bestCut, missingLeft)
}

/** The same for bins in any order, less what chance gains by putting them in order, and with the l1 penalty. */
export function scanOrdered(
  bins: usize,
  order: usize,
  cuts: i32,
  start: i64,
  missingLeft: bool,
  chance: f64,
  result: usize,
  sum: i64,
): void {
  const l1 = number(2)
  const l2 = number(3)
  const least = <u32>argument(13)
  const whole = square(shrunk(gradientOf(sum), l1)) / (hessianOf(sum) + l2)
  let bestTop = whole + max(load<f64>(result), number(4)) + chance
  let bestBottom: f64 = 1
  let best: i64 = 0
  let bestCut = 0
  let left = start
  for (let place = 0; place < cuts; place++) {
    const bin = order == 0 ? <usize>place : <usize>load<u8>(order + <usize>place)
    left += load<i64>(bins + (bin << 3))
    if (<u32>left < least) continue
    const right = sum - left
    if (<u32>right < least) break
    const hl = hessianOf(left) + l2
    const hr = hessianOf(right) + l2
    const top = square(shrunk(gradientOf(left), l1)) * hr + square(shrunk(gradientOf(right), l1)) * hl
    const bottom = hl * hr
    if (top * bestBottom > bestTop * bottom) {
      bestTop = top
      bestBottom = bottom
      best = left
      bestCut = place + 1
    }
  }
  if (bestCut > 0) keep(result, bestTop / bestBottom - whole - chance, best, bestCut, missingLeft)
}

/** The same where the values of leaves are bounded, or the weight of the rows of either side is known and counts. */
export function scanBounded(
  bins: usize,
  order: usize,
  count: i32,
  cuts: i32,
  start: i64,
  missingLeft: bool,
  chance: f64,
  feature: usize,
  result: usize,
  sum: i64,
  counts: usize,
  bounds: i32,
): void {
  const l1 = number(2)
  const l2 = number(3)
  const least = <u32>argument(13)
  const lower = number(bounds)
  const upper = number(bounds + 1)
  const monotone = order == 0 ? <f64>load<i32>(feature, 12) : 0
  const whole = scoreOf(sum, valueOf(sum, l1, l2, lower, upper), l1, l2)
  let bestGain = max(load<f64>(result), number(4)) + chance
  let best: i64 = 0
  let bestCut = 0
  let left = start
  const leastWeight = number(11)
  let weight: f64 = 0
  let allWeight: f64 = 0
  if (counts != 0) {
    for (let bin = 0; bin <= load<i32>(feature); bin++) allWeight += load<f64>(counts + (<usize>bin << 3))
    if (missingLeft) weight = load<f64>(counts + (<usize>count << 3))
  }
  for (let place = 0; place < cuts; place++) {
    const bin = order == 0 ? <usize>place : <usize>load<u8>(order + <usize>place)
    const cell = load<i64>(bins + (bin << 3))
    // Without rows it is the cut before it over again, and no better.
    if (cell == 0 && place > 0) continue
    left += cell
    if (counts != 0) {
      weight += load<f64>(counts + (bin << 3))
      if (weight < leastWeight || allWeight - weight < leastWeight) continue
    }
    const right = sum - left
    if (<u32>left < least || <u32>right < least) continue
    const leftValue = valueOf(left, l1, l2, lower, upper)
    const rightValue = valueOf(right, l1, l2, lower, upper)
    if (monotone * (rightValue - leftValue) < 0) continue
    const gain = scoreOf(left, leftValue, l1, l2) + scoreOf(right, rightValue, l1, l2) - whole
    if (gain > bestGain) {
      bestGain = gain
      best = left
      bestCut = place + 1
    }
  }
  if (bestCut > 0) keep(result, bestGain - chance, best, bestCut, missingLeft)
}

/** What a leaf of these rows would answer, within its bounds. */
@inline
function valueOf(sum: i64, l1: f64, l2: f64, lower: f64, upper: f64): f64 {
  return min(max(-shrunk(gradientOf(sum), l1) / (hessianOf(sum) + l2), lower), upper)
}

/** What a leaf with that value takes off the loss, times 2. */
@inline
function scoreOf(sum: i64, value: f64, l1: f64, l2: f64): f64 {
  return -(2 * gradientOf(sum) * value + (hessianOf(sum) + l2) * value * value + 2 * l1 * abs(value))
}

@inline
function square(value: f64): f64 {
  return value * value
}

@inline
function keep(result: usize, gain: f64, left: i64, cut: i32, missingLeft: bool): void {
  store<f64>(result, gain)
  store<i64>(result, left, 8)
  store<i32>(result, cut, 16)
  store<i32>(result, missingLeft ? 1 : 0, 20)
}
