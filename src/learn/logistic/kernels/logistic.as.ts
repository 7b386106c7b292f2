// Sums over the scores of a block of rows, for logistic regression; plainScoreKernels.ts does the same in TypeScript.
// Rows lie one after the other, `width` scores each. Width and rows are multiples of 4.

/** Writes Σ coefficient × score of each row: four sums by the column's place in four, so that no addition waits. */
export function rowMargins(scores: usize, rows: i32, width: i32, coefficients: usize, margins: usize): void {
  const rowBytes = <usize>width << 3
  const end = margins + (<usize>rows << 3)
  while (margins < end) {
    let a0 = f64x2.splat(0)
    let a1 = f64x2.splat(0)
    let b0 = f64x2.splat(0)
    let b1 = f64x2.splat(0)
    for (let at: usize = 0; at < rowBytes; at += 32) {
      const c0 = v128.load(coefficients + at)
      const c1 = v128.load(coefficients + at, 16)
      a0 = f64x2.add(a0, f64x2.mul(c0, v128.load(scores + at)))
      a1 = f64x2.add(a1, f64x2.mul(c1, v128.load(scores + at, 16)))
      b0 = f64x2.add(b0, f64x2.mul(c0, v128.load(scores + rowBytes + at)))
      b1 = f64x2.add(b1, f64x2.mul(c1, v128.load(scores + rowBytes + at, 16)))
    }
    store<f64>(margins, total(f64x2.add(a0, a1)))
    store<f64>(margins, total(f64x2.add(b0, b1)), 8)
    scores += 2 * rowBytes
    margins += 16
  }
}

@inline
function total(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1)
}

/** Adds to each column's sum Σ pull × score over the rows, four rows at a time. */
export function addPulls(scores: usize, rows: i32, width: i32, pulls: usize, sums: usize): void {
  const rowBytes = <usize>width << 3
  const end = pulls + (<usize>rows << 3)
  for (; pulls < end; pulls += 32) {
    const a = v128.load64_splat(pulls)
    const b = v128.load64_splat(pulls, 8)
    const c = v128.load64_splat(pulls, 16)
    const d = v128.load64_splat(pulls, 24)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const first = scores + at
      const third = first + 2 * rowBytes
      let sum = f64x2.add(f64x2.mul(a, v128.load(first)), f64x2.mul(b, v128.load(first + rowBytes)))
      sum = f64x2.add(sum, f64x2.mul(c, v128.load(third)))
      sum = f64x2.add(sum, f64x2.mul(d, v128.load(third + rowBytes)))
      v128.store(sums + at, f64x2.add(v128.load(sums + at), sum))
    }
    scores += 4 * rowBytes
  }
}

/**
 * Adds to the sums of pairs, shape (width × width), Σ bend × score × other score over the rows: in squares of 4 × 4 whose
 * sums stay in registers, those on and below the diagonal. `bent` takes rows × width numbers.
 */
export function addPairs(scores: usize, rows: i32, width: i32, bends: usize, bent: usize, sums: usize): void {
  const rowBytes = <usize>width << 3
  const bytes = <usize>rows * rowBytes
  for (let row: usize = 0; row < bytes; row += rowBytes) {
    const bend = v128.load64_splat(bends)
    bends += 8
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(bent + row + at, f64x2.mul(bend, v128.load(scores + row + at)))
    }
  }
  for (let i: usize = 0; i < rowBytes; i += 32) {
    for (let j: usize = 0; j <= i; j += 32) {
      addSquare(bent + i, scores + j, bytes, rowBytes, sums + i * <usize>width + j)
    }
  }
}

function addSquare(left: usize, right: usize, bytes: usize, rowBytes: usize, sums: usize): void {
  let a0 = f64x2.splat(0)
  let a1 = f64x2.splat(0)
  let b0 = f64x2.splat(0)
  let b1 = f64x2.splat(0)
  let c0 = f64x2.splat(0)
  let c1 = f64x2.splat(0)
  let d0 = f64x2.splat(0)
  let d1 = f64x2.splat(0)
  const end = left + bytes
  for (; left < end; left += rowBytes, right += rowBytes) {
    const s0 = v128.load(right)
    const s1 = v128.load(right, 16)
    const a = v128.load64_splat(left)
    const b = v128.load64_splat(left, 8)
    const c = v128.load64_splat(left, 16)
    const d = v128.load64_splat(left, 24)
    a0 = f64x2.add(a0, f64x2.mul(a, s0))
    a1 = f64x2.add(a1, f64x2.mul(a, s1))
    b0 = f64x2.add(b0, f64x2.mul(b, s0))
    b1 = f64x2.add(b1, f64x2.mul(b, s1))
    c0 = f64x2.add(c0, f64x2.mul(c, s0))
    c1 = f64x2.add(c1, f64x2.mul(c, s1))
    d0 = f64x2.add(d0, f64x2.mul(d, s0))
    d1 = f64x2.add(d1, f64x2.mul(d, s1))
  }
  addTo(sums, a0, a1)
  addTo(sums + rowBytes, b0, b1)
  addTo(sums + 2 * rowBytes, c0, c1)
  addTo(sums + 3 * rowBytes, d0, d1)
}

@inline
function addTo(sums: usize, first: v128, second: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), first))
  v128.store(sums, f64x2.add(v128.load(sums, 16), second), 16)
}
