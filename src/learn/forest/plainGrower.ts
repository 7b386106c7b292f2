import type { KernelMemory } from '../../base/kernelMemory.js'
import type { ForestContext } from './forestMemory.js'
import { bytesPerSet, numbersPerNode, type PlainArrays, plainArrays, wordsPerNode } from './plainArrays.js'
import type { PlainNode } from './plainNode.js'
import { mix, PlainRandom } from './plainRandom.js'
import { partitionEntries, partitionRest, sampleRows } from './plainRows.js'
import { PlainSplit } from './plainSplit.js'

/** Probabilities are added up out of bag as whole numbers, so that their sum does not depend on the order of trees. */
export const probabilityUnits = 2 ** 38

type Child = Pick<PlainNode, 'begin' | 'end' | 'restBegin' | 'restEnd' | 'units' | 'churned'>

/** Grows trees where there is no WebAssembly: kernels/forest.as.ts, step by step, to the same bit. */
export class PlainGrower {
  readonly #context: ForestContext
  readonly #arrays: PlainArrays
  readonly #random = new PlainRandom()
  readonly #split: PlainSplit
  #frontier: PlainNode[] = []
  #nodeCount = 0
  #setCount = 0

  constructor(memory: KernelMemory, context: ForestContext) {
    this.#context = context
    this.#arrays = plainArrays(memory, context)
    this.#split = new PlainSplit(this.#context, this.#arrays, this.#random)
  }

  /** Grows tree number `tree`; returns how many nodes it has. */
  grow(tree: number): number {
    const { seed, rowCount, maxLeaves } = this.#context
    const treeSeed = mix((mix((seed + 0x9e3779b9) >>> 0) + Math.imul(tree + 1, 0x9e3779b9)) >>> 0)
    this.#random.seed(treeSeed)
    const drawn = sampleRows(this.#context, this.#arrays, this.#random)
    this.#start(mix((treeSeed ^ 0x3c6ef372) >>> 0), drawn)
    for (let leaves = 1; this.#frontier.length > 0; leaves++) {
      if (leaves === maxLeaves) {
        for (const node of this.#frontier) this.#closeLeaf(node)
        break
      }
      this.#divide(maxLeaves < rowCount ? this.#takeBest() : this.#frontier.pop()!)
    }
    return this.#nodeCount
  }

  #start(seed: number, drawn: number): void {
    this.#nodeCount = 1
    this.#setCount = 0
    this.#frontier = []
    const [entries] = this.#arrays.entries
    let units = 0
    let churned = 0
    for (let index = 0; index < drawn; index++) {
      units += entries[2 * index + 1]!
      churned += (entries[2 * index]! & 1) * entries[2 * index + 1]!
    }
    const rest = { restBegin: 0, restEnd: this.#context.rowCount - drawn }
    this.#settle(pending({ begin: 0, end: drawn, ...rest, units, churned }, 0, 0, seed))
  }

  #settle(node: PlainNode): void {
    if (this.#findSplit(node)) this.#frontier.push(node)
    else this.#closeLeaf(node)
  }

  #takeBest(): PlainNode {
    const frontier = this.#frontier
    let best = 0
    for (let index = 1; index < frontier.length; index++) {
      if (frontier[index]!.gain > frontier[best]!.gain) best = index
    }
    const taken = frontier[best]!
    const last = frontier.pop()!
    if (best < frontier.length) frontier[best] = last
    return taken
  }

  #divide(parent: PlainNode): void {
    const middle = partitionEntries(this.#arrays, this.#context.stride, parent)
    const restMiddle = partitionRest(this.#arrays, this.#context.stride, parent)
    this.#writeSplit(parent)
    const left = this.#nodeCount
    this.#nodeCount += 2
    const { begin, end, restBegin, restEnd, seed, leftUnits, leftChurned } = parent
    const depth = parent.depth + 1
    const leftSide = {
      begin,
      end: middle,
      restBegin,
      restEnd: restMiddle,
      units: leftUnits,
      churned: leftChurned,
    }
    const rightUnits = parent.units - leftUnits
    const rightChurned = parent.churned - leftChurned
    const rightSide = {
      begin: middle,
      end,
      restBegin: restMiddle,
      restEnd,
      units: rightUnits,
      churned: rightChurned,
    }
    this.#settle(pending(leftSide, left, depth, mix((seed ^ 0x68e31da4) >>> 0)))
    this.#settle(pending(rightSide, left + 1, depth, mix((seed ^ 0xb5297a4d) >>> 0)))
  }

  #writeSplit(parent: PlainNode): void {
    const { nodeWords, nodeNumbers, sets, isText } = this.#arrays
    const word = parent.index * wordsPerNode
    const asksText = isText[parent.column] === 1
    nodeWords[word] = parent.column
    nodeWords[word + 1] = asksText ? this.#setCount : parent.cut
    nodeWords[word + 2] = parent.missingLeft
    nodeWords[word + 3] = this.#nodeCount
    nodeNumbers[parent.index * numbersPerNode + 2] = parent.gain
    if (!asksText) return
    sets.set(parent.set, this.#setCount * bytesPerSet)
    this.#setCount++
  }

  #closeLeaf(node: PlainNode): void {
    const { priorChurned, priorUnits } = this.#context
    const { rest, outOfBagSums, nodeWords, nodeNumbers } = this.#arrays
    const probability = (node.churned + priorChurned) / (node.units + priorUnits)
    const told = Math.floor(probability * probabilityUnits + 0.5)
    const rows = rest[node.depth & 1]!
    for (let index = node.restBegin; index < node.restEnd; index++) {
      outOfBagSums[rows[index]!]! += told
    }
    const word = node.index * wordsPerNode
    nodeWords[word] = -1
    nodeWords.fill(0, word + 1, word + 4)
    nodeNumbers[node.index * numbersPerNode + 2] = probability
    nodeNumbers[node.index * numbersPerNode + 3] = this.#coverOf(node, rows)
  }

  #coverOf(node: PlainNode, rest: Uint32Array): number {
    const { units } = this.#arrays
    if (units.length === 0) return node.end - node.begin + node.restEnd - node.restBegin
    const entries = this.#arrays.entries[node.depth & 1]!
    let cover = 0
    for (let index = node.begin; index < node.end; index++) cover += units[entries[2 * index]! >>> 1]!
    for (let index = node.restBegin; index < node.restEnd; index++) cover += units[rest[index]!]!
    return cover
  }

  #findSplit(node: PlainNode): boolean {
    const { maxDepth, minUnits, columnsPerSplit, columnCount } = this.#context
    if (node.depth >= maxDepth || node.units < 2 * minUnits) return false
    if (node.churned === 0 || node.churned === node.units) return false
    this.#random.seed(node.seed)
    for (let place = 0; place < columnsPerSplit; place++) this.#drawColumn(place)
    let varied = 0
    let seen = 0
    for (; seen < columnsPerSplit || (varied === 0 && seen < columnCount); seen++) {
      if (seen >= columnsPerSplit) this.#drawColumn(seen)
      varied += this.#look(node, this.#arrays.order[seen]!)
    }
    for (let place = seen - 1; place >= 0; place--) this.#swapColumns(place, this.#arrays.swaps[place]!)
    return node.column >= 0
  }

  #drawColumn(place: number): void {
    const other = place + this.#random.below(this.#context.columnCount - place)
    this.#swapColumns(place, other)
    this.#arrays.swaps[place] = other
  }

  #swapColumns(a: number, b: number): void {
    const { order } = this.#arrays
    const kept = order[a]!
    order[a] = order[b]!
    order[b] = kept
  }

  /** Adds up a column over the node and searches it; returns 1 where it has at least two values here. */
  #look(node: PlainNode, column: number): number {
    const { codes, cells, flags, present, binCounts } = this.#arrays
    const entries = this.#arrays.entries[node.depth & 1]!
    const first = column * this.#context.stride
    for (let index = node.begin; index < node.end; index++) {
      const row = entries[2 * index]!
      const code = codes[first + (row >>> 1)]!
      cells[2 * code + (row & 1)]! += entries[2 * index + 1]!
      flags[code] = 1
    }
    let count = 0
    for (let bin = 0; bin <= binCounts[column]!; bin++) {
      if (flags[bin] === 1) present[count++] = bin
      flags[bin] = 0
    }
    if (count > 1) this.#split.search(node, column, count)
    for (let index = 0; index < count; index++) {
      cells[2 * present[index]!] = 0
      cells[2 * present[index]! + 1] = 0
    }
    return Number(count > 1)
  }
}

function pending(child: Child, index: number, depth: number, seed: number): PlainNode {
  const none = { column: -1, cut: 0, missingLeft: 0, gain: 0, leftUnits: 0, leftChurned: 0 }
  return { ...child, ...none, index, depth, seed, set: new Uint8Array(bytesPerSet) }
}
