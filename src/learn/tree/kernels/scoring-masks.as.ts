// From ranks to masks: for each condition of a feature the rows that meet it, one bit a row, 512 rows a slot.

/** Bytes of a slot: row r of a group is bit `r & 7` of byte `r >> 3`. */
export const slotBytes: usize = 64

/** Sets in slot `rank` the bit of each row of the group. The rows of one byte lie far apart: no store waits for another. */
@inline
function scatterRows(ranks: usize, slots: usize): void {
  for (let bit: u32 = 0; bit < 8; bit++) {
    const mask = <u32>1 << bit
    for (let byte: usize = 0; byte < slotBytes; byte += 4) {
      const at = ranks + (byte << 4)
      const a = slots + (<usize>load<u16>(at) << 6) + byte
      store<u8>(a, load<u8>(a) | mask)
      const b = slots + (<usize>load<u16>(at, 16) << 6) + byte
      store<u8>(b, load<u8>(b, 1) | mask, 1)
      const c = slots + (<usize>load<u16>(at, 32) << 6) + byte
      store<u8>(c, load<u8>(c, 2) | mask, 2)
      const d = slots + (<usize>load<u16>(at, 48) << 6) + byte
      store<u8>(d, load<u8>(d, 3) | mask, 3)
    }
    ranks += 2
  }
}

/**
 * Slot c of `count` becomes the rows of rank at most c. `missing` is 0 or a mask of rows that go by `directions[c]`
 * instead: 255 to the left, 0 to the right. One more slot takes the rows that meet no condition.
 */
export function numberMasks(ranks: usize, slots: usize, count: i32, missing: usize, directions: usize): void {
  memory.fill(slots, 0, (<usize>count + 1) << 6)
  scatterRows(ranks, slots)
  let a = i64x2.splat(0)
  let b = i64x2.splat(0)
  let c = i64x2.splat(0)
  let d = i64x2.splat(0)
  const end = slots + (<usize>count << 6)
  if (missing == 0) {
    while (slots < end) {
      a = v128.or(a, v128.load(slots))
      b = v128.or(b, v128.load(slots, 16))
      c = v128.or(c, v128.load(slots, 32))
      d = v128.or(d, v128.load(slots, 48))
      v128.store(slots, a)
      v128.store(slots, b, 16)
      v128.store(slots, c, 32)
      v128.store(slots, d, 48)
      slots += slotBytes
    }
    return
  }
  const ma = v128.load(missing)
  const mb = v128.load(missing, 16)
  const mc = v128.load(missing, 32)
  const md = v128.load(missing, 48)
  while (slots < end) {
    a = v128.or(a, v128.load(slots))
    b = v128.or(b, v128.load(slots, 16))
    c = v128.or(c, v128.load(slots, 32))
    d = v128.or(d, v128.load(slots, 48))
    const direction = v128.load8_splat(directions)
    v128.store(slots, v128.bitselect(direction, a, ma))
    v128.store(slots, v128.bitselect(direction, b, mb), 16)
    v128.store(slots, v128.bitselect(direction, c, mc), 32)
    v128.store(slots, v128.bitselect(direction, d, md), 48)
    slots += slotBytes
    directions++
  }
}

/**
 * Masks of sets of categories. Each of the `count` conditions is a record of 32-bit words: direction of missing values
 * (0 or −1), complement (0 or −1), number of categories, the categories.
 */
export function setMasks(
  ranks: usize,
  slots: usize,
  count: i32,
  missing: usize,
  records: usize,
  categoryCount: i32,
  categorySlots: usize,
): void {
  memory.fill(categorySlots, 0, (<usize>categoryCount + 1) << 6)
  scatterRows(ranks, categorySlots)
  for (let condition = 0; condition < count; condition++) {
    const direction = v128.load32_splat(records)
    const complement = v128.load32_splat(records, 4)
    let left = load<i32>(records, 8)
    records += 12
    let a = i64x2.splat(0)
    let b = i64x2.splat(0)
    let c = i64x2.splat(0)
    let d = i64x2.splat(0)
    for (; left > 0; left--) {
      const slot = categorySlots + (<usize>load<u32>(records) << 6)
      a = v128.or(a, v128.load(slot))
      b = v128.or(b, v128.load(slot, 16))
      c = v128.or(c, v128.load(slot, 32))
      d = v128.or(d, v128.load(slot, 48))
      records += 4
    }
    v128.store(slots, v128.bitselect(direction, v128.xor(a, complement), v128.load(missing)))
    v128.store(slots, v128.bitselect(direction, v128.xor(b, complement), v128.load(missing, 16)), 16)
    v128.store(slots, v128.bitselect(direction, v128.xor(c, complement), v128.load(missing, 32)), 32)
    v128.store(slots, v128.bitselect(direction, v128.xor(d, complement), v128.load(missing, 48)), 48)
    slots += slotBytes
  }
}
