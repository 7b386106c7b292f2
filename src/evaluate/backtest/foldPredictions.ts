import type { EpochDay } from '../../base/days.js'
import { takeValues } from '../../base/matrix.js'
import type { TrainingData } from '../../learn/contract.js'
import {
  classWeights,
  type FiguresByMetric,
  type MeasureRule,
  meanWithError,
  measureRows,
  noFigures,
  standardErrorOf,
} from '../measureRows.js'
import type { MetricName } from '../metrics.js'
import type { TemporalData } from './runFolds.js'

/** Predictions of rows that the predicting model was not trained on, one entry per prediction. */
export interface PredictedRows {
  /** Shape (predictions): the row in the data, from 0. */
  readonly rows: Int32Array
  /** Shape (predictions), each in (0, 1). */
  readonly probability: Float64Array
  /** Shape (predictions): the place in `folds` of the fold that predicted it. */
  readonly foldOf: Int32Array
  /** Shape (predictions): 1 = churned, 0 = stayed. */
  readonly outcome: Uint8Array
  /** Customer of each prediction. */
  readonly ids: readonly string[]
  /** Shape (predictions); null where the data has no weights. */
  readonly weight: Float64Array | null
}

/** All predictions and their figures as one list. */
export interface PooledFigures extends PredictedRows {
  /** All test rows as one list; intervals by customer, who may be in it several times. */
  readonly pooled: FiguresByMetric
  /** Level of all intervals, in (0, 1). */
  readonly level: number
  /** What the reader must know before the figures, in whole sentences. */
  readonly notes: readonly string[]
}

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

/** Predictions of the test rows of a fold, and whose these rows are. */
export interface TestedRows {
  readonly probability: Float64Array
  readonly customers: readonly (string | number)[]
}

/** Returns what the test rows of a fold are measured to be; without a model, why: then only the base rate is known. */
export function measureFold(
  { outcome, weight = null }: Pick<TrainingData, 'outcome'> & { readonly weight?: Float64Array | null },
  tested: TestedRows | string,
  rule: MeasureRule,
): { readonly measurement: FoldMeasurement } & Pick<TimedFold, 'standardErrors'> {
  const isTested = typeof tested === 'object'
  const { figures, notes } = isTested
    ? measureRows({ ...tested, outcome, weight }, rule)
    : { figures: noFigures(rule.metrics), notes: [tested] }
  const baseRate = meanWithError(outcome, weight)
  const meanProbability = isTested ? meanWithError(tested.probability, weight) : null
  return {
    measurement: {
      testRows: outcome.length,
      churners: classWeights({ outcome, weight }).churners,
      baseRate: baseRate?.value ?? null,
      meanProbability: meanProbability?.value ?? null,
      figures,
      note: notes.length === 0 ? null : notes.join('; '),
    },
    standardErrors: {
      ...errorsOf(figures, rule.level),
      ...(baseRate === null ? {} : { baseRate: baseRate.standardError }),
      ...(meanProbability === null ? {} : { meanProbability: meanProbability.standardError }),
    },
  }
}

function errorsOf(figures: FiguresByMetric, level: number): TimedFold['standardErrors'] {
  const known = Object.entries(figures).filter(([, interval]) => interval !== null)
  return Object.fromEntries(known.map(([name, interval]) => [name, standardErrorOf(interval!, level)]))
}

/** What the test rows of a fold are measured to be. */
export interface FoldMeasurement {
  readonly testRows: number
  /** Weight of the churners among the test rows. */
  readonly churners: number
  /** Weighted share of churners of the test rows; null where there are none. */
  readonly baseRate: number | null
  /** Weighted mean of the predictions; null where there are none. */
  readonly meanProbability: number | null
  readonly figures: FiguresByMetric
  /** Why figures are null or not to be relied on; null where nothing is to be said. */
  readonly note: string | null
}

/** One cutoff tested with a model that knew only outcomes from before it. */
export interface BacktestFold extends FoldMeasurement {
  /** The cutoff of the test rows. */
  readonly cutoff: EpochDay
  /** Cutoffs of the rows that the model was trained on, in time. */
  readonly trainCutoffs: readonly EpochDay[]
  readonly trainRows: number
  /** Rows of earlier cutoffs whose outcome was not known when the model was trained. */
  readonly purgedRows: number
  /** True where a model was trained for this fold, false where one of an earlier fold was used, or none. */
  readonly refitted: boolean
}

/** What drift is looked for in. */
export type DriftName = MetricName | 'baseRate' | 'meanProbability'

/** A fold with the standard errors of what it was measured to be; left out where there is no figure. */
export interface TimedFold {
  readonly fold: BacktestFold
  readonly standardErrors: Readonly<Partial<Record<DriftName, number>>>
}
