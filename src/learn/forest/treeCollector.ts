import type { FeatureBins } from '../tree/bins.js'
import { categoryWordCount, type TreeEnsemble } from '../tree/ensemble.js'
import { nodeBytes, setBytes } from './forestMemory.js'

/** Where a kernel has left a tree. */
export interface GrownTree {
  readonly buffer: ArrayBufferLike
  readonly nodes: number
  readonly nodeCount: number
  readonly sets: number
}

/** How the columns of the kernels relate to the features of the model. */
export interface CollectedColumns {
  readonly bins: readonly FeatureBins[]
  /** The feature of each column: those that do not vary have none. */
  readonly features: Int32Array
}

type TreeArrays = Omit<TreeEnsemble, 'roots'>

/** Collects the trees of a forest in their flat form; each says its part of the mean. */
export class TreeCollector {
  readonly #trees: TreeArrays[]

  constructor(
    readonly columns: CollectedColumns,
    readonly treeCount: number,
    readonly weightUnits: number,
  ) {
    this.#trees = new Array(treeCount)
  }

  /** Adds tree number `tree`; its memory may be used again afterwards. */
  add(tree: number, grown: GrownTree): void {
    this.#trees[tree] = this.#flat(grown)
  }

  #flat(grown: GrownTree): TreeArrays {
    const { buffer, nodeCount } = grown
    const words = new Int32Array(buffer, grown.nodes, (nodeCount * nodeBytes) / 4)
    const numbers = new Float64Array(buffer, grown.nodes, (nodeCount * nodeBytes) / 8)
    const tree = emptyTree(nodeCount)
    const categories: number[] = []
    // Nodes of which the right side is still to come, and the place of the parent that waits for it.
    const waiting: number[] = []
    let node = 0
    for (let place = 0; place < nodeCount; place++) {
      const left = words[node * 8 + 3]!
      if (left === 0) {
        tree.value[place] = numbers[node * 4 + 2]! / this.treeCount
        tree.cover[place] = numbers[node * 4 + 3]! / this.weightUnits
        // The last leaf ends the tree: nobody waits for a right side.
        if (place + 1 === nodeCount) break
        node = waiting.pop()!
        tree.right[waiting.pop()!] = place + 1
      } else {
        tree.gain[place] = numbers[node * 4 + 2]! / this.weightUnits
        this.#setQuestion(tree, place, words, node, new Uint8Array(buffer, grown.sets), categories)
        waiting.push(place, left + 1)
        node = left
      }
    }
    addCovers(tree)
    return { ...tree, leftCategories: Uint32Array.from(categories) }
  }

  #setQuestion(
    tree: TreeArrays,
    place: number,
    words: Int32Array,
    node: number,
    sets: Uint8Array,
    categories: number[],
  ): void {
    const column = words[node * 8]!
    const cut = words[node * 8 + 1]!
    const bins = this.columns.bins[column]!
    tree.feature[place] = this.columns.features[column]!
    tree.missingLeft[place] = words[node * 8 + 2]!
    if (bins.kind === 'number') {
      tree.threshold[place] = cut < bins.edges.length ? bins.edges[cut]! : Number.MAX_VALUE
      return
    }
    // Word 0 of the sets of all trees is not used.
    tree.categoryStart[place] = 1 + categories.length
    for (let word = 0; word < categoryWordCount(bins.binCount); word++) {
      categories.push(wordOf(sets, cut * setBytes + word * 4, bins.binCount - word * 32))
    }
  }

  /** Returns all trees in the order of their numbers. */
  build(): TreeEnsemble {
    const total = (count: (tree: TreeArrays) => number): number =>
      this.#trees.reduce((sum, tree) => sum + count(tree), 0)
    const all = emptyTree(total((tree) => tree.right.length))
    const leftCategories = new Uint32Array(1 + total((tree) => tree.leftCategories.length))
    const roots = new Int32Array(this.#trees.length)
    let first = 0
    let firstWord = 0
    this.#trees.forEach((tree, index) => {
      roots[index] = first
      all.feature.set(tree.feature, first)
      all.threshold.set(tree.threshold, first)
      all.missingLeft.set(tree.missingLeft, first)
      all.value.set(tree.value, first)
      all.cover.set(tree.cover, first)
      all.gain.set(tree.gain, first)
      for (let node = 0; node < tree.right.length; node++) {
        const [right, start] = [tree.right[node]!, tree.categoryStart[node]!]
        all.right[first + node] = right === 0 ? 0 : first + right
        all.categoryStart[first + node] = start === 0 ? 0 : firstWord + start
      }
      leftCategories.set(tree.leftCategories, 1 + firstWord)
      first += tree.right.length
      firstWord += tree.leftCategories.length
    })
    return { ...all, roots, leftCategories }
  }
}

function emptyTree(nodeCount: number): TreeArrays {
  return {
    feature: new Int32Array(nodeCount),
    right: new Int32Array(nodeCount),
    threshold: new Float64Array(nodeCount),
    missingLeft: new Uint8Array(nodeCount),
    categoryStart: new Int32Array(nodeCount),
    leftCategories: new Uint32Array(0),
    value: new Float64Array(nodeCount),
    cover: new Float64Array(nodeCount),
    gain: new Float64Array(nodeCount),
  }
}

/** The weight that passes a node is what its children get. */
function addCovers({ right, cover }: TreeArrays): void {
  for (let node = right.length - 1; node >= 0; node--) {
    if (right[node] !== 0) cover[node] = cover[node + 1]! + cover[right[node]!]!
  }
}

/** Four bytes of a set as a word, without the bits beyond the categories. */
function wordOf(sets: Uint8Array, at: number, bits: number): number {
  const word = sets[at]! + sets[at + 1]! * 2 ** 8 + sets[at + 2]! * 2 ** 16 + sets[at + 3]! * 2 ** 24
  return bits >= 32 ? word : word % 2 ** Math.max(bits, 0)
}
