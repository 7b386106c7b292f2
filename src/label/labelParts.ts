import type { EpochDay } from '../base/days.js'
import type { Dialect } from '../engine/engine.js'
import type { HistoryKinds } from '../table/inputs.js'

/** What a label statement is made for. */
export interface LabelSqlOptions {
  readonly dialect: Dialect
  /** The tables of the history. */
  readonly tables: HistoryKinds
  /** Table of the engine with the columns `id` and `cutoff`. */
  readonly population: string
  readonly cutoffs: readonly EpochDay[]
  readonly completeUntil: EpochDay
  readonly falseChurn?: ResolvedChurn
}

/** Cancellations that were none: the customer goes on under another id, or was closed and opened again. */
export interface ResolvedChurn {
  /** Table of the engine with the columns `id` and `reason`. */
  readonly table: string
  /** Their outcome: not known, with the reason of the table, or stayed. */
  readonly as: 'null' | 'stayed'
}

/** Why an outcome is NULL, and the condition under which it is; in the order in which they are looked for. */
export type NullCase = readonly [reason: string, condition: string]

/**
 * What one kind of label adds to a statement over p (population: `id`, `cutoff`), w (windows: `cutoff`,
 * `lookback_start`, `outcome_start`, `outcome_end`, `is_open`) and c (customers).
 */
export interface LabelParts {
  /** Tables of the WITH clause. */
  readonly tables: readonly string[]
  readonly joins: readonly string[]
  readonly nulls: readonly NullCase[]
}

/** Population, windows and customers: what every statement begins with. */
export function populationJoin({ dialect, population }: LabelSqlOptions): string {
  const customers = `JOIN ${dialect.identifier('customers')} c ON c.id = p.id`
  return `FROM ${dialect.identifier(population)} p JOIN windows w ON w.cutoff = p.cutoff ${customers}`
}

/** Joins, as f, the reason for which the cancellation in the outcome window was none. */
export function falseChurnJoin({ table }: ResolvedChurn, { identifier }: Dialect): string {
  const cancelledAt = `c.${identifier('cancelledAt')}`
  return [
    `LEFT JOIN (SELECT id, min(reason) AS reason FROM ${identifier(table)} GROUP BY id) f ON f.id = p.id`,
    `  AND ${cancelledAt} >= w.outcome_start AND ${cancelledAt} < w.outcome_end`,
  ].join('\n')
}
