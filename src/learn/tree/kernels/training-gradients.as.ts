// Gradients and hessians of log loss as whole numbers, one 64-bit word a row: gradient high, hessian low.
import { address, argument, number, shareBegin } from './training-control.as'

/** Units in a gradient of 1 before it is packed. */
const gradientUnits: f64 = 16777216
/** Units in a hessian of 1 before it is packed. */
const hessianUnits: f64 = 67108864

/**
 * Writes gradient and hessian of each row in units of 2^-24 and 2^-26.
 *
 * 0 margin, 1 outcome, 2 statistics, 3 rowCount
 */
export function logLossGradients(thread: i32): void {
  const rowCount = argument(3)
  rawGradients(
    address(0),
    address(1),
    address(2),
    shareBegin(rowCount, thread, 64),
    shareBegin(rowCount, thread + 1, 64),
  )
}

export function rawGradients(margin: usize, outcome: usize, statistics: usize, begin: i32, end: i32): void {
  let row = begin
  for (; row + 3 < end; row += 4) {
    const scores = margin + (<usize>row << 3)
    const outcomes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(outcome + <usize>row)))
    const first = probability(v128.load(scores))
    const second = probability(v128.load(scores, 16))
    const gradients = wholes(
      gradientOf(first, f64x2.convert_low_i32x4_u(outcomes)),
      gradientOf(second, f64x2.convert_low_i32x4_u(i8x16.shuffle(outcomes, outcomes, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))),
    )
    const hessians = wholes(hessianOf(first), hessianOf(second))
    const target = statistics + (<usize>row << 3)
    // Both words of four rows at once: the two halves, which wait for each other nowhere, are computed side by side.
    v128.store(target, i8x16.shuffle(hessians, gradients, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23))
    v128.store(target, i8x16.shuffle(hessians, gradients, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31), 16)
  }
  for (; row < end; row++) {
    const p = probability(f64x2.splat(load<f64>(margin + (<usize>row << 3))))
    const gradients = gradientOf(p, f64x2.splat(<f64>load<u8>(outcome + <usize>row)))
    const words = wholes(hessianOf(p), gradients)
    v128.store64_lane(statistics + (<usize>row << 3), i8x16.shuffle(words, words, 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11), 0)
  }
}

@inline
function probability(score: v128): v128 {
  const one = f64x2.splat(1)
  return f64x2.div(one, f64x2.add(one, exponential(f64x2.neg(score))))
}

@inline
function gradientOf(p: v128, outcome: v128): v128 {
  return f64x2.mul(f64x2.sub(p, outcome), f64x2.splat(gradientUnits))
}

@inline
function hessianOf(p: v128): v128 {
  return f64x2.mul(f64x2.mul(p, f64x2.sub(f64x2.splat(1), p)), f64x2.splat(hessianUnits))
}

/** Rounds four numbers to whole ones, halves to even. */
@inline
function wholes(first: v128, second: v128): v128 {
  const a = f64x2.add(first, f64x2.splat(rounder))
  const b = f64x2.add(second, f64x2.splat(rounder))
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
}

/** Added to a number and taken off again, rounds it to a whole one, half to even; its low bits are that one. */
const rounder: f64 = 6755399441055744

/**
 * e^x for x within ±40, to 1e-10 of it: 2^n e^r with a polynomial in r. Written out in single operations, which give
 * the same bits in every language and on every processor; the exponential of a platform need not.
 */
@inline
function exponential(x: v128): v128 {
  const bound = f64x2.pmax(f64x2.pmin(x, f64x2.splat(40)), f64x2.splat(-40))
  const shifted = f64x2.add(f64x2.mul(bound, f64x2.splat(1.4426950408889634)), f64x2.splat(rounder))
  const n = f64x2.sub(shifted, f64x2.splat(rounder))
  const r = f64x2.sub(bound, f64x2.mul(n, f64x2.splat(0.6931471805599453)))
  // Pair by pair: a chain of eight steps would wait for itself.
  const r2 = f64x2.mul(r, r)
  const r4 = f64x2.mul(r2, r2)
  const c01 = f64x2.add(r, f64x2.splat(1))
  const c23 = f64x2.add(f64x2.mul(r, f64x2.splat(1.0 / 6.0)), f64x2.splat(0.5))
  const c45 = f64x2.add(f64x2.mul(r, f64x2.splat(1.0 / 120.0)), f64x2.splat(1.0 / 24.0))
  const c67 = f64x2.add(f64x2.mul(r, f64x2.splat(1.0 / 5040.0)), f64x2.splat(1.0 / 720.0))
  const low = f64x2.add(f64x2.mul(c23, r2), c01)
  const high = f64x2.add(f64x2.add(f64x2.mul(c67, r2), c45), f64x2.mul(r4, f64x2.splat(1.0 / 40320.0)))
  const sum = f64x2.add(f64x2.mul(high, r4), low)
  // Whatever lies above the low 12 bits of `shifted` is shifted out.
  return i64x2.add(sum, i64x2.shl(shifted, 52))
}

/**
 * Adds up, per thread, the gradients of either sign and the hessians, each in units of 256 of theirs, weighted.
 *
 * 0 statistics, 1 role or 0, 2 weights or 0, 3 rowCount, 4 sums (8 float64 a thread)
 */
export function sumGradients(thread: i32): void {
  const rowCount = argument(3)
  addUp(
    address(0),
    address(1),
    address(2),
    shareBegin(rowCount, thread, 64),
    shareBegin(rowCount, thread + 1, 64),
    address(4) + (<usize>thread << 6),
  )
}

/** Rows whose sums of values below 2^18 stay within 32 bits. */
const blockRows: i32 = 8192

export function addUp(statistics: usize, role: usize, weights: usize, begin: i32, end: i32, sums: usize): void {
  if (weights == 0) addUpUnweighted(statistics, role, begin, end, sums)
  else addUpWeighted(statistics, role, weights, begin, end, sums)
}

/** Two rows at a time; blocks are summed in 32 bits. */
export function addUpUnweighted(statistics: usize, role: usize, begin: i32, end: i32, sums: usize): void {
  const rounding = i32x4.splat(255)
  const zero = i32x4.splat(0)
  let below: i64 = 0
  let above: i64 = 0
  let hessian: i64 = 0
  for (let first = begin; first < end; first += blockRows) {
    const last = min(first + blockRows, end)
    let up = zero
    let down = zero
    for (let row = first; row < last; row += 2) {
      const at = statistics + (<usize>row << 3)
      let pair = row + 1 < last ? v128.load(at) : v128.load64_zero(at)
      if (role != 0) pair = v128.and(pair, trains(role + <usize>row))
      up = i32x4.add(up, i32x4.shr_u(i32x4.add(i32x4.max_s(pair, zero), rounding), 8))
      down = i32x4.add(down, i32x4.shr_u(i32x4.add(i32x4.max_s(i32x4.neg(pair), zero), rounding), 8))
    }
    hessian += <i64>i32x4.extract_lane(up, 0) + <i64>i32x4.extract_lane(up, 2)
    above += <i64>i32x4.extract_lane(up, 1) + <i64>i32x4.extract_lane(up, 3)
    below += <i64>i32x4.extract_lane(down, 1) + <i64>i32x4.extract_lane(down, 3)
  }
  store<f64>(sums, <f64>below)
  store<f64>(sums, <f64>above, 8)
  store<f64>(sums, <f64>hessian, 16)
}

/** All bits of the first and the second eight bytes where the first and the second of two rows have role 0. */
@inline
function trains(role: usize): v128 {
  const is = i8x16.eq(v128.load16_lane(role, i8x16.splat(1), 0), i8x16.splat(0))
  return i64x2.extend_low_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(is)))
}

export function addUpWeighted(
  statistics: usize,
  role: usize,
  weights: usize,
  begin: i32,
  end: i32,
  sums: usize,
): void {
  let below: i64 = 0
  let above: i64 = 0
  let hessian: i64 = 0
  for (let row = begin; row < end; row++) {
    if (role != 0 && load<u8>(role + <usize>row) != 0) continue
    const at = statistics + (<usize>row << 3)
    const g = load<i32>(at, 4)
    const weight = <i64>load<u32>(weights + (<usize>row << 2))
    const down = <i64>((max<i32>(-g, 0) + 255) >> 8)
    const up = <i64>((max<i32>(g, 0) + 255) >> 8)
    below += down * weight
    above += up * weight
    hessian += <i64>((load<u32>(at) + 255) >> 8) * weight
  }
  store<f64>(sums, <f64>below)
  store<f64>(sums, <f64>above, 8)
  store<f64>(sums, <f64>hessian, 16)
}

/**
 * Turns raw gradients into the units of the tree, coarse enough for the sums of all rows to fit into 32 bits.
 *
 * 0 statistics, 1 weights or 0, 2 weights are whole, 3 rowCount, 4 gradient shift, 5 hessian shift
 */
export function packGradients(thread: i32): void {
  const rowCount = argument(3)
  const begin = shareBegin(rowCount, thread, 64)
  const end = shareBegin(rowCount, thread + 1, 64)
  const statistics = address(0)
  if (address(1) == 0) packUnweighted(statistics, begin, end, argument(4), argument(5))
  else packWeighted(statistics, address(1), argument(2), begin, end, argument(4), argument(5))
}

export function packUnweighted(statistics: usize, begin: i32, end: i32, gradientShift: i32, hessianShift: i32): void {
  const gradientHalf = i32x4.splat(gradientShift > 0 ? 1 << (gradientShift - 1) : 0)
  const hessianHalf = i32x4.splat(hessianShift > 0 ? 1 << (hessianShift - 1) : 0)
  const one = i32x4.splat(1)
  let row = begin
  for (; row + 1 < end; row += 2) {
    const at = statistics + (<usize>row << 3)
    const pair = v128.load(at)
    const g = i32x4.shr_s(i32x4.add(pair, gradientHalf), gradientShift)
    const h = i32x4.max_s(i32x4.shr_s(i32x4.add(pair, hessianHalf), hessianShift), one)
    v128.store(at, i8x16.shuffle(h, g, 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31))
  }
  if (row < end) {
    const at = statistics + (<usize>row << 3)
    const pair = v128.load64_zero(at)
    const g = i32x4.shr_s(i32x4.add(pair, gradientHalf), gradientShift)
    const h = i32x4.max_s(i32x4.shr_s(i32x4.add(pair, hessianHalf), hessianShift), one)
    v128.store64_lane(at, i8x16.shuffle(h, g, 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31), 0)
  }
}

/** Whole weights multiply what has been rounded, so that weight 2 is the row twice; others are rounded with it. */
export function packWeighted(
  statistics: usize,
  weights: usize,
  whole: i32,
  begin: i32,
  end: i32,
  gradientShift: i32,
  hessianShift: i32,
): void {
  const gradientHalf: i64 = gradientShift > 0 ? <i64>1 << (gradientShift - 1) : 0
  const hessianHalf: i64 = hessianShift > 0 ? <i64>1 << (hessianShift - 1) : 0
  for (let row = begin; row < end; row++) {
    const at = statistics + (<usize>row << 3)
    const weight = <i64>load<u32>(weights + (<usize>row << 2))
    const inside: i64 = whole != 0 ? 1 : weight
    const outside: i64 = whole != 0 ? weight : 1
    const g = ((<i64>load<i32>(at, 4) * inside + gradientHalf) >> gradientShift) * outside
    const h = max<i64>((<i64>load<u32>(at) * inside + hessianHalf) >> hessianShift, 1) * outside
    store<i64>(at, (g << 32) + h)
  }
}
