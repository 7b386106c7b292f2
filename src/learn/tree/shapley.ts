import type { AlignedColumn } from '../align.js'
import type { TreeEnsemble } from './ensemble.js'
import { forEachBlock, goesLeft } from './predict.js'

/**
 * Adds to `values[feature][row]` the exact Shapley values of the trees (path-dependent TreeSHAP).
 *
 * The game is: a known feature takes the side its value says, an unknown one takes both in proportion to the
 * training weight that went there (`cover`). Lundberg, Erion and Lee 2018, algorithm 2.
 *
 * O(rows × leaves × depth²) time.
 */
export function addShapleyValues(
  ensemble: TreeEnsemble,
  columns: readonly AlignedColumn[],
  rowCount: number,
  values: readonly Float64Array[],
): void {
  const walk = new ShapleyWalk(ensemble, columns.length)
  forEachBlock(columns, rowCount, (block, first, count) => {
    for (let row = 0; row < count; row++) {
      const contributions = walk.contributions(block, row * columns.length)
      for (let feature = 0; feature < columns.length; feature++) {
        values[feature]![first + row]! += contributions[feature]!
      }
    }
  })
}

/** Returns the mean of the trees' values over the training rows: what they say of a row of which nothing is known. */
export function expectedValue(ensemble: TreeEnsemble): number {
  let total = 0
  ensemble.roots.forEach((root, tree) => {
    const end = ensemble.roots[tree + 1] ?? ensemble.right.length
    let sum = 0
    for (let node = root; node < end; node++) {
      if (ensemble.right[node] === 0) sum += ensemble.cover[node]! * ensemble.value[node]!
    }
    total += sum / ensemble.cover[root]!
  })
  return total
}

/** The features on the way to a node, each once, with the algorithm's running weights. One per depth, used again. */
interface FeaturePath {
  readonly feature: Int32Array
  /** Share of the rows that pass where the feature is unknown. */
  readonly unknownShare: Float64Array
  /** 1 where the row passes with the feature known, 0 where it does not. */
  readonly knownShare: Float64Array
  /** Summed weight of the subsets of each size. */
  readonly weight: Float64Array
}

class ShapleyWalk {
  readonly #paths: FeaturePath[]
  readonly #contributions: Float64Array

  constructor(
    readonly ensemble: TreeEnsemble,
    featureCount: number,
  ) {
    this.#contributions = new Float64Array(featureCount)
    const depth = maxDepth(ensemble) + 2
    this.#paths = Array.from({ length: depth }, () => ({
      feature: new Int32Array(depth),
      unknownShare: new Float64Array(depth),
      knownShare: new Float64Array(depth),
      weight: new Float64Array(depth),
    }))
  }

  /** Returns the contributions of one row; the array is used again by the next call. */
  contributions(block: Float64Array, offset: number): Float64Array {
    this.#contributions.fill(0)
    for (const root of this.ensemble.roots) this.#visit(root, 0, 0, 1, 1, noFeature, block, offset)
    return this.#contributions
  }

  #visit(
    node: number,
    depth: number,
    parentLength: number,
    unknownShare: number,
    knownShare: number,
    feature: number,
    block: Float64Array,
    offset: number,
  ): void {
    const path = this.#paths[depth]!
    if (depth > 0) copyPath(this.#paths[depth - 1]!, path, parentLength)
    let length = extend(path, parentLength, unknownShare, knownShare, feature)
    const { ensemble } = this
    const right = ensemble.right[node]!
    if (right === 0) {
      this.#addLeaf(path, length, ensemble.value[node]!)
      return
    }
    const asked = ensemble.feature[node]!
    const isLeft = goesLeft(ensemble, node, block[offset + asked]!)
    const [hot, cold] = isLeft ? [node + 1, right] : [right, node + 1]
    let [unknownBefore, knownBefore] = [1, 1]
    const seen = placeOf(path, length, asked)
    if (seen > 0) {
      unknownBefore = path.unknownShare[seen]!
      knownBefore = path.knownShare[seen]!
      unwind(path, length, seen)
      length--
    }
    const cover = ensemble.cover[node]!
    const hotShare = (unknownBefore * ensemble.cover[hot]!) / cover
    const coldShare = (unknownBefore * ensemble.cover[cold]!) / cover
    this.#visit(hot, depth + 1, length, hotShare, knownBefore, asked, block, offset)
    this.#visit(cold, depth + 1, length, coldShare, 0, asked, block, offset)
  }

  #addLeaf(path: FeaturePath, length: number, value: number): void {
    for (let place = 1; place < length; place++) {
      const weight = unwoundSum(path, length, place)
      const share = path.knownShare[place]! - path.unknownShare[place]!
      this.#contributions[path.feature[place]!]! += weight * share * value
    }
  }
}

// The first place of a path belongs to no feature.
const noFeature = -1

function maxDepth(ensemble: TreeEnsemble): number {
  const depth = new Int32Array(ensemble.right.length)
  let deepest = 0
  for (let node = 0; node < depth.length; node++) {
    const right = ensemble.right[node]!
    if (right === 0) continue
    depth[node + 1] = depth[node]! + 1
    depth[right] = depth[node]! + 1
    deepest = Math.max(deepest, depth[node]! + 1)
  }
  return deepest
}

function copyPath(from: FeaturePath, to: FeaturePath, length: number): void {
  for (let place = 0; place < length; place++) {
    to.feature[place] = from.feature[place]!
    to.unknownShare[place] = from.unknownShare[place]!
    to.knownShare[place] = from.knownShare[place]!
    to.weight[place] = from.weight[place]!
  }
}

function placeOf(path: FeaturePath, length: number, feature: number): number {
  for (let place = 1; place < length; place++) if (path.feature[place] === feature) return place
  return 0
}

/** Adds a feature to the path; returns the new length. */
function extend(
  path: FeaturePath,
  length: number,
  unknownShare: number,
  knownShare: number,
  feature: number,
): number {
  const { weight } = path
  path.feature[length] = feature
  path.unknownShare[length] = unknownShare
  path.knownShare[length] = knownShare
  weight[length] = length === 0 ? 1 : 0
  for (let place = length - 1; place >= 0; place--) {
    weight[place + 1]! += (knownShare * weight[place]! * (place + 1)) / (length + 1)
    weight[place] = (unknownShare * weight[place]! * (length - place)) / (length + 1)
  }
  return length + 1
}

/** Takes the feature at `seen` out of the path, as if it had never been added. */
function unwind(path: FeaturePath, length: number, seen: number): void {
  const { weight } = path
  const last = length - 1
  const known = path.knownShare[seen]!
  const unknown = path.unknownShare[seen]!
  let next = weight[last]!
  for (let place = last - 1; place >= 0; place--) {
    if (known !== 0) {
      const before = weight[place]!
      weight[place] = (next * length) / ((place + 1) * known)
      next = before - (weight[place]! * unknown * (last - place)) / length
    } else {
      weight[place] = (weight[place]! * length) / (unknown * (last - place))
    }
  }
  for (let place = seen; place < last; place++) {
    path.feature[place] = path.feature[place + 1]!
    path.unknownShare[place] = path.unknownShare[place + 1]!
    path.knownShare[place] = path.knownShare[place + 1]!
  }
}

/** The sum of the weights that `unwind` would leave, without changing the path. */
function unwoundSum(path: FeaturePath, length: number, seen: number): number {
  const { weight } = path
  const last = length - 1
  const known = path.knownShare[seen]!
  const unknown = path.unknownShare[seen]!
  let next = weight[last]!
  let total = 0
  for (let place = last - 1; place >= 0; place--) {
    if (known !== 0) {
      const before = (next * length) / ((place + 1) * known)
      total += before
      next = weight[place]! - (before * unknown * (last - place)) / length
    } else {
      total += (weight[place]! * length) / (unknown * (last - place))
    }
  }
  return total
}
