// Gradients and hessians as whole numbers, two words a row: hessian, gradient; as ../kernels/training-gradients.as.ts,
// which says what the arguments are.
import type { KernelViews } from './kernelViews.js'

/** Units in a gradient and a hessian of 1 before they are packed. */
const gradientUnits = 2 ** 24
const hessianUnits = 2 ** 26
/** Numbers below 2^51 have no room for a fraction beside it: adding it rounds them, halves to the even neighbour. */
const roundingTerm = 3 * 2 ** 51
const mostPower = 58
/** 2^n at n + 58: by multiplication, which is exact. */
const powersOfTwo = new Float64Array(2 * mostPower + 1)
powersOfTwo[mostPower] = 1
for (let n = 1; n <= mostPower; n++) {
  powersOfTwo[mostPower + n] = powersOfTwo[mostPower + n - 1]! * 2
  powersOfTwo[mostPower - n] = powersOfTwo[mostPower - n + 1]! / 2
}

export function logLossGradients(views: KernelViews, thread: number): void {
  const rowCount = views.argument(3)
  const begin = views.shareBegin(rowCount, thread, 64)
  const end = views.shareBegin(rowCount, thread + 1, 64)
  const margin = views.numbersAt(views.address(0), rowCount)
  const outcome = views.bytesAt(views.address(1), rowCount)
  const statistics = views.wordsAt(views.address(2), 2 * rowCount)
  for (let row = begin; row < end; row++) {
    const p = 1 / (1 + exponential(-margin[row]!))
    const y = outcome[row]!
    statistics[2 * row] = nearest(p * (1 - p) * hessianUnits)
    statistics[2 * row + 1] = nearest((p - y) * gradientUnits)
  }
}

/** The same single operations as in WebAssembly; a product with 2^n is what adding n to the exponent is there. */
function exponential(x: number): number {
  const bound = Math.max(Math.min(x, 40), -40)
  const n = nearest(bound * Math.LOG2E)
  const r = bound - n * Math.LN2
  const r2 = r * r
  const r4 = r2 * r2
  const low = (r * (1 / 6) + 0.5) * r2 + (r + 1)
  const high = (r * (1 / 5040) + 1 / 720) * r2 + (r * (1 / 120) + 1 / 24) + r4 * (1 / 40320)
  const sum = high * r4 + low
  return sum * powersOfTwo[n + mostPower]!
}

/** Rounds halves to even numbers, as processors do and Math.round does not. */
function nearest(value: number): number {
  return value + roundingTerm - roundingTerm
}

export function sumGradients(views: KernelViews, thread: number): void {
  const rowCount = views.argument(3)
  const end = views.shareBegin(rowCount, thread + 1, 64)
  const statistics = views.wordsAt(views.address(0), 2 * rowCount)
  const role = views.address(1) === 0 ? null : views.bytesAt(views.address(1), rowCount)
  const weights = views.address(2) === 0 ? null : views.unsignedWordsAt(views.address(2), rowCount)
  let [below, above, hessian] = [0, 0, 0]
  for (let row = views.shareBegin(rowCount, thread, 64); row < end; row++) {
    if (role !== null && role[row] !== 0) continue
    const gradient = statistics[2 * row + 1]!
    const weight = weights === null ? 1 : weights[row]!
    below += ((Math.max(-gradient, 0) + 255) >> 8) * weight
    above += ((Math.max(gradient, 0) + 255) >> 8) * weight
    hessian += ((statistics[2 * row]! + 255) >>> 8) * weight
  }
  views.numbersAt(views.address(4) + thread * 64, 3).set([below, above, hessian])
}

export function packGradients(views: KernelViews, thread: number): void {
  const rowCount = views.argument(3)
  const begin = views.shareBegin(rowCount, thread, 64)
  const end = views.shareBegin(rowCount, thread + 1, 64)
  const statistics = views.wordsAt(views.address(0), 2 * rowCount)
  const [gradientShift, hessianShift] = [views.argument(4), views.argument(5)]
  if (views.address(1) === 0) {
    packUnweighted(statistics, begin, end, gradientShift, hessianShift)
    return
  }
  const weights = views.unsignedWordsAt(views.address(1), rowCount)
  const whole = views.argument(2) !== 0
  packWeighted(statistics, weights, whole, begin, end, gradientShift, hessianShift)
}

function packUnweighted(
  statistics: Int32Array,
  begin: number,
  end: number,
  gradientShift: number,
  hessianShift: number,
): void {
  const gradientHalf = halfOf(gradientShift)
  const hessianHalf = halfOf(hessianShift)
  for (let row = begin; row < end; row++) {
    statistics[2 * row] = Math.max((statistics[2 * row]! + hessianHalf) >> hessianShift, 1)
    statistics[2 * row + 1] = (statistics[2 * row + 1]! + gradientHalf) >> gradientShift
  }
}

/** Whole weights multiply what has been rounded, others are rounded with it; products stay below 2^53. */
function packWeighted(
  statistics: Int32Array,
  weights: Uint32Array,
  whole: boolean,
  begin: number,
  end: number,
  gradientShift: number,
  hessianShift: number,
): void {
  const gradientHalf = halfOf(gradientShift)
  const hessianHalf = halfOf(hessianShift)
  const gradientStep = 2 ** gradientShift
  const hessianStep = 2 ** hessianShift
  for (let row = begin; row < end; row++) {
    const weight = weights[row]!
    const inside = whole ? 1 : weight
    const outside = whole ? weight : 1
    const gradient = statistics[2 * row + 1]! * inside + gradientHalf
    const hessian = (statistics[2 * row]! >>> 0) * inside + hessianHalf
    statistics[2 * row] = Math.max(Math.floor(hessian / hessianStep), 1) * outside
    statistics[2 * row + 1] = Math.floor(gradient / gradientStep) * outside
  }
}

function halfOf(shift: number): number {
  return shift > 0 ? 2 ** (shift - 1) : 0
}
