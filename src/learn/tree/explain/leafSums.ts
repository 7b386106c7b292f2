import type { FeatureSpec } from '../../../base/matrix.js'
import type { AlignedColumn } from '../../align.js'
import type { TreeEnsemble } from '../ensemble.js'
import { answerRow, forEachBlock } from '../predict.js'
import { type KernelExplainer, type TreeKernels, treeKernels } from '../treeKernels.js'
import type { LeafGame } from './leafGames.js'
import { type LeafGroup, leafGroupsOf } from './leafGroups.js'
import type { LeafPath } from './leafPaths.js'
import { RowSums } from './rowSums.js'

/** Fewer rows than this are explained one by one: the kernel works on 512 at once, however few there are. */
const fewRows = 8

/** Sums over the leaves of an ensemble of what a game says of each; with kernels or without, to the same bit. */
export class LeafSums {
  readonly #groups: readonly LeafGroup[]
  /** Leaves that a kernel computes, and those that none does. */
  readonly #deep: readonly LeafGame[]
  readonly #others: readonly LeafGame[]
  /** Both: what is computed leaf by leaf where no kernel is. */
  readonly #alone: readonly LeafGame[]
  /** The nodes on the ways to leaves: to look for them takes longer than to answer them. */
  readonly #asked = new Map<readonly LeafGame[], Int32Array>()
  #explainer: KernelExplainer | null | undefined
  #rows: RowSums | undefined

  constructor(
    readonly ensemble: TreeEnsemble,
    readonly specs: readonly FeatureSpec[],
    gameOf: (leaf: LeafPath) => LeafGame,
  ) {
    const { groups, deep } = leafGroupsOf(ensemble, gameOf)
    this.#groups = groups
    this.#deep = deep.filter((game) => game.deepTable !== null)
    this.#others = deep.filter((game) => game.deepTable === null)
    this.#alone = [...this.#deep, ...this.#others]
  }

  /**
   * Writes into `values[output][row]`, all 0 before, the sums of every output.
   *
   * @param kernels left out = where they are loaded
   */
  write(
    columns: readonly AlignedColumn[],
    rowCount: number,
    values: readonly Float64Array[],
    kernels: TreeKernels | null = treeKernels(),
  ): void {
    const explainer = kernels === null || rowCount < fewRows ? null : this.#explainerOf(kernels)
    explainer?.addOutputs(columns, rowCount, values)
    const groups = explainer === null && this.#groups.length > 0 ? this.#rowSums() : null
    const leaves = explainer === null ? this.#alone : this.#others
    if (groups === null && leaves.length === 0) return
    const asked = this.#asked.get(leaves) ?? askedNodes(leaves)
    this.#asked.set(leaves, asked)
    const answers = new Uint8Array(leaves.length === 0 ? 0 : this.ensemble.right.length)
    forEachBlock(columns, rowCount, (block, first, count) => {
      for (let row = 0; row < count; row++) {
        const offset = row * columns.length
        if (groups !== null) put(groups.of(block, offset), groups.outputs, first + row, values)
        answerRow(this.ensemble, block, offset, answers, asked)
        for (const game of leaves) addLeaf(game, answers, first + row, values)
      }
    })
  }

  #rowSums(): RowSums {
    this.#rows ??= new RowSums(this.ensemble, this.specs, this.#groups)
    return this.#rows
  }

  #explainerOf(kernels: TreeKernels): KernelExplainer | null {
    if (this.#explainer === undefined) {
      this.#explainer = kernels.explainer(this.ensemble, this.specs, this.#groups, this.#deep)
    }
    return this.#explainer
  }
}

/** The nodes on the ways to leaves. */
function askedNodes(leaves: readonly LeafGame[]): Int32Array {
  const nodes = new Set<number>()
  for (const { leaf } of leaves) {
    for (const { steps } of leaf.features) for (const { node } of steps) nodes.add(node)
  }
  return Int32Array.from(nodes)
}

function put(
  sums: Float64Array,
  outputs: readonly number[],
  row: number,
  values: readonly Float64Array[],
): void {
  for (let index = 0; index < outputs.length; index++) values[outputs[index]!]![row] = sums[index]!
}

function addLeaf(game: LeafGame, answers: Uint8Array, row: number, values: readonly Float64Array[]): void {
  const { outputs, leaf } = game
  const takes = new Uint8Array(leaf.features.length)
  for (let own = 0; own < takes.length; own++) {
    takes[own] = takesAll(leaf.features[own]!.steps, answers) ? 1 : 0
  }
  const added = new Float64Array(outputs.length)
  game.add(takes, added)
  for (let index = 0; index < outputs.length; index++) values[outputs[index]!]![row]! += added[index]!
}

function takesAll(steps: LeafPath['features'][number]['steps'], answers: Uint8Array): boolean {
  for (let index = 0; index < steps.length; index++) {
    const { node, isLeft } = steps[index]!
    if ((answers[node] === 1) !== isLeft) return false
  }
  return true
}
