import type { FeatureChoice, GrowLimits, SumUnits } from './growLimits.js'
import type { GrownNode, GrownTree } from './grownTree.js'
import type { FoundSplit, OpenLeaf, SearchedNode, Sums } from './openLeaf.js'
import type { TreeWorkspace } from './treeWorkspace.js'

// What pure noise gains by putting K categories in the order of their means and cutting there: the cut explains about
// 2/π of a χ² with K - 1 degrees of freedom, the gain being one such χ² per degree. Two categories leave no choice.
// Without it a column of 51 states was chosen for its noise: log loss .182 instead of .165 on mlc_churn.
const chanceGainPerCategory = 2 / Math.PI

/** Rows × columns below which a histogram is filled by one thread: what waking another costs. */
const leastSharedCells = 40_000
const leastSharedBins = 6_000

/**
 * Grows one tree on the rows that the workspace holds: always the leaf with the largest gain next, or level by level.
 *
 * With G, H the sums of gradient and hessian and λ = l2:
 *
 *     gain = G_left² / (H_left + λ) + G_right² / (H_right + λ) - G² / (H + λ)
 *
 * Numbers are cut at an edge, missing values tried on both sides. Categories (missing being one of them) are put
 * in the order of G / (H + smoothing) and cut there, which holds the best set of all (Fisher 1958). From their gain the
 * gain that chance gives by ordering K of them is taken off, 2 (K - 2) / π. Ties: the first feature, the lowest cut.
 */
export function growTree(
  workspace: TreeWorkspace,
  limits: GrowLimits,
  units: SumUnits,
  choose: FeatureChoice,
): GrownTree {
  return new TreeGrower(workspace, limits, units, choose).grow()
}

class TreeGrower {
  readonly #nodes: GrownNode[] = []
  readonly #open: OpenLeaf[] = []
  readonly #gainUnits: number
  readonly #leastHessian: number
  readonly #leastWeight: number

  constructor(
    readonly workspace: TreeWorkspace,
    readonly limits: GrowLimits,
    readonly units: SumUnits,
    readonly choose: FeatureChoice,
  ) {
    this.#gainUnits = units.gradient ** 2 / units.hessian
    // A side without any hessian has no leaf value.
    this.#leastHessian = Math.max(1, Math.ceil(limits.minHessianPerLeaf * units.hessian))
    this.#leastWeight = limits.minRowsPerLeaf * units.weight
    const { team } = workspace
    team.setNumber(2, limits.l1 * units.gradient)
    team.setNumber(3, limits.l2 * units.hessian)
    team.setNumber(4, limits.minGain * this.#gainUnits)
    team.setNumber(5, chanceGainPerCategory * this.#gainUnits)
    team.setNumber(6, limits.categorySmoothing * units.hessian)
    team.setNumber(11, this.#leastWeight)
  }

  grow(): GrownTree {
    this.#plantRoot()
    let leafCount = 1
    while (leafCount < this.limits.maxLeaves) {
      const next = this.#takeNext()
      if (next === undefined) break
      this.#divide(next)
      leafCount++
    }
    for (const { slot } of this.#open) this.workspace.giveSlot(slot)
    return this.#nodes
  }

  #plantRoot(): void {
    const { workspace } = this
    const node = this.#addNode(Number.NaN)
    const slot = workspace.takeSlot()
    const rows = workspace.rowsOf(node)
    this.#fill(node, slot, rows)
    const sums = this.#totalOf(slot)
    this.#nodes[node]!.value = this.#valueOf(sums, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    const root: SearchedNode = {
      node,
      depth: 0,
      sums,
      rows,
      lower: Number.NEGATIVE_INFINITY,
      upper: Number.POSITIVE_INFINITY,
      asked: null,
    }
    if (!this.#mayDivide(root)) {
      workspace.giveSlot(slot)
      return
    }
    this.#search(root, slot, null, -1)
    this.#keep(root, slot, 0)
  }

  /** Adds a leaf with that value. */
  #addNode(value: number): number {
    return this.#nodes.push({ split: null, left: 0, right: 0, value, cover: 0 }) - 1
  }

  /** Removes the open leaf that is divided next: of equal ones the oldest. */
  #takeNext(): OpenLeaf | undefined {
    const byDepth = this.limits.growth === 'depth'
    let best = 0
    for (let index = 1; index < this.#open.length; index++) {
      const leaf = this.#open[index]!
      const other = this.#open[best]!
      if (byDepth ? leaf.depth < other.depth : leaf.split.gain > other.split.gain) best = index
    }
    return this.#open.splice(best, 1)[0]
  }

  #divide(parent: OpenLeaf): void {
    const { workspace, limits } = this
    const { split } = parent
    const feature = workspace.stored.places[split.place]!
    const [left, right] = this.#childrenOf(parent, feature)
    const sides = split.sides ?? this.#sidesOf(split, parent.slot)
    workspace.partition(parent.node, left.node, right.node, feature, sides)
    const node = this.#nodes[parent.node]!
    node.split = { feature, gain: split.gain / this.#gainUnits, sides }
    node.left = left.node
    node.right = right.node
    node.value = 0
    if (this.#nodes.length > 2 * limits.maxLeaves - 2) {
      workspace.giveSlot(parent.slot)
      return
    }
    left.rows = workspace.rowsOf(left.node)
    right.rows = workspace.rowsOf(right.node)
    this.#searchChildren(parent.slot, left, right)
  }

  #childrenOf(parent: OpenLeaf, feature: number): [SearchedNode, SearchedNode] {
    const { sums, split, lower, upper, depth } = parent
    const right = {
      gradient: sums.gradient - split.left.gradient,
      hessian: sums.hessian - split.left.hessian,
    }
    const leftValue = this.#valueOf(split.left, lower, upper)
    const rightValue = this.#valueOf(right, lower, upper)
    const middle = (leftValue + rightValue) / 2
    const direction = this.workspace.directionOf(feature)
    const asked = { feature, above: parent.asked }
    const child = (childSums: Sums, value: number, side: number): SearchedNode => ({
      node: this.#addNode(value),
      depth: depth + 1,
      sums: childSums,
      // What lies above must stay above: the halves of the way between the two values are out of bounds for each other.
      lower: direction * side > 0 ? Math.max(lower, middle) : lower,
      upper: direction * side < 0 ? Math.min(upper, middle) : upper,
      asked,
      rows: 0,
    })
    return [child(split.left, leftValue, -1), child(right, rightValue, 1)]
  }

  #searchChildren(parentSlot: number, left: SearchedNode, right: SearchedNode): void {
    const { workspace } = this
    const [smaller, larger] = left.rows <= right.rows ? [left, right] : [right, left]
    const searchSmaller = this.#mayDivide(smaller)
    const searchLarger = this.#mayDivide(larger)
    if (!searchSmaller && !searchLarger) {
      workspace.giveSlot(parentSlot)
      return
    }
    const slot = workspace.takeSlot()
    this.#fill(smaller.node, slot, smaller.rows)
    if (parentSlot >= 0) {
      this.#search(searchSmaller ? smaller : null, slot, searchLarger ? larger : null, parentSlot)
      if (searchSmaller) this.#keep(smaller, slot, 0)
      else workspace.giveSlot(slot)
      if (searchLarger) this.#keep(larger, parentSlot, 1)
      else workspace.giveSlot(parentSlot)
      return
    }
    // There was no room for the parent's histogram: the larger child is filled like the smaller one.
    this.#search(searchSmaller ? smaller : null, slot, null, -1)
    if (searchSmaller) this.#keep(smaller, slot, 0)
    else workspace.giveSlot(slot)
    if (!searchLarger) return
    const other = workspace.takeSlot()
    this.#fill(larger.node, other, larger.rows)
    this.#search(larger, other, null, -1)
    this.#keep(larger, other, 0)
  }

  #fill(node: number, slot: number, rows: number): void {
    const { workspace } = this
    workspace.fill(node, slot, rows, rows * workspace.stored.columns.length >= leastSharedCells)
  }

  /** Completes the histograms of a node and its sibling and searches the best split of every feature in either. */
  #search(node: SearchedNode | null, slot: number, sibling: SearchedNode | null, parentSlot: number): void {
    const { workspace } = this
    if (node !== null) this.#announce(node, 0)
    if (sibling !== null) this.#announce(sibling, 1)
    workspace.search(
      slot,
      parentSlot,
      node !== null,
      sibling !== null,
      this.#leastHessian,
      this.limits.isMonotone,
      leastSharedBins,
    )
  }

  /** Says to the kernels which features the node (0) or the sibling (1) may ask, what its sums are, and its bounds. */
  #announce(candidate: SearchedNode, which: number): void {
    const { team } = this.workspace
    this.choose(candidate.asked, this.workspace.inUse(which))
    team.setSum(which, candidate.sums.gradient, candidate.sums.hessian)
    const scale = this.units.hessian / this.units.gradient
    team.setNumber(7 + 2 * which, candidate.lower / scale)
    team.setNumber(8 + 2 * which, candidate.upper / scale)
  }

  /** Opens the leaf where a split was found, and keeps or gives back its histogram. */
  #keep(candidate: SearchedNode, slot: number, which: number): void {
    const { workspace } = this
    const split = this.#bestOf(candidate, slot, which)
    if (split === null) {
      workspace.giveSlot(slot)
      return
    }
    const { node, depth, sums, lower, upper, asked } = candidate
    const isKept = workspace.hasRoom
    if (!isKept) {
      split.sides = this.#sidesOf(split, slot)
      workspace.giveSlot(slot)
    }
    this.#open.push({ node, depth, sums, lower, upper, asked, slot: isKept ? slot : -1, split })
  }

  #sidesOf({ place, cut, missingLeft }: FoundSplit, slot: number): Uint8Array {
    return this.workspace.describe(slot, place, cut, missingLeft)
  }

  #bestOf(candidate: SearchedNode, slot: number, which: number): FoundSplit | null {
    const { workspace } = this
    let certain: Set<number> | null = null
    for (;;) {
      const place = workspace.bestPlace(which)
      if (place < 0) return null
      const result = workspace.resultOf(which, place)
      const left = { gradient: result.gradient, hessian: result.hessian }
      if (certain?.has(place) === true || this.#hasRows(candidate, left)) {
        const { gain, cut, missingLeft } = result
        return { place, gain, left, cut, missingLeft, sides: null }
      }
      workspace.searchCounted(candidate.node, candidate.sums, slot, place, which)
      certain ??= new Set()
      certain.add(place)
    }
  }

  /**
   * True where both sides are sure to hold the least weight of rows. The hessian of log loss is at most a quarter of the
   * weight, so that it proves most splits; only the others are counted.
   */
  #hasRows(candidate: SearchedNode, left: Sums): boolean {
    if (this.limits.minRowsPerLeaf <= 1 && this.units.weight === 1) return true
    // Of weights that are not whole every row is rounded, by at most a unit.
    const rounding = this.units.weight === 1 ? 0 : candidate.rows
    const least = Math.min(left.hessian, candidate.sums.hessian - left.hessian) - rounding
    const weight = (this.workspace.weightPerHessian * least * this.units.weight) / this.units.hessian
    // A row is rounded by less than a unit of hessian.
    return weight / (1 + this.workspace.weightPerHessian / this.units.hessian) >= this.#leastWeight
  }

  #mayDivide(candidate: SearchedNode): boolean {
    const { maxDepth, minRowsPerLeaf } = this.limits
    const { depth, sums, rows } = candidate
    return (
      depth < maxDepth &&
      rows >= 2 &&
      (this.workspace.rowsSeen.weights !== 0 || rows >= 2 * minRowsPerLeaf) &&
      sums.hessian >= 2 * this.#leastHessian
    )
  }

  /** The sums over all rows of a histogram, which every column of it holds. */
  #totalOf(slot: number): Sums {
    const { workspace } = this
    workspace.search(slot, -1, false, false, 0, false, leastSharedBins)
    const cells = workspace.cellsOf(slot, 0)
    let [gradient, hessian] = [0, 0]
    for (let cell = 0; cell < cells.length; cell += 2) {
      hessian += cells[cell]! >>> 0
      gradient += cells[cell + 1]!
    }
    return { gradient, hessian }
  }

  /** Value of a leaf before the learning rate, in units of 1. */
  #valueOf(sums: Sums, lower: number, upper: number): number {
    const { l1, l2 } = this.limits
    const gradient = sums.gradient / this.units.gradient
    const denominator = sums.hessian / this.units.hessian + l2
    const shrunk = Math.sign(gradient) * Math.max(Math.abs(gradient) - l1, 0)
    return denominator > 0 ? Math.min(Math.max(-shrunk / denominator, lower), upper) : 0
  }
}
