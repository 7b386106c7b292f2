import { Context, Pending } from './forest-context.as'
import { nextRandom, randomBelow } from './forest-random.as'

// The best division of a node by one column so far. With S, P the units that stayed and that churned in the node, and
// s, p those of its left side, N = S + P and n = s + p, the squared error falls by (pS - Ps)² / (N n (N - n)); fractions
// are compared by their products.
let bestNumerator: f64 = 0
let bestDenominator: f64 = 1
let bestUnits: f64 = 0
let bestChurned: f64 = 0
let bestPlace: i32 = 0
let bestMissingLeft: i32 = 0

function startSearch(): void {
  bestNumerator = 0
  bestDenominator = 1
}

@inline
function consider(node: Pending, minUnits: f64, units: f64, churned: f64, place: i32, missingLeft: i32): void {
  const right = node.units - units
  if (units < minUnits || right < minUnits) return
  const distance = churned * (node.units - node.churned) - node.churned * (units - churned)
  const numerator = distance * distance
  const denominator = units * right
  if (numerator * bestDenominator > bestNumerator * denominator) {
    bestNumerator = numerator
    bestDenominator = denominator
    bestUnits = units
    bestChurned = churned
    bestPlace = place
    bestMissingLeft = missingLeft
  }
}

@inline
function stayedAt(cells: u32, bin: u32): f64 {
  return <f64>load<i64>(cells + (bin << 4))
}

@inline
function churnedAt(cells: u32, bin: u32): f64 {
  return <f64>load<i64>(cells + (bin << 4), 8)
}

function presentAt(present: u32, index: u32): u32 {
  return load<u16>(present + (index << 1))
}

// Writes the found division into the node where it is better than what is there. `penalty` is taken off its gain.
function accept(node: Pending, column: u32, penalty: f64): bool {
  if (bestNumerator <= 0) return false
  const gain = bestNumerator / (bestDenominator * node.units) - penalty
  if (!(gain > node.gain)) return false
  node.gain = gain
  node.column = column
  node.leftUnits = bestUnits
  node.leftChurned = bestChurned
  return true
}

export function searchNumber(context: Context, node: Pending, column: u32, cells: u32, count: u32): void {
  const present = context.present
  const binCount = load<u32>(context.binCounts + (column << 2))
  const hasMissing = presentAt(present, count - 1) == binCount
  const known = hasMissing ? count - 1 : count
  startSearch()
  if (context.extraRandom != 0) tryRandomCut(context, node, cells, known, hasMissing, binCount)
  else tryEveryCut(context, node, cells, known, hasMissing, binCount)
  if (!accept(node, column, 0)) return
  const last = presentAt(present, bestPlace)
  if (context.extraRandom != 0 && <u32>bestPlace < known - 1) {
    node.cut = randomCut
  } else {
    // Halfway to the next bin that occurs; where all known values go left, so do those that do not occur.
    node.cut = <u32>bestPlace < known - 1 ? (last + presentAt(present, bestPlace + 1) - 1) >>> 1 : binCount - 1
  }
  node.missingLeft = hasMissing ? bestMissingLeft : i32(bestUnits >= node.units - bestUnits)
}

function tryEveryCut(
  context: Context,
  node: Pending,
  cells: u32,
  known: u32,
  hasMissing: bool,
  binCount: u32,
): void {
  if (!hasMissing) {
    tryKnownCuts(node, context.minUnits, cells, context.present, known - 1)
    return
  }
  const present = context.present
  const minUnits = context.minUnits
  let units: f64 = 0
  let churned: f64 = 0
  const missingChurned = churnedAt(cells, binCount)
  const missingUnits = stayedAt(cells, binCount) + missingChurned
  for (let index: u32 = 0; index < known; index++) {
    const bin = presentAt(present, index)
    const more = churnedAt(cells, bin)
    churned += more
    units += stayedAt(cells, bin) + more
    consider(node, minUnits, units, churned, index, 0)
    if (index < known - 1) {
      consider(node, minUnits, units + missingUnits, churned + missingChurned, index, 1)
    }
  }
}

// The same without missing values and with what is best kept at hand: the loop that most of the search is spent in.
function tryKnownCuts(node: Pending, minUnits: f64, cells: u32, present: u32, cuts: u32): void {
  const nodeUnits = node.units
  const nodeChurned = node.churned
  const nodeStayed = nodeUnits - nodeChurned
  let stayedSum: i64 = 0
  let churnedSum: i64 = 0
  let numerator: f64 = 0
  let denominator: f64 = 1
  let best: u32 = 0
  let bestStayed: i64 = 0
  let bestChurnedSum: i64 = 0
  for (let index: u32 = 0; index < cuts; index++) {
    const cell = cells + (<u32>load<u16>(present + (index << 1)) << 4)
    stayedSum += load<i64>(cell)
    churnedSum += load<i64>(cell, 8)
    const stayed = <f64>stayedSum
    const churned = <f64>churnedSum
    const units = stayed + churned
    if (units < minUnits) continue
    const right = nodeUnits - units
    if (right < minUnits) break
    const distance = churned * nodeStayed - nodeChurned * stayed
    const squared = distance * distance
    const product = units * right
    if (squared * denominator > numerator * product) {
      numerator = squared
      denominator = product
      best = index
      bestStayed = stayedSum
      bestChurnedSum = churnedSum
    }
  }
  bestNumerator = numerator
  bestDenominator = denominator
  bestUnits = <f64>(bestStayed + bestChurnedSum)
  bestChurned = <f64>bestChurnedSum
  bestPlace = best
  bestMissingLeft = 0
}

let randomCut: i32 = 0

// One cut between the lowest and the highest bin that occur; missing values take the better side.
function tryRandomCut(
  context: Context,
  node: Pending,
  cells: u32,
  known: u32,
  hasMissing: bool,
  binCount: u32,
): void {
  const present = context.present
  const minUnits = context.minUnits
  let units: f64 = 0
  let churned: f64 = 0
  let index: u32 = 0
  if (known > 1) {
    const low = presentAt(present, 0)
    randomCut = low + randomBelow(presentAt(present, known - 1) - low)
  } else {
    randomCut = binCount - 1
  }
  while (index < known && <i32>presentAt(present, index) <= randomCut) {
    const bin = presentAt(present, index)
    const more = churnedAt(cells, bin)
    churned += more
    units += stayedAt(cells, bin) + more
    index++
  }
  consider(node, minUnits, units, churned, index - 1, 0)
  if (!hasMissing || known < 2) return
  const missingChurned = churnedAt(cells, binCount)
  const missingUnits = stayedAt(cells, binCount) + missingChurned
  consider(node, minUnits, units + missingUnits, churned + missingChurned, index - 1, 1)
}

export function searchText(context: Context, node: Pending, column: u32, cells: u32, count: u32): void {
  startSearch()
  let penalty: f64 = 0
  if (context.extraRandom != 0) {
    if (!putInRandomOrder(context, count)) return
    trySide(context, node, cells, count)
  } else {
    putInOrderOfMeans(context, node, cells, count)
    tryEveryPrefix(context, node, cells, count)
    // What pure noise gains by ordering, as in tree/split.ts, in units of the squared error.
    penalty =
      (((context.chanceUnits * <f64>(count - 2)) * node.churned) * (node.units - node.churned)) /
      (node.units * node.units)
  }
  if (!accept(node, column, penalty)) return
  writeSet(context, node, count)
}

// Sorts the categories that occur by their share of churners, drawn towards the node's by the smoothing.
function putInOrderOfMeans(context: Context, node: Pending, cells: u32, count: u32): void {
  const present = context.present
  const keys = context.keys
  for (let index: u32 = 0; index < count; index++) {
    const bin = presentAt(present, index)
    const churned = churnedAt(cells, bin)
    const stayed = stayedAt(cells, bin)
    const distance = churned * (node.units - node.churned) - node.churned * stayed
    const key = distance / (stayed + churned + context.smoothingUnits)
    let place = index
    while (place > 0 && load<f64>(keys + ((place - 1) << 3)) > key) {
      store<f64>(keys + (place << 3), load<f64>(keys + ((place - 1) << 3)))
      store<u16>(present + (place << 1), <u16>presentAt(present, place - 1))
      place--
    }
    store<f64>(keys + (place << 3), key)
    store<u16>(present + (place << 1), <u16>bin)
  }
}

function tryEveryPrefix(context: Context, node: Pending, cells: u32, count: u32): void {
  let units: f64 = 0
  let churned: f64 = 0
  for (let index: u32 = 0; index < count - 1; index++) {
    const bin = presentAt(context.present, index)
    const more = churnedAt(cells, bin)
    churned += more
    units += stayedAt(cells, bin) + more
    consider(node, context.minUnits, units, churned, index, 0)
  }
}

// Puts the categories that a coin sends left first; false where it sends all to one side.
function putInRandomOrder(context: Context, count: u32): bool {
  const present = context.present
  let left: u32 = 0
  for (let index: u32 = 0; index < count; index++) {
    const bin = presentAt(present, index)
    if (nextRandom() >>> 31 == 0) continue
    store<u16>(present + (index << 1), <u16>presentAt(present, left))
    store<u16>(present + (left << 1), <u16>bin)
    left++
  }
  leftCount = left
  return left > 0 && left < count
}

let leftCount: u32 = 0

function trySide(context: Context, node: Pending, cells: u32, count: u32): void {
  let units: f64 = 0
  let churned: f64 = 0
  for (let index: u32 = 0; index < leftCount; index++) {
    const bin = presentAt(context.present, index)
    const more = churnedAt(cells, bin)
    churned += more
    units += stayedAt(cells, bin) + more
  }
  consider(node, context.minUnits, units, churned, leftCount - 1, 0)
}

// What does not occur in the node goes with its heavier side.
function writeSet(context: Context, node: Pending, count: u32): void {
  const isLeftHeavier = bestUnits >= node.units - bestUnits
  const set = changetype<usize>(node) + offsetof<Pending>('set0')
  memory.fill(set, isLeftHeavier ? 255 : 0, 32)
  for (let index: u32 = 0; index < count; index++) {
    const bin = presentAt(context.present, index)
    const at = set + (bin >>> 3)
    const bit: u8 = <u8>(<u32>1 << (bin & 7))
    if (index <= <u32>bestPlace) store<u8>(at, load<u8>(at) | bit)
    else store<u8>(at, load<u8>(at) & ~bit)
  }
  const missing = load<u32>(context.binCounts + (<u32>node.column << 2))
  node.missingLeft = (load<u8>(set + (missing >>> 3)) >>> (missing & 7)) & 1
}
