import type { EpochDay } from '../../base/days.js'
import type { ChurnModel } from '../../learn/contract.js'
import type { CheckedBacktest } from './backtestOptions.js'
import { type FoldPlan, shortOfTraining } from './planFolds.js'
import { oneClassNote } from './runFolds.js'
import { type TemporalData, type Train, takeTemporalRows } from './temporalData.js'

/** A model and what it was trained on. */
export interface ModelInUse {
  readonly model: ChurnModel
  readonly trainCutoffs: readonly EpochDay[]
  readonly trainRows: Int32Array
  readonly purgedRows: number
}

/** The model that is in use at each cutoff: trained when it is due, kept in between. */
export class ModelOverTime {
  #inUse: ModelInUse | null = null
  #foldsInUse = 0
  readonly #foldsPerModel: number

  constructor(
    readonly data: TemporalData,
    readonly train: Train,
    readonly options: CheckedBacktest,
  ) {
    const { refit } = options
    this.#foldsPerModel = typeof refit === 'object' ? refit.every : refit === 'every' ? 1 : Infinity
  }

  /** Returns the model for a fold and whether it is new, or why there is none. */
  async at(fold: FoldPlan): Promise<{ inUse: ModelInUse; refitted: boolean } | { note: string }> {
    if (this.#inUse !== null && this.#foldsInUse < this.#foldsPerModel) {
      this.#foldsInUse++
      return { inUse: this.#inUse, refitted: false }
    }
    const note = shortOfTraining(fold, this.options) ?? oneClassNote(this.data.outcome, fold.trainRows)
    if (note !== null) return { note }
    const { signal } = this.options
    const rows = takeTemporalRows(this.data, fold.trainRows)
    const model = await this.train(rows, signal === undefined ? {} : { signal })
    const { trainCutoffs, trainRows, purgedRows } = fold
    this.#inUse = { model, trainCutoffs, trainRows, purgedRows }
    this.#foldsInUse = 1
    return { inUse: this.#inUse, refitted: true }
  }
}
