import type { AlignedColumn } from '../align.js'
import type { TreeEnsemble } from './ensemble.js'
import { forEachBlock, goesLeft } from './predict.js'

/** Leaves that ask more features would need tables of 2^features rows. */
const mostFeatures = 6
/** The answers of a tree's nodes to a row are the bits of one integer. */
const mostNodes = 31

/** What a leaf asks of one feature, all its questions about it together. */
interface LeafFeature {
  readonly feature: number
  /** Nodes on the way to the leaf that ask the feature, as bits. */
  readonly nodes: number
  /** Those of them that the leaf lies to the left of. */
  readonly left: number
  /** Share of the training weight that takes the leaf's side at all of them. */
  readonly unknownShare: number
}

/**
 * The exact Shapley values of shallow trees, computed beforehand for every leaf and every set of features whose side
 * a row takes: explaining a row is then a look-up per leaf. The same values as `addShapleyValues`, for trees of at most
 * 31 questions whose leaves ask at most 6 features. On 300 trees of depth 3 (telco, 7,043 rows) .53 s instead of 2.3 s.
 */
export class ShapleyTables {
  /** Inner nodes of all trees; those of tree t lie in [nodeStart[t], nodeStart[t + 1]). */
  readonly #nodes: Int32Array
  readonly #nodeStart: Int32Array
  /** Leaves of tree t: [leafStart[t], leafStart[t + 1]); their features: [featureStart[leaf], featureStart[leaf + 1]). */
  readonly #leafStart: Int32Array
  readonly #featureStart: Int32Array
  readonly #feature: Int32Array
  readonly #asked: Int32Array
  readonly #left: Int32Array
  /** Values of the leaf's features for each set of them, from `tableStart[leaf]` on: 2^m sets × m features. */
  readonly #tableStart: Int32Array
  readonly #table: Float64Array

  private constructor(
    readonly ensemble: TreeEnsemble,
    trees: readonly { readonly nodes: readonly number[]; readonly leaves: readonly Leaf[] }[],
  ) {
    const leaves = trees.flatMap((tree) => tree.leaves)
    const features = leaves.flatMap((leaf) => leaf.features)
    const tables = leaves.map(tableOf)
    this.#nodes = Int32Array.from(trees.flatMap((tree) => tree.nodes))
    this.#nodeStart = startsOf(trees.map((tree) => tree.nodes.length))
    this.#leafStart = startsOf(trees.map((tree) => tree.leaves.length))
    this.#featureStart = startsOf(leaves.map((leaf) => leaf.features.length))
    this.#feature = Int32Array.from(features, ({ feature }) => feature)
    this.#asked = Int32Array.from(features, ({ nodes }) => nodes)
    this.#left = Int32Array.from(features, ({ left }) => left)
    this.#tableStart = startsOf(tables.map((table) => table.length))
    this.#table = new Float64Array(this.#tableStart.at(-1)!)
    tables.forEach((table, leaf) => {
      this.#table.set(table, this.#tableStart[leaf]!)
    })
  }

  /** Returns the tables of the trees, or null where a tree is too deep for them. */
  static of(ensemble: TreeEnsemble): ShapleyTables | null {
    const trees = Array.from(ensemble.roots, (root) => readTree(ensemble, root))
    const fits = trees.every(
      ({ nodes, leaves }) =>
        nodes.length <= mostNodes && leaves.every((leaf) => leaf.features.length <= mostFeatures),
    )
    return fits ? new ShapleyTables(ensemble, trees) : null
  }

  /**
   * Adds to `values[feature][row]` the exact Shapley values of the trees.
   *
   * O(rows × leaves × depth) time.
   */
  addValues(columns: readonly AlignedColumn[], rowCount: number, values: readonly Float64Array[]): void {
    const width = columns.length
    const contributions = new Float64Array(width)
    forEachBlock(columns, rowCount, (block, first, count) => {
      for (let row = 0; row < count; row++) {
        contributions.fill(0)
        this.#addRow(block, row * width, contributions)
        for (let feature = 0; feature < width; feature++)
          values[feature]![first + row]! += contributions[feature]!
      }
    })
  }

  #addRow(block: Float64Array, offset: number, contributions: Float64Array): void {
    const leafStart = this.#leafStart
    for (let tree = 0; tree + 1 < leafStart.length; tree++) {
      const answers = this.#answers(tree, block, offset)
      const end = leafStart[tree + 1]!
      for (let leaf = leafStart[tree]!; leaf < end; leaf++) this.#addLeaf(leaf, answers, contributions)
    }
  }

  /** The answers of a tree's nodes to a row: bit n is 1 where node n sends it left. */
  #answers(tree: number, block: Float64Array, offset: number): number {
    const { ensemble } = this
    const start = this.#nodeStart[tree]!
    const end = this.#nodeStart[tree + 1]!
    let answers = 0
    for (let index = start; index < end; index++) {
      const node = this.#nodes[index]!
      if (goesLeft(ensemble, node, block[offset + ensemble.feature[node]!]!)) answers |= 1 << (index - start)
    }
    return answers
  }

  #addLeaf(leaf: number, answers: number, contributions: Float64Array): void {
    const start = this.#featureStart[leaf]!
    const end = this.#featureStart[leaf + 1]!
    let known = 0
    for (let index = start; index < end; index++) {
      if ((answers & this.#asked[index]!) === this.#left[index]!) known |= 1 << (index - start)
    }
    let cell = this.#tableStart[leaf]! + known * (end - start)
    for (let index = start; index < end; index++)
      contributions[this.#feature[index]!]! += this.#table[cell++]!
  }
}

interface Leaf {
  readonly value: number
  readonly features: readonly LeafFeature[]
}

/** The inner nodes of a tree in preorder, and its leaves with what they ask. */
function readTree(ensemble: TreeEnsemble, root: number): { nodes: number[]; leaves: Leaf[] } {
  const nodes: number[] = []
  const leaves: Leaf[] = []
  const visit = (node: number, features: readonly LeafFeature[]): void => {
    const right = ensemble.right[node]!
    if (right === 0) {
      leaves.push({ value: ensemble.value[node]!, features })
      return
    }
    const bit = 1 << nodes.length
    nodes.push(node)
    const feature = ensemble.feature[node]!
    for (const [child, left] of [
      [node + 1, bit],
      [right, 0],
    ] as const) {
      const share = ensemble.cover[child]! / ensemble.cover[node]!
      visit(child, withQuestion(features, { feature, nodes: bit, left, unknownShare: share }))
    }
  }
  visit(root, [])
  return { nodes, leaves }
}

function withQuestion(features: readonly LeafFeature[], asked: LeafFeature): LeafFeature[] {
  const earlier = features.find(({ feature }) => feature === asked.feature)
  if (earlier === undefined) return [...features, asked]
  const together = {
    feature: asked.feature,
    nodes: earlier.nodes | asked.nodes,
    left: earlier.left | asked.left,
    unknownShare: earlier.unknownShare * asked.unknownShare,
  }
  return features.map((feature) => (feature === earlier ? together : feature))
}

/**
 * The Shapley values of a leaf's m features for each set of features whose side the row takes.
 *
 * Of the game in which a coalition S gets value · Π over S of [the row takes the side] · Π over the others of
 * unknownShare; the value of feature j is Σ over S without j of |S|! (m − |S| − 1)! / m! · (gain of j joining S).
 */
function tableOf({ value, features }: Leaf): Float64Array {
  const size = features.length
  const table = new Float64Array(2 ** size * size)
  for (let known = 0; known < 2 ** size; known++) {
    features.forEach(({ unknownShare }, own) => {
      const gain = ((known >> own) & 1) - unknownShare
      table[known * size + own] = value * gain * weightOfOthers(features, own, known)
    })
  }
  return table
}

function weightOfOthers(features: readonly LeafFeature[], own: number, known: number): number {
  const size = features.length
  let total = 0
  for (let coalition = 0; coalition < 2 ** size; coalition++) {
    // A feature whose side the row does not take brings its coalition to 0.
    if (((coalition >> own) & 1) === 1 || (coalition & ~known) !== 0) continue
    let product = 1
    let members = 0
    features.forEach(({ unknownShare }, other) => {
      if (other === own) return
      if (((coalition >> other) & 1) === 1) members++
      else product *= unknownShare
    })
    total += (product * factorial(members) * factorial(size - members - 1)) / factorial(size)
  }
  return total
}

function factorial(count: number): number {
  let product = 1
  for (let factor = 2; factor <= count; factor++) product *= factor
  return product
}

/** Running sums, from 0 to the total. */
function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1)
  lengths.forEach((length, index) => {
    starts[index + 1] = starts[index]! + length
  })
  return starts
}
