import type { BinnedMatrix } from './bins.js'
import { fillHistogram, type HistogramLayout, type HistogramPool, subtractHistogram } from './histogram.js'
import { findSplit, type NodeSums, type Split, type SplitLimits } from './split.js'
import { type RowStatistics, statisticCount } from './statistics.js'

/** What a tree must respect. */
export interface GrowLimits extends SplitLimits {
  readonly maxLeaves: number
  readonly maxDepth: number
}

/** A node of a tree that has just been grown; `left` and `right` are null in a leaf. */
export interface GrownNode {
  readonly sums: NodeSums
  split: Split | null
  left: GrownNode | null
  right: GrownNode | null
}

/** Arrays that trees of one training share. */
export interface GrowWorkspace {
  /** Shape (rows): the rows to grow on come first; reordered while growing. */
  readonly rows: Int32Array
  /** Shape (rows). */
  readonly scratch: Int32Array
  readonly pool: HistogramPool
}

/** A leaf that may still be divided: its rows are `rows[begin, end)`. */
interface OpenLeaf {
  readonly node: GrownNode
  readonly begin: number
  readonly end: number
  readonly depth: number
  readonly histogram: Float64Array
  readonly split: Split
}

/**
 * Grows one tree on `workspace.rows[0, rowCount)`, always dividing the leaf with the largest gain next.
 *
 * @returns the root
 */
export function growTree(
  binned: BinnedMatrix,
  statistics: RowStatistics,
  layout: HistogramLayout,
  workspace: GrowWorkspace,
  rowCount: number,
  limits: GrowLimits,
): GrownNode {
  return new TreeGrower(binned, statistics, layout, workspace, limits).grow(rowCount)
}

class TreeGrower {
  readonly #open: OpenLeaf[] = []

  constructor(
    readonly binned: BinnedMatrix,
    readonly statistics: RowStatistics,
    readonly layout: HistogramLayout,
    readonly workspace: GrowWorkspace,
    readonly limits: GrowLimits,
  ) {}

  grow(rowCount: number): GrownNode {
    const root = leaf(this.#sums(rowCount))
    if (this.#mayDivide(root, 0)) this.#add(root, 0, rowCount, 0, this.#filled(0, rowCount))
    let leafCount = 1
    while (leafCount < this.limits.maxLeaves) {
      const next = this.#takeBest()
      if (next === undefined) break
      this.#divide(next)
      leafCount++
    }
    for (const rest of this.#open) this.workspace.pool.give(rest.histogram)
    return root
  }

  #divide(parent: OpenLeaf): void {
    const { node, begin, end, split, histogram } = parent
    const depth = parent.depth + 1
    node.split = split
    node.left = leaf(split.left)
    node.right = leaf(split.right)
    const middle = partition(this.binned, split, this.workspace, begin, end)
    const leftIsSmaller = middle - begin <= end - middle
    const [smaller, larger] = leftIsSmaller ? [node.left, node.right] : [node.right, node.left]
    const [smallerBegin, smallerEnd] = leftIsSmaller ? [begin, middle] : [middle, end]
    const [largerBegin, largerEnd] = leftIsSmaller ? [middle, end] : [begin, middle]
    const divideSmaller = this.#mayDivide(smaller, depth)
    const divideLarger = this.#mayDivide(larger, depth)
    if (!divideSmaller && !divideLarger) {
      this.workspace.pool.give(histogram)
      return
    }
    const filled = this.#filled(smallerBegin, smallerEnd)
    subtractHistogram(histogram, filled, this.layout.cellCount)
    if (divideSmaller) this.#add(smaller, smallerBegin, smallerEnd, depth, filled)
    else this.workspace.pool.give(filled)
    if (divideLarger) this.#add(larger, largerBegin, largerEnd, depth, histogram)
    else this.workspace.pool.give(histogram)
  }

  #add(node: GrownNode, begin: number, end: number, depth: number, cells: Float64Array): void {
    const histogram = { cells, layout: this.layout, units: this.statistics }
    const split = findSplit(histogram, this.binned, node.sums, this.limits)
    if (split === null) this.workspace.pool.give(cells)
    else this.#open.push({ node, begin, end, depth, histogram: cells, split })
  }

  /** Removes the open leaf with the largest gain; of equal ones the oldest. */
  #takeBest(): OpenLeaf | undefined {
    let best = 0
    for (let index = 1; index < this.#open.length; index++) {
      if (this.#open[index]!.split.gain > this.#open[best]!.split.gain) best = index
    }
    return this.#open.splice(best, 1)[0]
  }

  #mayDivide(node: GrownNode, depth: number): boolean {
    const { maxDepth, minRowsPerLeaf, minHessianPerLeaf } = this.limits
    return (
      depth < maxDepth &&
      node.sums.weight >= 2 * minRowsPerLeaf &&
      node.sums.hessian >= 2 * minHessianPerLeaf &&
      node.sums.hessian > 0
    )
  }

  #filled(begin: number, end: number): Float64Array {
    const histogram = this.workspace.pool.take()
    fillHistogram(
      histogram,
      this.layout,
      this.binned,
      this.statistics.values,
      this.workspace.rows,
      begin,
      end,
    )
    return histogram
  }

  #sums(rowCount: number): NodeSums {
    const { values, gradientUnits, weightUnits } = this.statistics
    const { rows } = this.workspace
    let [gradient, hessian, weight] = [0, 0, 0]
    for (let index = 0; index < rowCount; index++) {
      const at = rows[index]! * statisticCount
      gradient += values[at]!
      hessian += values[at + 1]!
      weight += values[at + 2]!
    }
    return {
      gradient: gradient / gradientUnits,
      hessian: hessian / gradientUnits,
      weight: weight / weightUnits,
    }
  }
}

function leaf(sums: NodeSums): GrownNode {
  return { sums, split: null, left: null, right: null }
}

/** Puts the rows that go left first, both sides in their old order; returns where the right side begins. */
function partition(
  binned: BinnedMatrix,
  split: Split,
  workspace: GrowWorkspace,
  begin: number,
  end: number,
): number {
  const { codes, featureCount } = binned
  const { rows, scratch } = workspace
  const { feature, goesLeft } = split
  let left = begin
  let right = 0
  for (let index = begin; index < end; index++) {
    const row = rows[index]!
    const isLeft = goesLeft[codes[row * featureCount + feature]!]!
    // Both are written, one of the two counts: no branch that a processor would have to guess.
    rows[left] = row
    scratch[right] = row
    left += isLeft
    right += 1 - isLeft
  }
  rows.set(scratch.subarray(0, right), left)
  return left
}
