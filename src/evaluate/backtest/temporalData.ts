import type { Days, EpochDay, Months } from '../../base/days.js'
import { takeRows, takeValues } from '../../base/matrix.js'
import { windowAfter } from '../../base/windows.js'
import type { ChurnModel, TrainControl, TrainingData } from '../../learn/contract.js'

/** How long after a cutoff its outcome is known. */
export interface OutcomeSpan {
  /** Days between cutoff and outcome window. */
  readonly gapDays: Days
  /** Length of the outcome window; of a horizon in months, the longest. */
  readonly horizonDays: Days
  /** The label's rule: with it, a horizon in months ends on the day of each cutoff's own calendar. */
  readonly rule?: { readonly horizon: { readonly days: Days } | { readonly months: Months } }
}

/** Training data that knows whose rows they are and as of when. A `Dataset` is one. */
export interface TemporalData extends TrainingData {
  /** Customer of each row. */
  readonly ids: readonly string[]
  /** Cutoff of each row; null for a flat table. */
  readonly cutoffs: Int32Array | null
  /** Null for a flat table. */
  readonly label: OutcomeSpan | null
  /** Time zone in which instants of the history had their day; left out = UTC. */
  readonly timeZone?: string
}

/**
 * Trains a model on the rows it is given. Whatever is chosen inside — options, features, a learner, a calibration — is
 * chosen from those rows alone, so the figures of the test rows were never used to choose.
 */
export type Train = (data: TemporalData, control: TrainControl) => ChurnModel | Promise<ChurnModel>

/** Returns the first day on which the outcome of a cutoff is known: the end of its outcome window. */
export function outcomeEnd(label: OutcomeSpan, cutoff: EpochDay): EpochDay {
  return windowAfter(cutoff, label.gapDays, label.rule?.horizon ?? { days: label.horizonDays }).end
}

/** Returns the data with only the given rows, in their order. Copies. */
export function takeTemporalRows(data: TemporalData, rows: ArrayLike<number>): TemporalData {
  return {
    ids: Array.from(rows, (row) => data.ids[row]!),
    cutoffs: data.cutoffs === null ? null : takeValues(data.cutoffs, rows),
    features: takeRows(data.features, rows),
    outcome: takeValues(data.outcome, rows),
    ...(data.weight === undefined ? {} : { weight: takeValues(data.weight, rows) }),
    label: data.label,
  }
}
