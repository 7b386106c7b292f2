// Large trees: walks over codes of 16 bits. Codes lie in blocks of 8 rows: for each column those of its 8 rows.
import { findPlaces } from './scoring-trees.as'

/** Bytes of a column in a block. */
export const columnBytes: usize = 16

/** Writes a column of numbers: the ranks; where a row is missing, `absent`. `missing` is 0 or a mask of the rows. */
export function placeRanks(
  ranks: usize,
  rows: i32,
  missing: usize,
  absent: i32,
  codes: usize,
  blockBytes: usize,
): void {
  const absents = i16x8.splat(<i16>absent)
  for (let block: usize = 0; block < <usize>rows >> 3; block++) {
    const own = v128.load(ranks + (block << 4))
    const isAbsent = missing == 0 ? i64x2.splat(0) : lanesOf(load<u8>(missing + block))
    v128.store(codes, v128.bitselect(absents, own, isAbsent))
    codes += blockBytes
  }
}

/** Writes a column of a set of categories: 0 for the rows of the mask, which go left, 1 for others. */
export function placeMask(mask: usize, rows: i32, codes: usize, blockBytes: usize): void {
  const ones = i16x8.splat(1)
  for (let block: usize = 0; block < <usize>rows >> 3; block++) {
    v128.store(codes, v128.andnot(ones, lanesOf(load<u8>(mask + block))))
    codes += blockBytes
  }
}

/** All bits of a lane where the byte has the lane's bit. */
@inline
function lanesOf(byte: u8): v128 {
  const bits = i16x8(1, 2, 4, 8, 16, 32, 64, 128)
  return i16x8.eq(v128.and(i16x8.splat(<i16>byte), bits), bits)
}

/**
 * Adds to the sums of a group of 512 rows, or of its first, what the trees say. The first levels of a tree are a piece,
 * whose places tell the node where a row goes on; from there it walks, eight rows side by side, whose loads wait for each
 * other no more.
 *
 * A tree of the program is written as a piece is; in the place of the table the distance from `starts` of its nodes by
 * place. A node of 8 bytes: distance of its column from the block; limit, left is a code below it; distance to the right
 * child, with bit 3 turned over; the left one is next, at distance 8. A leaf has limit 0 and lies to the right of itself.
 */
export function scoreWalks(
  program: usize,
  trees: i32,
  slots: usize,
  starts: usize,
  nodes: usize,
  values: usize,
  codes: usize,
  blockBytes: usize,
  rows: i32,
  places: usize,
  sums: usize,
): void {
  for (; trees > 0; trees--) {
    program = findPlaces(program, slots, places)
    const first = starts + <usize>load<u32>(program - 4)
    let code = codes
    for (let block: usize = 0; block < <usize>rows >> 3; block++) {
      const place = places + ((block >> 4) << 7) + (block & 15)
      walkRows(first, place, code, nodes, values, sums + (block << 6))
      code += blockBytes
    }
  }
}

@inline
function walkRows(first: usize, place: usize, block: usize, nodes: usize, values: usize, sum: usize): void {
  let n0 = nodes + <usize>load<u32>(first + (<usize>load<u8>(place) << 2))
  let n1 = nodes + <usize>load<u32>(first + (<usize>load<u8>(place, 16) << 2))
  let n2 = nodes + <usize>load<u32>(first + (<usize>load<u8>(place, 32) << 2))
  let n3 = nodes + <usize>load<u32>(first + (<usize>load<u8>(place, 48) << 2))
  let n4 = nodes + <usize>load<u32>(first + (<usize>load<u8>(place, 64) << 2))
  let n5 = nodes + <usize>load<u32>(first + (<usize>load<u8>(place, 80) << 2))
  let n6 = nodes + <usize>load<u32>(first + (<usize>load<u8>(place, 96) << 2))
  let n7 = nodes + <usize>load<u32>(first + (<usize>load<u8>(place, 112) << 2))
  while ((move(n0) | move(n1) | move(n2) | move(n3) | move(n4) | move(n5) | move(n6) | move(n7)) != 8) {
    for (let level = 0; level < 2; level++) {
      n0 = step(n0, block)
      n1 = step(n1, block + 2)
      n2 = step(n2, block + 4)
      n3 = step(n3, block + 6)
      n4 = step(n4, block + 8)
      n5 = step(n5, block + 10)
      n6 = step(n6, block + 12)
      n7 = step(n7, block + 14)
    }
  }
  const value = values - nodes
  store<f64>(sum, load<f64>(sum) + load<f64>(value + n0))
  store<f64>(sum, load<f64>(sum, 8) + load<f64>(value + n1), 8)
  store<f64>(sum, load<f64>(sum, 16) + load<f64>(value + n2), 16)
  store<f64>(sum, load<f64>(sum, 24) + load<f64>(value + n3), 24)
  store<f64>(sum, load<f64>(sum, 32) + load<f64>(value + n4), 32)
  store<f64>(sum, load<f64>(sum, 40) + load<f64>(value + n5), 40)
  store<f64>(sum, load<f64>(sum, 48) + load<f64>(value + n6), 48)
  store<f64>(sum, load<f64>(sum, 56) + load<f64>(value + n7), 56)
}

// Without a branch: which way a row goes is what no processor guesses.
@inline
function step(node: usize, row: usize): usize {
  const isLeft = <u32>(load<u16>(row + <usize>load<u16>(node)) < load<u16>(node, 2))
  return node + (8 ^ (move(node) & <usize>(isLeft - 1)))
}

@inline
function move(node: usize): usize {
  return <usize>load<u32>(node, 4)
}
