import type { Problem } from '../../base/errors.js'
import { categoryWordCount, type TreeEnsemble } from '../tree/ensemble.js'
import { broken } from './problems.js'
import type { CategorySplit, SourceCategories, SourceNode, SourceTree } from './sourceModel.js'

/** Sums in single precision, and counts that a library estimates, differ by less than this share from the sum of their parts. */
const coverTolerance = 1e-3
/** Smallest share of the tree's rows that a leaf is said to have. */
const leastCover = 1e-12
/** What a model file can hold. */
const mostCover = 2 ** 53
const mostValue = 1e100
/** Contributions keep a path of every depth at hand. LightGBM and XGBoost grow trees of some tens. */
const mostDepth = 1000

/** Where a feature of the file stands among those of the model, and its categories. */
export interface KeptFeature {
  readonly index: number
  readonly categories: SourceCategories | null
}

/**
 * Returns the trees as flat arrays; what is wrong with them goes to `problems`.
 *
 * Shares of rows must add up for contributions to: the cover of an inner node is the sum of its leaves' covers, from
 * which the file's own differs by rounding only, or the file is refused. A leaf of no rows (trees refreshed on other
 * data) gets 1e-12 of its tree's.
 */
export function flatTrees(
  trees: readonly SourceTree[],
  features: ReadonlyMap<number, KeptFeature>,
  problems: Problem[],
): TreeEnsemble {
  const flat = new FlatTrees(features)
  trees.forEach((tree, index) => {
    problems.push(...flat.add(tree, `tree ${index}`))
  })
  return flat.build()
}

class FlatTrees {
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

  constructor(readonly features: ReadonlyMap<number, KeptFeature>) {}

  add(tree: SourceTree, name: string): Problem[] {
    // Nodes that could not be read have been told already.
    if (tree.nodes.length === 0) return []
    const root = this.#right.length
    this.#roots.push(root)
    const reached = new Uint8Array(tree.nodes.length)
    const open = [{ place: 0, rightOf: -1, depth: 0 }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const node = tree.nodes[next.place]
      if (node === undefined) return [broken(`children of ${name}`, 'to be nodes of the tree', next.place)]
      if (reached[next.place] === 1)
        return [broken(`children of ${name}`, 'to have one parent each', next.place)]
      if (next.depth > mostDepth)
        return [broken(`the depth of ${name}`, `to be at most ${mostDepth}`, next.depth)]
      reached[next.place] = 1
      const index = this.#right.length
      if (next.rightOf >= 0) this.#right[next.rightOf] = index
      this.#push(node)
      if (node.kind !== 'leaf') {
        const depth = next.depth + 1
        open.push({ place: node.right, rightOf: index, depth }, { place: node.left, rightOf: -1, depth })
      }
    }
    const lost = reached.length - (this.#right.length - root) - tree.prunedCount
    if (lost !== 0) return [broken(`nodes of ${name}`, 'to be reached from its root', `${lost} not reached`)]
    return [...this.#numberProblems(root, name), ...this.#addUpCovers(root, name)]
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

  #push(node: SourceNode): void {
    const kept = node.kind === 'leaf' ? undefined : this.features.get(node.feature)
    this.#feature.push(kept?.index ?? 0)
    this.#right.push(0)
    this.#threshold.push(node.kind === 'number' ? node.threshold : 0)
    this.#missingLeft.push(node.kind !== 'leaf' && node.missingLeft ? 1 : 0)
    const categories = kept?.categories ?? null
    const isSet = node.kind === 'category' && categories !== null
    this.#categoryStart.push(isSet ? this.#addCategories(node, categories) : 0)
    this.#value.push(node.kind === 'leaf' ? node.value : 0)
    this.#cover.push(node.cover)
    this.#gain.push(node.kind === 'leaf' ? 0 : Math.max(0, node.gain))
  }

  /** Codes that are not known have a place of their own after the last, where the model reads codes. */
  #addCategories(split: CategorySplit, { codes, areCodes }: SourceCategories): number {
    const start = this.#leftCategories.length
    const words = new Uint32Array(categoryWordCount(codes.length + (areCodes ? 1 : 0)))
    codes.forEach((code, category) => {
      if (split.codes.has(code) === split.codesLeft) words[category >> 5]! |= 1 << (category & 31)
    })
    if (areCodes && !split.codesLeft) words[codes.length >> 5]! |= 1 << (codes.length & 31)
    for (const word of words) this.#leftCategories.push(word)
    return start
  }

  #numberProblems(root: number, name: string): Problem[] {
    const value = this.#value.slice(root).find((leaf) => !(Math.abs(leaf) <= mostValue))
    const threshold = this.#threshold.slice(root).find((edge) => !Number.isFinite(edge))
    const cover = this.#cover.slice(root).find((rows) => !(rows >= 0 && rows <= mostCover))
    return [
      ...(value === undefined ? [] : [broken(`leaf values of ${name}`, 'to be log odds', value)]),
      ...(threshold === undefined ? [] : [broken(`thresholds of ${name}`, 'to be finite', threshold)]),
      ...(cover === undefined ? [] : [broken(`row counts of ${name}`, 'to be from 0 to 2^53', cover)]),
    ]
  }

  #addUpCovers(root: number, name: string): Problem[] {
    const rootCover = this.#cover[root]!
    const least = rootCover > 0 ? rootCover * leastCover : leastCover
    const traces = least * (this.#right.length - root)
    let wrong: number | undefined
    for (let node = this.#right.length - 1; node >= root; node--) {
      const right = this.#right[node]!
      if (right === 0) {
        this.#cover[node] = Math.max(this.#cover[node]!, least)
        continue
      }
      const sum = this.#cover[node + 1]! + this.#cover[right]!
      if (Math.abs(sum - this.#cover[node]!) > coverTolerance * sum + traces) wrong = this.#cover[node]
      this.#cover[node] = sum
    }
    if (wrong === undefined) return []
    return [broken(`row counts of ${name}`, 'to be the sums of those below', wrong)]
  }
}
