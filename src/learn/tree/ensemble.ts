import type { FeatureBins } from './bins.js'
import type { GrownTree } from './grow/grownTree.js'

/**
 * Trees ready for prediction, as flat arrays over all nodes of all trees.
 *
 * A tree's nodes are in preorder: the left child of a node is the next one, `right` says where the other is.
 */
export interface TreeEnsemble {
  /** Shape (trees): first node of each tree. */
  readonly roots: Int32Array
  /** Shape (nodes): the feature asked; 0 in a leaf. */
  readonly feature: Int32Array
  /** Shape (nodes): the right child; 0 in a leaf. */
  readonly right: Int32Array
  /** Shape (nodes): numbers up to and including it go left; 0 elsewhere. */
  readonly threshold: Float64Array
  /** Shape (nodes): 1 where missing values go left. */
  readonly missingLeft: Uint8Array
  /** Shape (nodes): where the node's set lies in `leftCategories`; 0 where it asks a number, and in a leaf. */
  readonly categoryStart: Int32Array
  /** Sets of categories that go left: bit `category & 31` of word `categoryStart + (category >> 5)`. Word 0 is not used. */
  readonly leftCategories: Uint32Array
  /** Shape (nodes): what a leaf adds to the margin, in log odds; 0 elsewhere. */
  readonly value: Float64Array
  /** Shape (nodes): weight of the training rows that pass, above 0. */
  readonly cover: Float64Array
  /** Shape (nodes): what the split took off the training loss × 2; 0 in a leaf. */
  readonly gain: Float64Array
}

/** Number of 32-bit words of a set of categories. */
export function categoryWordCount(categoryCount: number): number {
  return Math.max(1, (categoryCount + 31) >>> 5)
}

/** Collects grown trees, one after the other, in their flat form. */
export class EnsembleBuilder {
  readonly #roots: number[] = []
  readonly #feature: number[] = []
  readonly #right: number[] = []
  readonly #threshold: number[] = []
  readonly #missingLeft: number[] = []
  readonly #categoryStart: number[] = []
  readonly #leftCategories: number[] = [0]
  readonly #value: number[] = []
  readonly #cover: number[] = []
  readonly #gain: number[] = []

  constructor(readonly features: readonly FeatureBins[]) {}

  /** Adds a tree, its nodes in preorder, its answers times `scale`. */
  add(tree: GrownTree, scale = 1): void {
    this.#roots.push(this.#right.length)
    this.#addNode(tree, 0, scale)
  }

  /** Adds the trees of an ensemble over the same features, their answers times `scale`. */
  addEnsemble(ensemble: TreeEnsemble, scale: number): void {
    const firstNode = this.#right.length
    const firstSet = this.#leftCategories.length - 1
    for (const root of ensemble.roots) this.#roots.push(firstNode + root)
    for (let node = 0; node < ensemble.right.length; node++) {
      const right = ensemble.right[node]!
      const start = ensemble.categoryStart[node]!
      this.#feature.push(ensemble.feature[node]!)
      this.#right.push(right === 0 ? 0 : firstNode + right)
      this.#threshold.push(ensemble.threshold[node]!)
      this.#missingLeft.push(ensemble.missingLeft[node]!)
      this.#categoryStart.push(start === 0 ? 0 : firstSet + start)
      this.#value.push(scale * ensemble.value[node]!)
      this.#cover.push(ensemble.cover[node]!)
      this.#gain.push(ensemble.gain[node]!)
    }
    for (const word of ensemble.leftCategories.subarray(1)) this.#leftCategories.push(word)
  }

  build(): TreeEnsemble {
    return {
      roots: Int32Array.from(this.#roots),
      feature: Int32Array.from(this.#feature),
      right: Int32Array.from(this.#right),
      threshold: Float64Array.from(this.#threshold),
      missingLeft: Uint8Array.from(this.#missingLeft),
      categoryStart: Int32Array.from(this.#categoryStart),
      leftCategories: Uint32Array.from(this.#leftCategories),
      value: Float64Array.from(this.#value),
      cover: Float64Array.from(this.#cover),
      gain: Float64Array.from(this.#gain),
    }
  }

  #addNode(tree: GrownTree, number: number, scale: number): void {
    const index = this.#right.length
    const { split, left, right, value, cover } = tree[number]!
    const bins = split === null ? null : this.features[split.feature]!
    this.#feature.push(split?.feature ?? 0)
    this.#right.push(0)
    this.#gain.push(split?.gain ?? 0)
    this.#value.push(scale * value)
    this.#cover.push(cover)
    this.#missingLeft.push(split?.sides.at(-1) ?? 0)
    this.#threshold.push(bins?.kind === 'number' ? thresholdOf(bins.edges, split!.sides) : 0)
    this.#categoryStart.push(bins?.kind === 'text' ? this.#addCategories(split!.sides) : 0)
    if (split === null) return
    this.#addNode(tree, left, scale)
    this.#right[index] = this.#right.length
    this.#addNode(tree, right, scale)
  }

  #addCategories(goesLeft: Uint8Array): number {
    const start = this.#leftCategories.length
    const categoryCount = goesLeft.length - 1
    for (let word = 0; word < categoryWordCount(categoryCount); word++) {
      let bits = 0
      for (let bit = 0; bit < 32; bit++) {
        const category = word * 32 + bit
        if (category < categoryCount && goesLeft[category] === 1) bits |= 1 << bit
      }
      this.#leftCategories.push(bits >>> 0)
    }
    return start
  }
}

/** The upper edge of the last bin that goes left; where all bins do, only missing values go right. */
function thresholdOf(edges: Float64Array, goesLeft: Uint8Array): number {
  const last = goesLeft.lastIndexOf(1, goesLeft.length - 2)
  return last < edges.length ? edges[last]! : Number.MAX_VALUE
}
