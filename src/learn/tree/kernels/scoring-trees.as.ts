// From masks to margins: every tree as a program of bit selections over 512 rows at once.
import { slotBytes } from './scoring-masks.as'

/** Pieces whose leaves are looked up together: their sums stay in a register, in the order of the pieces. */
const batch: i32 = 4
export const groupRows: usize = 512

/**
 * Adds to the sums of a group of 512 rows what the pieces say of them.
 *
 * A piece of `program`: number of selections; per selection target, condition, left, right (where the condition holds,
 * the left one); eight planes; its table. All are distances from `slots`, the table's is one from `tables`.
 */
export function scorePieces(
  program: usize,
  pieces: i32,
  slots: usize,
  tables: usize,
  places: usize,
  sums: usize,
): void {
  for (let piece = 0; piece < pieces; piece += batch) {
    program = findPlaces(program, slots, places)
    const table0 = tables + <usize>load<u32>(program - 4)
    program = findPlaces(program, slots, places + groupRows)
    const table1 = tables + <usize>load<u32>(program - 4)
    program = findPlaces(program, slots, places + 2 * groupRows)
    const table2 = tables + <usize>load<u32>(program - 4)
    program = findPlaces(program, slots, places + 3 * groupRows)
    const table3 = tables + <usize>load<u32>(program - 4)
    addLeaves(places, table0, table1, table2, table3, sums)
  }
}

/** Runs a piece: the place in its table of each row, one byte a row. Returns the end of its program. */
export function findPlaces(program: usize, slots: usize, places: usize): usize {
  const end = program + 4 + (<usize>load<u32>(program) << 4)
  program += 4
  while (program < end) {
    const target = slots + <usize>load<u32>(program)
    const condition = slots + <usize>load<u32>(program, 4)
    const left = slots + <usize>load<u32>(program, 8)
    const right = slots + <usize>load<u32>(program, 12)
    v128.store(target, v128.bitselect(v128.load(left), v128.load(right), v128.load(condition)))
    v128.store(target, v128.bitselect(v128.load(left, 16), v128.load(right, 16), v128.load(condition, 16)), 16)
    v128.store(target, v128.bitselect(v128.load(left, 32), v128.load(right, 32), v128.load(condition, 32)), 32)
    v128.store(target, v128.bitselect(v128.load(left, 48), v128.load(right, 48), v128.load(condition, 48)), 48)
    program += 16
  }
  for (let vector: usize = 0; vector < slotBytes; vector += 16) {
    transpose(program, slots + vector, places + (vector << 3))
  }
  return program + 36
}

/** Turns eight planes of 128 bits into 128 bytes: byte 16 i + b holds the bits i of the bytes b of the planes. */
@inline
function transpose(planes: usize, slots: usize, places: usize): void {
  let p0 = v128.load(slots + <usize>load<u32>(planes))
  let p1 = v128.load(slots + <usize>load<u32>(planes, 4))
  let p2 = v128.load(slots + <usize>load<u32>(planes, 8))
  let p3 = v128.load(slots + <usize>load<u32>(planes, 12))
  let p4 = v128.load(slots + <usize>load<u32>(planes, 16))
  let p5 = v128.load(slots + <usize>load<u32>(planes, 20))
  let p6 = v128.load(slots + <usize>load<u32>(planes, 24))
  let p7 = v128.load(slots + <usize>load<u32>(planes, 28))
  const m4 = i8x16.splat(0x0f)
  const m2 = i8x16.splat(0x33)
  const m1 = i8x16.splat(0x55)
  let t = exchanged(p0, p4, 4, m4)
  p4 = v128.xor(p4, t)
  p0 = v128.xor(p0, i16x8.shl(t, 4))
  t = exchanged(p1, p5, 4, m4)
  p5 = v128.xor(p5, t)
  p1 = v128.xor(p1, i16x8.shl(t, 4))
  t = exchanged(p2, p6, 4, m4)
  p6 = v128.xor(p6, t)
  p2 = v128.xor(p2, i16x8.shl(t, 4))
  t = exchanged(p3, p7, 4, m4)
  p7 = v128.xor(p7, t)
  p3 = v128.xor(p3, i16x8.shl(t, 4))
  t = exchanged(p0, p2, 2, m2)
  p2 = v128.xor(p2, t)
  p0 = v128.xor(p0, i16x8.shl(t, 2))
  t = exchanged(p1, p3, 2, m2)
  p3 = v128.xor(p3, t)
  p1 = v128.xor(p1, i16x8.shl(t, 2))
  t = exchanged(p4, p6, 2, m2)
  p6 = v128.xor(p6, t)
  p4 = v128.xor(p4, i16x8.shl(t, 2))
  t = exchanged(p5, p7, 2, m2)
  p7 = v128.xor(p7, t)
  p5 = v128.xor(p5, i16x8.shl(t, 2))
  t = exchanged(p0, p1, 1, m1)
  v128.store(places, v128.xor(p0, i16x8.shl(t, 1)))
  v128.store(places, v128.xor(p1, t), 16)
  t = exchanged(p2, p3, 1, m1)
  v128.store(places, v128.xor(p2, i16x8.shl(t, 1)), 32)
  v128.store(places, v128.xor(p3, t), 48)
  t = exchanged(p4, p5, 1, m1)
  v128.store(places, v128.xor(p4, i16x8.shl(t, 1)), 64)
  v128.store(places, v128.xor(p5, t), 80)
  t = exchanged(p6, p7, 1, m1)
  v128.store(places, v128.xor(p6, i16x8.shl(t, 1)), 96)
  v128.store(places, v128.xor(p7, t), 112)
}

@inline
function exchanged(low: v128, high: v128, shift: i32, mask: v128): v128 {
  return v128.and(v128.xor(i16x8.shr_u(low, shift), high), mask)
}

/** Adds the leaf values of four pieces, one after the other, to the sums of 512 rows. */
function addLeaves(
  places: usize,
  table0: usize,
  table1: usize,
  table2: usize,
  table3: usize,
  sums: usize,
): void {
  const end = places + groupRows
  while (places < end) {
    let sum = v128.load(sums)
    let pair = v128.load64_zero(table0 + (<usize>load<u8>(places) << 3))
    sum = f64x2.add(sum, v128.load64_lane(table0 + (<usize>load<u8>(places, 1) << 3), pair, 1))
    pair = v128.load64_zero(table1 + (<usize>load<u8>(places, 512) << 3))
    sum = f64x2.add(sum, v128.load64_lane(table1 + (<usize>load<u8>(places, 513) << 3), pair, 1))
    pair = v128.load64_zero(table2 + (<usize>load<u8>(places, 1024) << 3))
    sum = f64x2.add(sum, v128.load64_lane(table2 + (<usize>load<u8>(places, 1025) << 3), pair, 1))
    pair = v128.load64_zero(table3 + (<usize>load<u8>(places, 1536) << 3))
    sum = f64x2.add(sum, v128.load64_lane(table3 + (<usize>load<u8>(places, 1537) << 3), pair, 1))
    v128.store(sums, sum)
    places += 2
    sums += 16
  }
}

/**
 * Adds what groups of leaves explain of 512 rows: a group is written as a piece is, with the number of its outputs at the
 * end, and for each of them the distances of its sums and of its table.
 */
export function explainGroups(
  program: usize,
  groups: i32,
  slots: usize,
  tables: usize,
  places: usize,
  sums: usize,
): void {
  for (; groups > 0; groups--) {
    program = findPlaces(program, slots, places)
    const end = program + (<usize>load<u32>(program - 4) << 3)
    while (program < end) {
      addOutput(places, tables + <usize>load<u32>(program, 4), sums + <usize>load<u32>(program))
      program += 8
    }
  }
}

function addOutput(places: usize, table: usize, sums: usize): void {
  const end = places + groupRows
  while (places < end) {
    const a = v128.load64_zero(table + (<usize>load<u8>(places) << 3))
    const b = v128.load64_zero(table + (<usize>load<u8>(places, 2) << 3))
    const first = v128.load64_lane(table + (<usize>load<u8>(places, 1) << 3), a, 1)
    const second = v128.load64_lane(table + (<usize>load<u8>(places, 3) << 3), b, 1)
    v128.store(sums, f64x2.add(v128.load(sums), first))
    v128.store(sums, f64x2.add(v128.load(sums, 16), second), 16)
    places += 4
    sums += 32
  }
}

/** Puts the margins in the order of the places: row 8 b + i of 128 is place 16 i + b. */
export function spreadMargins(margins: usize, sums: usize): void {
  for (let row: usize = 0; row < groupRows; row++) store<f64>(sums + placeOf(row), load<f64>(margins + (row << 3)))
}

/** Puts the sums back in the order of the rows. */
export function gatherMargins(sums: usize, margins: usize): void {
  for (let row: usize = 0; row < groupRows; row++) store<f64>(margins + (row << 3), load<f64>(sums + placeOf(row)))
}

@inline
function placeOf(row: usize): usize {
  return ((row & ~127) | ((row & 7) << 4) | ((row >> 3) & 15)) << 3
}
