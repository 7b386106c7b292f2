// Sums of units per bin and class: cell `2 * bin + class` of 8 bytes. The hot loops of training. A flag per bin says
// which occur, so that neither reading nor clearing touches the others.

export function fillOne(entries: u32, count: u32, codes: u32, step: u32, cells: u32, flags: u32): void {
  const end = entries + (count << 3)
  for (let at = entries; at < end; at += 8) {
    const entry = load<u64>(at)
    const row = <u32>entry
    const code: u32 = load<u8>(codes + (row >>> 1) * step)
    const cell = cells + (((code << 1) | (row & 1)) << 3)
    store<u64>(cell, load<u64>(cell) + (entry >>> 32))
    store<u8>(flags + code, 1)
  }
}

// Two columns at a time: an entry is read once, and additions to one histogram do not wait for the other.
export function fillTwo(
  entries: u32,
  count: u32,
  step: u32,
  codes: u32,
  cells: u32,
  flags: u32,
  otherCodes: u32,
  otherCells: u32,
  otherFlags: u32,
): void {
  const end = entries + (count << 3)
  for (let at = entries; at < end; at += 8) {
    const entry = load<u64>(at)
    const row = <u32>entry
    const units = entry >>> 32
    const place = (row >>> 1) * step
    const half = row & 1
    const code: u32 = load<u8>(codes + place)
    const otherCode: u32 = load<u8>(otherCodes + place)
    const cell = cells + (((code << 1) | half) << 3)
    const otherCell = otherCells + (((otherCode << 1) | half) << 3)
    store<u64>(cell, load<u64>(cell) + units)
    store<u8>(flags + code, 1)
    store<u64>(otherCell, load<u64>(otherCell) + units)
    store<u8>(otherFlags + otherCode, 1)
  }
}

// Writes the bins that occur, ascending, 2 bytes each; clears their flags; returns how many they are.
export function listPresent(flags: u32, binCount: u32, present: u32): u32 {
  let count: u32 = 0
  for (let first: u32 = 0; first <= binCount; first += 16) {
    const vector = v128.load(flags + first)
    if (!v128.any_true(vector)) continue
    v128.store(flags + first, i64x2.splat(0))
    let bits: i32 = i8x16.bitmask(i8x16.neg(vector))
    while (bits != 0) {
      store<u16>(present + (count << 1), <u16>(first + ctz(bits)))
      count++
      bits &= bits - 1
    }
  }
  return count
}

export function clearCells(cells: u32, present: u32, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const bin: u32 = load<u16>(present + (index << 1))
    v128.store(cells + (bin << 4), i64x2.splat(0))
  }
}
