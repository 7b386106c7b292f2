import type { ForestContext } from './forestMemory.js'
import type { PlainArrays } from './plainArrays.js'
import type { PlainNode } from './plainNode.js'
import type { PlainRandom } from './plainRandom.js'

/** Draws the customers of a tree, all rows of one together, as in kernels/forest-sample.as.ts; returns the number of entries. */
export function sampleRows(context: ForestContext, arrays: PlainArrays, random: PlainRandom): number {
  const { rowCount, customerCount, drawCount } = context
  const { drawn, units, customers, outcome, outOfBagCounts } = arrays
  if (context.sampling === 1) {
    drawn.fill(0)
    for (let draw = 0; draw < drawCount; draw++) drawn[random.below(customerCount)]!++
  } else {
    drawWithoutRepeating(drawn, drawCount, random)
  }
  const [entries] = arrays.entries
  const [rest] = arrays.rest
  let entry = 0
  for (let row = 0; row < rowCount; row++) {
    const times = drawn[customers.length === 0 ? row : customers[row]!]!
    if (times === 0) {
      rest[row - entry] = row
      outOfBagCounts[row]!++
      continue
    }
    entries[2 * entry] = 2 * row + outcome[row]!
    entries[2 * entry + 1] = times * (units.length === 0 ? 1 : units[row]!)
    entry++
  }
  return entry
}

function drawWithoutRepeating(drawn: Uint16Array, drawCount: number, random: PlainRandom): void {
  let wanted = drawCount
  for (let customer = 0; customer < drawn.length; customer++) {
    const left = drawn.length - customer
    drawn[customer] = wanted === left || random.below(left) < wanted ? 1 : 0
    wanted -= drawn[customer]!
  }
}

/** Divides the drawn rows of a node, as in kernels/forest-partition.as.ts; returns where the right side begins. */
export function partitionEntries(arrays: PlainArrays, stride: number, node: PlainNode): number {
  const from = arrays.entries[node.depth & 1]!
  const to = arrays.entries[1 - (node.depth & 1)]!
  const first = node.column * stride
  let left = node.begin
  let right = node.end - 1
  for (let index = node.begin; index < node.end; index++) {
    const row = from[2 * index]!
    const place = goesLeft(arrays, node, arrays.codes[first + (row >>> 1)]!) ? left++ : right--
    to[2 * place] = row
    to[2 * place + 1] = from[2 * index + 1]!
  }
  return left
}

/** The same for the rows that were not drawn. */
export function partitionRest(arrays: PlainArrays, stride: number, node: PlainNode): number {
  const from = arrays.rest[node.depth & 1]!
  const to = arrays.rest[1 - (node.depth & 1)]!
  const first = node.column * stride
  let left = node.restBegin
  let right = node.restEnd - 1
  for (let index = node.restBegin; index < node.restEnd; index++) {
    const row = from[index]!
    to[goesLeft(arrays, node, arrays.codes[first + row]!) ? left++ : right--] = row
  }
  return left
}

function goesLeft({ isText, binCounts }: PlainArrays, node: PlainNode, code: number): boolean {
  if (isText[node.column] === 1) return ((node.set[code >>> 3]! >>> (code & 7)) & 1) === 1
  return code <= node.cut || (node.missingLeft === 1 && code === binCounts[node.column])
}
