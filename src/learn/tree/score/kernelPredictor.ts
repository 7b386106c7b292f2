import type { FeatureSpec } from '../../../base/matrix.js'
import type { AlignedColumn } from '../../align.js'
import type { TreeEnsemble } from '../ensemble.js'
import { processorCount } from '../threads.js'
import type { AskedThreads, KernelPredictor } from '../treeKernels.js'
import type { ScoringPlan } from './kernelPlan.js'
import { type RowPlan, rowPlanOf } from './rowPlan.js'
import { scoreRows, scoreTogether } from './scoreRows.js'
import type { ScoringKernels } from './scoringKernels.js'
import { scoringPlanOf } from './scoringPlan.js'

/** Fewer rows than this are scored one by one: the kernel of blocks works on 512 at once, however few there are. */
const fewRows = 48
/** Making the blocks' form takes as long as scoring about so many rows one by one: 20 ms for 100 trees of 31 leaves. */
const rowsThatPay = 8192
/** About what a row costs for each column that is asked. */
const columnNanoseconds = 6
/** Work that pays for a thread, which takes some 20 ms to start: with less than two of it, two were not faster than one. */
const threadNanoseconds = 25e6

/**
 * Scores the trees of one model by the faster of two ways: blocks of rows with vectors, and single rows.
 *
 * The forms for the kernels are made when they pay: a service that scores customers one by one never makes the blocks'.
 */
export class PlannedPredictor implements KernelPredictor {
  #rowPlan: RowPlan | undefined
  #blockPlan: ScoringPlan | null | undefined
  #rowsSeen = 0

  constructor(
    readonly kernels: ScoringKernels,
    readonly ensemble: TreeEnsemble,
    readonly specs: readonly FeatureSpec[],
  ) {}

  addMargins(
    operation: string,
    columns: readonly AlignedColumn[],
    margin: Float64Array,
    asked: AskedThreads,
  ): void {
    const plan = this.#planFor(margin.length)
    if (plan === null) {
      this.#rowPlan ??= rowPlanOf(this.ensemble, this.specs)
      this.kernels.addRowMargins(this.#rowPlan, columns, margin)
      return
    }
    const threads = asked === 'auto' ? this.#threadsThatPay(plan, margin.length) : asked
    if (threads === 1) scoreRows(this.kernels, plan, columns, margin)
    else scoreTogether(plan, columns, margin, { operation, threads })
  }

  #threadsThatPay(plan: ScoringPlan, rowCount: number): number {
    const nanoseconds = rowCount * (plan.features.length * columnNanoseconds + plan.treeNanoseconds)
    return Math.max(1, Math.min(Math.floor(nanoseconds / threadNanoseconds), processorCount()))
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
