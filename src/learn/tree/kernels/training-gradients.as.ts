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
  const one = f64x2.splat(1)
  let row = begin
  for (; row + 1 < end; row += 2) {
    const score = v128.load(margin + (<usize>row << 3))
    const e = exponential(f64x2.neg(score))
    const p = f64x2.div(one, f64x2.add(one, e))
    const y = f64x2.convert_low_i32x4_u(
      v128.and(i32x4(<i32>load<u8>(outcome + <usize>row), <i32>load<u8>(outcome + <usize>row, 1), 0, 0), i32x4.splat(1)),
    )
    const g = f64x2.nearest(f64x2.mul(f64x2.sub(p, y), f64x2.splat(gradientUnits)))
    const h = f64x2.nearest(f64x2.mul(f64x2.mul(p, f64x2.sub(one, p)), f64x2.splat(hessianUnits)))
    const gi = i32x4.trunc_sat_f64x2_s_zero(g)
    const hi = i32x4.trunc_sat_f64x2_s_zero(h)
    v128.store(statistics + (<usize>row << 3), i8x16.shuffle(hi, gi, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23))
  }
  if (row < end) {
    const e = f64x2.extract_lane(exponential(f64x2.splat(-load<f64>(margin + (<usize>row << 3)))), 0)
    const p = 1 / (1 + e)
    const y = <f64>(load<u8>(outcome + <usize>row) & 1)
    const at = statistics + (<usize>row << 3)
    store<i32>(at, <i32>nearest(p * (1 - p) * hessianUnits))
    store<i32>(at, <i32>nearest((p - y) * gradientUnits), 4)
  }
}

/**
 * e^x for x within ±40, to 1e-10 of it: 2^n e^r with a polynomial in r. Written out in single operations, which give
 * the same bits in every language and on every processor; the exponential of a platform need not.
 */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const bound = f64x2.max(f64x2.min(x, f64x2.splat(40)), f64x2.splat(-40))
  const n = f64x2.nearest(f64x2.mul(bound, f64x2.splat(1.4426950408889634)))
  const r = f64x2.sub(bound, f64x2.mul(n, f64x2.splat(0.6931471805599453)))
  let sum = f64x2.splat(1.0 / 40320.0)
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 5040.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 720.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 120.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 24.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 6.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(0.5))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1))
  const power = i64x2.shl(i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(n)), 52)
  return i64x2.add(sum, power)
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

export function addUp(statistics: usize, role: usize, weights: usize, begin: i32, end: i32, sums: usize): void {
  let below: i64 = 0
  let above: i64 = 0
  let hessian: i64 = 0
  for (let row = begin; row < end; row++) {
    if (role != 0 && load<u8>(role + <usize>row) != 0) continue
    const at = statistics + (<usize>row << 3)
    const g = load<i32>(at, 4)
    const weight: i64 = weights == 0 ? 1 : <i64>load<u32>(weights + (<usize>row << 2))
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
  const gradientHalf = gradientShift > 0 ? 1 << (gradientShift - 1) : 0
  const hessianHalf = hessianShift > 0 ? 1 << (hessianShift - 1) : 0
  for (let row = begin; row < end; row++) {
    const at = statistics + (<usize>row << 3)
    const g = (load<i32>(at, 4) + gradientHalf) >> gradientShift
    const h = max<i32>((load<i32>(at) + hessianHalf) >> hessianShift, 1)
    store<i64>(at, (<i64>g << 32) + <i64>h)
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
