// What a training hands to its kernel, at one address. The order of the fields is that of `forestFields` in
// learn/forest/forestMemory.ts.
@unmanaged
export class Context {
  minUnits: f64
  smoothingUnits: f64
  chanceUnits: f64
  priorUnits: f64
  priorChurned: f64
  rowCount: u32
  columnCount: u32
  stride: u32
  codes: u32
  binCounts: u32
  isText: u32
  outcome: u32
  units: u32
  // The customer of each row, numbered from 0; 0 where each row is a customer of its own.
  customers: u32
  customerCount: u32
  sampling: u32
  drawCount: u32
  seed: u32
  columnsPerSplit: u32
  maxDepth: u32
  maxLeaves: u32
  extraRandom: u32
  entries: u32
  otherEntries: u32
  rest: u32
  otherRest: u32
  drawn: u32
  frontier: u32
  nodes: u32
  sets: u32
  order: u32
  swaps: u32
  cells: u32
  flags: u32
  present: u32
  keys: u32
  outOfBagSums: u32
  outOfBagCounts: u32
  // The codes once more, row by row, `rowStep` bytes a row; 0 where they fit into the processor's cache as they are.
  rowCodes: u32
  rowStep: u32
  // A word that other threads set to stop this one.
  stop: u32
  // A word that counts divided nodes, for others to see that this thread is alive.
  beat: u32
}

// Where the codes of a node's rows are read: that of a row lies at `base + row * step`. Nodes of few rows read them row
// by row: the columns of a split lie in one line of the cache then, instead of one line each.
let isSparse: bool = false

export function readCodesOf(context: Context, rows: u32): void {
  isSparse = context.rowCodes != 0 && rows < context.rowCount >>> 5
}

@inline
export function codesBase(context: Context, column: u32): u32 {
  return isSparse ? context.rowCodes + column : context.codes + column * context.stride
}

@inline
export function codesStep(context: Context): u32 {
  return isSparse ? context.rowStep : 1
}

// A node of the finished tree; 32 bytes.
@unmanaged
export class Node {
  // The feature asked; -1 in a leaf.
  column: i32
  // Numbers: the last bin that goes left. Texts: the place of its set in `sets`.
  cut: i32
  missingLeft: i32
  // The left child; the right one is the next node.
  left: i32
  // Leaf: probability. Else: gain.
  value: f64
  // Leaf: units of the rows that reach it, drawn or not.
  cover: f64
}

export const nodeBytes: u32 = 32

// A node that is to be divided, with its best split.
@unmanaged
export class Pending {
  node: i32
  depth: u32
  seed: u32
  begin: u32
  end: u32
  restBegin: u32
  restEnd: u32
  column: i32
  cut: i32
  missingLeft: i32
  units: f64
  churned: f64
  gain: f64
  leftUnits: f64
  leftChurned: f64
  // 256 bits: the bins that go left, for texts.
  set0: u64
  set1: u64
  set2: u64
  set3: u64
}

export const pendingBytes: u32 = 128
