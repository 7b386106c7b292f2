import type { FeatureSpec } from '../../../base/matrix.js'
import { checkOptions } from '../../../base/options.js'
import type { AlignedColumn } from '../../align.js'
import { type PredictOptions, predictOptions } from '../../predictOptions.js'
import type { TreeEnsemble } from '../ensemble.js'
import { addMargins } from '../predict.js'
import { type KernelPredictor, treeKernels } from '../treeKernels.js'

/** Scores the trees of one model: with the kernels where they are loaded, else by a plain walk; the same sums to the bit. */
export class TreePredictor {
  #predictor: KernelPredictor | null | undefined

  constructor(
    readonly ensemble: TreeEnsemble,
    readonly specs: readonly FeatureSpec[],
  ) {}

  /**
   * Adds to each margin what the trees say of its row; `operation` is named by errors.
   *
   * @throws {HoldfastError} `option-invalid`; `thread-lost`, `memory-exceeded` where several threads score
   *
   * O(rows × leaves / 128 + rows × trees) time in blocks, where trees have up to 700 leaves on average; otherwise O(rows × trees × depth).
   */
  addMargins(
    operation: string,
    columns: readonly AlignedColumn[],
    margin: Float64Array,
    options?: PredictOptions,
  ): void {
    const threads = options === undefined ? 'auto' : checkOptions(operation, predictOptions, options).threads
    this.#predictor ??= treeKernels()?.predictor(this.ensemble, this.specs)
    if (this.#predictor == null) addMargins(this.ensemble, columns, margin)
    else this.#predictor.addMargins(operation, columns, margin, threads)
  }
}
