import type { EpochDay } from '../base/days.js'
import type { Dialect } from '../engine/engine.js'
import type { HistoryKinds } from '../table/inputs.js'

/** What a feature statement is made for. */
export interface CompileOptions {
  readonly dialect: Dialect
  /** The tables that the history has. Rules must have been checked against them with `checkFeatureRules`. */
  readonly tables: HistoryKinds
  /** Table of the engine with the columns `id` and `cutoff`: the rows that are asked for. */
  readonly population: string
  /** The cutoffs that occur in it. */
  readonly cutoffs: readonly EpochDay[]
}
