// Resamples of a sorted form, and the headline figures of each. Draws and figures are those of multinomialDraw and of
// readCells in TypeScript, to the bit: random numbers and float64 operations in the same order.

// xoshiro128** 1.1, its state filled by splitmix32
let a: u32 = 0
let b: u32 = 0
let c: u32 = 0
let d: u32 = 0

export function seedRandom(seed: u32): void {
  a = mixed(seed + 0x9e3779b9)
  b = mixed(seed + <u32>2 * 0x9e3779b9)
  c = mixed(seed + <u32>3 * 0x9e3779b9)
  d = mixed(seed + <u32>4 * 0x9e3779b9)
}

function mixed(state: u32): u32 {
  let z = state ^ (state >>> 16)
  z *= 0x21f0aaad
  z ^= z >>> 15
  z *= 0x735a2d97
  return z ^ (z >>> 15)
}

// Counts how often each of `draws` places is drawn, in one byte: once in more than 10^500 resamples a place is drawn more
// than 255 times.
export function drawPlaces(places: usize, draws: u32): void {
  memory.fill(places, 0, draws)
  // Products of whole numbers are those of float64, several times as fast, as long as these are exact
  const isExact = draws <= 1 << 21
  const scale = <f64>draws / 4294967296.0
  let s0 = a
  let s1 = b
  let s2 = c
  let s3 = d
  for (let left = draws; left > 0; left--) {
    const number = rotl(s1 * 5, 7) * 9
    const t = s1 << 9
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = rotl(s3, 11)
    const place =
      places + <usize>(isExact ? (<u64>number * <u64>draws) >> 32 : <u64>(<f64>number * scale))
    store<u8>(place, load<u8>(place) + 1)
  }
  a = s0
  b = s1
  c = s2
  d = s3
}

// Counts of units of several places.
export function sumPlaces(places: usize, copies: usize, units: u32, times: usize): void {
  let place = places
  for (let unit: u32 = 0; unit < units; unit++) {
    let sum: i32 = 0
    for (const after = place + load<u32>(copies + (unit << 2)); place < after; place++) sum += load<u8>(place)
    store<i32>(times + (unit << 2), sum)
  }
}

export function sumBytes(counts: usize, first: u32, end: u32): f64 {
  return <f64>sumOf<u8>(counts, first, end)
}

export function sumWords(counts: usize, first: u32, end: u32): f64 {
  return <f64>sumOf<i32>(counts, first, end)
}

// @ts-ignore: decorator
@inline
function sumOf<Count>(counts: usize, first: u32, end: u32): i64 {
  let sum: i64 = 0
  for (let unit = first; unit < end; unit++) sum += <i64>countAt<Count>(counts, unit)
  return sum
}

// @ts-ignore: decorator
@inline
function countAt<Count>(counts: usize, unit: u32): Count {
  return load<Count>(counts + (<usize>unit << alignof<Count>()))
}

export function readBytes(sheet: usize, counts: usize, groups: u32, churners: f64, customers: f64, places: f64): void {
  read<u8>(sheet, counts, groups, churners, customers, places)
}

export function readWords(sheet: usize, counts: usize, groups: u32, churners: f64, customers: f64, places: f64): void {
  read<i32>(sheet, counts, groups, churners, customers, places)
}

// A group in a sheet: its probability, the losses of a churner and of a stayer, and the units of its churners and stayers
const groupBytes: usize = 32

// The figures are put before the sheet.
// @ts-ignore: decorator
@inline
function read<Count>(
  sheet: usize,
  counts: usize,
  groups: u32,
  churners: f64,
  customers: f64,
  places: f64,
): void {
  const stayers = customers - churners
  let caught: f64 = 0
  let spent: f64 = 0
  let contacted: f64 = 0
  let pairsInOrder: f64 = 0
  let precision: f64 = 0
  let squares: f64 = 0
  let distance: f64 = 0
  let loss: f64 = 0
  const end = sheet + <usize>groups * groupBytes
  for (let group = sheet; group < end; group += groupBytes) {
    const leaving = <f64>countAt<Count>(counts, load<u32>(group, 24))
    const staying = <f64>countAt<Count>(counts, load<u32>(group, 28))
    const p = load<f64>(group)
    pairsInOrder += staying * (caught + leaving * 0.5)
    caught += leaving
    spent += staying
    contacted += leaving + staying
    squares += leaving * (1 - p) * (1 - p) + staying * p * p
    loss -= leaving * load<f64>(group, 8)
    loss -= staying * load<f64>(group, 16)
    if (leaving > 0) precision += (leaving / churners) * (caught / contacted)
    if (leaving > 0 || caught * stayers < spent * churners * (1 + 1e-9))
      distance = max(distance, abs(caught / churners - spent / stayers))
  }
  const figures = sheet - 48
  store<f64>(figures, pairsInOrder / (churners * stayers), 0)
  store<f64>(figures, precision, 8)
  store<f64>(figures, squares / customers, 16)
  store<f64>(figures, churnersInTop<Count>(sheet, counts, groups, places) / places / (churners / customers), 24)
  store<f64>(figures, distance, 32)
  store<f64>(figures, loss / customers, 40)
}

// @ts-ignore: decorator
@inline
function churnersInTop<Count>(sheet: usize, counts: usize, groups: u32, places: f64): f64 {
  const nearlyAll = places * (1 - 1e-12)
  const last = sheet + <usize>(groups - 1) * groupBytes
  let group = sheet
  let contacted: f64 = 0
  let caught: f64 = 0
  let leaving = <f64>countAt<Count>(counts, load<u32>(group, 24))
  let size = leaving + <f64>countAt<Count>(counts, load<u32>(group, 28))
  while (group != last && contacted + size < nearlyAll) {
    contacted += size
    caught += leaving
    group += groupBytes
    leaving = <f64>countAt<Count>(counts, load<u32>(group, 24))
    size = leaving + <f64>countAt<Count>(counts, load<u32>(group, 28))
  }
  return caught + leaving * (size <= places - contacted ? 1 : (places - contacted) / size)
}
