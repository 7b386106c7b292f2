import { takeValues } from '../../base/matrix.js'
import { type MeasureRule, measureRows } from '../measureRows.js'
import type { FiguresByMetric } from './backtestFigures.js'
import type { PredictedRows } from './predictedRows.js'
import type { TemporalData } from './temporalData.js'

/** Collects what the models of the folds predicted for rows they were not trained on. */
export class FoldPredictions {
  readonly #rows: number[] = []
  readonly #probability: number[] = []
  readonly #foldOf: number[] = []

  /** @param customers of each row of the data: whose rows belong together */
  constructor(
    readonly data: TemporalData,
    readonly customers: ArrayLike<string | number> = data.ids,
  ) {}

  add(fold: number, rows: Int32Array, probability: Float64Array): void {
    for (let index = 0; index < rows.length; index++) {
      this.#rows.push(rows[index]!)
      this.#probability.push(probability[index]!)
      this.#foldOf.push(fold)
    }
  }

  /** Returns the predictions, and their figures as one list in which the rows of a customer belong together. */
  pooled(rule: MeasureRule): PredictedRows & { readonly pooled: FiguresByMetric } {
    const rows = Int32Array.from(this.#rows)
    const probability = Float64Array.from(this.#probability)
    const { ids, weight } = this.data
    const predicted: PredictedRows = {
      rows,
      probability,
      foldOf: Int32Array.from(this.#foldOf),
      outcome: takeValues(this.data.outcome, rows),
      ids: Array.from(rows, (row) => ids[row]!),
      weight: weight === undefined ? null : takeValues(weight, rows),
    }
    const customers = Array.from(rows, (row) => this.customers[row]!)
    const pooled = measureRows({ ...predicted, customers }, rule).figures
    return { ...predicted, pooled }
  }
}
