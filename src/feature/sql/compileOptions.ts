import type { EpochDay } from '../../base/days.js'
import type { Dialect } from '../../engine/engine.js'
import type { HistoryKinds } from '../../table/inputs.js'

/** What a feature statement is made for. */
export interface CompileOptions {
  readonly dialect: Dialect
  /** The tables that the history has. Rules must have been checked against them with `checkFeatureRules`. */
  readonly tables: HistoryKinds
  /** Table of the engine with the columns `id` and `cutoff`: the rows that are asked for. */
  readonly population: string
  /**
   * Table of the engine with the columns `id` and `cutoff`: the rows of the population that are returned, where the
   * others are only there to be compared with. Default all.
   */
  readonly returned?: string
  /** The cutoffs that occur in the population. */
  readonly cutoffs: readonly EpochDay[]
  /** What the column `cutoff` is: our number of the day (default), or a date for those who read it elsewhere. */
  readonly cutoffAs?: 'day' | 'date'
}
