// From a column's values to ranks, shape (rows), 16 bits: the first condition of the feature that the value meets.

/** Added to a number in [0, 2^52) it leaves the number, rounded to an integer, in the low bits. */
const integerBits: f64 = 4503599627370496.0

/**
 * Ranks by a grid: cells of equal width over the thresholds, each of which knows the rank of its lower end; from there
 * at most `steps` comparisons. Four rows at a time; rows beyond the last are read and written too.
 */
export function numberRanks(
  values: usize,
  rows: i32,
  thresholds: usize,
  grid: usize,
  lastCell: f64,
  low: f64,
  scale: f64,
  steps: i32,
  ranks: usize,
): void {
  const lows = f64x2.splat(low)
  const scales = f64x2.splat(scale)
  const lasts = f64x2.splat(lastCell)
  const zeros = f64x2.splat(0)
  const integers = f64x2.splat(integerBits)
  const end = values + (<usize>rows << 3)
  while (values < end) {
    let a = f64x2.mul(f64x2.sub(v128.load(values), lows), scales)
    let b = f64x2.mul(f64x2.sub(v128.load(values, 16), lows), scales)
    a = f64x2.add(f64x2.pmin(lasts, f64x2.pmax(zeros, a)), integers)
    b = f64x2.add(f64x2.pmin(lasts, f64x2.pmax(zeros, b)), integers)
    let r0 = <u32>load<u16>(grid + (<usize>i32x4.extract_lane(a, 0) << 1))
    let r1 = <u32>load<u16>(grid + (<usize>i32x4.extract_lane(a, 2) << 1))
    let r2 = <u32>load<u16>(grid + (<usize>i32x4.extract_lane(b, 0) << 1))
    let r3 = <u32>load<u16>(grid + (<usize>i32x4.extract_lane(b, 2) << 1))
    const x0 = load<f64>(values)
    const x1 = load<f64>(values, 8)
    const x2 = load<f64>(values, 16)
    const x3 = load<f64>(values, 24)
    for (let step = 0; step < steps; step++) {
      r0 += <u32>(x0 > load<f64>(thresholds + (<usize>r0 << 3)))
      r1 += <u32>(x1 > load<f64>(thresholds + (<usize>r1 << 3)))
      r2 += <u32>(x2 > load<f64>(thresholds + (<usize>r2 << 3)))
      r3 += <u32>(x3 > load<f64>(thresholds + (<usize>r3 << 3)))
    }
    store<u16>(ranks, <u16>r0)
    store<u16>(ranks, <u16>r1, 2)
    store<u16>(ranks, <u16>r2, 4)
    store<u16>(ranks, <u16>r3, 6)
    values += 32
    ranks += 8
  }
}

/** Ranks by halving, for thresholds that no grid tells apart; at least 2 × `width` − 1 of them, `width` a power of 2. */
export function searchedRanks(
  values: usize,
  rows: i32,
  thresholds: usize,
  width: i32,
  ranks: usize,
): void {
  const end = values + (<usize>rows << 3)
  while (values < end) {
    const x0 = load<f64>(values)
    const x1 = load<f64>(values, 8)
    const x2 = load<f64>(values, 16)
    const x3 = load<f64>(values, 24)
    let r0: u32 = 0
    let r1: u32 = 0
    let r2: u32 = 0
    let r3: u32 = 0
    for (let jump = <u32>width; jump > 0; jump >>= 1) {
      const at = thresholds + (<usize>(jump - 1) << 3)
      r0 += x0 > load<f64>(at + (<usize>r0 << 3)) ? jump : 0
      r1 += x1 > load<f64>(at + (<usize>r1 << 3)) ? jump : 0
      r2 += x2 > load<f64>(at + (<usize>r2 << 3)) ? jump : 0
      r3 += x3 > load<f64>(at + (<usize>r3 << 3)) ? jump : 0
    }
    store<u16>(ranks, <u16>r0)
    store<u16>(ranks, <u16>r1, 2)
    store<u16>(ranks, <u16>r2, 4)
    store<u16>(ranks, <u16>r3, 6)
    values += 32
    ranks += 8
  }
}

/**
 * Ranks of texts: the model's category; `unseen` where it has none, and then the row's bit in `missing` is set too.
 * A code that is not below `dictionarySize` stands behind a missing bit.
 */
export function categoryRanks(
  codes: usize,
  rows: i32,
  categoryOf: usize,
  dictionarySize: i32,
  unseen: i32,
  missing: usize,
  ranks: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const code = load<u32>(codes + (<usize>row << 2))
    const known = code < <u32>dictionarySize
    const category = known ? load<i32>(categoryOf + (<usize>code << 2)) : unseen
    store<u16>(ranks + (<usize>row << 1), <u16>category)
    const word = missing + ((<usize>row >> 5) << 2)
    store<u32>(word, load<u32>(word) | (<u32>(category == unseen) << (row & 31)))
  }
}
