import { codesBase, codesStep, Context, Node, nodeBytes, Pending, pendingBytes, readCodesOf } from './forest-context.as'
import { clearCells, fillOne, fillTwo, listPresent } from './forest-fill.as'
import { partitionEntries, partitionRest } from './forest-partition.as'
import { mix, randomBelow, seedRandom } from './forest-random.as'
import { sampleRows } from './forest-sample.as'
import { searchNumber, searchText } from './forest-split.as'

// Cells and flags of one column: 256 bins of two classes, 8 bytes each.
const cellBytes: u32 = 4096
const flagBytes: u32 = 256
// Probabilities are added up out of bag as whole numbers, so that their sum does not depend on the order of trees.
const probabilityUnits: f64 = 274877906944

let nodeCount: i32 = 0
let setCount: i32 = 0
let pendingCount: u32 = 0

export { work } from './forest-work.as'

// Grows tree number `tree`; returns how many nodes it has.
export function growForestTree(address: u32, tree: u32): i32 {
  const context = changetype<Context>(address)
  const treeSeed = mix(mix(context.seed + 0x9e3779b9) + (tree + 1) * 0x9e3779b9)
  seedRandom(treeSeed)
  const drawn = sampleRows(context)
  startTree(context, mix(treeSeed ^ 0x3c6ef372), drawn)
  let leafCount: u32 = 1
  while (pendingCount > 0 && atomic.load<i32>(context.stop) == 0) {
    if (leafCount == context.maxLeaves) {
      closeLeaves(context)
      break
    }
    const limited = context.maxLeaves < context.rowCount
    divide(context, limited ? takeBest(context) : takeLast(context))
    leafCount++
    store<u32>(context.beat, load<u32>(context.beat) + 1)
  }
  return nodeCount
}

// Bytes of the nodes and of the sets of the tree that was grown last.
export function grownNodeBytes(): u32 {
  return <u32>nodeCount * nodeBytes
}

export function grownSetBytes(): u32 {
  return <u32>setCount << 5
}

function pendingAt(context: Context, index: u32): Pending {
  return changetype<Pending>(context.frontier + index * pendingBytes)
}

function nodeAt(context: Context, index: i32): Node {
  return changetype<Node>(context.nodes + <u32>index * nodeBytes)
}

function startTree(context: Context, seed: u32, drawn: u32): void {
  nodeCount = 1
  setCount = 0
  pendingCount = 0
  let units: u64 = 0
  let churned: u64 = 0
  for (let index: u32 = 0; index < drawn; index++) {
    const entry = load<u64>(context.entries + (index << 3))
    units += entry >>> 32
    churned += (entry & 1) * (entry >>> 32)
  }
  const root = pendingAt(context, 0)
  root.node = 0
  root.depth = 0
  root.seed = seed
  root.begin = 0
  root.end = drawn
  root.restBegin = 0
  root.restEnd = context.rowCount - drawn
  root.units = <f64>units
  root.churned = <f64>churned
  settle(context, root)
}

// The node at the end of the frontier stays there where it can be divided, else it becomes a leaf.
function settle(context: Context, node: Pending): void {
  if (findSplit(context, node)) pendingCount++
  else closeLeaf(context, node)
}

// Slot `pendingCount + 1` and above are free to hold a copy of what is taken.
function takeLast(context: Context): Pending {
  pendingCount--
  const taken = pendingAt(context, pendingCount + 2)
  memory.copy(changetype<usize>(taken), changetype<usize>(pendingAt(context, pendingCount)), pendingBytes)
  return taken
}

function takeBest(context: Context): Pending {
  let best: u32 = 0
  for (let index: u32 = 1; index < pendingCount; index++) {
    if (pendingAt(context, index).gain > pendingAt(context, best).gain) best = index
  }
  pendingCount--
  const taken = pendingAt(context, pendingCount + 2)
  memory.copy(changetype<usize>(taken), changetype<usize>(pendingAt(context, best)), pendingBytes)
  memory.copy(
    changetype<usize>(pendingAt(context, best)),
    changetype<usize>(pendingAt(context, pendingCount)),
    pendingBytes,
  )
  return taken
}

function divide(context: Context, parent: Pending): void {
  readCodesOf(context, parent.end - parent.begin)
  const isOdd = (parent.depth & 1) != 0
  const middle = isOdd
    ? partitionEntries(context, parent, context.otherEntries, context.entries)
    : partitionEntries(context, parent, context.entries, context.otherEntries)
  const restMiddle = isOdd
    ? partitionRest(context, parent, context.otherRest, context.rest)
    : partitionRest(context, parent, context.rest, context.otherRest)
  writeSplit(context, parent)
  const left = nodeCount
  nodeCount += 2
  // What the children need of the parent is read before its slot may be written again.
  const begin = parent.begin
  const end = parent.end
  const restBegin = parent.restBegin
  const restEnd = parent.restEnd
  const depth = parent.depth + 1
  const seed = parent.seed
  const leftUnits = parent.leftUnits
  const leftChurned = parent.leftChurned
  const rightUnits = parent.units - leftUnits
  const rightChurned = parent.churned - leftChurned
  addChild(context, left, depth, mix(seed ^ 0x68e31da4), begin, middle, restBegin, restMiddle, leftUnits, leftChurned)
  addChild(context, left + 1, depth, mix(seed ^ 0xb5297a4d), middle, end, restMiddle, restEnd, rightUnits, rightChurned)
}

function writeSplit(context: Context, parent: Pending): void {
  const node = nodeAt(context, parent.node)
  node.column = parent.column
  node.missingLeft = parent.missingLeft
  node.left = nodeCount
  node.value = parent.gain
  node.cut = parent.cut
  if (load<u32>(context.isText + (<u32>parent.column << 2)) == 0) return
  node.cut = setCount
  memory.copy(context.sets + (setCount << 5), changetype<usize>(parent) + offsetof<Pending>('set0'), 32)
  setCount++
}

function addChild(
  context: Context,
  index: i32,
  depth: u32,
  seed: u32,
  begin: u32,
  end: u32,
  restBegin: u32,
  restEnd: u32,
  units: f64,
  churned: f64,
): void {
  const child = pendingAt(context, pendingCount)
  child.node = index
  child.depth = depth
  child.seed = seed
  child.begin = begin
  child.end = end
  child.restBegin = restBegin
  child.restEnd = restEnd
  child.units = units
  child.churned = churned
  settle(context, child)
}

function closeLeaves(context: Context): void {
  for (let index: u32 = 0; index < pendingCount; index++) closeLeaf(context, pendingAt(context, index))
  pendingCount = 0
}

// Writes a leaf and tells the rows that were not drawn its probability.
function closeLeaf(context: Context, pending: Pending): void {
  const probability = (pending.churned + context.priorChurned) / (pending.units + context.priorUnits)
  const isOdd = (pending.depth & 1) != 0
  const rest = isOdd ? context.otherRest : context.rest
  const told = Math.floor(probability * probabilityUnits + 0.5)
  for (let index = pending.restBegin; index < pending.restEnd; index++) {
    const sum = context.outOfBagSums + (load<u32>(rest + (index << 2)) << 3)
    store<f64>(sum, load<f64>(sum) + told)
  }
  const node = nodeAt(context, pending.node)
  node.column = -1
  node.cut = 0
  node.missingLeft = 0
  node.left = 0
  node.value = probability
  node.cover = coverOf(context, pending, isOdd ? context.otherEntries : context.entries, rest)
}

function coverOf(context: Context, pending: Pending, entries: u32, rest: u32): f64 {
  const units = context.units
  if (units == 0) return <f64>(pending.end - pending.begin + pending.restEnd - pending.restBegin)
  let cover: u64 = 0
  for (let index = pending.begin; index < pending.end; index++) {
    cover += load<u32>(units + ((load<u32>(entries + (index << 3)) >>> 1) << 2))
  }
  for (let index = pending.restBegin; index < pending.restEnd; index++) {
    cover += load<u32>(units + (load<u32>(rest + (index << 2)) << 2))
  }
  return <f64>cover
}

// Looks at columns in random order until enough of them were seen, one of which had two values. True where a split
// was found; it is then in the node.
function findSplit(context: Context, node: Pending): bool {
  if (node.depth >= context.maxDepth || node.units < 2 * context.minUnits) return false
  if (node.churned == 0 || node.churned == node.units) return false
  node.gain = 0
  node.column = -1
  readCodesOf(context, node.end - node.begin)
  seedRandom(node.seed)
  const enough = context.columnsPerSplit
  for (let place: u32 = 0; place < enough; place++) drawColumn(context, place)
  let seen: u32 = 0
  let varied: u32 = 0
  while (seen + 1 < enough) {
    fillBoth(context, node, columnAt(context, seen), columnAt(context, seen + 1))
    varied += search(context, node, columnAt(context, seen), 0)
    varied += search(context, node, columnAt(context, seen + 1), 1)
    seen += 2
  }
  while (seen < enough || (varied == 0 && seen < context.columnCount)) {
    if (seen >= enough) drawColumn(context, seen)
    fillSingle(context, node, columnAt(context, seen))
    varied += search(context, node, columnAt(context, seen), 0)
    seen++
  }
  putBack(context, seen)
  return node.column >= 0
}

function columnAt(context: Context, place: u32): u32 {
  return load<u32>(context.order + (place << 2))
}

function drawColumn(context: Context, place: u32): void {
  const other = place + randomBelow(context.columnCount - place)
  swapColumns(context, place, other)
  store<u32>(context.swaps + (place << 2), other)
}

// The columns lie in their own order again: a node's choice depends on its seed alone.
function putBack(context: Context, drawn: u32): void {
  for (let place = drawn; place > 0; place--) {
    swapColumns(context, place - 1, load<u32>(context.swaps + ((place - 1) << 2)))
  }
}

function swapColumns(context: Context, a: u32, b: u32): void {
  const kept = columnAt(context, a)
  store<u32>(context.order + (a << 2), columnAt(context, b))
  store<u32>(context.order + (b << 2), kept)
}

function entriesOf(context: Context, node: Pending): u32 {
  return ((node.depth & 1) != 0 ? context.otherEntries : context.entries) + (node.begin << 3)
}

function fillSingle(context: Context, node: Pending, column: u32): void {
  const codes = codesBase(context, column)
  fillOne(entriesOf(context, node), node.end - node.begin, codes, codesStep(context), context.cells, context.flags)
}

function fillBoth(context: Context, node: Pending, a: u32, b: u32): void {
  fillTwo(
    entriesOf(context, node),
    node.end - node.begin,
    codesStep(context),
    codesBase(context, a),
    context.cells,
    context.flags,
    codesBase(context, b),
    context.cells + cellBytes,
    context.flags + flagBytes,
  )
}

// Returns 1 where the column has at least two values here.
function search(context: Context, node: Pending, column: u32, slot: u32): u32 {
  const cells = context.cells + slot * cellBytes
  const binCount = load<u32>(context.binCounts + (column << 2))
  const count = listPresent(context.flags + slot * flagBytes, binCount, context.present)
  if (count > 1) {
    if (load<u32>(context.isText + (column << 2)) != 0) searchText(context, node, column, cells, count)
    else searchNumber(context, node, column, cells, count)
  }
  clearCells(cells, context.present, count)
  return u32(count > 1)
}
