import type { FeatureSpec } from '../../base/matrix.js'
import type { AlignedColumn } from '../align.js'
import type { TreeEnsemble } from './ensemble.js'
import type { LeafGame } from './explain/leafGames.js'
import type { LeafGroup } from './explain/leafGroups.js'

/** The threads that a caller asks for; `'auto'` = as many as pay. */
export type AskedThreads = number | 'auto'

/** Scores the rows of one model with kernels; the same sums to the bit as without. */
export interface KernelPredictor {
  /** Adds to each margin what the trees say of its row; `operation` is named by errors. */
  addMargins(
    operation: string,
    columns: readonly AlignedColumn[],
    margin: Float64Array,
    threads: AskedThreads,
  ): void
}

/** Explains the rows of one model with kernels; the same values to the bit as without. */
export interface KernelExplainer {
  /** Adds to `values[output][row]` what the groups, and the deep leaves that have a table, say of the row. */
  addOutputs(columns: readonly AlignedColumn[], rowCount: number, values: readonly Float64Array[]): void
}

/**
 * The kernels for trees: 28 kB, and some milliseconds to start, that a service which scores customers one by one does
 * without. Null where they do not fit a model, or the platform has no WebAssembly.
 */
export interface TreeKernels {
  predictor(ensemble: TreeEnsemble, specs: readonly FeatureSpec[]): KernelPredictor | null
  explainer(
    ensemble: TreeEnsemble,
    specs: readonly FeatureSpec[],
    groups: readonly LeafGroup[],
    deep: readonly LeafGame[],
  ): KernelExplainer | null
}

let used: TreeKernels | null = null

/** Returns the kernels, or null where nothing has loaded them. */
export function treeKernels(): TreeKernels | null {
  return used
}

/** Makes the trees of all models use the kernels. Results stay the same to the bit. */
export function useTreeKernels(kernels: TreeKernels | null): void {
  used = kernels
}
