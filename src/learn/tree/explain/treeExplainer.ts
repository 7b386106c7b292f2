import type { FeatureSpec } from '../../../base/matrix.js'
import type { AlignedColumn } from '../../align.js'
import type { TreeEnsemble } from '../ensemble.js'
import { addMargins, answersOf } from '../predict.js'
import type { TreeKernels } from '../treeKernels.js'
import { addInterventional, backgroundSides } from './interventionalGame.js'
import type { LeafGame } from './leafGames.js'
import type { LeafPath } from './leafPaths.js'
import { LeafSums } from './leafSums.js'
import {
  addByTable,
  addLeafContributions,
  addLeafInteractions,
  mostDeepFeatures,
  quadratureTable,
} from './pathDependentGame.js'

/** Columns of rows, matched to a model's features. */
export interface AlignedRows {
  readonly columns: readonly AlignedColumn[]
  readonly rowCount: number
}

/**
 * Explains the trees of one model: exact Shapley values and interactions.
 *
 * Each kind of explanation has tables of its own, made when it is first asked for: scoring without reasons does not pay
 * for them.
 */
export class TreeExplainer {
  /** Mean of the trees' sum over the training rows: what they say of a row of which nothing is known. */
  readonly expectedValue: number
  #contributions: LeafSums | undefined
  #interactions: LeafSums | undefined

  constructor(
    readonly ensemble: TreeEnsemble,
    readonly specs: readonly FeatureSpec[],
  ) {
    this.expectedValue = expectedValue(ensemble)
  }

  /**
   * Returns the path-dependent Shapley values, shape (features, rows).
   *
   * The game is: a known feature takes the side its value says, an unknown one takes both in proportion to the training
   * weight that went there (`cover`). They add up to the trees' sum minus `expectedValue`.
   *
   * O(rows × trees × leaves) look-ups; leaves that ask more than 8 features cost O(features²) each instead.
   */
  contributions({ columns, rowCount }: AlignedRows, kernels?: TreeKernels | null): Float64Array[] {
    this.#contributions ??= new LeafSums(this.ensemble, this.specs, contributionGame)
    const values = columns.map(() => new Float64Array(rowCount))
    this.#contributions.write(columns, rowCount, values, kernels)
    return values
  }

  /**
   * Returns the interventional Shapley values, shape (features, rows), as the mean over the rows of a background.
   *
   * The game is: a known feature has the row's value, an unknown one that of the background row. They add up to the
   * trees' sum minus `mean`, that of the background.
   */
  interventional(
    { columns, rowCount }: AlignedRows,
    background: AlignedRows,
    kernels?: TreeKernels | null,
  ): { readonly mean: number; readonly values: Float64Array[] } {
    const answers = answersOf(this.ensemble, background.columns, background.rowCount)
    const sums = new LeafSums(this.ensemble, this.specs, (leaf) => {
      const sides = backgroundSides(leaf, answers)
      const outputs = leaf.features.map(({ feature }) => feature)
      const add: LeafGame['add'] = (takes, into) => addInterventional(leaf, sides, takes, into)
      return { leaf, outputs, add, deepTable: null }
    })
    const values = columns.map(() => new Float64Array(rowCount))
    sums.write(columns, rowCount, values, kernels)
    const margin = new Float64Array(background.rowCount)
    addMargins(this.ensemble, background.columns, margin)
    return { mean: margin.reduce((sum, value) => sum + value, 0) / margin.length, values }
  }

  /**
   * Returns the Shapley interaction values of the path-dependent game, shape (features, features, rows). They are
   * symmetric (both sides of a pair are one array), and a feature's row adds up to its contribution.
   */
  interactions(rows: AlignedRows, kernels?: TreeKernels | null): Float64Array[][] {
    const { columns, rowCount } = rows
    const width = columns.length
    this.#interactions ??= new LeafSums(this.ensemble, this.specs, (leaf) => interactionGame(leaf, width))
    const pairs = Array.from({ length: width * width }, (_, output) =>
      Math.floor(output / width) < output % width ? new Float64Array(rowCount) : empty,
    )
    this.#interactions.write(columns, rowCount, pairs, kernels)
    const alone = this.contributions(rows, kernels)
    return alone.map((own, one) =>
      alone.map((_, other) => {
        if (other === one) return own
        const pair = pairs[Math.min(one, other) * width + Math.max(one, other)]!
        for (let row = 0; row < rowCount; row++) own[row]! -= pair[row]!
        return pair
      }),
    )
  }
}

const empty = new Float64Array(0)

function interactionGame(leaf: LeafPath, width: number): LeafGame {
  const outputs = leaf.features.flatMap(({ feature: one }, place) =>
    leaf.features
      .slice(place + 1)
      .map(({ feature: other }) => Math.min(one, other) * width + Math.max(one, other)),
  )
  const add: LeafGame['add'] = (takes, into) => addLeafInteractions(leaf, takes, into)
  return { leaf, outputs, add, deepTable: null }
}

function contributionGame(leaf: LeafPath): LeafGame {
  const outputs = leaf.features.map(({ feature }) => feature)
  if (leaf.features.length > mostDeepFeatures) {
    const add: LeafGame['add'] = (takes, into) => addLeafContributions(leaf, takes, into)
    return { leaf, outputs, add, deepTable: null }
  }
  const deepTable = quadratureTable(leaf)
  return { leaf, outputs, add: (takes, into) => addByTable(deepTable, takes, into), deepTable }
}

/** Returns the mean of the trees' sum over the training rows. */
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
