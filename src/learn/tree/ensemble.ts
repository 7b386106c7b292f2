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

/** A node as it is added: each member goes to the list of its name. */
type AddedNode = Readonly<
  Record<'feature' | 'threshold' | 'missingLeft' | 'categoryStart' | 'value' | 'cover' | 'gain', number>
>

/** Nodes of trees, one after the other, as they become an ensemble. */
export class EnsembleNodes {
  readonly roots: number[] = []
  readonly feature: number[] = []
  readonly right: number[] = []
  readonly threshold: number[] = []
  readonly missingLeft: number[] = []
  readonly categoryStart: number[] = []
  readonly leftCategories: number[] = [0]
  readonly value: number[] = []
  readonly cover: number[] = []
  readonly gain: number[] = []

  /** Adds a node, whose right child is not known yet; returns its place. */
  push({ feature, threshold, missingLeft, categoryStart, value, cover, gain }: AddedNode): number {
    this.feature.push(feature)
    this.threshold.push(threshold)
    this.missingLeft.push(missingLeft)
    this.categoryStart.push(categoryStart)
    this.value.push(value)
    this.cover.push(cover)
    this.gain.push(gain)
    return this.right.push(0) - 1
  }

  /** Adds the categories below `count` that go left; returns where their set lies. */
  addCategories(count: number, goesLeft: (category: number) => boolean): number {
    const start = this.leftCategories.length
    const words = new Uint32Array(categoryWordCount(count))
    for (let category = 0; category < count; category++) {
      if (goesLeft(category)) words[category >> 5]! |= 1 << (category & 31)
    }
    for (const word of words) this.leftCategories.push(word)
    return start
  }

  build(): TreeEnsemble {
    return {
      roots: Int32Array.from(this.roots),
      feature: Int32Array.from(this.feature),
      right: Int32Array.from(this.right),
      threshold: Float64Array.from(this.threshold),
      missingLeft: Uint8Array.from(this.missingLeft),
      categoryStart: Int32Array.from(this.categoryStart),
      leftCategories: Uint32Array.from(this.leftCategories),
      value: Float64Array.from(this.value),
      cover: Float64Array.from(this.cover),
      gain: Float64Array.from(this.gain),
    }
  }
}

/** Collects grown trees, one after the other, in their flat form. */
export class EnsembleBuilder {
  readonly #nodes = new EnsembleNodes()

  constructor(readonly features: readonly FeatureBins[]) {}

  /** Adds a tree, its nodes in preorder, its answers times `scale`. */
  add(tree: GrownTree, scale = 1): void {
    this.#nodes.roots.push(this.#nodes.right.length)
    this.#addNode(tree, 0, scale)
  }

  /** Adds the trees of an ensemble over the same features, their answers times `scale`. */
  addEnsemble(ensemble: TreeEnsemble, scale: number): void {
    const nodes = this.#nodes
    const firstNode = nodes.right.length
    const firstSet = nodes.leftCategories.length - 1
    for (const root of ensemble.roots) nodes.roots.push(firstNode + root)
    for (let node = 0; node < ensemble.right.length; node++) {
      const right = ensemble.right[node]!
      const start = ensemble.categoryStart[node]!
      const index = nodes.push({
        feature: ensemble.feature[node]!,
        threshold: ensemble.threshold[node]!,
        missingLeft: ensemble.missingLeft[node]!,
        categoryStart: start === 0 ? 0 : firstSet + start,
        value: scale * ensemble.value[node]!,
        cover: ensemble.cover[node]!,
        gain: ensemble.gain[node]!,
      })
      if (right !== 0) nodes.right[index] = firstNode + right
    }
    for (const word of ensemble.leftCategories.subarray(1)) nodes.leftCategories.push(word)
  }

  build(): TreeEnsemble {
    return this.#nodes.build()
  }

  #addNode(tree: GrownTree, number: number, scale: number): void {
    const nodes = this.#nodes
    const { split, left, right, value, cover } = tree[number]!
    const bins = split === null ? null : this.features[split.feature]!
    const index = nodes.push({
      feature: split?.feature ?? 0,
      threshold: bins?.kind === 'number' ? thresholdOf(bins.edges, split!.sides) : 0,
      missingLeft: split?.sides.at(-1) ?? 0,
      categoryStart: bins?.kind === 'text' ? this.#addSet(split!.sides) : 0,
      value: scale * value,
      cover,
      gain: split?.gain ?? 0,
    })
    if (split === null) return
    this.#addNode(tree, left, scale)
    nodes.right[index] = nodes.right.length
    this.#addNode(tree, right, scale)
  }

  #addSet(sides: Uint8Array): number {
    return this.#nodes.addCategories(sides.length - 1, (category) => sides[category] === 1)
  }
}

/** The upper edge of the last bin that goes left; where all bins do, only missing values go right. */
function thresholdOf(edges: Float64Array, goesLeft: Uint8Array): number {
  const last = goesLeft.lastIndexOf(1, goesLeft.length - 2)
  return last < edges.length ? edges[last]! : Number.MAX_VALUE
}
