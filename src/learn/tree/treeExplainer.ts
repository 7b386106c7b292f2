import type { FeatureSpec } from '../../base/matrix.js'
import type { AlignedColumn } from '../align.js'
import type { TreeEnsemble } from './ensemble.js'
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
import { answersOf } from './predict.js'
import type { ScoringKernels } from './scoringKernels.js'

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
  contributions({ columns, rowCount }: AlignedRows, kernels?: ScoringKernels | null): Float64Array[] {
    this.#contributions ??= new LeafSums(this.ensemble, this.specs, contributionGame)
    const values = columns.map(() => new Float64Array(rowCount))
    this.#contributions.write(columns, rowCount, values, kernels)
    return values
  }

  /**
   * Returns the interventional Shapley values, shape (features, rows), as the mean over the rows of a background.
   *
   * The game is: a known feature has the row's value, an unknown one that of the background row. They add up to the
   * trees' sum minus its mean over the background.
   */
  interventional(
    { columns, rowCount }: AlignedRows,
    background: AlignedRows,
    kernels?: ScoringKernels | null,
  ): Float64Array[] {
    const answers = answersOf(this.ensemble, background.columns, background.rowCount)
    const sums = new LeafSums(this.ensemble, this.specs, (leaf) => {
      const sides = backgroundSides(leaf, answers)
      const outputs = leaf.features.map(({ feature }) => feature)
      const add: LeafGame['add'] = (takes, into) => addInterventional(leaf, sides, takes, into)
      return { leaf, outputs, add, deepTable: null }
    })
    const values = columns.map(() => new Float64Array(rowCount))
    sums.write(columns, rowCount, values, kernels)
    return values
  }

  /**
   * Returns the Shapley interaction values of the path-dependent game: of features i and j at `[i × features + j]`, each
   * of shape (rows). They are symmetric, and a feature's row adds up to its contribution.
   */
  interactions(rows: AlignedRows, kernels?: ScoringKernels | null): Float64Array[] {
    const { columns, rowCount } = rows
    const width = columns.length
    this.#interactions ??= new LeafSums(this.ensemble, this.specs, (leaf) => {
      const pairs = pairsOf(leaf.features.length)
      const outputs = pairs.map(([one, other]) => {
        const [a, b] = [leaf.features[one]!.feature, leaf.features[other]!.feature]
        return Math.min(a, b) * width + Math.max(a, b)
      })
      const add: LeafGame['add'] = (takes, into) => addLeafInteractions(leaf, takes, into)
      return { leaf, outputs, add, deepTable: null }
    })
    const values = Array.from({ length: width * width }, () => new Float64Array(rowCount))
    this.#interactions.write(columns, rowCount, values, kernels)
    const own = this.contributions(rows, kernels)
    for (let one = 0; one < width; one++) {
      const diagonal = values[one * width + one]!
      diagonal.set(own[one]!)
      for (let other = 0; other < width; other++) {
        if (other === one) continue
        const pair = values[Math.min(one, other) * width + Math.max(one, other)]!
        if (other < one) values[one * width + other]!.set(pair)
        for (let row = 0; row < rowCount; row++) diagonal[row]! -= pair[row]!
      }
    }
    return values
  }
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

function pairsOf(count: number): [number, number][] {
  const pairs: [number, number][] = []
  for (let one = 0; one < count; one++)
    for (let other = one + 1; other < count; other++) pairs.push([one, other])
  return pairs
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
