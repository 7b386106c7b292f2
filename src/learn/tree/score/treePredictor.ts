import type { FeatureSpec } from '../../../base/matrix.js'
import type { AlignedColumn } from '../../align.js'
import type { TreeEnsemble } from '../ensemble.js'
import { addMargins } from '../predict.js'
import { type RowPlan, rowPlanOf } from './rowPlan.js'
import { ScoringKernels } from './scoringKernels.js'
import { type ScoringPlan, scoringPlanOf } from './scoringPlan.js'

/** Fewer rows than this are scored one by one: the kernel of blocks works on 512 at once, however few there are. */
const fewRows = 48
/** Making the blocks' form takes as long as scoring about so many rows one by one: 20 ms for 100 trees of 31 leaves. */
const rowsThatPay = 8192

/**
 * Scores the trees of one model, by the fastest of three ways that give the same sums to the bit: blocks of rows with
 * vectors, single rows, and a plain walk where there is no WebAssembly.
 *
 * The forms for the kernels are made when they pay: a service that scores customers one by one never makes the blocks'.
 */
export class TreePredictor {
  #rowPlan: RowPlan | undefined
  #blockPlan: ScoringPlan | null | undefined
  #rowsSeen = 0

  constructor(
    readonly ensemble: TreeEnsemble,
    readonly specs: readonly FeatureSpec[],
  ) {}

  /**
   * Adds to each margin what the trees say of its row.
   *
   * O(rows × leaves / 128 + rows × trees) time in blocks, where trees have up to 700 leaves on average; otherwise O(rows × trees × depth).
   */
  addMargins(columns: readonly AlignedColumn[], margin: Float64Array): void {
    const kernels = ScoringKernels.get()
    if (kernels === null) {
      addMargins(this.ensemble, columns, margin)
      return
    }
    const plan = this.#planFor(margin.length)
    if (plan !== null) kernels.addMargins(plan, columns, margin)
    else {
      this.#rowPlan ??= rowPlanOf(this.ensemble, this.specs)
      kernels.addRowMargins(this.#rowPlan, columns, margin)
    }
  }

  /** The blocks' plan, where it is faster for so many rows and what is saved has paid for making it. */
  #planFor(rowCount: number): ScoringPlan | null {
    if (rowCount < fewRows) return null
    this.#rowsSeen += rowCount
    if (this.#blockPlan === undefined && this.#rowsSeen >= rowsThatPay) {
      this.#blockPlan = scoringPlanOf(this.ensemble, this.specs)
    }
    return this.#blockPlan ?? null
  }
}
