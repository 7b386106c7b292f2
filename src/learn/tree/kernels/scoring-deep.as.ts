import { findPlaces, groupRows } from './scoring-trees.as'

/** Points of the quadrature, whatever a leaf needs: four vectors of two. */
const pointBytes: usize = 64

/**
 * Adds the contributions of leaves that ask up to 16 features, by quadrature; see pathDependentGame.ts.
 *
 * A leaf of the program: two lists of selections with eight planes each, for the first eight features and for the others;
 * in the place of the first table the number of features, in that of the second its table; then the distance of the sums
 * of each feature. The table holds for each feature, for a row that does not take the leaf's side and for one that does,
 * the chances at the points and what the feature adds there to the product of all chances.
 */
export function explainDeep(
  program: usize,
  leaves: i32,
  slots: usize,
  tables: usize,
  places: usize,
  sums: usize,
): void {
  for (; leaves > 0; leaves--) {
    program = findPlaces(program, slots, places)
    const count = <usize>load<u32>(program - 4)
    program = findPlaces(program, slots, places + groupRows)
    const table = tables + <usize>load<u32>(program - 4)
    for (let row: usize = 0; row < groupRows; row++) {
      const taken = <u32>load<u8>(places + row) | (<u32>load<u8>(places + row, groupRows) << 8)
      addContributions(program, count, table, taken, sums + (row << 3))
    }
    program += count << 2
  }
}

@inline
function addContributions(outputs: usize, count: usize, table: usize, taken: u32, sums: usize): void {
  let p0 = f64x2.splat(1)
  let p1 = f64x2.splat(1)
  let p2 = f64x2.splat(1)
  let p3 = f64x2.splat(1)
  const end = table + count * 4 * pointBytes
  let bits = taken
  for (let at = table; at < end; at += 4 * pointBytes) {
    const side = at + <usize>(bits & 1) * 2 * pointBytes
    p0 = f64x2.mul(p0, v128.load(side))
    p1 = f64x2.mul(p1, v128.load(side, 16))
    p2 = f64x2.mul(p2, v128.load(side, 32))
    p3 = f64x2.mul(p3, v128.load(side, 48))
    bits >>= 1
  }
  bits = taken
  for (let at = table; at < end; at += 4 * pointBytes) {
    const side = at + <usize>(bits & 1) * 2 * pointBytes
    let sum = f64x2.mul(p0, v128.load(side, 64))
    sum = f64x2.add(sum, f64x2.mul(p1, v128.load(side, 80)))
    sum = f64x2.add(sum, f64x2.mul(p2, v128.load(side, 96)))
    sum = f64x2.add(sum, f64x2.mul(p3, v128.load(side, 112)))
    const output = sums + <usize>load<u32>(outputs)
    const added = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
    store<f64>(output, load<f64>(output) + added)
    bits >>= 1
    outputs += 4
  }
}
