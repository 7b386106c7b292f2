import type { ForestContext } from './forestMemory.js'
import type { PlainArrays } from './plainArrays.js'
import type { PlainNode } from './plainNode.js'
import type { PlainRandom } from './plainRandom.js'

/** The search for the best division of a node by one column: kernels/forest-split.as.ts, step by step. */
export class PlainSplit {
  #numerator = 0
  #denominator = 1
  #units = 0
  #churned = 0
  #place = 0
  #missingLeft = 0
  #randomCut = 0

  constructor(
    readonly context: ForestContext,
    readonly arrays: PlainArrays,
    readonly random: PlainRandom,
  ) {}

  /** Looks at a column of which `count` bins occur; what is better than before is written into the node. */
  search(node: PlainNode, column: number, count: number): void {
    this.#numerator = 0
    this.#denominator = 1
    if (this.arrays.isText[column] === 1) this.#searchText(node, column, count)
    else this.#searchNumber(node, column, count)
  }

  #searchNumber(node: PlainNode, column: number, count: number): void {
    const { present, binCounts } = this.arrays
    const binCount = binCounts[column]!
    const hasMissing = present[count - 1] === binCount
    const known = hasMissing ? count - 1 : count
    const { extraRandom } = this.context
    if (extraRandom === 1) this.#tryRandomCut(node, known, hasMissing, binCount)
    else this.#tryEveryCut(node, known, hasMissing, binCount)
    if (!this.#accept(node, column, 0)) return
    const place = this.#place
    if (place === known - 1) node.cut = binCount - 1
    else if (extraRandom === 1) node.cut = this.#randomCut
    else node.cut = (present[place]! + present[place + 1]! - 1) >>> 1
    const isLeftHeavier = this.#units >= node.units - this.#units
    node.missingLeft = hasMissing ? this.#missingLeft : Number(isLeftHeavier)
  }

  #tryEveryCut(node: PlainNode, known: number, hasMissing: boolean, binCount: number): void {
    const [missingUnits, missingChurned] = this.#sumsOf(binCount)
    let units = 0
    let churned = 0
    const cuts = hasMissing ? known : known - 1
    for (let index = 0; index < cuts; index++) {
      const [more, moreChurned] = this.#sumsOf(this.arrays.present[index]!)
      units += more
      churned += moreChurned
      this.#consider(node, units, churned, index, 0)
      if (hasMissing && index < known - 1) {
        this.#consider(node, units + missingUnits, churned + missingChurned, index, 1)
      }
    }
  }

  #tryRandomCut(node: PlainNode, known: number, hasMissing: boolean, binCount: number): void {
    const { present } = this.arrays
    const low = present[0]!
    this.#randomCut = known > 1 ? low + this.random.below(present[known - 1]! - low) : binCount - 1
    let units = 0
    let churned = 0
    let index = 0
    for (; index < known && present[index]! <= this.#randomCut; index++) {
      const [more, moreChurned] = this.#sumsOf(present[index]!)
      units += more
      churned += moreChurned
    }
    this.#consider(node, units, churned, index - 1, 0)
    if (!hasMissing || known < 2) return
    const [missingUnits, missingChurned] = this.#sumsOf(binCount)
    this.#consider(node, units + missingUnits, churned + missingChurned, index - 1, 1)
  }

  #searchText(node: PlainNode, column: number, count: number): void {
    let penalty = 0
    if (this.context.extraRandom === 1) {
      const left = this.#putInRandomOrder(count)
      if (left === 0 || left === count) return
      this.#tryPrefixes(node, left - 1, left)
    } else {
      this.#putInOrderOfMeans(node, count)
      this.#tryPrefixes(node, 0, count - 1)
      penalty =
        (this.context.chanceUnits * (count - 2) * node.churned * (node.units - node.churned)) /
        (node.units * node.units)
    }
    if (this.#accept(node, column, penalty)) this.#writeSet(node, count)
  }

  #putInOrderOfMeans(node: PlainNode, count: number): void {
    const { present, keys } = this.arrays
    for (let index = 0; index < count; index++) {
      const bin = present[index]!
      const [units, churned] = this.#sumsOf(bin)
      const distance = churned * (node.units - node.churned) - node.churned * (units - churned)
      const key = distance / (units + this.context.smoothingUnits)
      let place = index
      while (place > 0 && keys[place - 1]! > key) {
        keys[place] = keys[place - 1]!
        present[place] = present[place - 1]!
        place--
      }
      keys[place] = key
      present[place] = bin
    }
  }

  #putInRandomOrder(count: number): number {
    const { present } = this.arrays
    let left = 0
    for (let index = 0; index < count; index++) {
      const bin = present[index]!
      if (this.random.next() >>> 31 === 0) continue
      present[index] = present[left]!
      present[left] = bin
      left++
    }
    return left
  }

  /** Tries the prefixes that end at places from `first` on, before `end`. */
  #tryPrefixes(node: PlainNode, first: number, end: number): void {
    let units = 0
    let churned = 0
    for (let index = 0; index < end; index++) {
      const [more, moreChurned] = this.#sumsOf(this.arrays.present[index]!)
      units += more
      churned += moreChurned
      if (index >= first) this.#consider(node, units, churned, index, 0)
    }
  }

  #sumsOf(bin: number): [units: number, churned: number] {
    const churned = this.arrays.cells[2 * bin + 1]!
    return [this.arrays.cells[2 * bin]! + churned, churned]
  }

  #consider(node: PlainNode, units: number, churned: number, place: number, missingLeft: number): void {
    const right = node.units - units
    if (units < this.context.minUnits || right < this.context.minUnits) return
    const distance = churned * (node.units - node.churned) - node.churned * (units - churned)
    const numerator = distance * distance
    const denominator = units * right
    if (!(numerator * this.#denominator > this.#numerator * denominator)) return
    this.#numerator = numerator
    this.#denominator = denominator
    this.#units = units
    this.#churned = churned
    this.#place = place
    this.#missingLeft = missingLeft
  }

  #accept(node: PlainNode, column: number, penalty: number): boolean {
    if (this.#numerator <= 0) return false
    const gain = this.#numerator / (this.#denominator * node.units) - penalty
    if (!(gain > node.gain)) return false
    node.gain = gain
    node.column = column
    node.leftUnits = this.#units
    node.leftChurned = this.#churned
    return true
  }

  #writeSet(node: PlainNode, count: number): void {
    const { set } = node
    set.fill(this.#units >= node.units - this.#units ? 255 : 0)
    for (let index = 0; index < count; index++) {
      const bin = this.arrays.present[index]!
      if (index <= this.#place) set[bin >>> 3]! |= 1 << (bin & 7)
      else set[bin >>> 3]! &= ~(1 << (bin & 7))
    }
    const missing = this.arrays.binCounts[node.column]!
    node.missingLeft = (set[missing >>> 3]! >>> (missing & 7)) & 1
  }
}
