import type { EpochDay } from '../../base/days.js'
import type { Dialect } from '../../engine/engine.js'
import type { HistoryKinds } from '../../table/inputs.js'

/** Input of a feature statement. */
export interface CompileOptions {
  readonly dialect: Dialect
  /** The tables that the history has. Rules must have been checked against them with `checkFeatureRules`. */
  readonly tables: HistoryKinds
  /** Table of the engine with the columns `id` and `cutoff`: the rows to compute. */
  readonly population: string
  /**
   * Table of the engine with the columns `id` and `cutoff`: the rows of the population to return; the others are only
   * there for comparison. Default all.
   */
  readonly returned?: string
  /** The cutoffs that occur in the population. */
  readonly cutoffs: readonly EpochDay[]
  /** Type of the column `cutoff`: our day number (default), or a date for other readers. */
  readonly cutoffAs?: 'day' | 'date'
}
