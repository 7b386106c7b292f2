import type { Random } from '../../../base/random.js'
import { type Loss, writeGradients } from './gradients.js'
import type { FeatureChoice, GrowLimits, SumUnits } from './growLimits.js'
import type { GrownTree } from './grownTree.js'
import { growTree } from './growTree.js'
import type { KernelTeam } from './kernelTeam.js'
import { type StoredColumns, setMonotone } from './storedColumns.js'
import { TreeWorkspace } from './treeWorkspace.js'
import { wholeWeights } from './wholeWeights.js'

/** How boosted trees are grown. */
export interface BoostLimits extends Omit<GrowLimits, 'isMonotone'> {
  readonly learningRate: number
  readonly rowShare: number
  /** Shape (features): 1 = more must not lower the answer, -1 = must not raise it, 0 = either; null = all 0. */
  readonly directions: readonly number[] | null
}

/** What boosted trees are grown on. */
export interface BoostData {
  /** Shape (rows), 0 or 1. */
  readonly outcome: Uint8Array
  /** Shape (rows), each above 0; null where all weigh 1. */
  readonly weight: Float64Array | null
  readonly totalWeight: number
  /** Margin of every row before the first tree: one number, or shape (rows). */
  readonly margin: number | Float64Array
}

/** Rows of a training by what they are for: 0 = trains, 1 = is held out, 2 = is not there. */
export type Roles = Uint8Array

/**
 * Boosted trees in the making: every `grow` adds one.
 *
 * Beside 2 bytes a row and stored column: 29 bytes a row, 33 with weights.
 */
export class BoostedTrees {
  readonly #workspace: TreeWorkspace
  readonly #margin: number
  readonly #outcome: number
  readonly #sums: number
  readonly #role: number
  readonly #totalWeight: number
  readonly #weightUnits: number

  constructor(
    readonly team: KernelTeam,
    readonly stored: StoredColumns,
    data: BoostData,
    roles: Roles | null,
    readonly limits: BoostLimits,
    readonly loss: Loss,
    readonly random: Random,
  ) {
    const { memory } = team
    const { rowCount } = stored
    this.#margin = memory.allocate(rowCount * 8)
    this.#outcome = memory.allocate(rowCount + 4)
    this.#sums = memory.allocate(team.threadCount * 64)
    this.#role = roles === null ? 0 : memory.allocate(rowCount)
    const weights = data.weight === null ? null : wholeWeights(data.weight, data.totalWeight)
    const weightsAt = weights === null ? 0 : memory.allocate(rowCount * 4)
    this.#totalWeight = weights?.total ?? rowCount
    this.#weightUnits = weights?.units ?? 1
    const rowsSeen = { role: this.#role, weights: weightsAt, weightsAreWhole: weights?.areWhole ?? true }
    this.#workspace = new TreeWorkspace(
      team,
      stored,
      rowsSeen,
      limits.maxLeaves,
      loss.weightPerHessian,
      limits.directions,
    )
    new Uint8Array(memory.buffer, this.#outcome, rowCount).set(data.outcome)
    if (weights !== null) new Uint32Array(memory.buffer, weightsAt, rowCount).set(weights.values)
    if (roles !== null) new Uint8Array(memory.buffer, this.#role, rowCount).set(roles)
    if (typeof data.margin === 'number') this.margin.fill(data.margin)
    else this.margin.set(data.margin)
    setMonotone(team, stored, limits.directions ?? new Array(stored.features.length).fill(0))
  }

  /** Shape (rows): the margins so far, of the rows held out too. A view of the kernels' memory. */
  get margin(): Float64Array {
    return new Float64Array(this.team.memory.buffer, this.#margin, this.stored.rowCount)
  }

  /** Adds a tree that corrects the margins so far. */
  grow(choose: FeatureChoice): GrownTree {
    const workspace = this.#workspace
    const units = writeGradients(
      this.team,
      {
        margin: this.#margin,
        outcome: this.#outcome,
        rowCount: this.stored.rowCount,
        statistics: workspace.statistics,
        sums: this.#sums,
        rowsSeen: workspace.rowsSeen,
        totalWeight: this.#totalWeight,
        weightUnits: this.#weightUnits,
      },
      this.loss,
    )
    workspace.sample(this.random.uint32(), this.limits.rowShare)
    const isMonotone = this.limits.directions !== null
    const tree = growTree(workspace, { ...this.limits, isMonotone }, units, choose)
    this.#apply(tree, units)
    return tree
  }

  /** Moves the margins of all rows, those that the tree was not grown on too, and fills in values and covers. */
  #apply(tree: GrownTree, units: SumUnits): void {
    const workspace = this.#workspace
    for (const node of tree) node.value *= this.limits.learningRate
    const leaves = [...tree.keys()].filter((node) => tree[node]!.split === null)
    const values = tree.map(({ value }) => value)
    setCovers(tree, workspace.addLeaves(leaves, values, this.#margin), units.weight)
    settleAbsent(tree)
    if (!workspace.hasOutside) return
    tree.forEach(({ split, left, right }, node) => {
      if (split !== null) workspace.partitionOutside(node, left, right, split.feature, split.sides)
    })
    setCovers(tree, workspace.addOutside(leaves.length, this.#margin), units.weight)
  }
}

/** Covers of the leaves from totals in units, those of the others as the sum of their children. */
function setCovers(tree: GrownTree, totals: Float64Array, units: number): void {
  for (let node = tree.length - 1; node >= 0; node--) {
    const { split, left, right } = tree[node]!
    tree[node]!.cover = split === null ? totals[node]! / units : tree[left]!.cover + tree[right]!.cover
  }
}

/** What no row of a node had goes with its heavier side. */
function settleAbsent(tree: GrownTree): void {
  for (const { split, left, right } of tree) {
    if (split === null) continue
    const side = tree[left]!.cover >= tree[right]!.cover ? 1 : 0
    const { sides } = split
    for (let bin = 0; bin < sides.length; bin++) if (sides[bin] === 2) sides[bin] = side
  }
}
