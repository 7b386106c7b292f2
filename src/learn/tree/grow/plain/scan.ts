// Trying every cut of a feature; as ../kernels/training-scan.as.ts. The order of the operations is the same, and so are
// the results to the bit.
import type { KernelViews } from './kernelViews.js'

/** A feature of a node whose cuts are tried. Places in the memory are words. */
export interface Scan {
  /** Place of the sums of its bins, that of missing values last. */
  readonly bins: number
  readonly binCount: number
  /** The bins in the order in which they go left; null = as they are numbered. */
  readonly order: Uint8Array | null
  /** What chance gains by putting the bins in order. */
  readonly chance: number
  /** 1 = more must not lower the answer, -1 = must not raise it, 0 = either. */
  readonly direction: number
  readonly result: number
  /** Place of the sum over the rows of the node. */
  readonly sum: number
  /** Index of the weight of the rows per bin; -1 where it does not count. */
  readonly counts: number
  /** Index of the lower bound of the node's value; the upper one is the next. */
  readonly bounds: number
}

/**
 * Tries every cut of the bins in their order. The gain is compared as a fraction, a / b > c / d as a d > c b, so that
 * no bin costs a division.
 */
export function scanPlain(views: KernelViews, scan: Scan, cuts: number, missingLeft: boolean): void {
  const { words, unsignedWords } = views
  const { bins, binCount, result, sum } = scan
  const l2 = views.number(3)
  const least = views.address(13)
  const [totalHessian, total] = [unsignedWords[sum]!, words[sum + 1]!]
  const whole = (total * total) / (totalHessian + l2)
  let bestTop = whole + Math.max(views.numbers[result / 2]!, views.number(4))
  let bestBottom = 1
  let [bestGradient, bestHessian, bestCut] = [0, 0, 0]
  let hessian = missingLeft ? unsignedWords[bins + 2 * binCount]! : 0
  let gradient = missingLeft ? words[bins + 2 * binCount + 1]! : 0
  for (let bin = 0; bin < cuts; bin++) {
    const cellHessian = unsignedWords[bins + 2 * bin]!
    const cellGradient = words[bins + 2 * bin + 1]!
    if (cellHessian === 0 && cellGradient === 0) continue
    hessian += cellHessian
    gradient += cellGradient
    if (hessian < least) continue
    if (totalHessian - hessian < least) break
    const right = total - gradient
    const hl = hessian + l2
    const hr = totalHessian - hessian + l2
    const top = gradient * gradient * hr + right * right * hl
    const bottom = hl * hr
    if (top * bestBottom > bestTop * bottom) {
      bestTop = top
      bestBottom = bottom
      bestGradient = gradient
      bestHessian = hessian
      bestCut = bin + 1
    }
  }
  if (bestCut === 0) return
  keep(views, result, bestTop / bestBottom - whole, bestGradient, bestHessian, bestCut, missingLeft)
}

/** The same for bins in any order, less what chance gains by putting them in order, and with the l1 penalty. */
export function scanOrdered(views: KernelViews, scan: Scan, cuts: number, missingLeft: boolean): void {
  const { words, unsignedWords } = views
  const { bins, binCount, order, chance, result, sum } = scan
  const [l1, l2] = [views.number(2), views.number(3)]
  const least = views.address(13)
  const [totalHessian, total] = [unsignedWords[sum]!, words[sum + 1]!]
  const whole = square(shrunk(total, l1)) / (totalHessian + l2)
  let bestTop = whole + Math.max(views.numbers[result / 2]!, views.number(4)) + chance
  let bestBottom = 1
  let [bestGradient, bestHessian, bestCut] = [0, 0, 0]
  let hessian = missingLeft ? unsignedWords[bins + 2 * binCount]! : 0
  let gradient = missingLeft ? words[bins + 2 * binCount + 1]! : 0
  for (let place = 0; place < cuts; place++) {
    const at = bins + 2 * (order === null ? place : order[place]!)
    hessian += unsignedWords[at]!
    gradient += words[at + 1]!
    if (hessian < least) continue
    if (totalHessian - hessian < least) break
    const hl = hessian + l2
    const hr = totalHessian - hessian + l2
    const top = square(shrunk(gradient, l1)) * hr + square(shrunk(total - gradient, l1)) * hl
    const bottom = hl * hr
    if (top * bestBottom > bestTop * bottom) {
      bestTop = top
      bestBottom = bottom
      bestGradient = gradient
      bestHessian = hessian
      bestCut = place + 1
    }
  }
  if (bestCut === 0) return
  const gain = bestTop / bestBottom - whole - chance
  keep(views, result, gain, bestGradient, bestHessian, bestCut, missingLeft)
}

/** The same where the values of leaves are bounded, or the weight of the rows of either side is known and counts. */
export function scanBounded(views: KernelViews, scan: Scan, cuts: number, missingLeft: boolean): void {
  const { words, unsignedWords, numbers } = views
  const { bins, binCount, order, chance, result, sum, counts } = scan
  const limits = new LeafLimits(views, scan.bounds)
  const least = views.address(13)
  const leastWeight = views.number(11)
  const direction = order === null ? scan.direction : 0
  const [totalHessian, total] = [unsignedWords[sum]!, words[sum + 1]!]
  const whole = limits.scoreOf(total, totalHessian, limits.valueOf(total, totalHessian))
  let [bestGradient, bestHessian, bestCut] = [0, 0, 0]
  let bestGain = Math.max(numbers[result / 2]!, views.number(4)) + chance
  let hessian = missingLeft ? unsignedWords[bins + 2 * binCount]! : 0
  let gradient = missingLeft ? words[bins + 2 * binCount + 1]! : 0
  const allWeight = counts < 0 ? 0 : sumOf(numbers, counts, counts + binCount + 1)
  let weight = counts >= 0 && missingLeft ? numbers[counts + binCount]! : 0
  for (let place = 0; place < cuts; place++) {
    const bin = order === null ? place : order[place]!
    hessian += unsignedWords[bins + 2 * bin]!
    gradient += words[bins + 2 * bin + 1]!
    if (counts >= 0) {
      weight += numbers[counts + bin]!
      if (weight < leastWeight || allWeight - weight < leastWeight) continue
    }
    const rightHessian = totalHessian - hessian
    const right = total - gradient
    if (hessian < least || rightHessian < least) continue
    const leftValue = limits.valueOf(gradient, hessian)
    const rightValue = limits.valueOf(right, rightHessian)
    if (direction * (rightValue - leftValue) < 0) continue
    const gain =
      limits.scoreOf(gradient, hessian, leftValue) + limits.scoreOf(right, rightHessian, rightValue) - whole
    if (gain > bestGain) {
      bestGain = gain
      bestGradient = gradient
      bestHessian = hessian
      bestCut = place + 1
    }
  }
  if (bestCut === 0) return
  keep(views, result, bestGain - chance, bestGradient, bestHessian, bestCut, missingLeft)
}

/** What the leaves of a node may answer. */
class LeafLimits {
  readonly #l1: number
  readonly #l2: number
  readonly #lower: number
  readonly #upper: number

  constructor(views: KernelViews, bounds: number) {
    this.#l1 = views.number(2)
    this.#l2 = views.number(3)
    this.#lower = views.number(bounds)
    this.#upper = views.number(bounds + 1)
  }

  /** What a leaf of these rows would answer, within its bounds. */
  valueOf(gradient: number, hessian: number): number {
    return Math.min(Math.max(-shrunk(gradient, this.#l1) / (hessian + this.#l2), this.#lower), this.#upper)
  }

  /** What a leaf with that value takes off the loss, times 2. */
  scoreOf(gradient: number, hessian: number, value: number): number {
    return -(2 * gradient * value + (hessian + this.#l2) * value * value + 2 * this.#l1 * Math.abs(value))
  }
}

/** The gradient that is left after the l1 penalty. */
function shrunk(gradient: number, l1: number): number {
  const size = Math.max(Math.abs(gradient) - l1, 0)
  return gradient < 0 ? -size : size
}

function square(value: number): number {
  return value * value
}

function sumOf(numbers: Float64Array, begin: number, end: number): number {
  let total = 0
  for (let index = begin; index < end; index++) total += numbers[index]!
  return total
}

/** Writes the best cut. */
function keep(
  views: KernelViews,
  result: number,
  gain: number,
  gradient: number,
  hessian: number,
  cut: number,
  missingLeft: boolean,
): void {
  views.numbers[result / 2] = gain
  views.unsignedWords[result + 2] = hessian
  views.words[result + 3] = gradient
  views.words[result + 4] = cut
  views.words[result + 5] = missingLeft ? 1 : 0
}
