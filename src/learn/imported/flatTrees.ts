import type { Problem } from '../../base/errors.js'
import { EnsembleNodes, type TreeEnsemble } from '../tree/ensemble.js'
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
  readonly #nodes = new EnsembleNodes()

  constructor(readonly features: ReadonlyMap<number, KeptFeature>) {}

  add(tree: SourceTree, name: string): Problem[] {
    // Nodes that could not be read have been told already.
    if (tree.nodes.length === 0) return []
    const root = this.#nodes.right.length
    this.#nodes.roots.push(root)
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
      const index = this.#push(node)
      if (next.rightOf >= 0) this.#nodes.right[next.rightOf] = index
      if (node.kind !== 'leaf') {
        const depth = next.depth + 1
        open.push({ place: node.right, rightOf: index, depth }, { place: node.left, rightOf: -1, depth })
      }
    }
    const lost = reached.length - (this.#nodes.right.length - root) - tree.prunedCount
    if (lost !== 0) return [broken(`nodes of ${name}`, 'to be reached from its root', `${lost} not reached`)]
    return [...this.#numberProblems(root, name), ...this.#addUpCovers(root, name)]
  }

  build(): TreeEnsemble {
    return this.#nodes.build()
  }

  #push(node: SourceNode): number {
    const kept = node.kind === 'leaf' ? undefined : this.features.get(node.feature)
    const categories = kept?.categories ?? null
    const isSet = node.kind === 'category' && categories !== null
    return this.#nodes.push({
      feature: kept?.index ?? 0,
      threshold: node.kind === 'number' ? node.threshold : 0,
      missingLeft: node.kind !== 'leaf' && node.missingLeft ? 1 : 0,
      categoryStart: isSet ? this.#addCategories(node, categories) : 0,
      value: node.kind === 'leaf' ? node.value : 0,
      cover: node.cover,
      gain: node.kind === 'leaf' ? 0 : Math.max(0, node.gain),
    })
  }

  /** Codes that are not known have a place of their own after the last, where the model reads codes. */
  #addCategories(split: CategorySplit, { codes, areCodes }: SourceCategories): number {
    const count = codes.length + (areCodes ? 1 : 0)
    return this.#nodes.addCategories(count, (category) =>
      category < codes.length ? split.codes.has(codes[category]!) === split.codesLeft : !split.codesLeft,
    )
  }

  #numberProblems(root: number, name: string): Problem[] {
    const value = this.#nodes.value.slice(root).find((leaf) => !(Math.abs(leaf) <= mostValue))
    const threshold = this.#nodes.threshold.slice(root).find((edge) => !Number.isFinite(edge))
    const cover = this.#nodes.cover.slice(root).find((rows) => !(rows >= 0 && rows <= mostCover))
    return [
      ...(value === undefined ? [] : [broken(`leaf values of ${name}`, 'to be log odds', value)]),
      ...(threshold === undefined ? [] : [broken(`thresholds of ${name}`, 'to be finite', threshold)]),
      ...(cover === undefined ? [] : [broken(`row counts of ${name}`, 'to be from 0 to 2^53', cover)]),
    ]
  }

  #addUpCovers(root: number, name: string): Problem[] {
    const rootCover = this.#nodes.cover[root]!
    const least = rootCover > 0 ? rootCover * leastCover : leastCover
    const traces = least * (this.#nodes.right.length - root)
    let wrong: number | undefined
    for (let node = this.#nodes.right.length - 1; node >= root; node--) {
      const right = this.#nodes.right[node]!
      if (right === 0) {
        this.#nodes.cover[node] = Math.max(this.#nodes.cover[node]!, least)
        continue
      }
      const sum = this.#nodes.cover[node + 1]! + this.#nodes.cover[right]!
      if (Math.abs(sum - this.#nodes.cover[node]!) > coverTolerance * sum + traces)
        wrong = this.#nodes.cover[node]
      this.#nodes.cover[node] = sum
    }
    if (wrong === undefined) return []
    return [broken(`row counts of ${name}`, 'to be the sums of those below', wrong)]
  }
}
