/**
 * Returns the sum plus what the trees say of one row, in their order: eight trees side by side, whose loads wait for
 * each other no more.
 *
 * A node of 16 bytes: threshold, distance of the row's value from `row`, distance to the right child from the node; the
 * left child is next. In a leaf the threshold is NaN and the distance 0: the walk stays. `count` is a multiple of 8.
 */
export function scoreRow(
  roots: usize,
  count: i32,
  nodes: usize,
  values: usize,
  row: usize,
  sum: f64,
): f64 {
  const end = roots + (<usize>count << 2)
  while (roots < end) {
    let n0 = nodes + <usize>load<u32>(roots)
    let n1 = nodes + <usize>load<u32>(roots, 4)
    let n2 = nodes + <usize>load<u32>(roots, 8)
    let n3 = nodes + <usize>load<u32>(roots, 12)
    let n4 = nodes + <usize>load<u32>(roots, 16)
    let n5 = nodes + <usize>load<u32>(roots, 20)
    let n6 = nodes + <usize>load<u32>(roots, 24)
    let n7 = nodes + <usize>load<u32>(roots, 28)
    do {
      for (let level = 0; level < 3; level++) {
        n0 = step(n0, row)
        n1 = step(n1, row)
        n2 = step(n2, row)
        n3 = step(n3, row)
        n4 = step(n4, row)
        n5 = step(n5, row)
        n6 = step(n6, row)
        n7 = step(n7, row)
      }
    } while ((move(n0) | move(n1) | move(n2) | move(n3) | move(n4) | move(n5) | move(n6) | move(n7)) != 0)
    sum += valueAt(n0, nodes, values)
    sum += valueAt(n1, nodes, values)
    sum += valueAt(n2, nodes, values)
    sum += valueAt(n3, nodes, values)
    sum += valueAt(n4, nodes, values)
    sum += valueAt(n5, nodes, values)
    sum += valueAt(n6, nodes, values)
    sum += valueAt(n7, nodes, values)
    roots += 32
  }
  return sum
}

@inline
function step(node: usize, row: usize): usize {
  const isLeft = load<f64>(row + <usize>load<u32>(node, 8)) <= load<f64>(node)
  return node + select<usize>(16, move(node), isLeft)
}

@inline
function move(node: usize): usize {
  return <usize>load<u32>(node, 12)
}

@inline
function valueAt(node: usize, nodes: usize, values: usize): f64 {
  return load<f64>(values + ((node - nodes) >> 1))
}
